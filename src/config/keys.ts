/** Every key of a system file: validation and the key reference in the documentation are both made from this table. */
import type { ServiceType } from '../system.js';

/** How a value is written; {@link VALUE_FORMS} says it in words. */
export type ValueType =
  | 'boolean'
  | 'text'
  | 'integer'
  | 'port'
  | 'duration'
  | 'strings'
  | 'environment'
  | 'env-files'
  | 'ports'
  | 'records'
  | 'signal'
  | 'command'
  | 'words'
  | 'groups'
  | 'profiles'
  | 'type'
  | 'probe'
  | 'dependencies'
  | 'restart';

export const VALUE_FORMS: Readonly<Record<ValueType, string>> = {
  boolean: 'true or false',
  text: 'text',
  integer: 'a whole number',
  port: 'a port number (1 to 65535)',
  duration: 'milliseconds, or a duration like 500ms, 2s or 1m30s',
  strings: 'a list of texts, or one text',
  environment: 'a list of NAME=value, or a map',
  'env-files': 'a file name, or a list of them',
  ports: 'a list of name=port, name=port:target, port or port:target, each with /udp if it is UDP',
  records: 'a list of DNS records',
  signal: 'the name of a signal',
  command: 'a command line',
  words: 'a command line, or a list of words',
  groups: 'a name, or a list of names',
  profiles: 'a name, or a list of names',
  type: 'process, node, task, container or external',
  probe: 'a map with one of http, tcp, exec, log, and interval, timeout, retries, start_period',
  dependencies: 'a list of services, or a map with condition, required and restart for each',
  restart: 'never, on-failure or always, or a map with when, max, window, backoff, backoff_max, success',
};

export interface KeySpec {
  readonly key: string;
  readonly type: ValueType;
  /** Allowed in `fuge_global`. */
  readonly global: boolean;
  /** Types of service that it has an effect on; empty: only global. */
  readonly services: readonly ServiceType[];
  /** What a service of another type with this key gets; fuge 2 refused some and ignored others. */
  readonly elsewhere?: 'error' | 'warning';
  /** What holds without the key; for a service, a key that is also global takes the global value. */
  readonly default: string;
  /** One sentence without a full stop. */
  readonly summary: string;
  /** A line of YAML. */
  readonly example: string;
  readonly origin: 'fuge 2' | 'Compose' | 'fuge 3';
}

const ALL = ['process', 'node', 'container', 'external'] as const;
const RUNNABLE = ['process', 'node', 'container'] as const;
const LOCAL = ['process', 'node'] as const;

export const KEYS = [
  {
    key: 'name',
    type: 'text',
    global: true,
    services: [],
    default: "the name of the system file's directory",
    summary: "The system's name; it may also stand at the top level",
    example: 'name: shop',
    origin: 'fuge 3',
  },
  {
    key: 'type',
    type: 'type',
    global: false,
    services: ALL,
    default: 'none: every service says it',
    summary:
      'What the service is: a process, a Node program, a task (a process that runs to its end), a container, or something that runs elsewhere',
    example: 'type: node',
    origin: 'fuge 2',
  },
  {
    key: 'path',
    type: 'text',
    global: false,
    services: LOCAL,
    elsewhere: 'error',
    default: "the system file's directory",
    summary: 'Working directory, relative to the system file; what is watched, too',
    example: 'path: ../gateway',
    origin: 'fuge 2',
  },
  {
    key: 'run',
    type: 'command',
    global: false,
    services: LOCAL,
    elsewhere: 'error',
    default: 'none: the service cannot be started',
    summary: 'The command, split into words without a shell unless it uses what only a shell can do',
    example: 'run: node index.js',
    origin: 'fuge 2',
  },
  {
    key: 'shell',
    type: 'boolean',
    global: false,
    services: LOCAL,
    elsewhere: 'warning',
    default: 'decided by the command: a pipe, a redirection, && or the like needs a shell',
    summary: 'Whether run, build and test go to sh -c (true) or are split into words (false)',
    example: 'shell: true',
    origin: 'fuge 3',
  },
  {
    key: 'image',
    type: 'text',
    global: false,
    services: ['container'],
    elsewhere: 'error',
    default: 'none: a container needs it',
    summary: 'The image to run',
    example: 'image: mongo:7',
    origin: 'fuge 2',
  },
  {
    key: 'args',
    type: 'words',
    global: false,
    services: ['container'],
    elsewhere: 'error',
    default: "the image's own command",
    summary: "Arguments after the image's entrypoint",
    example: 'args: --smallfiles --quiet',
    origin: 'fuge 2',
  },
  {
    key: 'build',
    type: 'command',
    global: false,
    services: LOCAL,
    elsewhere: 'warning',
    default: 'none',
    summary: 'What `fuge build` runs in the working directory',
    example: 'build: npm install',
    origin: 'fuge 2',
  },
  {
    key: 'test',
    type: 'command',
    global: false,
    services: LOCAL,
    elsewhere: 'warning',
    default: 'none',
    summary: 'What `fuge test` runs in the working directory',
    example: 'test: npm test',
    origin: 'fuge 2',
  },
  {
    key: 'ports',
    type: 'ports',
    global: false,
    services: ALL,
    default: 'main=<the next automatic port>',
    summary: 'Ports by name: the one that others use and, for containers, the one inside',
    example: 'ports: [http=3000, admin=3001:80]',
    origin: 'fuge 2',
  },
  {
    key: 'environment',
    type: 'environment',
    global: true,
    services: RUNNABLE,
    elsewhere: 'warning',
    default: 'none',
    summary: "Variables; a bare name takes the value of fuge's own environment",
    example: 'environment: [LOG_LEVEL=debug, TOKEN]',
    origin: 'fuge 2',
  },
  {
    key: 'env_file',
    type: 'env-files',
    global: true,
    services: RUNNABLE,
    elsewhere: 'warning',
    default: 'none',
    summary: "Files of variables, relative to the service's path if it has one, else to the system file",
    example: 'env_file: .env',
    origin: 'fuge 2',
  },
  {
    key: 'host',
    type: 'text',
    global: true,
    services: ALL,
    default: '127.0.0.1',
    summary: 'Where others reach the service',
    example: 'host: 10.0.0.5',
    origin: 'fuge 2',
  },
  {
    key: 'tail',
    type: 'boolean',
    global: true,
    services: RUNNABLE,
    elsewhere: 'warning',
    default: 'true',
    summary: 'Whether output is shown at first',
    example: 'tail: false',
    origin: 'fuge 2',
  },
  {
    key: 'monitor',
    type: 'boolean',
    global: true,
    services: LOCAL,
    elsewhere: 'warning',
    default: 'true',
    summary: 'Whether a changed file restarts the service',
    example: 'monitor: false',
    origin: 'fuge 2',
  },
  {
    key: 'monitor_excludes',
    type: 'strings',
    global: true,
    services: LOCAL,
    elsewhere: 'warning',
    default: '[] (node_modules and .git are always excluded)',
    summary: "Globs, relative to the service's path, that are not watched; without a slash they match at any depth",
    example: "monitor_excludes: ['*.log', 'public/**']",
    origin: 'fuge 2',
  },
  {
    key: 'watch_gitignore',
    type: 'boolean',
    global: true,
    services: LOCAL,
    elsewhere: 'warning',
    default: 'true',
    summary: "Whether what the repository's .gitignore files name is not watched",
    example: 'watch_gitignore: false',
    origin: 'fuge 3',
  },
  {
    key: 'delay_start',
    type: 'duration',
    global: true,
    services: RUNNABLE,
    elsewhere: 'warning',
    default: '0',
    summary: 'How long to wait before the service starts; the delays of one start command add up',
    example: 'delay_start: 2s',
    origin: 'fuge 2',
  },
  {
    key: 'restart_on_error',
    type: 'boolean',
    global: true,
    services: RUNNABLE,
    elsewhere: 'warning',
    default: 'false',
    summary: 'Whether it is started again when it ends with an error',
    example: 'restart_on_error: true',
    origin: 'fuge 2',
  },
  {
    key: 'max_restarts',
    type: 'integer',
    global: true,
    services: RUNNABLE,
    elsewhere: 'warning',
    default: '5',
    summary: 'At most this many restarts after errors within 30 seconds, or within longer where so many take longer',
    example: 'max_restarts: 3',
    origin: 'fuge 2',
  },
  {
    key: 'ready',
    type: 'probe',
    global: false,
    services: RUNNABLE,
    elsewhere: 'warning',
    default: 'its first declared TCP port accepts connections; without one, it has lived for a moment',
    summary: 'When the service is ready: a probe, or false for as soon as it runs',
    example: 'ready: {http: /health, timeout: 2s}',
    origin: 'fuge 3',
  },
  {
    key: 'live',
    type: 'probe',
    global: false,
    services: RUNNABLE,
    elsewhere: 'warning',
    default: 'none',
    summary: 'A probe whose failure restarts the service',
    example: 'live: {tcp: 3000, interval: 10s}',
    origin: 'fuge 3',
  },
  {
    key: 'depends_on',
    type: 'dependencies',
    global: false,
    services: RUNNABLE,
    elsewhere: 'warning',
    default: 'none',
    summary: 'What must be there first: each started, ready (unless said otherwise) or completed',
    example: 'depends_on: {db: {condition: ready}, migrate: {condition: completed}}',
    origin: 'Compose',
  },
  {
    key: 'once',
    type: 'boolean',
    global: false,
    services: LOCAL,
    elsewhere: 'warning',
    default: 'false; true for type: task',
    summary: 'It runs to its end, like a migration; those that depend on it wait for its success',
    example: 'once: true',
    origin: 'fuge 3',
  },
  {
    key: 'restart',
    type: 'restart',
    global: true,
    services: RUNNABLE,
    elsewhere: 'warning',
    default: 'never',
    summary: 'What to do when the service ends by itself',
    example: 'restart: {when: on-failure, max: 5, window: 30s, backoff: 100ms}',
    origin: 'Compose',
  },
  {
    key: 'profiles',
    type: 'profiles',
    global: false,
    services: ALL,
    elsewhere: 'warning',
    default: 'none: it always takes part',
    summary:
      'It takes part only when one of these profiles is chosen (--profile, FUGE_PROFILES, COMPOSE_PROFILES), or when it is named',
    example: 'profiles: [debug]',
    origin: 'Compose',
  },
  {
    key: 'prerun',
    type: 'command',
    global: false,
    services: LOCAL,
    elsewhere: 'warning',
    default: 'none',
    summary: 'A command that runs before each launch; a failure fails the launch',
    example: 'prerun: npm run migrate',
    origin: 'fuge 3',
  },
  {
    key: 'on_ready',
    type: 'command',
    global: false,
    services: LOCAL,
    elsewhere: 'warning',
    default: 'none',
    summary: 'A command that runs each time the service becomes ready',
    example: 'on_ready: node seed.js',
    origin: 'fuge 3',
  },
  {
    key: 'on_exit',
    type: 'command',
    global: false,
    services: LOCAL,
    elsewhere: 'warning',
    default: 'none',
    summary: 'A command that runs after each run has ended',
    example: 'on_exit: rm -f server.sock',
    origin: 'fuge 3',
  },
  {
    key: 'rebuild_on_change',
    type: 'boolean',
    global: false,
    services: LOCAL,
    elsewhere: 'warning',
    default: 'false',
    summary: 'A save runs build first; if it fails, what runs goes on',
    example: 'rebuild_on_change: true',
    origin: 'fuge 3',
  },
  {
    key: 'group',
    type: 'groups',
    global: true,
    services: ALL,
    default: 'default',
    summary: 'Groups that commands can name instead of the service',
    example: 'group: [backend, nightly]',
    origin: 'fuge 2',
  },
  {
    key: 'terminate',
    type: 'signal',
    global: true,
    services: RUNNABLE,
    elsewhere: 'warning',
    default: 'SIGTERM',
    summary: 'The signal that asks it to stop',
    example: 'terminate: SIGINT',
    origin: 'fuge 2',
  },
  {
    key: 'stop_grace_period',
    type: 'duration',
    global: true,
    services: RUNNABLE,
    elsewhere: 'warning',
    default: '10s',
    summary: 'How long after that signal SIGKILL follows',
    example: 'stop_grace_period: 30s',
    origin: 'Compose',
  },
  {
    key: 'repository_url',
    type: 'text',
    global: false,
    services: RUNNABLE,
    elsewhere: 'warning',
    default: 'none',
    summary: 'Git repository that `fuge pull` clones when the path is missing',
    example: 'repository_url: https://example.com/shop/gateway.git',
    origin: 'fuge 2',
  },
  {
    key: 'auto_generate_environment',
    type: 'boolean',
    global: true,
    services: ALL,
    default: 'true',
    summary: 'On a service, whether the others are told of it; globally, also whether ports are given out',
    example: 'auto_generate_environment: false',
    origin: 'fuge 2',
  },
  {
    key: 'dns_enabled',
    type: 'boolean',
    global: true,
    services: ALL,
    default: 'false',
    summary: 'Whether services are found by DNS',
    example: 'dns_enabled: true',
    origin: 'fuge 2',
  },
  {
    key: 'dns_namespace',
    type: 'text',
    global: true,
    services: ALL,
    default: "''",
    summary: 'What follows the name of a service in DNS',
    example: 'dns_namespace: micro',
    origin: 'fuge 2',
  },
  {
    key: 'dns_suffix',
    type: 'text',
    global: true,
    services: ALL,
    default: "''",
    summary: 'The end of every name in DNS',
    example: 'dns_suffix: svc.cluster.local',
    origin: 'fuge 2',
  },
  {
    key: 'dns_host',
    type: 'text',
    global: true,
    services: [],
    default: '127.0.0.1',
    summary: 'Where the DNS server listens',
    example: 'dns_host: 0.0.0.0',
    origin: 'fuge 2',
  },
  {
    key: 'dns_port',
    type: 'port',
    global: true,
    services: [],
    default: '53053',
    summary: 'The port of the DNS server',
    example: 'dns_port: 5353',
    origin: 'fuge 2',
  },
  {
    key: 'dns_external',
    type: 'records',
    global: true,
    services: [],
    default: '[]',
    summary: 'More records to answer: `NAME IN A ADDRESS` and `NAME IN SRV PRIORITY WEIGHT PORT TARGET`',
    example: "dns_external: ['db.local IN A 192.0.2.1']",
    origin: 'fuge 2',
  },
  {
    key: 'auto_port_start',
    type: 'port',
    global: true,
    services: [],
    default: '10000',
    summary: 'The first port for services that declare none; declared ports are passed over',
    example: 'auto_port_start: 20000',
    origin: 'fuge 2',
  },
  {
    key: 'run_containers',
    type: 'boolean',
    global: true,
    services: [],
    default: 'true',
    summary: 'Whether containers are run; if not, others run them and they are still announced',
    example: 'run_containers: false',
    origin: 'fuge 2',
  },
  {
    key: 'container_engine_url',
    type: 'text',
    global: true,
    services: [],
    default: "'' (the engine is looked for)",
    summary: 'Address of the container engine',
    example: 'container_engine_url: unix:///var/run/docker.sock',
    origin: 'fuge 2',
  },
  {
    key: 'log_path',
    type: 'text',
    global: true,
    services: [],
    default: 'log',
    summary: 'Directory of the log files, relative to the system file',
    example: 'log_path: .logs',
    origin: 'fuge 2',
  },
] as const satisfies readonly KeySpec[];

export type KeyName = (typeof KEYS)[number]['key'];
export type TypeOf<K extends KeyName> = Extract<(typeof KEYS)[number], { key: K }>['type'];

/** Keys at the top of a file; every other one there is a service. */
export const TOP_LEVEL_KEYS = [
  {
    key: 'fuge_global',
    summary: 'Settings for the whole system and defaults for its services',
    example: 'fuge_global: {tail: true}',
    origin: 'fuge 2',
  },
  {
    key: 'include',
    summary:
      'Compose files whose services are part of the system; a service of the same name here replaces theirs whole',
    example: 'include: [docker-compose.yml]',
    origin: 'fuge 2',
  },
  { key: 'name', summary: 'The name of the system', example: 'name: shop', origin: 'fuge 3' },
] as const;

/**
 * Keys that fuge 2 ignored and that real files contain, mostly from Compose or from fuge's predecessors: they mean
 * nothing here, which is told, but the file loads.
 */
export const IGNORED_KEYS: ReadonlySet<string> = new Set(
  `annotations blkio_config cap_add cap_drop cgroup cgroup_parent command configs container_name cpu_count cpu_percent
   cpu_period cpu_quota cpu_shares cpus cpuset cwd deploy description develop device_cgroup_rules devices dns dns_opt
   dns_search docker_path domainname entrypoint expose extends external_links extra_hosts gpus group_add healthcheck
   hostname init ipc isolation labels links logging mac_address mem_limit mem_reservation mem_swappiness memswap_limit
   name net network_mode networks notes oom_kill_disable oom_score_adj pid pids_limit platform post_start pre_stop privileged
   proxy pull_policy read_only runtime scale secrets security_opt shm_size specific stdin_open
   stop_signal storage_opt sysctls tmpfs tty ulimits user userns_mode uts version volume_driver volumes volumes_from working_dir`.split(
    /\s+/,
  ),
);

const BY_NAME: ReadonlyMap<string, KeySpec> = new Map(KEYS.map(spec => [spec.key, spec]));

export function keySpec(key: string): KeySpec | undefined {
  return BY_NAME.get(key);
}

/** The keys that may stand in `fuge_global`. */
export function globalKeys(): readonly KeySpec[] {
  return KEYS.filter(spec => spec.global);
}

/** The keys that may stand in a service, of one type or of any. */
export function serviceKeys(type?: ServiceType): readonly KeySpec[] {
  return (KEYS as readonly KeySpec[]).filter(spec => (type ? spec.services.includes(type) : spec.services.length > 0));
}
