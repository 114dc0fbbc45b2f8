// Services that can be switched between process and container: both forms, with the same name, ports and host.
import { describe, expect, it } from 'vitest';
import { load } from './files.js';

const BOTH = `db: {type: external}
api:
  type: node
  path: api
  run: node server.js
  image: shop/api:dev
  group: back
  host: 127.0.0.2
  ports: [http=3000:80]
  environment: [A=1]
  env_file: a.env
  depends_on: [db]
  build: npm ci
  monitor: false
  volumes: ['./data:/data']
  ready: {http: /health}
`;

describe('a service with run and image', () => {
  it('begins as its type says, and has the other form besides', async () => {
    const { said, system, service, directory } = await load({ 'fuge.yml': BOTH, 'api/a.env': '' });
    expect(said).toBe('');
    expect([...system!.alternatives.keys()]).toEqual(['api']);
    const shared = {
      name: 'api',
      groups: ['back'],
      host: '127.0.0.2',
      ports: [{ name: 'http', host: 3000, target: 80, protocol: 'tcp' }],
      environment: { A: '1' },
      envFiles: [{ path: `${directory}/api/a.env` }],
      dependsOn: [{ service: 'db', condition: 'ready' }],
      ready: { kind: 'http', path: '/health', port: 3000 },
    };
    expect(service('api')).toMatchObject({
      ...shared,
      type: 'node',
      cwd: `${directory}/api`,
      command: { argv: ['server.js'] },
      build: { argv: ['npm', 'ci'] },
      watch: { enabled: false },
    });
    expect(system!.alternatives.get('api')).toMatchObject({
      ...shared,
      type: 'container',
      image: 'shop/api:dev',
      build: undefined,
      mounts: [{ type: 'bind', source: `${directory}/data`, target: '/data' }],
    });
  });

  it('that is a container is a process in its other form', async () => {
    const { said, system, service, directory } = await load({
      'fuge.yml': 'api: {type: container, image: a, build: ./api, path: api, run: node server.js}\n',
      'api/': '',
    });
    expect(said).toBe('');
    expect(service<'container'>('api')).toMatchObject({
      type: 'container',
      image: 'a',
      build: { context: `${directory}/api` },
      disabled: undefined,
    });
    expect(system!.alternatives.get('api')).toMatchObject({
      type: 'process',
      cwd: `${directory}/api`,
      command: { argv: ['node', 'server.js'] },
      build: undefined,
    });
  });

  it('may build its image, as a map beside run says', async () => {
    const { said, system, service, directory } = await load(
      'name: shop\napi: {type: process, run: ./a, build: {context: api}}\n',
    );
    expect(said).toBe('');
    expect(service('api').build).toBeUndefined();
    expect(system!.alternatives.get('api')).toMatchObject({
      type: 'container',
      image: 'shop-api',
      build: { context: `${directory}/api` },
    });
  });

  it('gives both forms the same automatic port', async () => {
    const { system, service } = await load(
      'api: {type: process, run: ./a, image: a}\nweb: {type: process, run: ./w}\n',
    );
    expect(service('api').ports).toEqual(system!.alternatives.get('api')!.ports);
    expect(service('api').ports).toMatchObject([{ host: 10_000, automatic: true }]);
    expect(service('web').ports).toMatchObject([{ host: 10_001 }]);
  });

  it('needs its directory only as a process', async () => {
    const { said, system, service, directory } = await load(`a: {type: process, run: ./a, image: a, path: none}
b: {type: container, run: ./b, image: b, path: none}
`);
    expect(said).toMatchInlineSnapshot(`
      "fuge.yml:1:46 warning path-missing: "a" is disabled: its path none does not exist
        1 | a: {type: process, run: ./a, image: a, path: none}
          |                                              ~~~~
      fuge.yml:2:48 warning path-missing: "b" can't be switched to a process: its path none does not exist
        2 | b: {type: container, run: ./b, image: b, path: none}
          |                                                ~~~~"
    `);
    const reason = `its path ${directory}/none does not exist`;
    expect(service('a').disabled).toBe(reason);
    expect(system!.alternatives.get('a')).toMatchObject({ type: 'container', disabled: undefined });
    expect(service<'container'>('b').disabled).toBeUndefined();
    expect(system!.alternatives.get('b')).toMatchObject({
      type: 'process',
      disabled: reason,
    });
  });
});

describe('a service with one of them', () => {
  it('has one form, and keys of the other mean nothing to it', async () => {
    const { said, system } = await load(`a: {type: process, image: a, init: true}
b: {type: container, image: b, monitor: true, hooks: x}
c: {type: container, build: ., test: x, working_dir: /x}
d: {type: external, image: d, networks: [x]}
e: {type: node, run: x, command: y}
`);
    expect(system).toBeUndefined();
    expect(said).toMatchInlineSnapshot(`
      "fuge.yml:1:1 warning missing-run: "a" has no "run", so it can't be started
        1 | a: {type: process, image: a, init: true}
          | ~
        hint: add "run: COMMAND"
      fuge.yml:1:20 error misplaced-key: "image" of "a" is only for services of type container, not process
        1 | a: {type: process, image: a, init: true}
          |                    ~~~~~
        hint: with "run" beside it, the service can be switched between process and container
      fuge.yml:1:30 warning misplaced-key: "init" of "a" is only for services of type container, not process; it is ignored
        1 | a: {type: process, image: a, init: true}
          |                              ~~~~
      fuge.yml:2:32 warning misplaced-key: "monitor" of "b" is only for services of type process and node, not container; it is ignored
        2 | b: {type: container, image: b, monitor: true, hooks: x}
          |                                ~~~~~~~
      fuge.yml:2:47 error unknown-key: "b" has the unknown key "hooks"
        2 | b: {type: container, image: b, monitor: true, hooks: x}
          |                                               ~~~~~
        hint: keys of your own begin with "x-": x-hooks
      fuge.yml:3:32 warning misplaced-key: "test" of "c" is only for services of type process and node, not container; it is ignored
        3 | c: {type: container, build: ., test: x, working_dir: /x}
          |                                ~~~~
      fuge.yml:4:21 error misplaced-key: "image" of "d" is only for services of type container, not external
        4 | d: {type: external, image: d, networks: [x]}
          |                     ~~~~~
      fuge.yml:4:31 warning misplaced-key: "networks" of "d" is only for services of type container, not external; it is ignored
        4 | d: {type: external, image: d, networks: [x]}
          |                               ~~~~~~~~
      fuge.yml:5:25 warning misplaced-key: "command" of "e" is only for services of type container, not node; it is ignored
        5 | e: {type: node, run: x, command: y}
          |                         ~~~~~~~
        hint: fuge's own word for it is "run""
    `);
  });

  it('that is run as a process and has an empty image', async () => {
    const { said } = await load('a: {type: process, run: a, image: ""}\n');
    expect(said).toMatchInlineSnapshot(`
      "fuge.yml:1:35 error missing-image: "image" of "a" is empty
        1 | a: {type: process, run: a, image: ""}
          |                                   ~~
        hint: name an image, or leave the key out"
    `);
  });
});
