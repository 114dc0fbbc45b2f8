// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of system files look like this
// Every kind of problem with its full text.
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSystem } from '../../src/config/load.js';
import { load, writeFiles } from './files.js';

const WEB = 'web: {type: node, run: node a.js}\n';
const said = async (...parameters: Parameters<typeof load>) => (await load(...parameters)).said;

describe('YAML', () => {
  it('all syntax errors at once, and what is wrong with the rest', async () => {
    expect(
      await said(`a:
  type: node
  run: node a: b: c
b:
  type: node
  run: "unclosed
c:
  type: node
 run: x
d:
  type: nod
  run: @x
e:
\ttype: node
f:
  typ: node
`),
    ).toMatchInlineSnapshot(`
      "fuge.yml:3:14 error yaml-syntax: a second ": " in one line
        3 |   run: node a: b: c
          |              ~
        hint: put the value in quotes if it contains ": "
      fuge.yml:7:1 error yaml-syntax: a quote or bracket above this line is not closed
        7 | c:
          | ~
        hint: close it, or indent this line if it belongs to it
      fuge.yml:9:2 error yaml-syntax: this line is indented like neither the line before it nor a line above
        9 |  run: x
          |  ~
        hint: align it with its neighbours
      fuge.yml:12:8 error yaml-syntax: a value can't begin with "@"
        12 |   run: @x
           |        ~
        hint: put the value in quotes
      fuge.yml:14:1 error yaml-syntax: YAML does not allow tabs as indentation
        14 |  type: node
           | ~
        hint: use spaces
      fuge.yml:16:3 error unknown-key: "f" has the unknown key "typ"
        16 |   typ: node
           |   ~~~
        hint: did you mean "type"?"
    `);
  });

  it('a bracket that is never closed', async () => {
    expect(await said('web:\n  type: node\n  ports: [1, 2')).toMatchInlineSnapshot(`
      "fuge.yml:3:15 error yaml-syntax: the file ends inside a bracket or quote
        3 |   ports: [1, 2
          |               ~
        hint: close it"
    `);
  });

  it('duplicate keys and services; the second of them is looked at, too', async () => {
    expect(
      await said(`web:
  type: node
  run: node a.js
  run: node b.js
web:
  type: nod
`),
    ).toMatchInlineSnapshot(`
      "fuge.yml:4:3 error duplicate-key: the key "run" is defined twice
        4 |   run: node b.js
          |   ~~~
        fuge.yml:3:3: the first one is here
      fuge.yml:5:1 error duplicate-key: the service "web" is defined twice
        5 | web:
          | ~~~
        fuge.yml:1:1: the first one is here
      fuge.yml:6:9 error wrong-type: "type" must be process, node, task, container or external, not "nod"
        6 |   type: nod
          |         ~~~
        hint: did you mean "node"?"
    `);
  });

  it('aliases: unknown, circular', async () => {
    expect(await said('web: {type: node, run: a, environment: *none}\nx-a: &a {b: *a}\n')).toMatchInlineSnapshot(`
      "fuge.yml:1:40 error yaml-alias: there is no anchor "&none" above
        1 | web: {type: node, run: a, environment: *none}
          |                                        ~~~~~
      fuge.yml:2:13 error yaml-alias: "*a" stands inside of what it names
        2 | x-a: &a {b: *a}
          |             ~~"
    `);
  });

  it('merge keys of something else, foreign tags, keys that are no text, a second document', async () => {
    expect(await said('web: {<<: 1, type: node, run: !foo a}\n? [a]\n: 1\n---\nb: 1\n')).toMatchInlineSnapshot(`
      "fuge.yml:1:11 error yaml-merge: "<<" takes a map, or a list of maps
        1 | web: {<<: 1, type: node, run: !foo a}
          |           ~
      fuge.yml:1:31 error yaml-tag: the tag "!foo" means nothing here
        1 | web: {<<: 1, type: node, run: !foo a}
          |                               ~~~~
      fuge.yml:2:3 error yaml-syntax: a key must be plain text
        2 | ? [a]
          |   ~~~
      fuge.yml:5:1 error several-documents: a system file has one YAML document, here begins another
        5 | b: 1
          | ~~~~"
    `);
  });

  it('nesting that no file has', async () => {
    expect(await said(`web: ${'['.repeat(50_000)}`)).toMatchInlineSnapshot(`
      "fuge.yml:1:105 error yaml-syntax: nested deeper than 100 levels
        1 | [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
          |                     ~"
    `);
  });
});

describe('the file', () => {
  it('is missing', async () => {
    expect(await said({ 'fuge.yaml': WEB })).toMatchInlineSnapshot(`
      "error file-missing: fuge.yml does not exist
        hint: did you mean "fuge.yaml"?"
    `);
    expect(await said({}, { file: 'other.json' })).toMatchInlineSnapshot(`
      "error file-missing: other.json does not exist
        hint: without a file, fuge.yml, fuge.yaml, system.yml, fuge/fuge.yml and Compose files are looked for"
    `);
  });

  it('is nowhere upwards', async () => {
    const { diagnostics } = await loadSystem(undefined, { cwd: path.join(writeFiles({ 'a/b/': '' }), 'a/b'), env: {} });
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({ severity: 'error', code: 'file-missing' });
    expect(diagnostics[0]?.message).toMatch(/^there is no system file in .*\/shop\/a\/b and the directories above it$/);
    expect(diagnostics[0]?.hint).toMatch(
      /^looked for fuge.yml, fuge.yaml, system.yml, fuge\/fuge.yml and Compose files in .*\/shop\/a\/b, .*\/shop\/a, .*\/shop, .*, \/$/,
    );
  });

  it('is a directory without one', async () => {
    expect(await said({ 'a/': '' }, { file: 'a' })).toMatchInlineSnapshot(`
      "error file-missing: there is no system file in a
        hint: looked for fuge.yml, fuge.yaml, system.yml, fuge/fuge.yml and Compose files in a"
    `);
  });

  it('is a FIFO', async () => {
    const directory = writeFiles({});
    execFileSync('mkfifo', [path.join(directory, 'fuge.yml')]);
    const { diagnostics } = await loadSystem('fuge.yml', { cwd: directory, env: {} });
    expect(diagnostics).toEqual([
      { severity: 'error', code: 'not-a-file', message: `${directory}/fuge.yml is a FIFO, not a file` },
    ]);
  });

  it('is no text', async () => {
    expect(await said('a\0b')).toMatchInlineSnapshot(
      `"error not-text: fuge.yml is no text file: it contains NUL bytes"`,
    );
    expect(await said({ 'fuge.yml': new Uint8Array([0xe9, 0x3a, 0x20]) })).toMatchInlineSnapshot(
      `"error not-text: fuge.yml is no text file: it is not UTF-8"`,
    );
  });

  it('is too large', async () => {
    expect(await said('#'.repeat(5_000_000))).toMatchInlineSnapshot(
      `"error file-too-large: fuge.yml has 4.8 MB; at most 4 MB are read"`,
    );
  });

  it('is empty', async () => {
    expect(await said('# nothing\n')).toMatchInlineSnapshot(`
      "error empty-file: fuge.yml is empty
        hint: a service looks like "web: {type: node, run: node index.js}""
    `);
    expect(await said('fuge_global:\n  tail: true\n')).toMatchInlineSnapshot(`
      "fuge.yml:1:1 error no-services: the file defines no service
        1 | fuge_global:
          | ~~~~~~~~~~~~
        hint: every top-level key but fuge_global, include and name is a service"
    `);
  });

  it('is no map', async () => {
    expect(await said('- web\n')).toMatchInlineSnapshot(`
      "fuge.yml:1:1 error not-a-map: a system file is a map of services, not a list
        1 | - web
          | ~~~~~"
    `);
    expect(await said('web\n')).toMatchInlineSnapshot(`
      "fuge.yml:1:1 error not-a-map: a system file is a map of services, not plain text
        1 | web
          | ~~~"
    `);
  });
});

describe('the shape', () => {
  it('a block that lost its indentation', async () => {
    expect(
      await said(`web:
  type: node
  run: node a.js
mongo:
image: mongo
type: container
ports:
  - main=27017:27017
redis:
image: redis
type: container
api:
  type: node
  run: node b.js
`),
    ).toMatchInlineSnapshot(`
      "fuge.yml:5:1 error mis-indented: "image", "type" and "ports" stand at the top level, where only services do; they look mis-indented under "mongo"
        5 | image: mongo
          | ~~~~~
        fuge.yml:4:1: "mongo" has nothing below it
        hint: indent lines 5 to 8 to stand below "mongo:"
      fuge.yml:10:1 error mis-indented: "image" and "type" stand at the top level, where only services do; they look mis-indented under "redis"
        10 | image: redis
           | ~~~~~
        fuge.yml:9:1: "redis" has nothing below it
        hint: indent lines 10 to 11 to stand below "redis:""
    `);
  });

  it('settings outside of fuge_global, keys outside of a service', async () => {
    expect(await said(`tail: true\n${WEB}run: node b.js\n`)).toMatchInlineSnapshot(`
      "fuge.yml:1:1 error mis-indented: "tail" stands at the top level, where only services do
        1 | tail: true
          | ~~~~
        hint: "tail" belongs in fuge_global
      fuge.yml:3:1 error mis-indented: "run" stands at the top level, where only services do
        3 | run: node b.js
          | ~~~
        hint: "run" belongs in a service; to belong to "web" it must be indented"
    `);
  });

  it('a service that is empty, a list, a text', async () => {
    expect(await said('a:\nb: [1]\nc: x\n')).toMatchInlineSnapshot(`
      "fuge.yml:1:1 error empty-service: the service "a" has nothing below it
        1 | a:
          | ~
        hint: its keys must be indented below it
      fuge.yml:2:4 error wrong-type: the service "b" must be a map of keys, not a list
        2 | b: [1]
          |    ~~~
      fuge.yml:3:4 error wrong-type: the service "c" must be a map of keys, not text
        3 | c: x
          |    ~"
    `);
  });

  it('misspelt sections', async () => {
    expect(await said(`fuge_globals: {tail: true}\nincludes: [x.yml]\n${WEB}`)).toMatchInlineSnapshot(`
      "fuge.yml:1:1 error unknown-key: "fuge_globals" is neither a setting nor a service with a "type"
        1 | fuge_globals: {tail: true}
          | ~~~~~~~~~~~~
        hint: did you mean "fuge_global"?
      fuge.yml:2:1 error unknown-key: "includes" is neither a setting nor a service with a "type"
        2 | includes: [x.yml]
          | ~~~~~~~~
        hint: did you mean "include"?"
    `);
  });

  it('a service that is indented too far', async () => {
    expect(await said('web:\n  type: node\n  run: a\n  api:\n    type: node\n    run: b\n')).toMatchInlineSnapshot(`
      "fuge.yml:4:3 error unknown-key: "web" has the unknown key "api"
        4 |   api:
          |   ~~~
        hint: if "api" is a service, it is indented too far"
    `);
  });
});

describe('keys', () => {
  it("unknown ones, with the near one; x- keys are the user's", async () => {
    expect(
      await said(`fuge_global: {tial: true, x-mine: 1}
x-common: {anything: [1]}
web: {type: node, runn: node a.js, x-note: hello, zzz: 1}
`),
    ).toMatchInlineSnapshot(`
      "fuge.yml:1:15 error unknown-key: fuge_global has the unknown key "tial"
        1 | fuge_global: {tial: true, x-mine: 1}
          |               ~~~~
        hint: did you mean "tail"?
      fuge.yml:3:19 error unknown-key: "web" has the unknown key "runn"
        3 | web: {type: node, runn: node a.js, x-note: hello, zzz: 1}
          |                   ~~~~
        hint: did you mean "run"?
      fuge.yml:3:51 error unknown-key: "web" has the unknown key "zzz"
        3 | web: {type: node, runn: node a.js, x-note: hello, zzz: 1}
          |                                                   ~~~
        hint: keys of your own begin with "x-": x-zzz"
    `);
  });

  it('harmless ones from elsewhere', async () => {
    expect(
      await said('web: {type: node, run: a, container_name: web, working_dir: /x, volumes: []}\n'),
    ).toMatchInlineSnapshot(`
      "fuge.yml:1:27 warning misplaced-key: "container_name" of "web" is only for services of type container, not node; it is ignored
        1 | web: {type: node, run: a, container_name: web, working_dir: /x, volumes: []}
          |                           ~~~~~~~~~~~~~~
      fuge.yml:1:48 warning misplaced-key: "working_dir" of "web" is only for services of type container, not node; it is ignored
        1 | web: {type: node, run: a, container_name: web, working_dir: /x, volumes: []}
          |                                                ~~~~~~~~~~~
        hint: fuge's own word for it is "path"
      fuge.yml:1:65 warning misplaced-key: "volumes" of "web" is only for services of type container, not node; it is ignored
        1 | web: {type: node, run: a, container_name: web, working_dir: /x, volumes: []}
          |                                                                 ~~~~~~~"
    `);
  });

  it('at the wrong place, or for the wrong type', async () => {
    expect(
      await said(`fuge_global: {run: x}
web: {type: node, run: a, run_containers: true, image: x}
db: {type: container, image: x, path: ., build: make}
far: {type: external, host: 1.2.3.4, run: x, monitor: true}
`),
    ).toMatchInlineSnapshot(`
      "fuge.yml:1:15 warning misplaced-key: "run" of fuge_global has no effect here: it belongs in a service
        1 | fuge_global: {run: x}
          |               ~~~
      fuge.yml:2:27 warning misplaced-key: "run_containers" of "web" has no effect here: it belongs in fuge_global
        2 | web: {type: node, run: a, run_containers: true, image: x}
          |                           ~~~~~~~~~~~~~~
      fuge.yml:3:33 error misplaced-key: "path" of "db" is only for services of type process and node, not container
        3 | db: {type: container, image: x, path: ., build: make}
          |                                 ~~~~
      fuge.yml:4:38 error misplaced-key: "run" of "far" is only for services of type process and node, not external
        4 | far: {type: external, host: 1.2.3.4, run: x, monitor: true}
          |                                      ~~~
      fuge.yml:4:46 warning misplaced-key: "monitor" of "far" is only for services of type process and node, not external; it is ignored
        4 | far: {type: external, host: 1.2.3.4, run: x, monitor: true}
          |                                              ~~~~~~~"
    `);
  });

  it('without a value', async () => {
    expect(await said('web:\n  type: node\n  run: a\n  ports:\n')).toMatchInlineSnapshot(`
      "fuge.yml:4:3 warning empty-key: "ports" of "web" has no value and is ignored
        4 |   ports:
          |   ~~~~~"
    `);
  });

  it('of the wrong type', async () => {
    expect(
      await said(`fuge_global:
  monitor: yes
  tail: maybe
  dns_port: 99999
  auto_port_start: "1000"
  max_restarts: -1
  delay_start: 2x
  terminate: SIGTREM
  log_path: [a]
  group: a b
  env_file: {a: b}
  environment: text
  monitor_excludes: [[1]]
  dns_external: [db IN MX 1]
web: {type: proces, run: [a]}
`),
    ).toMatchInlineSnapshot(`
      "fuge.yml:2:12 error wrong-type: "monitor" must be true or false, not "yes"
        2 |   monitor: yes
          |            ~~~
        hint: write true
      fuge.yml:3:9 error wrong-type: "tail" must be true or false, not "maybe"
        3 |   tail: maybe
          |         ~~~~~
      fuge.yml:4:13 error wrong-type: "dns_port" must be a port number (1 to 65535), not 99999
        4 |   dns_port: 99999
          |             ~~~~~
      fuge.yml:5:20 error wrong-type: "auto_port_start" must be a port number (1 to 65535), not "1000"
        5 |   auto_port_start: "1000"
          |                    ~~~~~~
        hint: leave out the quotes
      fuge.yml:6:17 error wrong-type: "max_restarts" must be a whole number from 0, not -1
        6 |   max_restarts: -1
          |                 ~~
      fuge.yml:7:16 error wrong-type: "delay_start" must be milliseconds, or a duration like 500ms, 2s or 1m30s, not "2x"
        7 |   delay_start: 2x
          |                ~~
      fuge.yml:8:14 error wrong-type: "terminate" must be the name of a signal, not "SIGTREM"
        8 |   terminate: SIGTREM
          |              ~~~~~~~
        hint: did you mean "SIGTERM"?
      fuge.yml:9:13 error wrong-type: "log_path" must be text, not a list
        9 |   log_path: [a]
          |             ~~~
      fuge.yml:10:10 error bad-name: "a b" can't be the name of a group
        10 |   group: a b
           |          ~~~
      fuge.yml:11:13 error wrong-type: "env_file" has no path
        11 |   env_file: {a: b}
           |             ~~~~~~
        hint: write {path: .env, required: false}
      fuge.yml:12:16 error wrong-type: "environment" must be a list of NAME=value, or a map, not text
        12 |   environment: text
           |                ~~~~
      fuge.yml:13:22 error wrong-type: "monitor_excludes[0]" must be text, not a list
        13 |   monitor_excludes: [[1]]
           |                      ~~~
      fuge.yml:14:18 warning bad-record: "db IN MX 1" is no DNS record and is left out
        14 |   dns_external: [db IN MX 1]
           |                  ~~~~~~~~~~
        hint: records look like "db.local IN A 192.0.2.1" or "_main._tcp.db.local IN SRV 0 5 5060 db.local"
      fuge.yml:15:13 error wrong-type: "type" must be process, node, task, container or external, not "proces"
        15 | web: {type: proces, run: [a]}
           |             ~~~~~~
        hint: did you mean "process"?
      fuge.yml:15:26 error wrong-type: "run" must be a command line, not a list
        15 | web: {type: proces, run: [a]}
           |                          ~~~"
    `);
  });
});

describe('services', () => {
  it('no type, no run, no image', async () => {
    expect(
      await said('a: {run: x}\nb: {image: x}\nc: {path: .}\nd: {type: node}\ne: {type: container}\n'),
    ).toMatchInlineSnapshot(`
      "fuge.yml:1:1 error missing-type: "a" has no "type"
        1 | a: {run: x}
          | ~
        hint: add "type: process"
      fuge.yml:2:1 error missing-type: "b" has no "type"
        2 | b: {image: x}
          | ~
        hint: add "type: container"
      fuge.yml:3:1 error missing-type: "c" has no "type"
        3 | c: {path: .}
          | ~
        hint: add "type:" with one of process, node, task, container, external
      fuge.yml:4:1 warning missing-run: "d" has no "run", so it can't be started
        4 | d: {type: node}
          | ~
        hint: add "run: COMMAND"
      fuge.yml:5:1 error missing-image: the container "e" has no image
        5 | e: {type: container}
          | ~
        hint: add "image: NAME", or "build: DIRECTORY""
    `);
  });

  it('names that can be none', async () => {
    expect(
      await said('a/b: {type: node, run: x}\n"a b": {type: node, run: x}\nall: {type: node, run: x}\n'),
    ).toMatchInlineSnapshot(`
      "fuge.yml:1:1 error bad-name: "a/b" can't be the name of a service
        1 | a/b: {type: node, run: x}
          | ~~~
        hint: use letters, digits, "-", "_" and "."
      fuge.yml:2:1 error bad-name: "a b" can't be the name of a service
        2 | "a b": {type: node, run: x}
          | ~~~~~
        hint: use letters, digits, "-", "_" and "."
      fuge.yml:3:1 warning bad-name: "all" means every service in commands, so this one can't be named alone
        3 | all: {type: node, run: x}
          | ~~~"
    `);
  });

  it("commands that can't be split", async () => {
    expect(
      await said(`a: {type: process, run: 'echo "x', test: "x\\\\"}\nb: {type: node, run: node}\n`),
    ).toMatchInlineSnapshot(`
      "fuge.yml:1:31 error bad-command: "run" can't be split into words: the quote " is never closed
        1 | a: {type: process, run: 'echo "x', test: "x\\\\"}
          |                               ~
      fuge.yml:1:44 error bad-command: "test" can't be split into words: a backslash at the end protects nothing
        1 | a: {type: process, run: 'echo "x', test: "x\\\\"}
          |                                            ~
      fuge.yml:2:22 error bad-command: "run" names no script after node
        2 | b: {type: node, run: node}
          |                      ~~~~"
    `);
  });

  it('a missing path disables the service, the rest runs', async () => {
    const loaded = await load(`${WEB}api:\n  type: node\n  path: ../api\n  run: x\n  repository_url: https://x/y\n`);
    expect(loaded.said.replaceAll(path.dirname(loaded.directory), '<top>')).toMatchInlineSnapshot(`
      "fuge.yml:4:9 warning path-missing: "api" is disabled: its path <top>/api does not exist
        4 |   path: ../api
          |         ~~~~~~
        hint: "fuge pull api" clones it"
    `);
    expect(loaded.service('api').disabled).toBe(`its path ${path.dirname(loaded.directory)}/api does not exist`);
    expect(loaded.service('web').disabled).toBeUndefined();
  });
});

describe('ports', () => {
  it('bad forms', async () => {
    expect(
      await said(`web:
  type: node
  run: a
  ports: [http=x, 70000, 0, 3000=http, "http: 1", =1, a b=1, 1/tpc, "", {http: 3000}]
api: {type: node, run: a, ports: {http: 3000}}
`),
    ).toMatchInlineSnapshot(`
      "fuge.yml:4:11 error bad-port: "http=x" is no port: it must be name=port, name=port:target, port or port:target
        4 |   ports: [http=x, 70000, 0, 3000=http, "http: 1", =1, a b=1, 1/tpc, "", {http: 3000}]
          |           ~~~~~~
      fuge.yml:4:19 error bad-port: 70000 in "70000" is no port: ports go from 1 to 65535
        4 |   ports: [http=x, 70000, 0, 3000=http, "http: 1", =1, a b=1, 1/tpc, "", {http: 3000}]
          |                   ~~~~~
      fuge.yml:4:26 error bad-port: 0 in "0" is no port: ports go from 1 to 65535
        4 |   ports: [http=x, 70000, 0, 3000=http, "http: 1", =1, a b=1, 1/tpc, "", {http: 3000}]
          |                          ~
      fuge.yml:4:29 error bad-port: "3000=http" is no port: it must be name=port, name=port:target, port or port:target
        4 |   ports: [http=x, 70000, 0, 3000=http, "http: 1", =1, a b=1, 1/tpc, "", {http: 3000}]
          |                             ~~~~~~~~~
        hint: did you mean "http=3000"?
      fuge.yml:4:40 error bad-port: "http: 1" is no port: it must be name=port, name=port:target, port or port:target
        4 |   ports: [http=x, 70000, 0, 3000=http, "http: 1", =1, a b=1, 1/tpc, "", {http: 3000}]
          |                                        ~~~~~~~~~
        hint: did you mean "http=1"?
      fuge.yml:4:51 error bad-port: "=1" has no name before "="
        4 |   ports: [http=x, 70000, 0, 3000=http, "http: 1", =1, a b=1, 1/tpc, "", {http: 3000}]
          |                                                   ~~
        hint: names have letters, digits, "_", "." and "-"
      fuge.yml:4:55 error bad-port: "a b=1" is no port: it must be name=port, name=port:target, port or port:target
        4 |   ports: [http=x, 70000, 0, 3000=http, "http: 1", =1, a b=1, 1/tpc, "", {http: 3000}]
          |                                                       ~~~~~
      fuge.yml:4:62 error bad-port: "1/tpc" is no port: it must be name=port, name=port:target, port or port:target
        4 |   ports: [http=x, 70000, 0, 3000=http, "http: 1", =1, a b=1, 1/tpc, "", {http: 3000}]
          |                                                              ~~~~~
        hint: the protocols are tcp, udp and sctp
      fuge.yml:4:69 error bad-port: "" is no port: it must be name=port, name=port:target, port or port:target
        4 |   ports: [http=x, 70000, 0, 3000=http, "http: 1", =1, a b=1, 1/tpc, "", {http: 3000}]
          |                                                                     ~~
      fuge.yml:4:73 error bad-port: a port must be name=port, name=port:target, port or port:target, not a map
        4 |   ports: [http=x, 70000, 0, 3000=http, "http: 1", =1, a b=1, 1/tpc, "", {http: 3000}]
          |                                                                         ~~~~~~~~~~~~
        hint: write http=3000
      fuge.yml:5:34 error wrong-type: "ports" must be a list, not a map
        5 | api: {type: node, run: a, ports: {http: 3000}}
          |                                  ~~~~~~~~~~~~
        hint: write - http=3000"
    `);
  });

  it('two of one name', async () => {
    expect(await said('web: {type: node, run: a, ports: [http=1, http=2]}\n')).toMatchInlineSnapshot(`
      "fuge.yml:1:43 error duplicate-port-name: two ports of one service are named "http"
        1 | web: {type: node, run: a, ports: [http=1, http=2]}
          |                                           ~~~~~~
        fuge.yml:1:35: the first one is here"
    `);
  });

  it('two services on one port', async () => {
    expect(
      await said('a: {type: node, run: a, ports: [3000]}\nb: {type: container, image: b, ports: [3000:80]}\n'),
    ).toMatchInlineSnapshot(`
      "fuge.yml:2:40 error port-conflict: "b" and "a" both use port 3000
        2 | b: {type: container, image: b, ports: [3000:80]}
          |                                        ~~~~~~~
        fuge.yml:1:33: "a" uses it here
        hint: give one of them another port"
    `);
  });

  it('only a warning where they need not run together', async () => {
    expect(
      await said(`fuge_global: {run_containers: false}
a: {type: node, run: a, ports: [3000, 3001, 3002]}
b: {type: container, image: b, ports: [3000]}
c: {type: external, ports: [3001]}
d: {type: node, run: a, group: other, ports: [3002]}
e: {type: external, host: 10.0.0.1, ports: [3000]}
f: {type: node, run: f, ports: [3000/udp]}
`),
    ).toMatchInlineSnapshot(`
      "fuge.yml:3:40 warning port-conflict: "b" and "a" both use port 3000; only one of them can run (containers like "b" are not run by fuge)
        3 | b: {type: container, image: b, ports: [3000]}
          |                                        ~~~~
        fuge.yml:2:33: "a" uses it here
      fuge.yml:4:29 warning port-conflict: "c" and "a" both use port 3001; only one of them can run ("c" runs elsewhere)
        4 | c: {type: external, ports: [3001]}
          |                             ~~~~
        fuge.yml:2:39: "a" uses it here
      fuge.yml:5:47 warning port-conflict: "d" and "a" both use port 3002; only one of them can run (they have no group in common)
        5 | d: {type: node, run: a, group: other, ports: [3002]}
          |                                               ~~~~
        fuge.yml:2:45: "a" uses it here"
    `);
  });

  it('no automatic one left', async () => {
    expect(await said(`fuge_global: {auto_port_start: 65535}\n${WEB}b: {type: node, run: b}\n`)).toMatchInlineSnapshot(`
      "fuge.yml:3:1 error no-port-left: there is no automatic port left for "b"
        3 | b: {type: node, run: b}
          | ~
        hint: lower auto_port_start"
    `);
  });
});

describe('environment', () => {
  it('names that can be none', async () => {
    expect(
      await said('web: {type: node, run: a, environment: ["A B=1", "C = d", "=x", [1]]}\n'),
    ).toMatchInlineSnapshot(`
      "fuge.yml:1:41 error bad-environment: "A B" can't be the name of a variable: it contains a space
        1 | web: {type: node, run: a, environment: ["A B=1", "C = d", "=x", [1]]}
          |                                         ~~~~~~~
      fuge.yml:1:50 error bad-environment: "C " can't be the name of a variable: it contains a space
        1 | web: {type: node, run: a, environment: ["A B=1", "C = d", "=x", [1]]}
          |                                                  ~~~~~~~
        hint: write C=d
      fuge.yml:1:59 error bad-environment: a variable needs a name before "="
        1 | web: {type: node, run: a, environment: ["A B=1", "C = d", "=x", [1]]}
          |                                                           ~~~~
      fuge.yml:1:65 error wrong-type: "environment[3]" must be NAME=value, not a list
        1 | web: {type: node, run: a, environment: ["A B=1", "C = d", "=x", [1]]}
          |                                                                 ~~~"
    `);
  });

  it('env files: missing, broken, a directory', async () => {
    expect(
      await said({
        'fuge.yml': 'web:\n  type: node\n  run: a\n  env_file: [no.env, bad.env, dir]\n',
        'bad.env': 'A=1\nB C=2\nD="x" y\n',
        'dir/': '',
      }),
    ).toMatchInlineSnapshot(`
      "fuge.yml:4:14 warning env-file-missing: env_file no.env does not exist; it is passed over
        4 |   env_file: [no.env, bad.env, dir]
          |              ~~~~~~
      fuge.yml:4:31 warning env-file: env_file dir is a directory, not a file
        4 |   env_file: [no.env, bad.env, dir]
          |                               ~~~
      bad.env:2:2 warning env-file-syntax: "B C" contains a space, names can't; the line is passed over
        2 | B C=2
          |  ~~~~
      bad.env:3:6 warning env-file-syntax: "y" after the closing quote is ignored
        3 | D="x" y
          |      ~~"
    `);
  });

  it('variables: unset, required, malformed', async () => {
    expect(
      await said('web:\n  type: node\n  run: a.js $NONE ${}\n  path: ${NEEDED:?say where}\n  tail: ${NONE:-perhaps}\n'),
    ).toMatchInlineSnapshot(`
      "fuge.yml:3:13 warning unset-variable: "$NONE" is replaced by nothing, because NONE is not set
        3 |   run: a.js $NONE \${}
          |             ~~~~~
        hint: set it, give a default as in \${NONE:-default}, or write $$ for a "$" that is meant
      fuge.yml:3:19 error bad-variable: "\${}" is no variable
        3 |   run: a.js $NONE \${}
          |                   ~~~
        hint: write $$ for a "$" that is meant
      fuge.yml:4:9 error required-variable: NEEDED must be set: say where
        4 |   path: \${NEEDED:?say where}
          |         ~~~~~~~~~~~~~~~~~~~~
      fuge.yml:5:9 error wrong-type: "tail" must be true or false, not "perhaps"
        5 |   tail: \${NONE:-perhaps}
          |         ~~~~~~~~~~~~~~~~"
    `);
  });
});

describe('include', () => {
  it('a missing file, a system file, a broken one', async () => {
    expect(
      await said({
        'fuge.yml': `${WEB}include: [none.yml, other/fuge.yml, bad.yml]\n`,
        'other/fuge.yml': 'fuge_global: {}\n',
        'bad.yml':
          'services:\n  db:\n    image: [x]\n  "a b": {image: x}\n  c: {}\n  d: {image: x, ports: [x, 1-2:3-5]}\n',
      }),
    ).toMatchInlineSnapshot(`
      "fuge.yml:2:11 error include-missing: the included file none.yml does not exist
        2 | include: [none.yml, other/fuge.yml, bad.yml]
          |           ~~~~~~~~
      fuge.yml:2:21 error include-not-compose: "other/fuge.yml" is a system file; only Compose files can be included
        2 | include: [none.yml, other/fuge.yml, bad.yml]
          |                     ~~~~~~~~~~~~~~
      bad.yml:3:12 error wrong-type: "services.db.image" must be text, not a list
        3 |     image: [x]
          |            ~~~
      bad.yml:4:3 error bad-name: "a b" can't be a name in "services"
        4 |   "a b": {image: x}
          |   ~~~~~
        hint: use letters, digits, "-", "_" and "."
      bad.yml:6:25 error compose-value: "services.d.ports[0]" is wrong: "x" in "x" is no port or range of ports: they go from 0 to 65535
        6 |   d: {image: x, ports: [x, 1-2:3-5]}
          |                         ~
      bad.yml:6:28 error compose-value: "services.d.ports[1]" is wrong: the ranges 1-2 and 3-5 in "1-2:3-5" differ in length
        6 |   d: {image: x, ports: [x, 1-2:3-5]}
          |                            ~~~~~~~"
    `);
  });

  it('loops', async () => {
    expect(
      await said({
        'fuge.yml': `${WEB}include: [fuge.yml, a.yml, a.yml]\n`,
        'a.yml': 'include: [b.yml]\nservices: {x: {image: x}}\n',
        'b.yml': 'include: [a.yml]\nservices: {y: {image: y}}\n',
      }),
    ).toMatchInlineSnapshot(`
      "fuge.yml:2:11 error include-loop: "fuge.yml" includes itself: fuge.yml -> fuge.yml
        2 | include: [fuge.yml, a.yml, a.yml]
          |           ~~~~~~~~
      fuge.yml:2:28 warning include-twice: "a.yml" is included twice; the second time is ignored
        2 | include: [fuge.yml, a.yml, a.yml]
          |                            ~~~~~
      b.yml:1:11 error include-loop: "a.yml" includes itself: a.yml -> b.yml -> a.yml
        1 | include: [a.yml]
          |           ~~~~~"
    `);
  });

  it('what has no effect, once per file', async () => {
    expect(
      await said({
        'fuge.yml': 'include: compose.yml\n',
        'compose.yml': 'services:\n  a: {image: a, uts: host}\n  b: {image: b, gpus: all, uts: host}\n',
      }),
    ).toMatchInlineSnapshot(`
      "compose.yml:2:17 warning compose-no-effect: gpus and uts of the Compose file have no effect here
        2 |   a: {image: a, uts: host}
          |                 ~~~"
    `);
  });
});

it('a directory is searched, and found upwards', async () => {
  const directory = writeFiles({ 'fuge/fuge.yml': WEB, 'a/b/c/': '', 'd/system.yml': WEB });
  mkdirSync(path.join(directory, 'a/fuge.yml'));
  const load = (file: string | undefined, cwd: string) => loadSystem(file, { cwd: path.join(directory, cwd), env: {} });
  expect((await load(undefined, 'a/b/c')).system).toMatchObject({ file: `${directory}/fuge/fuge.yml`, name: 'shop' });
  expect((await load('d', '.')).system).toMatchObject({ file: `${directory}/d/system.yml`, name: 'd' });
});
