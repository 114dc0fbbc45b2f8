// Every key lands in the System. The table at the end holds that none is forgotten.
import { describe, expect, it } from 'vitest';
import { KEYS, keySpec, serviceKeys, VALUE_FORMS } from '../../src/config/keys.js';
import type { System } from '../../src/system.js';
import { load } from './files.js';

const OTHER = 'web: {type: process, run: ./web}\n';

/** What a global key changes in the system. */
const GLOBAL: Record<string, [yaml: string, pick: (system: System, directory: string) => unknown, expected: unknown]> =
  {
    name: ['name: My_Shop', system => system.name, 'my_shop'],
    run_containers: ['run_containers: false', system => system.runContainers, false],
    container_engine_url: ['container_engine_url: tcp://a:1', system => system.containerEngine, 'tcp://a:1'],
    environment: ['environment: [A=1, B=]', system => system.environment, { A: '1', B: '' }],
    env_file: [
      'env_file: [a.env]',
      (system, directory) => system.envFiles.map(file => file.path.replace(directory, '')),
      ['/a.env'],
    ],
    host: ['host: 10.0.0.1', system => system.services.get('web')?.host, '10.0.0.1'],
    tail: ['tail: false', system => system.services.get('web')?.tail, false],
    monitor: ['monitor: false', system => webOf(system).watch.enabled, false],
    monitor_excludes: ["monitor_excludes: ['*.log']", system => webOf(system).watch.excludes, ['*.log']],
    watch_gitignore: ['watch_gitignore: false', system => webOf(system).watch.gitignore, false],
    delay_start: ['delay_start: 1500', system => webOf(system).delayMs, 1500],
    restart_on_error: ['restart_on_error: true', system => webOf(system).restart.when, 'on-failure'],
    max_restarts: ['max_restarts: 2', system => webOf(system).restart.limit, 2],
    restart: ['restart: always', system => webOf(system).restart.when, 'always'],
    group: ['group: back', system => webOf(system).groups, ['back']],
    terminate: ['terminate: SIGINT', system => webOf(system).stop.signal, 'SIGINT'],
    stop_grace_period: ['stop_grace_period: 3s', system => webOf(system).stop.graceMs, 3000],
    auto_generate_environment: [
      'auto_generate_environment: false',
      system => [system.discovery, webOf(system).advertised, webOf(system).ports],
      [false, false, []],
    ],
    auto_port_start: ['auto_port_start: 20000', system => webOf(system).ports[0]?.host, 20_000],
    dns_enabled: ['dns_enabled: true', system => [system.dns.enabled, webOf(system).dns.enabled], [true, true]],
    dns_namespace: [
      'dns_namespace: micro',
      system => [system.dns.namespace, webOf(system).dns.namespace],
      ['micro', 'micro'],
    ],
    dns_suffix: ['dns_suffix: local', system => [system.dns.suffix, webOf(system).dns.suffix], ['local', 'local']],
    dns_host: ['dns_host: 0.0.0.0', system => system.dns.host, '0.0.0.0'],
    dns_port: ['dns_port: 5353', system => system.dns.port, 5353],
    dns_external: [
      'dns_external: ["db.local IN A 192.0.2.1", "_m._tcp.db.local IN SRV 0 5 5060 db.local"]',
      system => system.dns.external,
      [
        { type: 'A', name: 'db.local', address: '192.0.2.1' },
        { type: 'SRV', name: '_m._tcp.db.local', priority: 0, weight: 5, port: 5060, target: 'db.local' },
      ],
    ],
    log_path: ['log_path: .logs', (system, directory) => system.logDirectory.replace(directory, ''), '/.logs'],
  };

/** What a key of a service changes in it; `web` has the key, global settings say otherwise where they can. */
const SERVICE: Record<string, { yaml: string; global?: string; type?: string; expected: object }> = {
  type: { yaml: '', type: 'node', expected: { type: 'node' } },
  path: { yaml: 'path: web', expected: { cwd: '<shop>/web', watch: { roots: ['<shop>/web'] } } },
  run: { yaml: 'run: "node \'a b.js\'"', expected: { command: { kind: 'argv', argv: ['node', 'a b.js'] } } },
  shell: { yaml: 'run: node a.js\n  shell: true', expected: { command: { kind: 'shell', line: 'node a.js' } } },
  image: { type: 'container', yaml: '', expected: { image: 'mongo' } },
  args: { type: 'container', yaml: 'args: --quiet "a b"', expected: { args: ['--quiet', 'a b'] } },
  build: { yaml: 'build: npm install', expected: { build: { kind: 'argv', argv: ['npm', 'install'] } } },
  test: { yaml: 'test: npm test && x', expected: { test: { kind: 'shell', line: 'npm test && x' } } },
  ports: {
    yaml: 'ports: [http=3000, admin=3001:80, 4000, 5000/udp]',
    expected: {
      ports: [
        { name: 'http', host: 3000, target: undefined, protocol: 'tcp', automatic: false },
        { name: 'admin', host: 3001, target: 80, protocol: 'tcp', automatic: false },
        { name: 'main', host: 4000, target: undefined, protocol: 'tcp', automatic: false },
        { name: 'p5000', host: 5000, target: undefined, protocol: 'udp', automatic: false },
      ],
    },
  },
  environment: {
    yaml: 'environment: {A: 1, B: "x=y", C: true, D: 1.10, HOME:, NONE:}',
    expected: { environment: { A: '1', B: 'x=y', C: 'true', D: '1.10', HOME: '/home/me' } },
  },
  env_file: {
    yaml: 'path: web\n  env_file: a.env',
    expected: { envFiles: [{ path: '<shop>/web/a.env', required: true, format: 'dotenv' }] },
  },
  host: { global: 'host: 10.0.0.1', yaml: 'host: web.local', expected: { host: 'web.local' } },
  tail: { global: 'tail: false', yaml: 'tail: true', expected: { tail: true } },
  monitor: { global: 'monitor: false', yaml: 'monitor: true', expected: { watch: { enabled: true } } },
  monitor_excludes: {
    global: "monitor_excludes: ['*.log']",
    yaml: "monitor_excludes: ['tmp/**', x]",
    expected: { watch: { excludes: ['tmp/**', 'x'] } },
  },
  watch_gitignore: { yaml: 'watch_gitignore: false', expected: { watch: { gitignore: false } } },
  delay_start: { global: 'delay_start: 1', yaml: 'delay_start: 2s', expected: { delayMs: 2000 } },
  restart_on_error: {
    yaml: 'restart_on_error: true',
    expected: { restart: { when: 'on-failure', limit: 5, windowMs: 30_000, backoffMs: 100 } },
  },
  max_restarts: { global: 'max_restarts: 9', yaml: 'max_restarts: 3', expected: { restart: { limit: 3 } } },
  ready: {
    yaml: 'ports: [3000]\n  ready: {http: /health, timeout: 2s}',
    expected: {
      ready: { kind: 'http', path: '/health', port: 3000, status: [200, 399], timeoutMs: 2000, intervalMs: 5000 },
    },
  },
  live: {
    yaml: 'live: {tcp: 3000, interval: 10s, retries: 2, start_period: 1m}',
    expected: { live: { kind: 'tcp', port: 3000, intervalMs: 10_000, retries: 2, startPeriodMs: 60_000 } },
  },
  depends_on: {
    yaml: 'depends_on: [db]\ndb:\n  type: external',
    expected: { dependsOn: [{ service: 'db', condition: 'ready', required: true, restart: false }] },
  },
  once: { yaml: 'once: true', expected: { once: true, watch: { enabled: false } } },
  restart: {
    global: 'restart: never',
    yaml: 'restart: {when: on-failure, max: 3, window: 1m, backoff: 1s, backoff_max: 2s, success: [2]}',
    expected: {
      restart: {
        when: 'on-failure',
        limit: 3,
        windowMs: 60_000,
        backoffMs: 1000,
        backoffMaxMs: 2000,
        successCodes: [0, 2],
      },
    },
  },
  profiles: { yaml: 'profiles: [debug]', expected: { profiles: ['debug'] } },
  prerun: { yaml: 'prerun: npm run migrate', expected: { hooks: { prerun: { argv: ['npm', 'run', 'migrate'] } } } },
  on_ready: { yaml: 'on_ready: echo a | cat', expected: { hooks: { onReady: { kind: 'shell' } } } },
  on_exit: { yaml: 'on_exit: rm -f x', expected: { hooks: { onExit: { argv: ['rm', '-f', 'x'] } } } },
  rebuild_on_change: { yaml: 'build: make\n  rebuild_on_change: true', expected: { rebuildOnChange: true } },
  group: { global: 'group: x', yaml: 'group: [a, b]', expected: { groups: ['a', 'b'] } },
  terminate: { global: 'terminate: SIGINT', yaml: 'terminate: usr2', expected: { stop: { signal: 'SIGUSR2' } } },
  stop_grace_period: { yaml: 'stop_grace_period: 1m30s', expected: { stop: { graceMs: 90_000 } } },
  repository_url: { yaml: 'repository_url: https://x/y.git', expected: { repository: 'https://x/y.git' } },
  auto_generate_environment: { yaml: 'auto_generate_environment: false', expected: { advertised: false } },
  dns_enabled: { global: 'dns_enabled: true', yaml: 'dns_enabled: false', expected: { dns: { enabled: false } } },
  dns_namespace: { global: 'dns_namespace: a', yaml: 'dns_namespace: b', expected: { dns: { namespace: 'b' } } },
  dns_suffix: { global: 'dns_suffix: a', yaml: 'dns_suffix: b', expected: { dns: { suffix: 'b' } } },
};

function webOf(system: System) {
  const web = system.services.get('web');
  if (web?.type !== 'process') throw new Error('web is no process');
  return web;
}

/** What the example of a key needs around it. */
const CONTEXT: Record<string, { keys?: string[]; services?: string }> = {
  ready: { keys: ['ports: [3000]'] },
  depends_on: { services: 'db: {type: external}\nmigrate: {type: task, run: x}\n' },
  rebuild_on_change: { keys: ['build: make'] },
};

describe('global settings', () => {
  it.each(Object.keys(GLOBAL))('%s has its effect', async key => {
    const [yaml, pick, expected] = GLOBAL[key]!;
    const { system, said, directory } = await load({
      'fuge.yml': `fuge_global:\n  ${yaml}\n${OTHER}`,
      'a.env': 'A=1\n',
    });
    expect(said).toBe('');
    expect(pick(system!, directory)).toEqual(expected);
  });

  it('have defaults', async () => {
    const { system, directory } = await load(OTHER);
    expect(system).toMatchObject({
      name: 'shop',
      file: `${directory}/fuge.yml`,
      directory,
      environment: {},
      envFiles: [],
      logDirectory: `${directory}/log`,
      runContainers: true,
      containerEngine: undefined,
      discovery: true,
      dns: { enabled: false, host: '127.0.0.1', port: 53_053, namespace: '', suffix: '', external: [] },
      files: [`${directory}/fuge.yml`],
    });
  });

  it('each have a test', () => {
    expect(Object.keys(GLOBAL).toSorted()).toEqual(
      KEYS.filter(spec => spec.global)
        .map(spec => spec.key)
        .toSorted(),
    );
  });
});

describe('keys of services', () => {
  it.each(Object.keys(SERVICE))('%s has its effect', async key => {
    const { yaml, global = 'tail: true', type = 'process', expected } = SERVICE[key]!;
    const own = type === 'container' ? 'image: mongo' : /\brun:/.test(yaml) ? '' : 'run: ./web';
    const { said, service, directory } = await load(
      {
        'fuge.yml': `fuge_global:\n  ${global}\nweb:\n  type: ${type}\n  ${own}\n  ${yaml}\n`,
        'web/a.env': 'A=1\n',
      },
      { env: { HOME: '/home/me' } },
    );
    expect(said).toBe('');
    const web = JSON.parse(JSON.stringify(service('web')).replaceAll(directory, '<shop>'));
    expect(web).toMatchObject(JSON.parse(JSON.stringify(expected)));
  });

  it('have defaults', async () => {
    const { service, directory } = await load(OTHER);
    expect(service('web')).toMatchObject({
      name: 'web',
      type: 'process',
      groups: ['default'],
      host: '127.0.0.1',
      ports: [{ name: 'main', host: 10_000, target: undefined, protocol: 'tcp', automatic: true, at: undefined }],
      advertised: true,
      dns: { enabled: false, namespace: '', suffix: '' },
      tail: true,
      disabled: undefined,
      at: { file: `${directory}/fuge.yml`, line: 1, column: 1, endColumn: 4 },
      origins: {
        type: { file: `${directory}/fuge.yml`, line: 1, column: 13, endColumn: 20 },
        run: { file: `${directory}/fuge.yml`, line: 1, column: 27, endColumn: 32 },
      },
      environment: {},
      envFiles: [],
      delayMs: 0,
      restart: { when: 'never', limit: 5, windowMs: 30_000, backoffMs: 100 },
      stop: { signal: 'SIGTERM', graceMs: 10_000 },
      repository: undefined,
      cwd: directory,
      command: { kind: 'argv', argv: ['./web'], source: './web' },
      build: undefined,
      test: undefined,
      watch: { enabled: true, roots: [directory], excludes: [], gitignore: true },
    });
  });

  it('each have a test', () => {
    expect(Object.keys(SERVICE).toSorted()).toEqual(
      serviceKeys()
        .map(spec => spec.key)
        .toSorted(),
    );
  });

  it('stand in a table that says everything about them', () => {
    for (const spec of KEYS) {
      expect(keySpec(spec.key)).toBe(spec);
      expect(VALUE_FORMS[spec.type]).not.toBe('');
      expect(spec.example.startsWith(`${spec.key}: `), spec.key).toBe(true);
      expect(spec.summary).toMatch(/^[A-Z`].*[^.]$/);
    }
  });

  it.each(KEYS.filter(spec => spec.services.length > 0).map(spec => [spec.key, spec.example]))(
    'the example of %s loads',
    async (key, example) => {
      const type = (keySpec(key)!.services as readonly string[]).includes('process') ? 'process' : 'container';
      const rest = { type: `type: ${type}`, run: 'run: x', image: 'image: x' };
      const needed = [rest.type, type === 'container' ? rest.image : rest.run, ...(CONTEXT[key]?.keys ?? [])].filter(
        line => !line.startsWith(`${key}:`),
      );
      const { said } = await load(
        {
          'a/fuge.yml': `web:\n  ${[...needed, example].join('\n  ')}\n${CONTEXT[key]?.services ?? ''}`,
          'gateway/': '',
          'a/.env': 'A=1\n',
        },
        { file: 'a/fuge.yml' },
      );
      expect(said).toBe('');
    },
  );
});
