// Commands that show something: ps, info, env, graph, check, help, zone, version.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EnvironmentVariable } from '../../../src/control.js';
import { FakeSupervisor } from '../../rig/fake-supervisor.js';
import { containerService, externalService, nodeService, port, processService, systemOf } from '../../rig/system.js';
import { call, type } from '../../rig/verb.js';

class Described extends FakeSupervisor {
  variables: EnvironmentVariable[] = [];
  files: Record<string, string[]> = {};
  override async environment() {
    return { variables: this.variables, problems: [] };
  }
  override async logFiles(name = '') {
    return this.files[name] ?? [];
  }
}

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fuge-verbs-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('ps', () => {
  it('shows the services that were named', async () => {
    const supervisor = new Described(systemOf([nodeService('api'), nodeService('web')]));
    expect((await type('ps web', supervisor)).text.split('\n')).toEqual([
      'NAME  TYPE  GROUP    STATE    PID  PORTS  UP  RST  CPU  MEM  WATCH  TAIL',
      'web   node  default  stopped    -  -      -     0    -    -  yes    yes',
    ]);
  });

  it('says so where there are none', async () => {
    expect((await type('ps', new Described(systemOf([])))).text).toBe('shop has no services');
  });

  it('--json: one object for each service', async () => {
    const supervisor = new Described(systemOf([processService('seed', { once: true })]));
    supervisor.set('seed', {
      type: 'process',
      phase: { id: 'failed', exit: { reason: 'code', code: 3 } },
      crashes: 2,
      restarts: 1,
      lastExit: { reason: 'code', code: 3 },
      error: { message: 'Error: no', at: { file: '/shop/seed.js', line: 4, column: 2 } },
      ports: [port('main=80:8080')],
    });
    expect((await call('ps', [], { json: true }, supervisor)).json).toEqual([
      {
        name: 'seed',
        type: 'process',
        once: true,
        groups: ['default'],
        state: 'crashed',
        reason: 'code 3, 2nd time; Error: no (/shop/seed.js:4:2)',
        phase: 'failed',
        waitingFor: [],
        since: 0,
        container: null,
        pid: null,
        upMs: null,
        host: '127.0.0.1',
        ports: [
          {
            name: 'main',
            protocol: 'tcp',
            host: '127.0.0.1',
            port: 80,
            containerPort: null,
            url: 'http://127.0.0.1:80',
            target: 8080,
            automatic: false,
            picked: false,
          },
        ],
        restarts: 1,
        lastExit: 'code 3',
        error: { message: 'Error: no', file: '/shop/seed.js', line: 4, column: 2 },
        cpu: null,
        memory: null,
        watch: 'on',
        tail: true,
        inspectPort: null,
      },
    ]);
  });
});

describe('info', () => {
  const service = nodeService('api', {
    cwd: '/shop/api',
    command: { kind: 'argv', argv: ['server.js'], source: 'server.js' },
    ports: [port('http=3000'), port('main=10000', { automatic: true })],
    dependsOn: [
      { service: 'db', condition: 'ready', required: true, restart: false, at: undefined },
      { service: 'cache', condition: 'started', required: false, restart: false, at: undefined },
    ],
    ready: {
      kind: 'http',
      path: '/health',
      port: 3000,
      status: [200, 399],
      intervalMs: 2000,
      timeoutMs: 1000,
      retries: 3,
      startPeriodMs: 0,
    },
    repository: 'https://me:hunter2@example.com/api.git',
    watch: { enabled: true, roots: ['/shop/api'], excludes: ['*.md'], gitignore: true },
  });

  it('tells all about a service', async () => {
    const supervisor = new Described(systemOf([service]));
    supervisor.files = { api: ['/shop/log/api.log'] };
    supervisor.set('api', {
      lastExit: { reason: 'signal', signal: 'SIGTERM' },
      error: { message: 'Error: of an earlier run' },
    });
    expect(await type('info api', supervisor)).toMatchObject({ code: 0 });
    expect((await type('info api', supervisor)).text.split('\n')).toEqual([
      'api',
      '  type        node',
      '  state       stopped',
      '  defined     /shop/fuge.yml:1:1',
      '  last error  Error: of an earlier run',
      '  runs        server.js',
      '  in          /shop/api',
      '  groups      default',
      '  needs       db (ready), cache (started, optional)',
      '  addresses   http  http://127.0.0.1:3000',
      '              main  127.0.0.1:10000 (automatic)',
      '  restarts    0',
      '  last exit   SIGTERM',
      '  ready       http :3000/health answers 200 to 399, every 2.0 s',
      '  restart     never by itself',
      '  stop        SIGTERM, after 10 s SIGKILL',
      '  repository  https://me:••••••@example.com/api.git',
      '  log files   /shop/log/api.log',
      '  watch       on: /shop/api, but not *.md, what .gitignore names',
    ]);
  });

  it('tells which of several instances it is', async () => {
    const instance = { ...service, name: 'api-2', instance: { of: 'api', number: 2 } };
    const { text } = await type('info api', new Described(systemOf([instance])));
    expect(text.split('\n')).toContain('  instance    2 of "api"');
  });

  it('tells where a service is in the browser', async () => {
    const system = { ...systemOf([service]), names: { port: 7080 } };
    const supervisor = new Described(system);
    expect((await type('info api', supervisor)).text.split('\n')).toContain(
      '  in browser  http://api.shop.localhost:7080',
    );
    expect((await call('info', ['api'], { json: true }, supervisor)).json).toMatchObject([
      { name: 'api', url: 'http://api.shop.localhost:7080' },
    ]);
  });

  const rowsOf = async (more: Parameters<typeof containerService>[1]) =>
    (await type('info db', new Described(systemOf([containerService('db', more)])))).text
      .split('\n')
      .filter(line => /^ {2}(image|built from|runs|named|mounts|networks|addresses| {9}) /.test(line));
  const network = { aliases: [], ipv4: undefined, ipv6: undefined, mac: undefined, priority: 0 };
  const bind = { type: 'bind', createSource: true, propagation: undefined, selinux: undefined } as const;
  const volume = { type: 'volume', noCopy: false, subpath: undefined } as const;

  it('tells what a container is made of, and where it is published', async () => {
    const rows = await rowsOf({
      image: 'postgres:16',
      args: ['postgres', '-c', 'log_statement = all'],
      mounts: [
        { ...bind, source: '/shop/init', target: '/init', readOnly: true },
        { ...volume, source: 'data', target: '/var/lib/data', readOnly: false },
        { ...volume, source: undefined, target: '/cache', readOnly: true },
        { type: 'tmpfs', target: '/run', size: 64 * 1024 * 1024, mode: undefined },
      ],
      networks: [
        { ...network, network: 'back', aliases: ['pg', 'sql'] },
        { ...network, network: 'front' },
      ],
      ports: [
        port('main=15432:5432'),
        port('admin=8080', { hostAddress: '0.0.0.0' }),
        port('six=53:53/udp', { hostAddress: '::1' }),
      ],
    });
    expect(rows).toEqual([
      '  image       postgres:16',
      '  runs        postgres -c "log_statement = all"',
      '  named       shop-db',
      '  mounts      /shop/init at /init (read-only), volume data at /var/lib/data, a new volume at /cache (read-only), memory at /run (64 MB)',
      '  networks    back (as pg, sql), front',
      '  addresses   main   127.0.0.1:15432, db:5432 from containers',
      '              admin  http://127.0.0.1:8080, db:8080 from containers',
      '              six    [::1]:53/udp, db:53/udp from containers',
    ]);
  });

  it('tells how the health of a container is looked at', async () => {
    const healthOf = async (more: Parameters<typeof containerService>[1]) =>
      (await type('info db', new Described(systemOf([containerService('db', more)])))).text
        .split('\n')
        .filter(line => line.startsWith('  health'));
    const healthcheck = {
      test: { kind: 'argv', argv: ['redis-cli', 'ping'], source: 'redis-cli ping' },
      intervalMs: 1500,
      timeoutMs: undefined,
      retries: undefined,
      startPeriodMs: undefined,
      startIntervalMs: undefined,
    } as const;
    expect(await healthOf({ healthcheck })).toEqual(['  health      "redis-cli ping" succeeds inside, every 1.5 s']);
    expect(await healthOf({ healthcheck: { ...healthcheck, test: undefined, intervalMs: undefined } })).toEqual([
      "  health      the image's own test succeeds",
    ]);
    expect(await healthOf({ healthcheck: 'none' })).toEqual([
      "  health      not looked at: the image's own test is turned off",
    ]);
    expect(await healthOf({})).toEqual([]);
  });

  it.each([
    [{}, '/shop/db'],
    [{ dockerfile: 'dev.Dockerfile', target: 'dev' }, '/shop/db, dev.Dockerfile, target dev'],
    [{ dockerfileInline: 'FROM scratch' }, '/shop/db, a Dockerfile in the file'],
  ])('tells what the image of a container is built from: %j', async (more, expected) => {
    const build = {
      context: '/shop/db',
      dockerfile: 'Dockerfile',
      dockerfileInline: undefined,
      target: undefined,
      args: {},
      labels: {},
      cacheFrom: [],
      noCache: false,
      pull: false,
      network: undefined,
      shmSize: undefined,
      extraHosts: [],
      platform: undefined,
      tags: [],
      ...more,
    };
    const rows = await rowsOf({ image: 'shop/db', build, containerName: 'the-db', keep: true, networkMode: 'host' });
    expect(rows).toEqual([
      '  image       shop/db',
      `  built from  ${expected}`,
      '  named       the-db, kept when it stops',
      '  networks    host',
    ]);
  });

  it('full: with the environment of the next start; what fuge inherited is only counted', async () => {
    const supervisor = new Described(systemOf([nodeService('api')]));
    supervisor.variables = [
      { name: 'HOME', value: '/root', source: 'process' },
      { name: 'API_TOKEN', value: 'hunter2', source: 'service' },
    ];
    const { text } = await type('info api full', supervisor);
    expect(text.split('\n').slice(-3)).toEqual([
      '  environment',
      '  API_TOKEN=••••••  service',
      '  and 1 that fuge itself was given ("env api --all" shows them)',
    ]);
    const [json] = (await call('info', ['api', 'full'], { json: true, reveal: true }, supervisor)).json;
    expect(json).toMatchObject({ name: 'api', environment: [{}, { name: 'API_TOKEN', value: 'hunter2' }] });
  });
});

describe('env', () => {
  const variables: EnvironmentVariable[] = [
    { name: 'HOME', value: '/root', source: 'process' },
    { name: 'PORT', value: '3000', source: 'generated' },
    { name: 'DB_PASSWORD', value: 'hunter2', source: 'env_file', at: { file: '/shop/.env', line: 2 } },
    { name: 'URL', value: 'http://u:p@h/', source: 'global' },
    { name: 'TEXT', value: 'two\nlines', source: 'set' },
  ];
  const make = () => {
    const supervisor = new Described(systemOf([nodeService('api'), externalService('mail')]));
    supervisor.variables = variables;
    return supervisor;
  };

  it('shows where each value comes from, and masks secrets', async () => {
    expect((await type('env api', make())).text.split('\n')).toEqual([
      '  PORT=3000  generated',
      '  DB_PASSWORD=••••••  env_file /shop/.env:2',
      '  URL=http://u:••••••@h/  global',
      '  TEXT=two\\nlines  set',
    ]);
  });

  it('--reveal shows secrets, --all what fuge inherited', async () => {
    const { text } = await type('env api --reveal --all', make());
    expect(text).toContain('DB_PASSWORD=hunter2');
    expect(text).toContain('HOME=/root  process');
  });

  it('--json: one object for each variable', async () => {
    const { json } = await call('env', ['api'], { json: true }, make());
    expect(json[1]).toEqual({
      service: 'api',
      name: 'DB_PASSWORD',
      value: '••••••',
      source: 'env_file',
      at: '/shop/.env:2',
    });
    expect(json).toHaveLength(4);
  });

  it('what runs elsewhere gets none', async () => {
    expect((await type('env mail', make())).text).toBe('mail runs elsewhere: fuge gives it no environment');
  });
});

describe('graph', () => {
  const db = { service: 'db', condition: 'ready', required: true, restart: false, at: undefined } as const;
  const make = () => new Described(systemOf([nodeService('db'), nodeService('api', { dependsOn: [db] })]));

  it('at the prompt has states, on the command line none', async () => {
    expect((await type('graph', make())).text).toBe('api    stopped\n└─ db  stopped');
    expect((await call('graph', [], {}, make())).text).toBe('api\n└─ db');
  });

  it('speaks Mermaid, dot and JSON', async () => {
    expect((await type('graph --format mermaid', make())).text).toMatch(/^flowchart TD\n/);
    expect((await type('graph --format dot', make())).text).toMatch(/^digraph "shop" \{\n/);
    const api = {
      name: 'api',
      state: null,
      needs: [{ name: 'db', condition: 'ready', required: true, restart: false }],
    };
    expect((await call('graph', [], { json: true }, make())).json).toEqual([
      { name: 'db', state: null, needs: [] },
      api,
    ]);
    expect((await call('graph', [], { format: 'json' }, make())).json).toHaveLength(2);
  });

  it('refuses other formats', async () => {
    expect(await type('graph --format svg', make())).toMatchObject({
      code: 2,
      text: 'graph has no format "svg": text, mermaid, dot or json',
    });
  });
});

describe('check', () => {
  const supervisor = new Described(systemOf([nodeService('api'), processService('db')]));
  const warning = {
    severity: 'warning',
    code: 'path-missing',
    message: 'its path is missing',
    at: { file: '/shop/fuge.yml', line: 3, column: 5 },
    hint: 'make it',
  } as const;
  const error = { severity: 'error', code: 'unknown-key', message: 'no key is called "prots"' } as const;

  it('says that all is well', async () => {
    expect(await call('check', [], {}, supervisor)).toMatchObject({
      code: 0,
      text: '2 services (1 node, 1 process): no problems',
    });
  });

  it('warnings alone are no failure', async () => {
    const reload = async () => ({ system: supervisor.system, diagnostics: [warning] });
    expect(await call('check', [], {}, supervisor, { reload })).toMatchObject({
      code: 0,
      text: '/shop/fuge.yml:3:5 warning path-missing: its path is missing\n  hint: make it\n2 services (1 node, 1 process): 1 warning',
    });
  });

  it('errors are: 2', async () => {
    const reload = async () => ({ system: undefined, diagnostics: [error, error, warning] });
    const { code, text } = await call('check', [], {}, supervisor, { reload });
    expect(code).toBe(2);
    expect(text.split('\n').at(-1)).toBe('2 errors, 1 warning');
  });

  it('--json: one object for each problem, then a summary', async () => {
    const reload = async () => ({ system: undefined, diagnostics: [warning] });
    expect((await call('check', [], { json: true }, supervisor, { reload })).json).toEqual([
      {
        type: 'diagnostic',
        severity: 'warning',
        code: 'path-missing',
        message: 'its path is missing',
        file: '/shop/fuge.yml',
        line: 3,
        column: 5,
        hint: 'make it',
        related: [],
      },
      { type: 'summary', file: null, services: null, errors: 0, warnings: 1 },
    ]);
  });
});

describe('zone, version', () => {
  it('zone says that DNS is off', async () => {
    const supervisor = new Described(systemOf([nodeService('api')]));
    expect((await type('zone', supervisor)).text).toMatch(/^DNS is off \(dns_enabled is false\)\n/);
    const enabled = { ...supervisor.system, dns: { ...supervisor.system.dns, enabled: true } };
    expect((await type('zone', new Described(enabled))).text).toBe(
      'nothing answers yet: the first start of a service begins it',
    );
  });

  it('version names fuge and Node', async () => {
    const { text } = await call('version', [], {}, new Described(systemOf([])));
    expect(text).toMatch(/^fuge \d+\.\d+\.\d+\S*\nNode \d/);
  });
});
