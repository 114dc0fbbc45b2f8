// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of Compose files look like this
// Compose files that a system file includes.
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { load } from './files.js';

const FUGE = 'api: {type: node, run: a}\ninclude: [docker-compose.yml]\n';

describe('an included Compose file', () => {
  it("brings containers and processes, before the file's own services", async () => {
    const { system, service, said, directory } = await load({
      'fuge.yml': FUGE,
      'docker-compose.yml': `services:
  db:
    image: mongo:7
    command: --quiet "a b"
    ports: ['27017:27017', '127.0.0.1:8000-8001:80-81', 9000]
    environment: {A: 1, B:}
    env_file: [{path: db.env, required: false, format: raw}]
    hostname: db.local
  web:
    build: ./web
    command: npm start
`,
      'web/': '',
    });
    expect(said).toBe(
      [
        'docker-compose.yml:9:3 info compose-build: services with "build" run from their source',
        '  9 |   web:',
        '    |   ~~~',
        '  docker-compose.yml:9:3: "web" runs npm start in web',
        '  hint: change it in the service with "x-fuge: {run: COMMAND}" or "x-fuge: {type: container}"',
      ].join('\n'),
    );
    expect([...system!.services.keys()]).toEqual(['db', 'web', 'api']);
    expect(system?.files).toEqual([`${directory}/fuge.yml`, `${directory}/docker-compose.yml`]);
    expect(service<'container'>('db')).toMatchObject({
      type: 'container',
      image: 'mongo:7',
      args: ['--quiet', 'a b'],
      host: '127.0.0.1',
      hostname: 'db.local',
      environment: { A: '1' },
      envFiles: [{ path: `${directory}/db.env`, required: false, format: 'raw' }],
      ports: [
        { name: 'db', host: 27_017, target: 27_017 },
        { name: 'db2', host: 8000, target: 80 },
        { name: 'db3', host: 8001, target: 81 },
        { name: 'db4', host: 9000, target: undefined },
      ],
      at: { file: `${directory}/docker-compose.yml`, line: 2, column: 3 },
    });
    expect(service('web')).toMatchObject({
      type: 'process',
      cwd: `${directory}/web`,
      command: { kind: 'argv', argv: ['npm', 'start'] },
      ports: [{ name: 'main', host: 10_000 }],
    });
  });

  it('gives way to the system file where both define a service, which keeps its place', async () => {
    const { system, service } = await load({
      'fuge.yml': 'b: {type: node, run: mine}\na: {type: node, run: a}\ninclude: docker-compose.yml\n',
      'docker-compose.yml': 'services: {b: {image: b, environment: [A=1]}, c: {image: c}}\n',
    });
    expect([...system!.services.keys()]).toEqual(['b', 'c', 'a']);
    expect(service('b')).toMatchObject({ type: 'node', environment: {} });
  });

  it.each([
    ['the first form, without services', 'db: {image: mongo}\n', ''],
    [
      'the second form',
      "version: '2'\nservices: {db: {image: mongo}}\n",
      [
        'docker-compose.yml:1:1 warning compose-version: "version" means nothing in a Compose file',
        "  1 | version: '2'",
        '    | ~~~~~~~',
        '  hint: leave it out',
      ].join('\n'),
    ],
    ['the modern form, without version', 'services: {db: {image: mongo}}\n', ''],
  ])('%s', async (_what, compose, expected) => {
    const { system, said } = await load({ 'fuge.yml': FUGE, 'docker-compose.yml': compose });
    expect(said).toBe(expected);
    expect([...system!.services.keys()]).toEqual(['db', 'api']);
  });

  it('finds the command of a build in its Dockerfile, or says that there is none', async () => {
    const { service, said } = await load({
      'fuge.yml': FUGE,
      'docker-compose.yml': `services:
  web: {build: web}
  other: {build: {context: web, dockerfile: Other}}
  none: {build: .}
  gone: {build: nowhere}
`,
      'web/Dockerfile': 'FROM node\nCMD ["node", "a b.js"]\n',
      'web/Other': 'FROM node\nCMD npm start && x\n',
    });
    expect(service('web').command).toMatchObject({ argv: ['node', 'a b.js'] });
    expect(service('other').command).toMatchObject({ kind: 'shell', line: 'npm start && x' });
    expect(said).toMatchInlineSnapshot(`
      "docker-compose.yml:2:3 info compose-build: services with "build" run from their source
        2 |   web: {build: web}
          |   ~~~
        docker-compose.yml:2:3: "web" runs node 'a b.js' in web (web/Dockerfile)
        docker-compose.yml:3:3: "other" runs npm start && x in web (web/Other)
        docker-compose.yml:4:3: "none" is built and runs as a container: nothing says what it runs
        hint: change it in the service with "x-fuge: {run: COMMAND}" or "x-fuge: {type: container}"
      docker-compose.yml:5:17 warning path-missing: "gone" is disabled: its path nowhere does not exist
        5 |   gone: {build: nowhere}
          |                 ~~~~~~~"
    `);
  });

  it('tells nothing of a build whose place the system file takes', async () => {
    const { service, said } = await load({
      'fuge.yml': 'include: [docker-compose.yml]\nweb: {type: process, run: make serve}\n',
      'docker-compose.yml': `services:
  web: {build: web, command: npm start}
  api: {build: web, command: npm run api}
`,
      'web/': '',
    });
    expect(service('web').command).toMatchObject({ argv: ['make', 'serve'] });
    expect(said).toMatchInlineSnapshot(`
      "docker-compose.yml:3:3 info compose-build: services with "build" run from their source
        3 |   api: {build: web, command: npm run api}
          |   ~~~
        docker-compose.yml:3:3: "api" runs npm run api in web
        hint: change it in the service with "x-fuge: {run: COMMAND}" or "x-fuge: {type: container}""
    `);
  });

  it('has its own .env and takes variables from it', async () => {
    const { service } = await load(
      {
        'fuge.yml': 'include: sub/compose.yml\n',
        'sub/compose.yml': 'services: {db: {image: "mongo:${TAG}-${KIND}"}}\n',
        'sub/.env': 'TAG=7\nKIND=x\n',
      },
      { env: { KIND: 'y' } },
    );
    expect(service<'container'>('db').image).toBe('mongo:7-y');
  });
});

describe('a Compose file in place of a system file', () => {
  const COMPOSE =
    'services:\n  db: {image: mongo, volumes: ["data:/data"]}\n  web: {build: web, profiles: [front]}\nvolumes: {data: {}}\n';

  it('is the whole system', async () => {
    const { system, service, directory } = await load(
      { 'compose.yaml': COMPOSE, 'web/Dockerfile': 'FROM node\nCMD node a.js\n', '.env': 'COMPOSE_PROFILES=front\n' },
      { file: 'compose.yaml' },
    );
    expect(system).toMatchObject({
      name: 'shop',
      file: `${directory}/compose.yaml`,
      directory,
      profiles: ['front'],
      logDirectory: `${directory}/log`,
      files: [`${directory}/compose.yaml`],
    });
    expect([...system!.services.keys()]).toEqual(['db', 'web']);
    expect([...system!.volumes.keys()]).toEqual(['data']);
    expect(service('web')).toMatchObject({ type: 'process', command: { argv: ['node', 'a.js'] } });
  });

  it('is known by what is in it, whatever its name', async () => {
    const { system, said } = await load({ 'other.yml': 'services: {db: {image: mongo}}\n' }, { file: 'other.yml' });
    expect(said).toBe('');
    expect([...system!.services.keys()]).toEqual(['db']);
  });

  it('is found where there is no system file, here or above, and its override is merged', async () => {
    const files = { 'compose.yaml': COMPOSE, 'compose.override.yaml': 'services: {db: {image: other}}\n', 'web/': '' };
    const { system, service } = await load(files, { file: null });
    expect(service<'container'>('db').image).toBe('other');
    expect(system!.files.map(file => path.basename(file))).toEqual(['compose.yaml', 'compose.override.yaml']);
    const both = await load({ ...files, 'fuge.yml': 'api: {type: node, run: a}\n' }, { file: null });
    expect([...both.system!.services.keys()]).toEqual(['api']);
  });

  it('is found in a directory that is named, with its override, but not above it', async () => {
    const files = { 'shop/compose.yaml': COMPOSE, 'shop/compose.override.yaml': 'services: {db: {image: other}}\n' };
    const { service } = await load({ ...files, 'shop/web/': '' }, { file: 'shop' });
    expect(service<'container'>('db').image).toBe('other');
    const { said } = await load({ ...files, 'shop/web/': '' }, { file: 'shop/web' });
    expect(said).toMatchInlineSnapshot(`
      "error file-missing: there is no system file in shop/web
        hint: looked for fuge.yml, fuge.yaml, system.yml, fuge/fuge.yml and Compose files in shop/web"
    `);
  });

  it('tells of a build where it stands, not where an override file says something else of the service', async () => {
    const { said } = await load(
      {
        'compose.yaml': 'services:\n  web:\n    build: web\n    command: npm start\n',
        'compose.override.yaml': 'services: {web: {environment: {A: b}}}\n',
        'web/': '',
      },
      { file: null },
    );
    expect(said).toMatchInlineSnapshot(`
      "compose.yaml:3:12 info compose-build: services with "build" run from their source
        3 |     build: web
          |            ~~~
        compose.yaml:3:12: "web" runs npm start in web
        hint: change it in the service with "x-fuge: {run: COMMAND}" or "x-fuge: {type: container}""
    `);
  });

  it('has its networks and volumes in a system that includes it, too', async () => {
    const { system } = await load({
      'fuge.yml': FUGE,
      'docker-compose.yml':
        'services: {db: {image: mongo, networks: [back]}}\nnetworks: {back: {internal: true}}\nvolumes: {data: {}}\n',
    });
    expect(system?.networks.get('back')).toMatchObject({ internal: true });
    expect([...system!.volumes.keys()]).toEqual(['data']);
  });
});
