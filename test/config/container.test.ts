// What a service says of its container: forms beyond the plain ones, what is refused, and with which words.
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { serviceKeys } from '../../src/config/keys.js';
import type { ContainerService } from '../../src/system.js';
import { load } from './files.js';

/** A container with these keys (each on a line), in the only service of a system. */
async function containerWith(keys: string, global = '') {
  const yaml = `${global}db:\n  type: container\n  image: postgres\n${keys.replace(/^(?=.)/gm, '  ')}\n`;
  const { said, system, directory } = await load(yaml, { env: { HOME: '/home/me', SIZE: '64m' } });
  expect(said).toBe('');
  const service = system!.services.get('db') as ContainerService;
  const text = JSON.stringify(service).replaceAll(directory, '<shop>').replaceAll(path.dirname(directory), '<above>');
  return JSON.parse(text) as ContainerService;
}

async function said(yaml: string) {
  return (await load(yaml, { env: { HOME: '/home/me' } })).said;
}

const refused = (keys: string) => said(`db: {type: container, image: x, ${keys}}\n`);

describe('a container that says nothing', () => {
  it('leaves everything to the image and the engine', async () => {
    const { service } = await load('db: {type: container, image: postgres:16}\n');
    expect(service<'container'>('db')).toMatchObject({
      type: 'container',
      image: 'postgres:16',
      build: undefined,
      pull: 'missing',
      entrypoint: undefined,
      args: undefined,
      containerName: undefined,
      mounts: [],
      networks: [],
      networkMode: undefined,
      healthcheck: undefined,
      stopSignal: undefined,
      stop: { signal: 'SIGTERM', graceMs: 10_000 },
      init: undefined,
      tty: false,
      keep: false,
    });
  });
});

describe('commands', () => {
  it('are split like a shell does, without expansion', async () => {
    const { args } = await containerWith(`args: sh -c 'echo "$$HOME" *' "a b"`);
    expect(args).toEqual(['sh', '-c', 'echo "$HOME" *', 'a b']);
  });

  it('that are an empty list drop those of the image', async () => {
    const { args, entrypoint } = await containerWith('args: []\nentrypoint: []');
    expect(args).toEqual([]);
    expect(entrypoint).toEqual([]);
  });

  it('have two words, of which one is said', async () => {
    expect(await refused('args: a, command: b')).toMatchInlineSnapshot(`
      "fuge.yml:1:42 error two-words: "db" says both "args" and "command", which mean the same
        1 | db: {type: container, image: x, args: a, command: b}
          |                                          ~~~~~~~
        fuge.yml:1:33: "args" stands here
        hint: keep one of them"
    `);
  });
});

describe('volumes', () => {
  it('in their short form: paths, names, neither', async () => {
    const { mounts } = await containerWith(
      `volumes:
  - ../data:/data
  - ~/keys:/keys:ro,Z
  - /var/run/x.sock:/x.sock:rshared
  - pages:/pages:nocopy
  - /cache`,
    );
    expect(mounts).toEqual([
      { type: 'bind', source: '<above>/data', target: '/data', readOnly: false, createSource: true },
      {
        type: 'bind',
        source: '/home/me/keys',
        target: '/keys',
        readOnly: true,
        createSource: true,
        selinux: 'Z',
      },
      {
        type: 'bind',
        source: '/var/run/x.sock',
        target: '/x.sock',
        readOnly: false,
        createSource: true,
        propagation: 'rshared',
      },
      { type: 'volume', source: 'pages', target: '/pages', readOnly: false, noCopy: true },
      { type: 'volume', target: '/cache', readOnly: false, noCopy: false },
    ]);
  });

  it('in their long form, where a missing path is made only if that is said', async () => {
    const { mounts } = await containerWith(
      `volumes:
  - {type: bind, source: a, target: /a, read_only: true}
  - {type: bind, source: b, target: /b, bind: {create_host_path: true, propagation: slave, selinux: z}}
  - {type: bind, source: c, target: /c, bind: {propagation: slave}}
  - {type: volume, source: v, target: /v, volume: {nocopy: true, subpath: x}}
  - {type: volume, target: /w}
  - {type: tmpfs, target: /t, tmpfs: {size: "$SIZE", mode: 0o1770}}`,
    );
    expect(mounts).toEqual([
      { type: 'bind', source: '<shop>/a', target: '/a', readOnly: true, createSource: false },
      {
        type: 'bind',
        source: '<shop>/b',
        target: '/b',
        readOnly: false,
        createSource: true,
        propagation: 'slave',
        selinux: 'z',
      },
      {
        type: 'bind',
        source: '<shop>/c',
        target: '/c',
        readOnly: false,
        createSource: false,
        propagation: 'slave',
      },
      { type: 'volume', source: 'v', target: '/v', readOnly: false, noCopy: true, subpath: 'x' },
      { type: 'volume', target: '/w', readOnly: false, noCopy: false },
      { type: 'tmpfs', target: '/t', size: 67_108_864, mode: 0o1770 },
    ]);
  });

  it('that are none', async () => {
    expect(
      await refused(`volumes: ['', data, 'a/b:/x', 'aa:bb:cc:dd', 'v:/v', 'one:/x:rx', 'two:/x', [1]]`),
    ).toMatchInlineSnapshot(`
      "fuge.yml:1:43 error wrong-type: "volumes[0]" of "db" is wrong: a volume must not be empty
        1 | db: {type: container, image: x, volumes: ['', data, 'a/b:/x', 'aa:bb:cc:dd', 'v:/v', 'one:/x:rx', 'two:/x', [1]]}
          |                                           ~~
      fuge.yml:1:47 error bad-mount: "data" can't be where "db" has a mount: it must be an absolute path in the container
        1 | db: {type: container, image: x, volumes: ['', data, 'a/b:/x', 'aa:bb:cc:dd', 'v:/v', 'one:/x:rx', 'two:/x', [1]]}
          |                                               ~~~~
        hint: write source:target
      fuge.yml:1:53 error bad-mount: "a/b" can't be the name of a volume
        1 | db: {type: container, image: x, volumes: ['', data, 'a/b:/x', 'aa:bb:cc:dd', 'v:/v', 'one:/x:rx', 'two:/x', [1]]}
          |                                                     ~~~~~~~~
        hint: a path begins with "./": ./a/b
      fuge.yml:1:63 error wrong-type: "volumes[3]" of "db" is wrong: "aa:bb:cc:dd" has too many colons: a volume is [source:]target[:options]
        1 | db: {type: container, image: x, volumes: ['', data, 'a/b:/x', 'aa:bb:cc:dd', 'v:/v', 'one:/x:rx', 'two:/x', [1]]}
          |                                                               ~~~~~~~~~~~~~
      fuge.yml:1:78 error bad-mount: "v:/v" can't be where "db" has a mount: it must be an absolute path in the container
        1 | db: {type: container, image: x, volumes: ['', data, 'a/b:/x', 'aa:bb:cc:dd', 'v:/v', 'one:/x:rx', 'two:/x', [1]]}
          |                                                                              ~~~~~~
        hint: a single letter before a colon is a drive of Windows: give the volume a longer name
      fuge.yml:1:86 warning unknown-option: "rx" in "one:/x:rx" is no option of a mount
        1 | db: {type: container, image: x, volumes: ['', data, 'a/b:/x', 'aa:bb:cc:dd', 'v:/v', 'one:/x:rx', 'two:/x', [1]]}
          |                                                                                      ~~~~~~~~~~~
        hint: did you mean "ro"?
      fuge.yml:1:99 error bad-mount: "db" has two mounts at /x
        1 | db: {type: container, image: x, volumes: ['', data, 'a/b:/x', 'aa:bb:cc:dd', 'v:/v', 'one:/x:rx', 'two:/x', [1]]}
          |                                                                                                   ~~~~~~~~
        fuge.yml:1:86: the first one is here
      fuge.yml:1:109 error wrong-type: "volumes[7]" of "db" must be text or a map, not a list
        1 | e:/x:rx', 'two:/x', [1]]}
          |                     ~~~"
    `);
  });

  it('that are none in their long form', async () => {
    expect(
      await refused(
        'volumes: [{type: bind, target: /y}, {target: /z}, {type: volume}, {type: npipe, source: a, target: /n}, {type: tmpf, target: /d}, {typ: bind, target: /y, read_only: maybe}]',
      ),
    ).toMatchInlineSnapshot(`
      "fuge.yml:1:43 error wrong-type: "volumes[0]" of "db" is a bind mount and needs a "source"
        1 | db: {type: container, image: x, volumes: [{type: bind, target: /y}, {target: /z}, {type: volume}, {type: npipe, source: 
          |                                           ~~~~~~~~~~~~~~~~~~~~~~~~
      fuge.yml:1:69 error wrong-type: "volumes[1]" of "db" has no "type"
        1 | db: {type: container, image: x, volumes: [{type: bind, target: /y}, {target: /z}, {type: volume}, {type: npipe, source: 
          |                                                                     ~~~~~~~~~~~~
      fuge.yml:1:83 error wrong-type: "volumes[2]" of "db" has no "target"
        1 | db: {type: container, image: x, volumes: [{type: bind, target: /y}, {target: /z}, {type: volume}, {type: npipe, source: 
          |                                                                                   ~~~~~~~~~~~~~~
      fuge.yml:1:106 error wrong-type: "volumes[3].type" of "db" must be bind, volume or tmpfs, not "npipe"
        1 | pe: volume}, {type: npipe, source: a, target: /n}, {type: tmpf, target: /d}, {typ: bind, target: /y, read_only: maybe}]}
          |                     ~~~~~
      fuge.yml:1:144 error wrong-type: "volumes[4].type" of "db" must be bind, volume or tmpfs, not "tmpf"
        1 | target: /n}, {type: tmpf, target: /d}, {typ: bind, target: /y, read_only: maybe}]}
          |                     ~~~~
        hint: did you mean "tmpfs"?
      fuge.yml:1:164 error unknown-key: "volumes[5]" of "db" has the unknown key "typ"
        1 | tmpf, target: /d}, {typ: bind, target: /y, read_only: maybe}]}
          |                     ~~~
        hint: did you mean "type"?
      fuge.yml:1:198 error wrong-type: "volumes[5].read_only" of "db" must be true or false, not "maybe"
        1 | get: /y, read_only: maybe}]}
          |                     ~~~~~"
    `);
  });

  it('that are a map', async () => {
    expect(await refused('volumes: {./data: /data}')).toMatchInlineSnapshot(`
      "fuge.yml:1:42 error wrong-type: "volumes" of "db" must be a list, not a map
        1 | db: {type: container, image: x, volumes: {./data: /data}}
          |                                          ~~~~~~~~~~~~~~~
        hint: write - ./data:/data"
    `);
  });

  it('of tmpfs that are none', async () => {
    expect(await refused(`tmpfs: ['', 'run', '/a:size=x', '/b:mode=9']`)).toMatchInlineSnapshot(`
      "fuge.yml:1:41 error bad-mount: a tmpfs needs a path in the container
        1 | db: {type: container, image: x, tmpfs: ['', 'run', '/a:size=x', '/b:mode=9']}
          |                                         ~~
      fuge.yml:1:45 error bad-mount: "run" can't be where "db" has a mount: it must be an absolute path in the container
        1 | db: {type: container, image: x, tmpfs: ['', 'run', '/a:size=x', '/b:mode=9']}
          |                                             ~~~~~
      fuge.yml:1:52 error bad-mount: "x" in "/a:size=x" is no size like 64m
        1 | db: {type: container, image: x, tmpfs: ['', 'run', '/a:size=x', '/b:mode=9']}
          |                                                    ~~~~~~~~~~~
      fuge.yml:1:65 error bad-mount: "9" in "/b:mode=9" is no mode like 1777
        1 | db: {type: container, image: x, tmpfs: ['', 'run', '/a:size=x', '/b:mode=9']}
          |                                                                 ~~~~~~~~~~~"
    `);
  });
});

describe('named volumes and networks', () => {
  it('need not be declared', async () => {
    const { networks } = await containerWith('networks: [back, front]\nvolumes: ["data:/a"]');
    expect(networks.map(use => use.network)).toEqual(['back', 'front']);
  });

  it('with a name near to a declared one look like a slip', async () => {
    expect(
      await said(`fuge_global:
  networks: {backend: }
  volumes: {pages: }
db: {type: container, image: x, networks: [default, backnd], volumes: ['page:/a']}
`),
    ).toMatchInlineSnapshot(`
      "fuge.yml:4:53 warning unknown-network: the network "backnd" is not among those of fuge_global, so it is a new one
        4 | db: {type: container, image: x, networks: [default, backnd], volumes: ['page:/a']}
          |                                                     ~~~~~~
        hint: did you mean "backend"?
      fuge.yml:4:72 warning unknown-volume: the volume "page" is not among those of fuge_global, so it is a new one
        4 | db: {type: container, image: x, networks: [default, backnd], volumes: ['page:/a']}
          |                                                                        ~~~~~~~~~
        hint: did you mean "pages"?"
    `);
  });

  it('are refused where their settings make no sense', async () => {
    expect(
      await said(`fuge_global:
  networks: {a: {external: true, driver: x}, b: {drivr: x}, c: {ipam: {config: {}}}}
  volumes: [pages]
db: {type: container, image: x, networks: {a: {ipv4_address: 1.2.3, ipv6_address: 1.2.3.4, alias: x}}}
web: {type: container, image: x, networks: {a b: }, network_mode: host}
`),
    ).toMatchInlineSnapshot(`
      "fuge.yml:2:50 error unknown-key: "networks.b" of fuge_global has the unknown key "drivr"
        2 |   networks: {a: {external: true, driver: x}, b: {drivr: x}, c: {ipam: {config: {}}}}
          |                                                  ~~~~~
        hint: did you mean "driver"?
      fuge.yml:2:80 error wrong-type: "networks.c.ipam.config" of fuge_global must be a list, not a map
        2 |   networks: {a: {external: true, driver: x}, b: {drivr: x}, c: {ipam: {config: {}}}}
          |                                                                                ~~
      fuge.yml:3:12 error wrong-type: "volumes" of fuge_global must be a map of names, each with its settings
        3 |   volumes: [pages]
          |            ~~~~~~~
        hint: write volumes: {data: {name: shop-data}}
      fuge.yml:4:92 error unknown-key: "networks.a" of "db" has the unknown key "alias"
        4 | db: {type: container, image: x, networks: {a: {ipv4_address: 1.2.3, ipv6_address: 1.2.3.4, alias: x}}}
          |                                                                                            ~~~~~
        hint: known are aliases, interface_name, ipv4_address, ipv6_address, link_local_ips, mac_address, driver_opts, priority, gw_priority
      fuge.yml:5:45 error bad-name: "a b" can't be the name of a network
        5 | web: {type: container, image: x, networks: {a b: }, network_mode: host}
          |                                             ~~~
        hint: it has letters, digits, "_", "." and "-"
      fuge.yml:5:53 error two-words: "web" says both "network_mode" and "networks", of which only one can hold
        5 | web: {type: container, image: x, networks: {a b: }, network_mode: host}
          |                                                     ~~~~~~~~~~~~
        fuge.yml:5:34: "networks" stands here"
    `);
  });

  it('at the top of the file, as Compose has them, belong in fuge_global', async () => {
    expect(
      await said(`db: {type: container, image: x}
volumes:
  pages: {}
networks: {a: {internal: true}}
`),
    ).toMatchInlineSnapshot(`
      "fuge.yml:2:1 error mis-indented: "volumes" and "networks" stand at the top level, where only services do
        2 | volumes:
          | ~~~~~~~
        hint: "volumes" and "networks" belong in fuge_global"
    `);
  });

  it('that are external are called as their key, unless they say it themselves', async () => {
    const { system } = await load(`fuge_global:
  networks: {a: {external: true}, b: {external: {name: old}}}
  volumes: {c: {external: true, name: theirs}}
web: {type: process, run: ./web}
`);
    expect(system!.networks.get('a')).toMatchObject({ external: true, name: 'a' });
    expect(system!.networks.get('b')).toMatchObject({ external: true, name: 'old' });
    expect(system!.volumes.get('c')).toMatchObject({ external: true, name: 'theirs' });
  });
});

describe("another container's network, memory or processes", () => {
  it('is there first, and what shares it is made anew with it', async () => {
    const { said, service } = await load(`db: {type: container, image: a}
side: {type: container, image: b, network_mode: 'service:db'}
`);
    expect(said).toBe('');
    expect(service<'container'>('side')).toMatchObject({
      networkMode: 'service:db',
      dependsOn: [{ service: 'db', condition: 'started', required: true, restart: true }],
    });
  });

  it('must be that of a service', async () => {
    expect(
      await said(`db: {type: container, image: a}
side: {type: container, image: b, ipc: 'service:dbb'}
`),
    ).toMatchInlineSnapshot(`
      "fuge.yml:2:40 error unknown-dependency: "side" depends on "dbb", which is not defined
        2 | side: {type: container, image: b, ipc: 'service:dbb'}
          |                                        ~~~~~~~~~~~~~
        hint: did you mean "db" (line 1)?"
    `);
  });
});

describe('a healthcheck', () => {
  it('that is a text is run by the shell', async () => {
    const { healthcheck } = await containerWith('healthcheck: {test: "curl -f localhost || exit 1"}');
    expect(healthcheck).toEqual({
      test: { kind: 'shell', line: 'curl -f localhost || exit 1', source: 'curl -f localhost || exit 1' },
    });
  });

  it('may only change the times of the image', async () => {
    const { healthcheck } = await containerWith('healthcheck: {interval: 1s}');
    expect(healthcheck).toEqual({ intervalMs: 1000 });
  });

  it('is turned off in two ways', async () => {
    for (const off of ['{disable: true}', '{test: [NONE]}'])
      expect((await containerWith(`healthcheck: ${off}`)).healthcheck, off).toBe('none');
  });

  it('that is none', async () => {
    expect(await refused('healthcheck: {test: [curl, x], intervall: 1s}')).toMatchInlineSnapshot(`
      "fuge.yml:1:53 error wrong-type: "healthcheck.test" of "db" must begin with CMD, CMD-SHELL or NONE when it is a list
        1 | db: {type: container, image: x, healthcheck: {test: [curl, x], intervall: 1s}}
          |                                                     ~~~~~~~~~
        hint: write [CMD, curl, x], or a text
      fuge.yml:1:64 error unknown-key: "healthcheck" of "db" has the unknown key "intervall"
        1 | db: {type: container, image: x, healthcheck: {test: [curl, x], intervall: 1s}}
          |                                                                ~~~~~~~~~
        hint: did you mean "interval"?"
    `);
    expect(await refused('healthcheck: {test: [curl, x], interval: fast, retries: some}')).toMatchInlineSnapshot(`
      "fuge.yml:1:53 error wrong-type: "healthcheck.test" of "db" must begin with CMD, CMD-SHELL or NONE when it is a list
        1 | db: {type: container, image: x, healthcheck: {test: [curl, x], interval: fast, retries: some}}
          |                                                     ~~~~~~~~~
        hint: write [CMD, curl, x], or a text
      fuge.yml:1:74 error wrong-type: "healthcheck.interval" of "db" must be a duration as 30s or 1m30s, not "fast"
        1 | db: {type: container, image: x, healthcheck: {test: [curl, x], interval: fast, retries: some}}
          |                                                                          ~~~~
      fuge.yml:1:89 error wrong-type: "healthcheck.retries" of "db" must be a number, not "some"
        1 | db: {type: container, image: x, healthcheck: {test: [curl, x], interval: fast, retries: some}}
          |                                                                                         ~~~~"
    `);
    expect(await refused('healthcheck: {test: [CMD]}')).toMatchInlineSnapshot(`
      "fuge.yml:1:53 error wrong-type: "healthcheck.test" of "db" has no command
        1 | db: {type: container, image: x, healthcheck: {test: [CMD]}}
          |                                                     ~~~~~
        hint: CMD is followed by the command"
    `);
    expect(await refused('healthcheck: curl')).toMatchInlineSnapshot(`
      "fuge.yml:1:46 error wrong-type: "healthcheck" of "db" must be a map, not text
        1 | db: {type: container, image: x, healthcheck: curl}
          |                                              ~~~~"
    `);
  });
});

describe('how it stops', () => {
  it('is said by terminate, too, also for everybody', async () => {
    expect((await containerWith('terminate: SIGINT')).stopSignal).toBe('SIGINT');
    expect((await containerWith('', 'fuge_global: {terminate: SIGUSR1}\n')).stopSignal).toBe('SIGUSR1');
    expect((await containerWith('stop_signal: SIGRTMIN+3')).stopSignal).toBe('SIGRTMIN+3');
  });

  it('is said once', async () => {
    expect(await refused('terminate: SIGINT, stop_signal: SIGHUP')).toMatchInlineSnapshot(`
      "fuge.yml:1:52 error two-words: "db" says both "terminate" and "stop_signal", which mean the same
        1 | db: {type: container, image: x, terminate: SIGINT, stop_signal: SIGHUP}
          |                                                    ~~~~~~~~~~~
        fuge.yml:1:33: "terminate" stands here
        hint: keep one of them"
    `);
  });
});

describe('build', () => {
  it('of a container is a directory', async () => {
    const { system, directory } = await load('name: My_Shop\nWeb.A: {type: container, build: ./web}\n');
    expect(system!.services.get('Web.A')).toMatchObject({
      image: 'my_shop-web.a',
      build: { context: `${directory}/web`, dockerfile: 'Dockerfile', noCache: false, pull: false, args: {}, tags: [] },
    });
  });

  it('or a map', async () => {
    const { build, image, platform } = await containerWith(
      `platform: linux/arm64
build:
  context: ./web
  dockerfile: docker/dev.Dockerfile
  target: dev
  args: [A=1, B]
  labels: {a: b}
  cache_from: [x]
  no_cache: true
  pull: true
  network: host
  shm_size: 1k
  extra_hosts: [a=1.2.3.4]
  tags: [shop/web:dev]`,
    );
    expect(image).toBe('postgres');
    expect(platform).toBe('linux/arm64');
    expect(build).toEqual({
      context: '<shop>/web',
      dockerfile: 'docker/dev.Dockerfile',
      target: 'dev',
      args: { A: '1', B: null },
      labels: { a: 'b' },
      cacheFrom: ['x'],
      noCache: true,
      pull: true,
      network: 'host',
      shmSize: 1024,
      extraHosts: ['a:1.2.3.4'],
      platform: 'linux/arm64',
      tags: ['shop/web:dev'],
    });
  });

  it('may have its Dockerfile in the file', async () => {
    const { build } = await containerWith('build: {dockerfile_inline: "FROM scratch", platform: linux/amd64}');
    expect(build).toMatchObject({
      context: '<shop>',
      dockerfileInline: 'FROM scratch',
      platform: 'linux/amd64',
    });
  });

  it('that is none', async () => {
    expect(await refused('build: [a]')).toMatchInlineSnapshot(`
      "fuge.yml:1:40 error wrong-type: "build" of "db" must be the directory of a Dockerfile, or a map, not a list
        1 | db: {type: container, image: x, build: [a]}
          |                                        ~~~"
    `);
    expect(await refused('build: {contxt: a, args: x}')).toMatchInlineSnapshot(`
      "fuge.yml:1:41 error unknown-key: "build" of "db" has the unknown key "contxt"
        1 | db: {type: container, image: x, build: {contxt: a, args: x}}
          |                                         ~~~~~~
        hint: did you mean "context"?
      fuge.yml:1:58 error wrong-type: "build.args" of "db" must be a map, or a list of NAME=value, not text
        1 | db: {type: container, image: x, build: {contxt: a, args: x}}
          |                                                          ~"
    `);
    expect(await refused('build: {context: [a], no_cache: maybe, args: x}')).toMatchInlineSnapshot(`
      "fuge.yml:1:50 error wrong-type: "build.context" of "db" must be text, not a list
        1 | db: {type: container, image: x, build: {context: [a], no_cache: maybe, args: x}}
          |                                                  ~~~
      fuge.yml:1:65 error wrong-type: "build.no_cache" of "db" must be true or false, not "maybe"
        1 | db: {type: container, image: x, build: {context: [a], no_cache: maybe, args: x}}
          |                                                                 ~~~~~
      fuge.yml:1:78 error wrong-type: "build.args" of "db" must be a map, or a list of NAME=value, not text
        1 | db: {type: container, image: x, build: {context: [a], no_cache: maybe, args: x}}
          |                                                                              ~"
    `);
  });

  it('of a process is a command, and no map', async () => {
    expect(
      await said('web: {type: process, run: a, test: b}\nx: {type: process, build: {context: .}}\n'),
    ).toMatchInlineSnapshot(`
      "fuge.yml:2:1 warning missing-run: "x" has no "run", so it can't be started
        2 | x: {type: process, build: {context: .}}
          | ~
        hint: add "run: COMMAND"
      fuge.yml:2:27 error wrong-type: "build" of "x" must be a command line, not a map
        2 | x: {type: process, build: {context: .}}
          |                           ~~~~~~~~~~~~
        hint: a map says what the image of a container is built from: it needs "run" beside it, or "type: container""
    `);
  });
});

describe('names and images', () => {
  it('that no engine takes', async () => {
    expect(await refused('container_name: a b')).toMatchInlineSnapshot(`
      "fuge.yml:1:49 error bad-name: "a b" can't be the name of a container
        1 | db: {type: container, image: x, container_name: a b}
          |                                                 ~~~
        hint: it has letters, digits, "_", "." and "-""
    `);
  });

  it('are of one container', async () => {
    expect(
      await said(`a: {type: container, image: x, container_name: db}
b: {type: process, run: y, image: x, container_name: db}
`),
    ).toMatchInlineSnapshot(`
      "fuge.yml:2:1 error name-conflict: "b" and "a" have the same container_name "db"
        2 | b: {type: process, run: y, image: x, container_name: db}
          | ~
        fuge.yml:1:1: "a" is here
        hint: give one of them another name"
    `);
  });

  it('are built from something, and from one thing', async () => {
    expect(await refused('pull_policy: build')).toMatchInlineSnapshot(`
      "fuge.yml:1:46 error pull-without-build: "db" is built each time, as "pull_policy" says, but has no "build"
        1 | db: {type: container, image: x, pull_policy: build}
          |                                              ~~~~~
        hint: add "build: DIRECTORY", or write "pull_policy: always""
    `);
    expect(await refused('build: {dockerfile: a, dockerfile_inline: FROM x}')).toMatchInlineSnapshot(`
      "fuge.yml:1:75 error two-words: "build" of "db" says both "dockerfile" and "dockerfile_inline"
        1 | db: {type: container, image: x, build: {dockerfile: a, dockerfile_inline: FROM x}}
          |                                                                           ~~~~~~
        fuge.yml:1:53: "dockerfile" stands here
        hint: keep one of them"
    `);
  });
});

describe('env_file', () => {
  it('may be one that need not be there, or has no quotes', async () => {
    const { envFiles } = await containerWith(
      'env_file: [{path: a.env, required: false}, {path: b.env, required: false, format: raw}]',
    );
    expect(envFiles).toMatchObject([
      { path: '<shop>/a.env', required: false, format: 'dotenv' },
      { path: '<shop>/b.env', required: false, format: 'raw' },
    ]);
  });

  it('that is none', async () => {
    expect(await refused('env_file: {path: a.env, format: json, requird: true}')).toMatchInlineSnapshot(`
      "fuge.yml:1:50 warning env-file-missing: env_file a.env does not exist; it is passed over
        1 | db: {type: container, image: x, env_file: {path: a.env, format: json, requird: true}}
          |                                                  ~~~~~
      fuge.yml:1:65 error wrong-type: "env_file.format" must be raw, not "json"
        1 | db: {type: container, image: x, env_file: {path: a.env, format: json, requird: true}}
          |                                                                 ~~~~
      fuge.yml:1:71 error unknown-key: "env_file" has the unknown key "requird"
        1 | db: {type: container, image: x, env_file: {path: a.env, format: json, requird: true}}
          |                                                                       ~~~~~~~
        hint: did you mean "required"?"
    `);
  });
});

describe('values of the wrong type', () => {
  it('are told with what they must be', async () => {
    expect(
      await said(`db:
  type: container
  image: x
  labels: text
  logging: json-file
  networks: 5
  extra_hosts: [nowhere]
  ulimits: {nofile: many, nproc: {sft: 1}}
  devices: {a: b}
  sysctls: [[a]]
  mem_limit: 5 apples
  memswap_limit: -2
  cpus: two
  pids_limit: -5
  oom_score_adj: 2000
  pull_policy: allways
  init: maybe
  stop_signal: SIGFOO
  cap_add: {a: b}
`),
    ).toMatchInlineSnapshot(`
      "fuge.yml:4:11 error wrong-type: "labels" of "db" must be a map, or a list of NAME=value, not text
        4 |   labels: text
          |           ~~~~
      fuge.yml:5:12 error wrong-type: "logging" of "db" must be a map, not text
        5 |   logging: json-file
          |            ~~~~~~~~~
      fuge.yml:6:13 error wrong-type: "networks" of "db" must be a list of names, or a map, not text
        6 |   networks: 5
          |             ~
      fuge.yml:7:17 error wrong-type: "extra_hosts" of "db" is wrong: "nowhere" has no address: it must be host=address
        7 |   extra_hosts: [nowhere]
          |                 ~~~~~~~
      fuge.yml:8:21 error wrong-type: "ulimits.nofile" of "db" must be a number, not "many"
        8 |   ulimits: {nofile: many, nproc: {sft: 1}}
          |                     ~~~~
      fuge.yml:8:35 error unknown-key: "ulimits.nproc" of "db" has the unknown key "sft"
        8 |   ulimits: {nofile: many, nproc: {sft: 1}}
          |                                   ~~~
        hint: did you mean "soft"?
      fuge.yml:9:12 error wrong-type: "devices" of "db" must be a list, not a map
        9 |   devices: {a: b}
          |            ~~~~~~
      fuge.yml:10:13 error wrong-type: "sysctls[0]" of "db" must be NAME=value, not a list
        10 |   sysctls: [[a]]
           |             ~~~
      fuge.yml:11:14 error wrong-type: "mem_limit" must be bytes, or a size like 512m or 2gb, not "5 apples"
        11 |   mem_limit: 5 apples
           |              ~~~~~~~~
      fuge.yml:12:18 error wrong-type: "memswap_limit" must be bytes, or a size like 512m or 2gb, not -2
        12 |   memswap_limit: -2
           |                  ~~
      fuge.yml:13:9 error wrong-type: "cpus" must be a number from 0, not "two"
        13 |   cpus: two
           |         ~~~
      fuge.yml:14:15 error wrong-type: "pids_limit" must be a whole number from 0, not -5
        14 |   pids_limit: -5
           |               ~~
      fuge.yml:15:18 error wrong-type: "oom_score_adj" must be a whole number from -1000 to 1000, not 2000
        15 |   oom_score_adj: 2000
           |                  ~~~~
      fuge.yml:16:16 error wrong-type: "pull_policy" must be missing, always, never, build or if_not_present, not "allways"
        16 |   pull_policy: allways
           |                ~~~~~~~
        hint: did you mean "always"?
      fuge.yml:17:9 error wrong-type: "init" must be true or false, not "maybe"
        17 |   init: maybe
           |         ~~~~~
      fuge.yml:18:16 error wrong-type: "stop_signal" must be the name of a signal, not "SIGFOO"
        18 |   stop_signal: SIGFOO
           |                ~~~~~~
        hint: did you mean "SIGIOT"?
      fuge.yml:19:12 error wrong-type: "cap_add" must be a list of texts, or one text, not a map
        19 |   cap_add: {a: b}
           |            ~~~~~~"
    `);
  });

  it.each(['[{}]', '[[1]]', '{a: {b: []}}', '{a: [{}]}', '"::"', '{toString: 1}', '-1', '.nan', '[~]', '"="'])(
    'never end in anything but sentences: %s for every key',
    async value => {
      const keys = serviceKeys('container').filter(({ key }) => key !== 'type');
      const { diagnostics } = await load(
        `db:\n  type: container\n${keys.map(({ key }) => `  ${key}: ${value}\n`).join('')}`,
      );
      for (const { at, message } of diagnostics) {
        expect(at, message).toBeDefined();
        expect(message).not.toMatch(/undefined|NaN|\[object/);
      }
      expect(diagnostics.length).toBeGreaterThan(10);
    },
  );

  it('and variables in them are replaced once', async () => {
    const { labels, mounts } = await containerWith('labels: {a: "$$SIZE", b: "$SIZE"}\nvolumes: ["./$$x:/x"]');
    expect(labels).toEqual({ a: '$SIZE', b: '64m' });
    expect(mounts).toMatchObject([{ source: '<shop>/$x' }]);
  });

  it('may be of variables that are not set', async () => {
    expect(await refused(`labels: {a: $NOPE}, healthcheck: {test: "\${X?is needed}"}`)).toMatchInlineSnapshot(`
      "fuge.yml:1:45 warning unset-variable: "$NOPE" is replaced by nothing, because NOPE is not set
        1 | db: {type: container, image: x, labels: {a: $NOPE}, healthcheck: {test: "\${X?is needed}"}}
          |                                             ~~~~~
        hint: set it, give a default as in \${NOPE:-default}, or write $$ for a "$" that is meant
      fuge.yml:1:74 error required-variable: X must be set: is needed
        1 | db: {type: container, image: x, labels: {a: $NOPE}, healthcheck: {test: "\${X?is needed}"}}
          |                                                                          ~~~~~~~~~~~~~~"
    `);
  });
});
