/** Systems and services as plain data, for tests that load no file. */
import { PLAIN_CONTAINER } from '../../src/config/container/plain.js';
import type {
  ContainerService,
  ExternalService,
  NodeService,
  Port,
  ProcessService,
  Service,
  System,
} from '../../src/system.js';

const AT = { file: '/shop/fuge.yml', line: 1, column: 1 };

const base = {
  groups: ['default'],
  host: '127.0.0.1',
  ports: [],
  advertised: true,
  dns: { enabled: true, namespace: '', suffix: '' },
  dependsOn: [],
  profiles: [],
  tail: true,
  disabled: undefined,
  at: AT,
  origins: {},
} as const;

const supervised = {
  environment: {},
  envFiles: [],
  delayMs: 0,
  restart: { when: 'never', limit: 5, windowMs: 30_000, backoffMs: 500, backoffMaxMs: 10_000, successCodes: [0] },
  stop: { signal: 'SIGTERM', graceMs: 10_000 },
  ready: undefined,
  live: undefined,
  once: false,
  repository: undefined,
} as const;

const local = {
  cwd: '/',
  command: { kind: 'argv', argv: ['server'], source: 'server' },
  build: undefined,
  test: undefined,
  hooks: { prerun: undefined, onReady: undefined, onExit: undefined },
  rebuildOnChange: false,
  watch: { enabled: false, roots: [], excludes: [], gitignore: true },
} as const;

export function processService(name: string, more: Partial<ProcessService> = {}): ProcessService {
  return { type: 'process', name, ...base, ...supervised, ...local, ...more };
}

export function nodeService(name: string, more: Partial<NodeService> = {}): NodeService {
  return { type: 'node', name, ...base, ...supervised, ...local, ...more };
}

export function containerService(name: string, more: Partial<ContainerService> = {}): ContainerService {
  return { type: 'container', name, ...base, ...supervised, ...PLAIN_CONTAINER, image: 'redis', ...more };
}

export function externalService(name: string, more: Partial<ExternalService> = {}): ExternalService {
  return { type: 'external', name, ...base, ...more };
}

/** `http=80`, `http=80:8080`, `http=80/udp`. */
export function port(text: string, more: Partial<Port> = {}): Port {
  const [, name, host, target, protocol] = /^(.+)=(\d+)(?::(\d+))?(?:\/(\w+))?$/.exec(text)!;
  return {
    name: name!,
    host: Number(host),
    target: target === undefined ? undefined : Number(target),
    hostAddress: undefined,
    protocol: (protocol ?? 'tcp') as Port['protocol'],
    automatic: false,
    at: undefined,
    ...more,
  };
}

export function systemOf(services: readonly Service[], more: Partial<System> = {}): System {
  return {
    name: 'shop',
    file: '/shop/fuge.yml',
    directory: '/shop',
    services: new Map(services.map(service => [service.name, service])),
    alternatives: new Map(),
    networks: new Map(),
    volumes: new Map(),
    environment: {},
    envFiles: [],
    profiles: [],
    logDirectory: '/shop/log',
    runContainers: true,
    containerEngine: undefined,
    discovery: true,
    dialects: ['kubernetes'],
    dns: { enabled: false, host: '127.0.0.1', port: 53053, namespace: '', suffix: '', external: [], forward: false },
    names: undefined,
    portOffset: 0,
    files: ['/shop/fuge.yml'],
    origins: {},
    ...more,
  };
}
