/** What is said about a key of a system file, and the words for how its value is written. */
import type { ServiceType } from '../../system.js';

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
  | 'names'
  | 'signal'
  | 'command'
  | 'words'
  | 'groups'
  | 'profiles'
  | 'type'
  | 'probe'
  | 'dependencies'
  | 'restart'
  | 'build'
  | 'size'
  | 'size-or-none'
  | 'number'
  | 'score'
  | 'signal-name'
  | 'pull-policy'
  | 'instances'
  | ContainerPart;

/** Values of containers that are read as a whole once it is known that the service has a container, see `container/read.ts`. */
export type ContainerPart =
  | 'mounts'
  | 'tmpfs'
  | 'networks'
  | 'named-values'
  | 'hosts'
  | 'healthcheck'
  | 'devices'
  | 'ulimits'
  | 'logging';

export const VALUE_FORMS: Readonly<Record<ValueType, string>> = {
  boolean: 'true or false',
  text: 'text',
  integer: 'a whole number',
  port: 'a port number (1 to 65535)',
  duration: 'milliseconds, or a duration like 500ms, 2s or 1m30s',
  strings: 'a list of texts, or one text',
  environment: 'a list of NAME=value, or a map',
  'env-files': 'a file name, or a list of them, each may be a map with path, required and format',
  ports:
    'a list of name=port, name=port:target, port, port:target, ip:port:target or ranges as 8000-8002:80-82, each with /udp if it is UDP; a port may be auto: a free one that stays',
  records: 'a list of DNS records',
  names: 'localhost, or a map of it to a port number: {localhost: 7080}',
  signal: 'the name of a signal',
  command: 'a command line',
  words: 'a command line, or a list of words',
  groups: 'a name, or a list of names',
  profiles: 'a name, or a list of names',
  type: 'process, node, task, container or external',
  probe: 'a map with one of http, tcp, exec, log, and interval, timeout, retries, start_period',
  dependencies: 'a list of services, or a map with condition, required and restart for each',
  restart: 'never, on-failure or always, or a map with when, max, window, backoff, backoff_max, success',
  build:
    'of a process a command line; of a container the directory of a Dockerfile, or a map with context, dockerfile, dockerfile_inline, target, args, labels, cache_from, no_cache, pull, network, shm_size, extra_hosts, platform, tags',
  size: 'bytes, or a size like 512m or 2gb',
  'size-or-none': 'bytes, or a size like 512m or 2gb',
  number: 'a number from 0',
  score: 'a whole number from -1000 to 1000',
  'signal-name': 'the name or number of a signal',
  'pull-policy': 'missing, always, never, build or if_not_present',
  instances: 'a whole number from 0 to 100',
  mounts:
    'in a service a list of [source:]target[:ro], or of maps with type, source, target, read_only, bind, volume, tmpfs; in fuge_global a map of names, each with name, external, driver, driver_opts, labels',
  tmpfs: 'a path in the container, or a list of them, each with options like :size=64m,mode=1777',
  networks:
    'in a service a list of names, or a map of names, each with aliases, ipv4_address, ipv6_address, mac_address, priority; in fuge_global a map of names, each with name, external, driver, driver_opts, internal, attachable, enable_ipv6, ipam, labels',
  'named-values': 'a map, or a list of NAME=value',
  hosts: 'a list of host=address, or a map',
  healthcheck: 'a map with test, interval, timeout, retries, start_period, start_interval, or disable: true',
  devices: 'a list of host[:container[:permissions]]',
  ulimits: 'a map of names to a number, or to a map with soft and hard',
  logging: 'a map with driver and options',
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
  /** The only texts that it may have; undefined: any, or as its type says. */
  readonly choices?: readonly string[];
  /** What holds without the key; for a service, a key that is also global takes the global value. */
  readonly default: string;
  /** One sentence without a full stop. */
  readonly summary: string;
  /** A line of YAML. */
  readonly example: string;
  /** In fuge_global, where that means something else. */
  readonly globalExample?: string;
  readonly origin: 'fuge 2' | 'Compose' | 'fuge 3';
}

export const ALL = ['process', 'node', 'container', 'external'] as const;
export const RUNNABLE = ['process', 'node', 'container'] as const;
export const LOCAL = ['process', 'node'] as const;
