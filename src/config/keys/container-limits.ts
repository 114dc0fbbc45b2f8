/** Keys of containers: how much of the machine they may use, and what they may do to it. */
import { containerKey } from './container-key.js';

const NONE = 'no limit';
const ENGINE = "the engine's own";

export const CONTAINER_LIMIT_KEYS = [
  containerKey('mem_limit', 'size', {
    default: NONE,
    summary: 'The most memory that it may use; more ends it',
    example: 'mem_limit: 512m',
  }),
  containerKey('memory', 'size', {
    default: 'mem_limit',
    summary: 'A shorter word for mem_limit',
    example: 'memory: 512m',
    origin: 'fuge 3',
  }),
  containerKey('mem_reservation', 'size', {
    default: NONE,
    summary: 'Memory that it is pushed back to when the machine runs short',
    example: 'mem_reservation: 256m',
  }),
  containerKey('memswap_limit', 'size-or-none', {
    default: 'twice mem_limit',
    summary: 'The most memory and swap together; -1: no limit',
    example: 'memswap_limit: 1g',
  }),
  containerKey('shm_size', 'size', {
    default: `${ENGINE} (64m)`,
    summary: 'Size of /dev/shm',
    example: 'shm_size: 256m',
  }),
  containerKey('cpus', 'number', {
    default: NONE,
    summary: 'The most processor cores that it may use, a fraction if need be',
    example: 'cpus: 1.5',
  }),
  containerKey('cpu_shares', 'integer', {
    default: `${ENGINE} (1024)`,
    summary: 'Its weight against other containers when processors are short',
    example: 'cpu_shares: 512',
  }),
  containerKey('pids_limit', 'integer', {
    default: NONE,
    summary: 'The most processes in it',
    example: 'pids_limit: 200',
  }),
  containerKey('oom_score_adj', 'score', {
    default: '0',
    summary: 'How readily the kernel ends it when memory runs out: -1000 (never) to 1000 (first)',
    example: 'oom_score_adj: 500',
  }),
  containerKey('ulimits', 'ulimits', {
    default: ENGINE,
    summary: 'Limits of its processes, as of ulimit',
    example: 'ulimits: {nofile: {soft: 1024, hard: 4096}, nproc: 512}',
  }),
  containerKey('privileged', 'boolean', {
    default: 'false',
    summary: 'Whether it may do all that root may do on this machine',
    example: 'privileged: true',
  }),
  containerKey('cap_add', 'strings', {
    default: ENGINE,
    summary: 'Capabilities that it gets besides',
    example: 'cap_add: [NET_ADMIN]',
  }),
  containerKey('cap_drop', 'strings', {
    default: ENGINE,
    summary: 'Capabilities that it loses',
    example: 'cap_drop: [ALL]',
  }),
  containerKey('security_opt', 'strings', {
    default: ENGINE,
    summary: 'Options of the security modules',
    example: 'security_opt: [no-new-privileges:true]',
  }),
  containerKey('devices', 'devices', {
    default: 'none',
    summary: 'Devices of this machine that it sees',
    example: 'devices: [/dev/snd, "/dev/ttyUSB0:/dev/modem:rw"]',
  }),
  containerKey('sysctls', 'named-values', {
    default: ENGINE,
    summary: 'Parameters of the kernel in its namespaces',
    example: 'sysctls: {net.core.somaxconn: 1024}',
  }),
  containerKey('ipc', 'text', {
    default: ENGINE,
    summary: 'Shared memory that is shared: host, shareable, service:NAME or container:NAME',
    example: 'ipc: host',
  }),
  containerKey('pid', 'text', {
    default: 'its own',
    summary: 'Processes that it sees besides its own: host, service:NAME or container:NAME',
    example: 'pid: host',
  }),
] as const;
