/** A supervisor that runs nothing: tests say what its services do. */
import type {
  EnvironmentReport,
  ExecSession,
  Outcome,
  Reread,
  ServiceStatus,
  SubscribeOptions,
  Supervisor,
  Zone,
} from '../../src/control.js';
import type { Diagnostic } from '../../src/diagnostic.js';
import type { Changes, Event, Exit, Line } from '../../src/event.js';
import type { Command, NodeService, System } from '../../src/system.js';

/** With as much of a service as the command line looks at. */
export function nodeService(name: string, more: Partial<NodeService> = {}): NodeService {
  const service = {
    type: 'node',
    name,
    groups: ['default'],
    host: '127.0.0.1',
    ports: [],
    advertised: true,
    dns: { enabled: true, namespace: '', suffix: '' },
    tail: true,
    disabled: undefined,
    at: { file: '/shop/fuge.yml', line: 3, column: 1 },
    origins: {},
    environment: {},
    envFiles: [],
    delayMs: 0,
    restart: { when: 'never', limit: 5, windowMs: 30_000, backoffMs: 500 },
    stop: { signal: 'SIGTERM', graceMs: 10_000 },
    repository: undefined,
    cwd: `/shop/${name}`,
    command: { kind: 'argv', argv: ['server.js'], source: 'server.js' },
    build: undefined,
    test: undefined,
    watch: { enabled: true, roots: [], excludes: [], gitignore: true },
    ...more,
  };
  return service as unknown as NodeService; // what is left out is the supervisor's alone
}

export function systemOf(...services: readonly NodeService[]): System {
  const system = {
    name: 'shop',
    file: '/shop/fuge.yml',
    directory: '/shop',
    services: new Map(services.map(service => [service.name, service])),
    alternatives: new Map(),
    networks: new Map(),
    volumes: new Map(),
    environment: {},
    envFiles: [],
    logDirectory: '/shop/log',
    runContainers: true,
    containerEngine: undefined,
    discovery: true,
    dialects: ['kubernetes'],
    dns: { enabled: false, host: '127.0.0.1', port: 53053, namespace: '', suffix: '', external: [], forward: false },
    names: undefined,
    files: ['/shop/fuge.yml'],
  };
  return system as unknown as System; // as above
}

export function statusOf(name: string, more: Partial<ServiceStatus> = {}): ServiceStatus {
  return {
    name,
    type: 'node',
    groups: ['default'],
    phase: { id: 'stopped' },
    cause: undefined,
    since: 0,
    run: undefined,
    restarts: 0,
    crashes: 0,
    lastExit: undefined,
    error: undefined,
    waitingFor: [],
    host: '127.0.0.1',
    ports: [],
    watching: 'on',
    tail: true,
    inspectPort: undefined,
    unavailable: undefined,
    ...more,
  };
}

export class FakeSupervisor implements Supervisor {
  system: System;
  /** What was asked of it, in order. */
  readonly calls: string[] = [];
  readonly kept = new Map<string, Line[]>();
  /** Settles `close`; until then the services are stopping. */
  finishClosing: () => void = () => {};
  /** Whether close settles by itself. */
  closesAtOnce = true;
  isHeld = false;
  readonly #statuses = new Map<string, ServiceStatus>();
  readonly #listeners = new Set<(event: Event) => void>();

  constructor(system: System) {
    this.system = system;
    for (const name of system.services.keys()) this.#statuses.set(name, statusOf(name));
  }

  emit(event: Event): void {
    for (const listener of this.#listeners) listener(event);
  }

  set(name: string, more: Partial<ServiceStatus>): void {
    this.#statuses.set(name, { ...this.#statuses.get(name)!, ...more });
  }

  statuses(): readonly ServiceStatus[] {
    return [...this.#statuses.values()];
  }

  status(name: string): ServiceStatus | undefined {
    return this.#statuses.get(name);
  }

  /** Whether anybody listens. */
  get isHeard(): boolean {
    return this.#listeners.size > 0;
  }

  subscribe(listener: (event: Event) => void, { backlog = 0 }: SubscribeOptions = {}): () => void {
    if (backlog > 0)
      for (const service of this.system.services.keys())
        listener({ type: 'backlog', at: 0, service, lines: (this.kept.get(service) ?? []).slice(-backlog) });
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #did(action: string, names: readonly string[], result: Outcome['result']): Promise<readonly Outcome[]> {
    this.calls.push(`${action} ${names.join(' ')}`);
    return names.map(service => ({ service, result, tookMs: 1 }));
  }

  start(names: readonly string[]) {
    return this.#did('start', names, 'ready');
  }
  restart(names: readonly string[]) {
    return this.#did('restart', names, 'ready');
  }
  stop(names: readonly string[]) {
    return this.#did('stop', names, 'stopped');
  }
  kill(names: readonly string[]) {
    return this.#did('kill', names, 'stopped');
  }
  async watch(names: readonly string[], on: boolean) {
    this.calls.push(`${on ? 'watch' : 'unwatch'} ${names.join(' ')}`);
  }
  async tail(names: readonly string[], on: boolean) {
    for (const name of names) this.set(name, { tail: on });
  }
  async setVariable(name: string, variable: string, value: string | undefined) {
    this.calls.push(`set ${name} ${variable}=${value}`);
  }
  async environment(_name?: string): Promise<EnvironmentReport> {
    return { variables: [], problems: [] };
  }
  async lines(name: string): Promise<readonly Line[]> {
    return this.kept.get(name) ?? [];
  }
  async zone(): Promise<Zone> {
    return { records: [], server: undefined };
  }
  async logFiles(_name?: string): Promise<readonly string[]> {
    return [];
  }
  async usage() {
    return new Map();
  }
  async run(_name?: string, _command?: Command, _label?: string): Promise<Exit> {
    return { reason: 'code', code: 0 };
  }
  async exec(name: string): Promise<ExecSession> {
    this.calls.push(`exec ${name}`);
    return { write() {}, end() {}, resize() {}, close() {}, exit: Promise.resolve({ reason: 'code', code: 0 }) };
  }
  async openTerminal(name: string): Promise<ExecSession> {
    this.calls.push(`openTerminal ${name}`);
    return { write() {}, end() {}, resize() {}, close() {}, exit: Promise.resolve({ reason: 'code', code: 0 }) };
  }
  switch(names: readonly string[]) {
    return this.#did('switch', names, 'ready');
  }
  async reload(system: System): Promise<Changes> {
    this.system = system;
    return { added: [], removed: [], changed: [] };
  }
  async claim(): Promise<Diagnostic | undefined> {
    return undefined;
  }
  async reloadFile(): Promise<Reread> {
    return { changes: { added: [], removed: [], changed: [] }, diagnostics: [] };
  }
  holdOutput(): () => void {
    this.isHeld = true;
    return () => {
      this.isHeld = false;
    };
  }
  async close(options: { force?: boolean } = {}) {
    this.calls.push(options.force ? 'close force' : 'close');
    if (options.force) this.finishClosing();
    else if (!this.closesAtOnce)
      await new Promise<void>(resolve => {
        this.finishClosing = resolve;
      });
    for (const name of this.#statuses.keys()) this.set(name, { phase: { id: 'stopped' } });
  }
  async [Symbol.asyncDispose]() {
    await this.close();
  }
}
