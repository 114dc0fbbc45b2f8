// Every key lands in the System. The table at the end holds that none is forgotten.
import { describe, expect, it } from 'vitest';
import { KEYS, type KeySpec, keySpec, serviceKeys, VALUE_FORMS } from '../../src/config/keys.js';
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
    discovery: ['discovery: [url, kubernetes, url]', system => system.dialects, ['url', 'kubernetes']],
    auto_port_start: ['auto_port_start: 20000', system => webOf(system).ports[0]?.host, 20_000],
    dns_enabled: ['dns_enabled: true', system => [system.dns.enabled, webOf(system).dns.enabled], [true, true]],
    dns_namespace: [
      'dns_namespace: micro',
      system => [system.dns.namespace, webOf(system).dns.namespace],
      ['micro', 'micro'],
    ],
    dns_suffix: ['dns_suffix: local', system => [system.dns.suffix, webOf(system).dns.suffix], ['local', 'local']],
    names: ['names: {localhost: 8123}', system => system.names, { port: 8123 }],
    dns_host: ['dns_host: 0.0.0.0', system => system.dns.host, '0.0.0.0'],
    dns_port: ['dns_port: 5353', system => system.dns.port, 5353],
    dns_forward: ['dns_forward: 192.0.2.53:5353', system => system.dns.forward, '192.0.2.53:5353'],
    dns_external: [
      'dns_external: ["db.local IN A 192.0.2.1", "_m._tcp.db.local IN SRV 0 5 5060 db.local"]',
      system => system.dns.external,
      [
        { type: 'A', name: 'db.local', address: '192.0.2.1' },
        { type: 'SRV', name: '_m._tcp.db.local', priority: 0, weight: 5, port: 5060, target: 'db.local' },
      ],
    ],
    networks: [
      'networks: {backend: {driver: macvlan, driver_opts: {parent: eth0}, internal: true, attachable: true, enable_ipv6: true, ipam: {driver: x, config: [{subnet: 10.9.0.0/16, gateway: 10.9.0.1, ip_range: 10.9.1.0/24, aux_addresses: {router: 10.9.0.2}}]}, labels: [a=1]}, far: {external: true}}',
      system => Object.fromEntries(system.networks),
      {
        backend: {
          name: undefined,
          external: false,
          driver: 'macvlan',
          driverOptions: { parent: 'eth0' },
          internal: true,
          attachable: true,
          ipv6: true,
          ipam: {
            driver: 'x',
            pools: [
              {
                subnet: '10.9.0.0/16',
                gateway: '10.9.0.1',
                ipRange: '10.9.1.0/24',
                auxAddresses: { router: '10.9.0.2' },
              },
            ],
          },
          labels: { a: '1' },
        },
        far: {
          name: 'far',
          external: true,
          driver: undefined,
          driverOptions: {},
          internal: false,
          attachable: false,
          ipv6: false,
          ipam: { driver: undefined, pools: [] },
          labels: {},
        },
      },
    ],
    volumes: [
      'volumes: {data:, pages: {name: shop-pages, driver: local, driver_opts: {type: nfs}, labels: {a: b}}, far: {external: true, name: theirs}}',
      system => Object.fromEntries(system.volumes),
      {
        data: { name: undefined, external: false, driver: undefined, driverOptions: {}, labels: {} },
        pages: {
          name: 'shop-pages',
          external: false,
          driver: 'local',
          driverOptions: { type: 'nfs' },
          labels: { a: 'b' },
        },
        far: { name: 'theirs', external: true, driver: undefined, driverOptions: {}, labels: {} },
      },
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
  command: {
    type: 'container',
    yaml: 'command: [redis-server, --appendonly, "yes"]',
    expected: { args: ['redis-server', '--appendonly', 'yes'] },
  },
  entrypoint: {
    type: 'container',
    yaml: 'entrypoint: /bin/sh -c "echo $$0"',
    expected: { entrypoint: ['/bin/sh', '-c', 'echo $0'] },
  },
  pull_policy: { type: 'container', yaml: 'pull_policy: always', expected: { pull: 'always' } },
  platform: { type: 'container', yaml: 'platform: linux/arm64', expected: { platform: 'linux/arm64' } },
  container_name: { type: 'container', yaml: 'container_name: shop-db', expected: { containerName: 'shop-db' } },
  working_dir: { type: 'container', yaml: 'working_dir: /srv', expected: { workingDir: '/srv' } },
  user: { type: 'container', yaml: 'user: 1000:1000', expected: { user: '1000:1000' } },
  group_add: { type: 'container', yaml: 'group_add: [audio, 44]', expected: { groupAdd: ['audio', '44'] } },
  labels: { type: 'container', yaml: 'labels: [a=1, b]', expected: { labels: { a: '1', b: '' } } },
  volumes: {
    type: 'container',
    yaml: "volumes: ['./data:/data:ro', 'pages:/pages', '/cache']",
    expected: {
      mounts: [
        { type: 'bind', source: '<shop>/data', target: '/data', readOnly: true, createSource: true },
        { type: 'volume', source: 'pages', target: '/pages', readOnly: false, noCopy: false },
        { type: 'volume', target: '/cache', readOnly: false },
      ],
    },
  },
  tmpfs: {
    type: 'container',
    yaml: 'tmpfs: [/run, "/tmp:size=64m,mode=1777"]',
    expected: {
      mounts: [
        { type: 'tmpfs', target: '/run' },
        { type: 'tmpfs', target: '/tmp', size: 67_108_864, mode: 0o1777 },
      ],
    },
  },
  read_only: { type: 'container', yaml: 'read_only: true', expected: { readOnly: true } },
  healthcheck: {
    type: 'container',
    yaml: 'healthcheck: {test: [CMD, redis-cli, ping], interval: 2s, timeout: 500, retries: 5, start_period: 1m30s, start_interval: 100ms}',
    expected: {
      healthcheck: {
        test: { kind: 'argv', argv: ['redis-cli', 'ping'] },
        intervalMs: 2000,
        timeoutMs: 500,
        retries: 5,
        startPeriodMs: 90_000,
        startIntervalMs: 100,
      },
    },
  },
  stop_signal: { type: 'container', yaml: 'stop_signal: quit', expected: { stopSignal: 'SIGQUIT' } },
  init: { type: 'container', yaml: 'init: false', expected: { init: false } },
  tty: { yaml: 'tty: true', expected: { tty: true } },
  stdin_open: { type: 'container', yaml: 'stdin_open: true', expected: { stdinOpen: true } },
  logging: {
    type: 'container',
    yaml: 'logging: {driver: json-file, options: {max-size: 10m}}',
    expected: { logging: { driver: 'json-file', options: { 'max-size': '10m' } } },
  },
  keep: { type: 'container', yaml: 'keep: true', expected: { keep: true } },
  networks: {
    type: 'container',
    yaml: 'networks: {backend: {aliases: [database], ipv4_address: 10.9.0.7, ipv6_address: "fd00::7", mac_address: "02:42:ac:11:00:02", priority: 5}, front:}',
    expected: {
      networks: [
        {
          network: 'backend',
          aliases: ['database'],
          ipv4: '10.9.0.7',
          ipv6: 'fd00::7',
          mac: '02:42:ac:11:00:02',
          priority: 5,
        },
        { network: 'front', aliases: [], priority: 0 },
      ],
    },
  },
  network_mode: { type: 'container', yaml: 'network_mode: host', expected: { networkMode: 'host' } },
  hostname: { type: 'container', yaml: 'hostname: db1', expected: { hostname: 'db1' } },
  domainname: { type: 'container', yaml: 'domainname: example.com', expected: { domainname: 'example.com' } },
  extra_hosts: {
    type: 'container',
    yaml: 'extra_hosts: [registry.local=192.0.2.7, "host.docker.internal:host-gateway", "six=[::1]"]',
    expected: { extraHosts: ['host.docker.internal:host-gateway', 'registry.local:192.0.2.7', 'six:::1'] },
  },
  dns: { type: 'container', yaml: 'dns: 192.0.2.53', expected: { resolver: { servers: ['192.0.2.53'] } } },
  dns_search: { type: 'container', yaml: 'dns_search: [a.b]', expected: { resolver: { search: ['a.b'] } } },
  dns_opt: { type: 'container', yaml: 'dns_opt: ["ndots:2"]', expected: { resolver: { options: ['ndots:2'] } } },
  mem_limit: { type: 'container', yaml: 'mem_limit: 512m', expected: { resources: { memory: 536_870_912 } } },
  memory: { type: 'container', yaml: 'memory: 1048576', expected: { resources: { memory: 1_048_576 } } },
  mem_reservation: {
    type: 'container',
    yaml: 'mem_reservation: 1g',
    expected: { resources: { memoryReservation: 1_073_741_824 } },
  },
  memswap_limit: { type: 'container', yaml: 'memswap_limit: -1', expected: { resources: { memorySwap: -1 } } },
  shm_size: { type: 'container', yaml: 'shm_size: 1k', expected: { resources: { shmSize: 1024 } } },
  cpus: { type: 'container', yaml: 'cpus: "0.5"', expected: { resources: { cpus: 0.5 } } },
  cpu_shares: { type: 'container', yaml: 'cpu_shares: 512', expected: { resources: { cpuShares: 512 } } },
  pids_limit: { type: 'container', yaml: 'pids_limit: 200', expected: { resources: { pids: 200 } } },
  oom_score_adj: { type: 'container', yaml: 'oom_score_adj: -500', expected: { resources: { oomScoreAdj: -500 } } },
  ulimits: {
    type: 'container',
    yaml: 'ulimits: {nofile: {soft: 1024, hard: 4096}, nproc: 512, core: {soft: 0}}',
    expected: {
      ulimits: { nofile: { soft: 1024, hard: 4096 }, nproc: { soft: 512, hard: 512 }, core: { soft: 0, hard: 0 } },
    },
  },
  privileged: { type: 'container', yaml: 'privileged: true', expected: { privileged: true } },
  cap_add: { type: 'container', yaml: 'cap_add: [NET_ADMIN]', expected: { capAdd: ['NET_ADMIN'] } },
  cap_drop: { type: 'container', yaml: 'cap_drop: ALL', expected: { capDrop: ['ALL'] } },
  security_opt: {
    type: 'container',
    yaml: 'security_opt: [no-new-privileges:true]',
    expected: { securityOpt: ['no-new-privileges:true'] },
  },
  devices: {
    type: 'container',
    yaml: 'devices: ["/dev/ttyUSB0:/dev/modem:rw"]',
    expected: { devices: ['/dev/ttyUSB0:/dev/modem:rw'] },
  },
  sysctls: {
    type: 'container',
    yaml: 'sysctls: {net.core.somaxconn: 1024}',
    expected: { sysctls: { 'net.core.somaxconn': '1024' } },
  },
  ipc: { type: 'container', yaml: 'ipc: host', expected: { ipc: 'host' } },
  pid: { type: 'container', yaml: 'pid: host', expected: { pid: 'host' } },
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
  instances: { yaml: 'instances: 0', expected: { profiles: ['scale-0'] } },
  instance_of: { yaml: 'instance_of: backend', expected: { instance: { of: 'backend', number: 1 } } },
  prerun: { yaml: 'prerun: npm run migrate', expected: { hooks: { prerun: { argv: ['npm', 'run', 'migrate'] } } } },
  on_ready: { yaml: 'on_ready: echo a | cat', expected: { hooks: { onReady: { kind: 'shell' } } } },
  on_exit: { yaml: 'on_exit: rm -f x', expected: { hooks: { onExit: { argv: ['rm', '-f', 'x'] } } } },
  warm: { type: 'node', yaml: 'warm: true', expected: { warm: true } },
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
      dns: { enabled: false, host: '127.0.0.1', port: 53_053, namespace: '', suffix: '', external: [], forward: false },
      names: undefined,
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

  it.each((KEYS as readonly KeySpec[]).flatMap(spec => (spec.globalExample ? [[spec.key, spec.globalExample]] : [])))(
    'the example of %s in fuge_global loads',
    async (_, example) => {
      const { said } = await load(`fuge_global:\n  ${example}\n${OTHER}`);
      expect(said).toBe('');
    },
  );

  it.each(KEYS.filter(spec => spec.services.length > 0).map(spec => [spec.key, spec.example]))(
    'the example of %s loads',
    async (key, example) => {
      const [first] = keySpec(key)!.services;
      const type = first === 'container' || first === 'node' ? first : 'process';
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
