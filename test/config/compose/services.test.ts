// What becomes of a Compose project's services: processes, containers, and how they find each other.
import { describe, expect, test } from 'vitest';
import { translate } from '../../../src/translation.js';
import { make } from './compose-services.js';

const NODE = 'FROM node\nWORKDIR /app\nCOPY . .\nCMD ["node", "index.js"]\n';
/** Its source in `web/`. */
const WEB = { 'web/Dockerfile': NODE };

function web(keys: string, files: Readonly<Record<string, string>> = {}) {
  return make({ 'compose.yaml': `services:\n  web:\n    build: web\n${keys}`, ...WEB, ...files });
}

function image(keys: string, rest = '') {
  const made = make(`services:\n  db:\n    image: pg\n${keys}${rest}`);
  expect(made.said).toBe('');
  return made.draft('db');
}

describe('a process', () => {
  test('gets the port that is published where the container has the target', () => {
    const made = web(
      '    ports: ["8080:3000"]\n    environment: {PORT: 3000, URL: "http://0.0.0.0:3000/", OTHER: 3000}\n',
    );
    expect(made.draft('web').ports).toMatchObject([{ name: 'web', host: 8080, target: 3000, protocol: 'tcp' }]);
    expect(made.variables('web')).toEqual({ PORT: '8080', URL: 'http://0.0.0.0:8080/', OTHER: '3000' });
    expect(made.remarks).toEqual([
      '"web" runs node index.js in web (web/Dockerfile); PORT and URL lead to where things are on this machine',
    ]);
  });

  test('gets it in its command, too', () => {
    const made = web(
      '    ports: ["8080:3000"]\n    command: serve --port 3000 --bind=0.0.0.0:3000 -p 3000 --size 3000\n',
    );
    expect(made.draft('web').command?.source).toBe('serve --port 8080 --bind=0.0.0.0:8080 -p 8080 --size 3000');
    const line = web('    ports: ["8080:3000"]\n    command: [sh, -c, "serve --port=3000 && x"]\n');
    expect(line.draft('web').command).toMatchObject({ argv: ['sh', '-c', 'serve --port=8080 && x'] });
  });

  test('is told to look at PORT where nothing else says which port it is', () => {
    expect(web('    ports: ["8080:3000"]\n').remarks).toEqual([
      '"web" runs node index.js in web (web/Dockerfile); it must listen on the PORT that it is given, 8080, not on 3000 as in its container',
    ]);
  });

  test('listens on its target where nothing is published, or on one that is free in the project', () => {
    const made = make({
      'compose.yaml': `
services:
  web: {build: web, ports: ["3000"]}
  other: {build: web, ports: ["3000", "80"]}
  third: {build: web, ports: ["3000-3003:80"]}
  fixed: {build: web, ports: ["3001:80"]}
`,
      ...WEB,
    });
    const ports = (name: string) => made.draft(name).ports.map(({ name: port, host, target }) => [port, host, target]);
    expect(ports('web')).toEqual([['web', 3000, undefined]]);
    expect(ports('other')).toEqual([
      ['other', 3002, 3000],
      ['other2', 8080, 80],
    ]);
    expect(ports('third')).toEqual([['third', 3003, 80]]);
    expect(ports('fixed')).toEqual([['fixed', 3001, 80]]);
  });

  test('has what its Dockerfile sets, in the words of this machine', () => {
    const made = web('    ports: ["8080:3000"]\n', {
      'web/Dockerfile':
        'FROM node\nARG MODE=dev\nENV PORT=3000 MODE=$MODE PATH=/app/bin:$PATH GOPATH=/go\nWORKDIR /app\nCOPY . .\nENV CONFIG=/app/config.json\nCMD node x\n',
      'web/config.json': '{}',
    });
    expect(made.draft('web').imageEnvironment).toEqual({
      PORT: '8080',
      MODE: 'dev',
      CONFIG: `${made.directory}/web/config.json`,
    });
  });

  test('finds the files of its mounts and secrets', () => {
    const made = web(
      `    volumes: ["./conf:/etc/conf:ro"]
    secrets: [key, {source: key, target: /other}]
    environment: {CONF: /etc/conf/a.json, KEY_FILE: /run/secrets/key, OTHER: /other, GONE: /etc/conf/b.json}
secrets: {key: {file: ./key.txt}}
`,
      { 'conf/a.json': '', 'key.txt': '' },
    );
    expect(made.said).toBe('');
    expect(made.variables('web')).toEqual({
      CONF: `${made.directory}/conf/a.json`,
      KEY_FILE: `${made.directory}/key.txt`,
      OTHER: `${made.directory}/key.txt`,
      GONE: '/etc/conf/b.json',
    });
  });

  test('finds secrets and configs that are no files here: they are written before it starts', () => {
    const made = make(
      {
        'compose.yaml': `
services:
  web: {build: web, secrets: [key], environment: {KEY_FILE: /run/secrets/key}}
  db: {image: pg, configs: [{source: conf, target: /etc/conf, mode: 0400}]}
secrets: {key: {environment: KEY}}
configs: {conf: {content: "a=$$b"}}
`,
        ...WEB,
      },
      { KEY: 'secret', XDG_RUNTIME_DIR: '/run/me' },
    );
    expect(made.said).toBe('');
    const [key] = made.draft('web').files!;
    expect(key).toMatchObject({ content: 'secret', mode: 0o444 });
    expect(key!.path).toMatch(/^\/run\/me\/fuge\/files\/[0-9a-f]{32}$/);
    expect(made.variables('web')).toEqual({ KEY_FILE: key!.path });
    const [conf] = made.draft('db').files!;
    expect(conf).toMatchObject({ content: 'a=$b', mode: 0o400 });
    expect(made.draft('db').container?.mounts).toMatchObject([
      { type: 'bind', source: conf!.path, target: '/etc/conf', readOnly: true },
    ]);
  });

  test('is told of a secret that is nowhere', () => {
    const { said } = web('    secrets: [key]\nsecrets: {key: {file: ./gone.txt}}\n');
    expect(said).toBe(
      [
        'compose.yaml:4:15 warning compose-file: the secret "key" is in gone.txt, which does not exist, so "web" does not get it',
        '  4 |     secrets: [key]',
        '    |               ~~~',
      ].join('\n'),
    );
  });

  test('reads its env_files anew at each start, so their variables are not fixed here', () => {
    const made = web(
      '    env_file: [a.env, {path: b.env, required: false, format: raw}]\n    environment: {B: 2, C: }\n',
      {
        'a.env': 'A=1\nB=1\n',
      },
    );
    expect(made.variables('web')).toEqual({ B: '2', C: undefined });
    expect(made.draft('web').envFiles).toMatchObject([
      { path: `${made.directory}/a.env`, required: true, format: 'dotenv' },
      { path: `${made.directory}/b.env`, required: false, format: 'raw' },
    ]);
  });

  test('is ready when its healthcheck says so: a look with curl or wget becomes a request', () => {
    const ready = (check: string) => web(`    ports: ["8080:3000"]\n    healthcheck: ${check}\n`).draft('web').ready;
    const timing = { intervalMs: 30_000, timeoutMs: 30_000, retries: 3, startPeriodMs: 0 };
    expect(ready('{test: "curl -fsS http://localhost:3000/health || exit 1"}')).toEqual({
      kind: 'http',
      path: '/health',
      port: 8080,
      status: [200, 399],
      ...timing,
    });
    expect(
      ready(
        '{test: [CMD, wget, -q, --spider, "http://127.0.0.1:3000"], interval: 5s, timeout: 2s, retries: 9, start_period: 1m}',
      ),
    ).toEqual({
      kind: 'http',
      path: '/',
      port: 8080,
      status: [200, 399],
      intervalMs: 5000,
      timeoutMs: 2000,
      retries: 9,
      startPeriodMs: 60_000,
    });
    expect(ready('{test: [CMD, node, /app/index.js, --port, "3000"]}')).toEqual({
      kind: 'exec',
      command: {
        kind: 'argv',
        argv: ['node', '/app/index.js', '--port', '8080'],
        source: 'node /app/index.js --port 8080',
      },
      ...timing,
    });
    expect(ready('{test: "curl -f http://localhost:3000 && test -e /tmp/ok"}')).toMatchObject({ kind: 'exec' });
    expect(ready('{test: [NONE]}')).toBeUndefined();
    expect(ready('{disable: true}')).toBeUndefined();
  });

  test('is restarted by what develop.watch watches, whatever a container would do', () => {
    const made = web(
      `    develop:
      watch:
        - {path: ./web/src, action: sync, target: /app/src, ignore: ["*.test.js"], include: ["*.js"]}
        - {path: ./web/package.json, action: rebuild}
`,
      { 'web/src/': '', 'web/package.json': '{}' },
    );
    expect(made.draft('web').watchRules).toEqual([
      { root: `${made.directory}/web/src`, include: ['*.js'], ignore: ['*.test.js'] },
      { root: `${made.directory}/web`, include: ['package.json'], ignore: [] },
    ]);
  });

  test('is told of a pattern that means nothing', () => {
    const { said } = web('    develop: {watch: [{path: ./web, action: restart, ignore: ["[a"]}]}\n');
    expect(said).toBe(
      [
        'compose.yaml:4:62 error bad-pattern: the pattern "[a" has a "[" that is never closed by "]"',
        '  4 |     develop: {watch: [{path: ./web, action: restart, ignore: ["[a"]}]}',
        '    |                                                              ~~~~~~',
      ].join('\n'),
    );
  });

  test('runs what follows its start', () => {
    expect(web('    post_start: [{command: [node, seed.js]}]\n').draft('web').hooks?.onReady).toMatchObject({
      argv: ['node', 'seed.js'],
    });
    expect(web('    post_start: [{command: a b}, {command: c}]\n').draft('web').hooks?.onReady).toMatchObject({
      kind: 'shell',
      line: 'a b && c',
    });
  });
});

describe('any service', () => {
  test('waits, restarts and stops as it says', () => {
    const made = make({
      'compose.yaml': `
services:
  web:
    build: web
    depends_on: {db: {condition: service_healthy, restart: true}, seed: {condition: service_completed_successfully, required: false}}
    restart: on-failure:3
    stop_signal: INT
    stop_grace_period: 1m30s
    profiles: [front]
  db: {image: pg, restart: unless-stopped, attach: false}
  seed: {image: seed, restart: "no", stop_signal: "3"}
  job: {image: job, deploy: {restart_policy: {condition: on-failure, max_attempts: 2, delay: 5s}}}
  plain: {image: plain, depends_on: [db]}
`,
      ...WEB,
    });
    expect(made.said).toBe('');
    expect(made.draft('web')).toMatchObject({
      dependsOn: [
        { service: 'db', condition: 'ready', required: true, restart: true },
        { service: 'seed', condition: 'completed', required: false, restart: false },
      ],
      restart: { when: 'on-failure', limit: 3 },
      signal: 'SIGINT',
      graceMs: 90_000,
      profiles: ['front'],
    });
    expect(made.draft('db')).toMatchObject({ restart: { when: 'always' }, tail: false });
    expect(made.draft('seed')).toMatchObject({ restart: { when: 'never' }, signal: 'SIGQUIT' });
    expect(made.draft('job').restart).toMatchObject({ when: 'on-failure', limit: 2, backoffMs: 5000 });
    expect(made.draft('plain')).toMatchObject({
      dependsOn: [{ service: 'db', condition: 'started' }],
      restart: undefined,
    });
  });

  test('of several instances each has ports of its own', () => {
    const made = make({
      'compose.yaml': `
services:
  web: {build: web, scale: 3, ports: ["3000:3000"], environment: {PORT: 3000}}
  db: {image: pg, deploy: {replicas: 2}}
  none: {image: none, scale: 0}
`,
      ...WEB,
    });
    expect(made.drafts.map(({ name, instances }) => [name, instances?.count])).toEqual([
      ['web', 3],
      ['db', 2],
      ['none', undefined],
    ]);
    const third = made.draft('web').copies![2]!;
    expect(third.ports).toMatchObject([{ host: 3002, target: 3000 }]);
    expect(third.environment).toMatchObject([{ name: 'PORT', value: '3002' }]);
    expect(made.draft('db').copies![1]!.container).toMatchObject({ image: 'pg' });
    expect(made.draft('none').profiles).toEqual(['scale-0']);
  });

  test('without image and build is left out', () => {
    const made = make('services: {web: {provider: {type: x}}, db: {image: pg}}');
    expect(made.drafts.map(({ name }) => name)).toEqual(['db']);
    expect(made.said).toBe(
      [
        'compose.yaml:1:12 warning compose-service: "web" is run by a provider and is left out',
        '  1 | services: {web: {provider: {type: x}}, db: {image: pg}}',
        '    |            ~~~',
        '  hint: x-fuge: {run: COMMAND} makes it a process',
      ].join('\n'),
    );
  });

  test('knows the places of its keys', () => {
    const made = web('    command: x\n    ports: ["80:80"]\n    environment: {A: 1}\n');
    const { origins } = made.draft('web');
    const lines = Object.fromEntries(Object.entries(origins).map(([key, { line }]) => [key, line]));
    expect(lines).toEqual({
      build: 3,
      path: 3,
      command: 4,
      run: 4,
      ports: 5,
      'ports.0': 5,
      environment: 6,
      'environment.A': 6,
    });
  });
});

describe('who finds whom', () => {
  const COMPOSE = `
services:
  web:
    build: web
    environment:
      DATABASE_URL: postgres://me:pw@db/shop
      CACHE: redis://cache:6379
      DB_HOST: db
      API: http://api:5000/v1?host=api
      LIST: api:5000,other:80
      NAME: db
      WORDS: the db of api.example.com:5000
  api: {build: web, expose: ["5000"]}
  db: {image: postgres:16, environment: {PEER: "http://api:5000"}}
  cache: {image: "redis:7", ports: ["7000:6379"]}
`;

  test('a process finds others at the ports of this machine', () => {
    const made = make({ 'compose.yaml': COMPOSE, ...WEB });
    expect(made.variables('web')).toEqual({
      DATABASE_URL: 'postgres://me:pw@127.0.0.1/shop',
      CACHE: 'redis://127.0.0.1:7000',
      DB_HOST: '127.0.0.1',
      API: 'http://127.0.0.1:5000/v1?host=api',
      LIST: '127.0.0.1:5000,other:80',
      NAME: 'db',
      WORDS: 'the db of api.example.com:5000',
    });
  });

  test('what a process looks for is published on this machine alone', () => {
    const made = make({ 'compose.yaml': COMPOSE, ...WEB });
    expect(made.draft('db').ports).toMatchObject([
      { name: 'db', host: 5432, target: undefined, hostAddress: '127.0.0.1' },
    ]);
    expect(made.draft('api').ports).toMatchObject([{ name: 'api', host: 5000 }]);
    expect(made.draft('cache').ports).toMatchObject([
      { name: 'cache', host: 7000, target: 6379, hostAddress: undefined },
    ]);
  });

  test('a container keeps the names of others, and is told the address of processes', () => {
    const made = make({ 'compose.yaml': COMPOSE, ...WEB });
    expect(made.variables('db')).toEqual({ PEER: 'http://api:5000' });
    expect(made.draft('db').container?.extraHosts).toEqual(['web:host-gateway', 'api:host-gateway']);
  });

  test('what env files say is looked at, too, and translated when they are read', () => {
    const made = make({
      'compose.yaml': `
services:
  web: {build: web, ports: ["8080:3000"], env_file: web.env, secrets: [key]}
  db: {image: postgres}
  cache: {image: redis, ports: ["7000:6379"], container_name: box}
secrets: {key: {file: key.txt}}
`,
      'web.env': 'PORT=3000\nDATABASE_URL=postgres://db/x\nDB_HOST=db\nCACHE=box:6379\nKEY=/run/secrets/key\n',
      'key.txt': '',
      ...WEB,
    });
    expect(made.said).toBe('');
    expect(made.variables('web')).toEqual({});
    expect(made.draft('db').ports).toMatchObject([{ host: 5432, hostAddress: '127.0.0.1' }]);
    const { translation } = made.draft('web');
    const there = ['PORT=3000', 'DATABASE_URL=postgres://db/x', 'DB_HOST=db', 'CACHE=box:6379', 'KEY=/run/secrets/key'];
    const here = there
      .map(pair => pair.split('=') as [string, string])
      .map(([name, value]) => translate(translation!, name, value));
    expect(here).toEqual([
      '8080',
      'postgres://127.0.0.1/x',
      '127.0.0.1',
      '127.0.0.1:7000',
      `${made.directory}/key.txt`,
    ]);
  });

  test('two that are looked for at one port get two', () => {
    const made = make({
      'compose.yaml': `
services:
  web: {build: web, environment: {A: "postgres://one/x", B: "postgres://two/x", C: "http://site/"}}
  one: {image: postgres}
  two: {image: postgres}
  site: {image: nginx}
`,
      ...WEB,
    });
    expect(made.variables('web')).toEqual({
      A: 'postgres://127.0.0.1/x',
      B: 'postgres://127.0.0.1:5433/x',
      C: 'http://127.0.0.1/',
    });
  });

  test('aliases, container names and links are names, too', () => {
    const made = make({
      'compose.yaml': `
services:
  web: {build: web, environment: {A: "x:1", B: "y:1", C: "z:1"}}
  db: {image: pg, container_name: x, hostname: y, networks: {default: {aliases: [z]}}, ports: ["2:1"]}
`,
      ...WEB,
    });
    expect(made.variables('web')).toEqual({ A: '127.0.0.1:2', B: '127.0.0.1:2', C: '127.0.0.1:2' });
  });
});

describe('a container', () => {
  test('is what its service says', () => {
    expect(
      image(`    command: run "a b"
    entrypoint: []
    platform: linux/arm64
    pull_policy: always
    container_name: mine
    hostname: h
    domainname: d
    working_dir: /w
    user: "1:2"
    group_add: [g]
    labels: {a: b}
    extra_hosts: [x=1.1.1.1]
    dns: 1.1.1.1
    dns_search: [s]
    dns_opt: [o]
    init: true
    stop_signal: SIGUSR1
    tty: true
    stdin_open: true
    read_only: true
    privileged: true
    cap_add: [A]
    cap_drop: [B]
    security_opt: [so]
    devices: ["/dev/a:/dev/b"]
    sysctls: {net.x: 1}
    ulimits: {nproc: 5, nofile: {soft: 1, hard: 2}}
    ipc: host
    pid: host
    logging: {driver: none, options: {a: b}}
    mem_limit: 64m
    cpus: 0.5
    shm_size: 1k
    pids_limit: 9
`).container,
    ).toMatchObject({
      image: 'pg',
      build: undefined,
      args: ['run', 'a b'],
      entrypoint: [],
      platform: 'linux/arm64',
      pull: 'always',
      containerName: 'mine',
      hostname: 'h',
      domainname: 'd',
      workingDir: '/w',
      user: '1:2',
      groupAdd: ['g'],
      labels: { a: 'b' },
      extraHosts: ['x:1.1.1.1'],
      resolver: { servers: ['1.1.1.1'], search: ['s'], options: ['o'] },
      init: true,
      stopSignal: 'SIGUSR1',
      tty: true,
      stdinOpen: true,
      readOnly: true,
      privileged: true,
      capAdd: ['A'],
      capDrop: ['B'],
      securityOpt: ['so'],
      devices: ['/dev/a:/dev/b:rwm'],
      sysctls: { 'net.x': '1' },
      ulimits: { nproc: { soft: 5, hard: 5 }, nofile: { soft: 1, hard: 2 } },
      ipc: 'host',
      pid: 'host',
      logging: { driver: 'none', options: { a: 'b' } },
      resources: { memory: 67_108_864, cpus: 0.5, shmSize: 1024, pids: 9 },
    });
  });

  test('has its mounts, the later one of two at a place', () => {
    const made = make({
      'compose.yaml': `
services:
  db:
    image: pg
    volumes: ["./a:/a:ro,z", "data:/data", "/anonymous", {type: tmpfs, target: /t, tmpfs: {size: 1m}}]
    tmpfs: ["/run:size=2m,mode=1777"]
    volumes_from: [other:ro]
    secrets: [key]
    configs: [{source: conf, target: /etc/conf}]
  other: {image: o, volumes: ["shared:/shared", "./x:/a"]}
volumes: {data: {}, shared: {}}
secrets: {key: {file: key.txt}}
configs: {conf: {file: conf.txt}}
`,
      'key.txt': '',
      'conf.txt': '',
    });
    expect(made.said).toBe('');
    expect(made.draft('db').container?.mounts).toMatchObject([
      { type: 'volume', source: 'shared', target: '/shared', readOnly: true },
      { type: 'bind', source: `${made.directory}/a`, target: '/a', readOnly: true, createSource: true, selinux: 'z' },
      { type: 'volume', source: 'data', target: '/data', readOnly: false },
      { type: 'volume', source: undefined, target: '/anonymous' },
      { type: 'tmpfs', target: '/t', size: 1_048_576 },
      { type: 'tmpfs', target: '/run', size: 2_097_152, mode: 0o1777 },
      {
        type: 'bind',
        source: `${made.directory}/key.txt`,
        target: '/run/secrets/key',
        readOnly: true,
        createSource: false,
      },
      { type: 'bind', source: `${made.directory}/conf.txt`, target: '/etc/conf', readOnly: true },
    ]);
  });

  test('has its healthcheck', () => {
    expect(
      image('    healthcheck: {test: pg_isready -q, interval: 5s, start_interval: 1s}\n').container?.healthcheck,
    ).toEqual({
      test: { kind: 'shell', line: 'pg_isready -q', source: 'pg_isready -q' },
      intervalMs: 5000,
      timeoutMs: undefined,
      retries: undefined,
      startPeriodMs: undefined,
      startIntervalMs: 1000,
    });
    expect(image('    healthcheck: {test: [CMD, a, b c]}\n').container?.healthcheck).toMatchObject({
      test: { kind: 'argv', argv: ['a', 'b c'] },
    });
    expect(image('    healthcheck: {disable: true}\n').container?.healthcheck).toBe('none');
  });

  test('is on its networks', () => {
    const made = make(`
services:
  db: {image: pg, networks: {back: {aliases: [a], ipv4_address: 10.0.0.2, priority: 5}, default: }}
  plain: {image: pg}
networks:
  back: {driver: bridge, internal: true, ipam: {config: [{subnet: 10.0.0.0/24, ip_range: 10.0.0.0/25}]}}
  outside: {external: true, name: real}
volumes: {data: {driver: local, labels: {a: b}}, named: {name: real}}
`);
    expect(made.draft('db').container?.networks).toMatchObject([
      { network: 'back', aliases: ['a'], ipv4: '10.0.0.2', priority: 5 },
      { network: 'default', aliases: [], priority: 0 },
    ]);
    expect(made.draft('plain').container?.networks).toEqual([]);
    expect(made.networks.get('back')).toMatchObject({
      name: undefined,
      external: false,
      driver: 'bridge',
      internal: true,
      ipam: { pools: [{ subnet: '10.0.0.0/24', ipRange: '10.0.0.0/25' }] },
    });
    expect(made.networks.get('outside')).toMatchObject({ name: 'real', external: true });
    expect(made.volumes.get('data')).toMatchObject({ name: undefined, driver: 'local', labels: { a: 'b' } });
    expect(made.volumes.get('named')).toMatchObject({ name: 'real', external: false });
  });
});

describe('x-fuge', () => {
  test('says what is run, and where', () => {
    const made = web(
      '    x-fuge: {run: npm run watch, path: ./other, ready: {http: /up}, monitor: false}\n    ports: ["8080:3000"]\n',
      {
        'other/': '',
      },
    );
    expect(made.said).toBe('');
    expect(made.draft('web')).toMatchObject({
      type: 'process',
      command: { argv: ['npm', 'run', 'watch'] },
      path: { directory: `${made.directory}/other` },
      ready: { kind: 'http', path: '/up', port: 8080 },
      monitor: false,
      ports: [{ host: 8080 }],
    });
  });

  test('may keep a container; what Compose has a key for is said there', () => {
    const made = make('services:\n  db: {image: x, x-fuge: {keep: true, tty: true}}\n');
    expect(made.draft('db').container).toMatchObject({ image: 'x', keep: true, tty: false });
    expect(made.said).toBe(
      [
        'compose.yaml:2:39 warning misplaced-key: "tty" in "x-fuge" of "db" has no effect',
        '  2 |   db: {image: x, x-fuge: {keep: true, tty: true}}',
        '    |                                       ~~~',
        '  hint: Compose has a key for it: write it in the service itself',
      ].join('\n'),
    );
  });

  test('says what is watched', () => {
    const watch = (value: string) => web(`    x-fuge: {watch: ${value}}\n`).draft('web');
    expect(watch('false').monitor).toBe(false);
    const { monitor, watchRules } = watch('[web, compose.yaml]');
    expect(monitor).toBe(true);
    expect(watchRules?.map(({ root, include }) => [root.split('/').at(-1), include])).toEqual([
      ['web', []],
      ['shop', ['compose.yaml']],
    ]);
  });

  test('makes a container of a build, and a process of an image', () => {
    expect(web('    x-fuge: {type: container}\n').draft('web')).toMatchObject({
      type: 'container',
      container: { image: 'shop-web', build: { dockerfile: 'Dockerfile' } },
    });
    const made = make({
      'compose.yaml': `
services:
  api:
    image: node:20
    command: [node, /app/server.js]
    working_dir: /app
    volumes: [./api:/app]
    x-fuge: {type: process}
  own: {image: x, x-fuge: {run: ./start, environment: {A: 1}}, environment: {B: 2}}
`,
      'api/server.js': '',
    });
    expect(made.said).toBe('');
    expect(made.draft('api')).toMatchObject({
      type: 'process',
      command: { argv: ['node', `${made.directory}/api/server.js`] },
      path: { directory: `${made.directory}/api` },
    });
    expect(made.draft('own')).toMatchObject({ type: 'process', command: { argv: ['./start'] } });
    expect(made.variables('own')).toEqual({ A: '1', B: '2' });
  });

  test('a service that is built can be switched to the other form, in the words of that', () => {
    const keys = '    ports: ["8080:3000"]\n    environment: {PORT: 3000}\n';
    const process = web(keys).draft('web');
    expect(process).toMatchObject({
      type: 'process',
      otherForm: { type: 'container', container: { image: 'shop-web' } },
    });
    expect(process.otherForm?.environment).toMatchObject([{ name: 'PORT', value: '3000' }]);
    const container = web(`${keys}    x-fuge: {type: container}\n`).draft('web');
    expect(container).toMatchObject({
      type: 'container',
      otherForm: { type: 'process', command: { argv: ['node', 'index.js'] } },
    });
    expect(container.otherForm?.environment).toMatchObject([{ name: 'PORT', value: '8080' }]);
    const unbuildable = make({ 'compose.yaml': 'services: {web: {build: ., command: x}}' });
    expect(unbuildable.draft('web').otherForm).toBeUndefined();
  });

  test('leaves a service to others', () => {
    expect(web('    ports: ["8080:3000"]\n    x-fuge: {type: external}\n').draft('web')).toMatchObject({
      type: 'external',
      ports: [{ host: 8080 }],
    });
  });

  test('is checked', () => {
    expect(web('    x-fuge: {rum: x, type: proces}\n').said).toBe(
      [
        'compose.yaml:4:14 error unknown-key: "web" has the unknown key "rum"',
        '  4 |     x-fuge: {rum: x, type: proces}',
        '    |              ~~~',
        '  hint: did you mean "run"?',
        'compose.yaml:4:28 error wrong-type: "type" of "web" must be one of process, node, task, container, external',
        '  4 |     x-fuge: {rum: x, type: proces}',
        '    |                            ~~~~~~',
        '  hint: did you mean "process"?',
      ].join('\n'),
    );
    expect(web('    x-fuge: container\n').said).toBe(
      [
        'compose.yaml:4:13 error wrong-type: "x-fuge" of "web" must be a map of keys',
        '  4 |     x-fuge: container',
        '    |             ~~~~~~~~~',
        '  hint: write x-fuge: {run: COMMAND}, or x-fuge: {type: container}',
      ].join('\n'),
    );
  });
});
