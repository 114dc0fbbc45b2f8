/** The whole system: who is started in which order, who is watched, what is told, how it all ends. */
import type {
  CloseOptions,
  Company,
  EnvironmentReport,
  ExecOptions,
  ExecSession,
  LocalSupervisor,
  Outcome,
  Reread,
  RunOptions,
  ServiceStatus,
  StartOptions,
  SubscribeOptions,
  Supervisor,
  TerminalOptions,
  Usage,
  Zone,
} from '../control.js';
import type { Diagnostic } from '../diagnostic.js';
import type { Cause, Changes, Event, Exit, Line } from '../event.js';
import { changesBetween, startLevels, withChosenForms, withOtherForms } from '../graph.js';
import type { Command, Service, System } from '../system.js';
import { Actor, type ActorHost, isBusy } from './actor.js';
import { applySave, type SaveHost } from './apply-save.js';
import { isLocal, noContainer, noTerminal, stillLooksFor, unavailability } from './availability.js';
import { Builds } from './builds.js';
import { Claim, type Door } from './claim.js';
import { type Clock, systemClock } from './clock.js';
import { Containers } from './containers.js';
import { Dns } from './discovery/dns.js';
import { movedFor } from './discovery/reach.js';
import type { Engine } from './engine/engine.js';
import { Environments } from './environments.js';
import { EventStream } from './event-stream.js';
import type { LookAt } from './health.js';
import { hookProblem, withHooks } from './hooks.js';
import { Inspectors } from './inspectors.js';
import type { SaveCause } from './machine.js';
import { Monitor } from './monitor.js';
import { Names } from './names/names.js';
import { OneOffs } from './one-offs.js';
import { Orders, untilIdle } from './orders.js';
import { KeptMemory } from './recent-lines.js';
import { Registry, registryDirectory } from './registry.js';
import { MARK, Owner } from './runners/owner.js';
import { argvOf, createProcessRunner } from './runners/process.js';
import { portHolder } from './runners/process-group.js';
import type { Runner } from './runners/runner.js';
import { Standings } from './standings.js';
import { StrayPorts } from './stray-ports.js';
import { UsageMeter } from './usage.js';
import { createWatcher, type Watcher, type WatcherOptions } from './watch.js';
import { Watches } from './watches.js';

export interface SupervisorOptions {
  /** Reads the system file anew, for `reloadFile`; default: it can't be read again. */
  readonly load?: () => Promise<{ readonly system: System | undefined; readonly diagnostics: readonly Diagnostic[] }>;
  /**
   * Applies the system file whenever it is saved, from now on ({@link SupervisorOptions.load} reads it). Default false: it is
   * only told that it was.
   */
  readonly reloadsOnSave?: boolean;
  /** Makes the running system reachable from other terminals; default: it is not. */
  readonly door?: (supervisor: Supervisor) => Promise<Door>;
  /** fuge's own environment, lowest of what services get; default `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** For tests: time by hand. */
  readonly clock?: Clock;
  /** For tests: runs that are no processes. */
  readonly runner?: Runner;
  /** For tests: how a service is looked at. */
  readonly look?: LookAt;
  /** For tests: a container engine that answers by hand. */
  readonly engine?: () => Promise<Engine>;
  /** For tests: whether somebody listens on a port of loopback. */
  readonly isPortTaken?: (port: number) => Promise<boolean>;
  /** For tests: how files are watched. */
  readonly watcher?: (options: WatcherOptions) => Watcher;
}

/** Makes a supervisor. Nothing is started or watched yet. */
export function createSupervisor(system: System, options: SupervisorOptions = {}): LocalSupervisor {
  return new SystemSupervisor(system, options);
}

class SystemSupervisor implements LocalSupervisor {
  #system: System;
  readonly #load: SupervisorOptions['load'];
  readonly #clock: Clock;
  readonly #owner = new Owner();
  readonly #runner: Runner;
  readonly #look: LookAt | undefined;
  readonly #builds: Builds;
  readonly #actors = new Map<string, Actor>();
  readonly #events = new EventStream();
  readonly #kept = new KeptMemory();
  readonly #environments: Environments;
  readonly #inspectors: Inspectors;
  readonly #usage = new UsageMeter();
  readonly #strays = new StrayPorts();
  readonly #monitor: Monitor;
  readonly #commands = new OneOffs();
  readonly #standings: Standings;
  readonly #reloadsOnSave: boolean;
  /** Saves of the system file are applied one behind the other. */
  #applying: Promise<void> = Promise.resolve();
  #holds = 0;
  readonly #orders: Orders;
  readonly #watches: Watches;
  #reloading: Promise<unknown> = Promise.resolve();
  readonly #claim: Claim;
  readonly #containers: Containers;
  readonly #names: Names;
  readonly #dns: Dns;
  /** Orders that wait for what comes of the engine. */
  readonly #engineWatchers = new Set<() => void>();
  #closing: Promise<void> | undefined;
  #removesVolumes = false;

  constructor(system: System, options: SupervisorOptions) {
    this.#system = system;
    this.#load = options.load;
    this.#clock = options.clock ?? systemClock;
    const environment = options.environment ?? process.env;
    this.#environments = new Environments(environment, (problem, service) => this.#notice(problem, service));
    const registry = new Registry(registryDirectory(environment));
    this.#dns = new Dns({
      system: () => this.#system,
      isReady: name => this.#actors.get(name)?.state.phase.id === 'ready',
      places: () => this.#containers.places(),
      notice: problem => this.#notice(problem),
    });
    this.#names = new Names({
      system: () => this.#system,
      statuses: () => this.statuses(),
      lines: (name, limit) => this.#actor(name).recent.newest(limit),
      subscribe: listener => this.subscribe(listener, { lines: false }),
      notice: problem => this.#notice(problem),
    });
    this.#claim = new Claim(registry, this.#owner, options.door && (() => options.door!(this)));
    this.#containers = new Containers({
      clock: this.#clock,
      owner: this.#owner,
      registry,
      environment,
      system: () => this.#system,
      gatewaysChanged: addresses => this.#dns.setGateways(addresses),
      notice: problem => this.#notice(problem),
      changed: () => this.#engineChanged(),
      ...(options.engine && { connect: options.engine }),
    });
    this.#standings = new Standings(name => this.#actors.get(name), this.#containers);
    const runner = options.runner ?? (createProcessRunner(this.#owner) as Runner);
    this.#runner = withHooks(runner, (service, command, name, signal) =>
      this.run(service.name, command, name, { signal }),
    );
    this.#look = options.look;
    this.#inspectors = new Inspectors(options.isPortTaken ?? isListenedOn);
    this.#builds = new Builds({
      clock: this.#clock,
      run: (name, command, label, each) => this.run(name, command, label, each),
      built: (name, cause) => this.#actors.get(name)?.signal({ type: 'files-changed', cause }),
      failed: (name, problem) => this.#notice(problem, name),
    });
    this.#monitor = new Monitor(options.watcher ?? createWatcher, {
      saved: (name, cause) => this.#saved(name, cause),
      systemFileChanged: files => this.#systemFileChanged(files),
      notice: (diagnostic, service) => this.#notice(diagnostic, service),
      clock: this.#clock,
      ignored: [system.logDirectory],
    });
    this.#watches = new Watches({
      monitor: this.#monitor,
      system: () => this.#system,
      actors: () => this.#actors.values(),
      actor: name => this.#actors.get(name),
      changed: (service, watching) => this.#emit({ type: 'watch', at: this.#clock.now(), service, watching }),
      notice: (diagnostic, service) => this.#notice(diagnostic, service),
    });
    this.#orders = new Orders({
      clock: this.#clock,
      inspectors: this.#inspectors,
      standings: this.#standings,
      system: () => this.#system,
      actor: name => this.#actor(name),
      isClaimed: () => this.#claim.isTaken,
      takeClaim: () => this.#takeClaim(),
      isClosing: () => this.#closing !== undefined,
      beforeStart: services => this.#beforeStart(services),
      starts: actor => this.#watches.begin(actor),
      ends: name => this.#builds.stop(name),
      onAnyChange: callback => this.#onAnyChange(callback),
    });
    for (const service of system.services.values()) this.#adopt(service);
    this.#reloadsOnSave = options.reloadsOnSave ?? false;
    if (this.#reloadsOnSave) this.#monitor.watchSystemFiles(system, []);
  }

  get system(): System {
    return this.#system;
  }

  statuses(): readonly ServiceStatus[] {
    return [...this.#system.services.keys()].map(name => this.#actor(name).status);
  }

  status(name: string): ServiceStatus | undefined {
    return this.#actors.get(name)?.status;
  }

  subscribe(listener: (event: Event) => void, options: SubscribeOptions = {}): () => void {
    const { lines = true, backlog = 0, keepsLines = true } = options;
    const heard = lines ? listener : (event: Event) => void (isOutput(event) || listener(event));
    if (backlog === 0) return this.#events.subscribe(heard, lines && keepsLines);
    const at = this.#clock.now();
    const tellBacklog = () => {
      for (const { name, recent } of this.#actors.values())
        listener({ type: 'backlog', at, service: name, lines: recent.newest(backlog) });
    };
    return this.#events.subscribeAfter(tellBacklog, heard, lines && keepsLines);
  }

  async claim(): Promise<Diagnostic | undefined> {
    return this.#orders.claim();
  }

  async start(names: readonly string[], options: StartOptions = {}): Promise<readonly Outcome[]> {
    return this.#orders.start(names, options.debug ? 'debug' : 'start', options);
  }

  async restart(names: readonly string[], options: StartOptions = {}): Promise<readonly Outcome[]> {
    return this.#orders.restart(names, options);
  }

  async stop(names: readonly string[]): Promise<readonly Outcome[]> {
    return this.#orders.end(names, { type: 'user', action: 'stop' }, 'stop');
  }

  async kill(names: readonly string[]): Promise<readonly Outcome[]> {
    return this.#orders.end(names, { type: 'user', action: 'kill' }, 'kill');
  }

  async watch(names: readonly string[], on: boolean): Promise<void> {
    await Promise.all(names.map(name => this.#watches.turn(this.#actor(name).service, on)));
  }

  async tail(names: readonly string[], on: boolean): Promise<void> {
    for (const name of names) {
      this.#actor(name).tail = on;
      this.#emit({ type: 'tail', at: this.#clock.now(), service: name, tail: on });
    }
  }

  async setVariable(name: string, variable: string, value: string | undefined): Promise<void> {
    this.#environments.set(this.#actor(name).name, variable, value);
  }

  async environment(name: string): Promise<EnvironmentReport> {
    return this.#environments.report(this.#system, this.#actor(name).service);
  }

  async lines(name: string, limit?: number): Promise<readonly Line[]> {
    return this.#actor(name).recent.newest(limit);
  }

  async zone(): Promise<Zone> {
    return { records: this.#dns.records, server: this.#dns.address };
  }

  async logFiles(name: string): Promise<readonly string[]> {
    const { log } = this.#actor(name);
    await log.flushed();
    return log.files();
  }

  async usage(): Promise<ReadonlyMap<string, Usage>> {
    const leaders = new Map<string, { pid: number; startedAt: number }>();
    for (const actor of this.#actors.values()) {
      const { run } = actor.status;
      if (run?.pid !== undefined) leaders.set(actor.name, { pid: run.pid, startedAt: run.startedAt });
    }
    return this.#usage.measure(leaders);
  }

  async run(name: string, command: Command, label: string, options: RunOptions = {}): Promise<Exit> {
    const { service } = this.#actor(name);
    if (service.type !== 'process' && service.type !== 'node')
      throw new Error(`commands run in process and node services only, "${name}" is of type ${service.type}`);
    this.#claim.takeForCommands(this.#system, this.#clock.now());
    return this.#commands.run({
      service,
      command,
      label,
      signal: options.signal,
      isQuiet: options.quiet ?? false,
      owner: this.#owner,
      environment: this.#environments.forLaunch(this.#system, service),
      clock: this.#clock,
      emit: event => this.#emit(event),
    });
  }

  async exec(name: string, command: readonly [string, ...string[]], options: ExecOptions): Promise<ExecSession> {
    const { service, status } = this.#actor(name);
    const container = status.run?.container;
    if (container === undefined) throw noContainer(service);
    return this.#containers.exec(container, command, options);
  }

  async openTerminal(name: string, options: TerminalOptions): Promise<ExecSession> {
    const actor = this.#actor(name);
    const session = actor.openTerminal(options);
    if (!session) throw noTerminal(actor.service);
    return session;
  }

  async switch(names: readonly string[], options: StartOptions = {}): Promise<readonly Outcome[]> {
    const turned = names.filter(name => this.#system.alternatives.has(this.#actor(name).name));
    const running = turned.filter(name => isUp(this.#actor(name)));
    await this.#orders.end(turned, { type: 'user', action: 'switch' }, 'stop');
    await this.#inTurn(() => this.#replace(withOtherForms(this.#system, turned)));
    return this.#orders.start(running, 'switch', options);
  }

  reload(system: System): Promise<Changes> {
    return this.#inTurn(() => this.#replace(withChosenForms(system, this.#system)));
  }

  async reloadFile(): Promise<Reread> {
    if (!this.#load) throw new Error('this system was not read from a file');
    const { system, diagnostics } = await this.#load();
    return { changes: system && (await this.reload(system)), diagnostics };
  }

  #systemFileChanged(files: readonly string[]): void {
    this.#emit({
      type: 'system-file-changed',
      at: this.#clock.now(),
      files,
      ...(this.#reloadsOnSave && { isApplied: true }),
    });
    if (!this.#reloadsOnSave) return;
    const host: SaveHost = {
      system: () => this.#system,
      isClosing: () => this.#closing !== undefined,
      reread: async () => this.#load?.() ?? { system: undefined, diagnostics: [] },
      replace: system => this.#inTurn(() => this.#replace(withChosenForms(system, this.#system), true)),
      isUp: name => isUp(this.#actor(name)),
      isAvailable: name => this.#actor(name).unavailable === undefined,
      start: names => this.start(names),
      notice: diagnostic => this.#notice(diagnostic),
    };
    this.#applying = this.#applying.then(() => applySave(host));
  }

  /** A system is replaced by one order at a time. */
  #inTurn(replace: () => Promise<Changes>): Promise<Changes> {
    const replaced = this.#reloading.then(replace);
    this.#reloading = replaced.catch(() => {});
    return replaced;
  }

  async #replace(system: System, isBySave = false): Promise<Changes> {
    this.#monitor.systemFilesRead();
    const changes = changesBetween(this.#system, system);
    const before = this.#system;
    const cause: Cause = { type: 'reload' };
    await Promise.all(changes.removed.map(name => this.#dismiss(name, cause)));
    // All at once: until then everybody sees the old system, whole.
    for (const name of changes.removed) this.#forget(name);
    this.#system = system;
    this.#environments.forgetTold();
    for (const service of system.services.values()) {
      const actor = this.#actors.get(service.name);
      if (actor) actor.redefine(service);
      else this.#adopt(service);
    }
    for (const name of before.services.keys())
      if (system.services.has(name)) this.#apply(before, name, changes.changed.includes(name) ? cause : undefined);
    this.#tellOfMoves(before, new Set(changes.changed));
    this.#watches.reviewFiles();
    this.#names.review();
    this.#dns.review();
    this.#emit({ type: 'reloaded', at: this.#clock.now(), changes, ...(isBySave && { isBySave }) });
    return changes;
  }

  accompany(): Company {
    return {
      variables: { [MARK]: this.#owner.markOf('', 0) },
      protect: group => {
        this.#owner.protect(group);
        return () => this.#owner.release(group);
      },
    };
  }

  holdOutput(): () => void {
    this.#holds++;
    if (this.#holds === 1) this.#holdAll(true);
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      this.#holds--;
      if (this.#holds === 0) this.#holdAll(false);
    };
  }

  #holdAll(isHeld: boolean): void {
    for (const actor of this.#actors.values()) actor.hold('listener', isHeld);
    this.#commands.hold(isHeld);
  }

  async close(options: CloseOptions = {}): Promise<void> {
    const cause: Cause = { type: 'shutdown' };
    if (!this.#closing) this.#emit({ type: 'closing', at: this.#clock.now() });
    // Held output would keep a service from ending: it blocks in its own write.
    this.#holdAll(false);
    this.#commands.end(options.force ?? false);
    this.#builds.stopAll();
    if (options.force)
      for (const actor of this.#actors.values()) if (isBusy(actor.state)) actor.signal({ type: 'kill', cause });
    this.#removesVolumes ||= options.volumes ?? false;
    this.#closing ??= this.#finish(cause);
    await this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #finish(cause: Cause): Promise<void> {
    await this.#monitor.close();
    for (const level of startLevels(this.#system).reverse())
      await Promise.all(
        level.map(async name => {
          const actor = this.#actors.get(name);
          if (!actor) return; // a reload dismissed it meanwhile
          if (isBusy(actor.state)) actor.signal({ type: 'stop', cause });
          await untilIdle(actor);
        }),
      );
    await this.#commands.close();
    await this.#orders.settled();
    await Promise.all([...this.#actors.values()].map(actor => actor.close()));
    await this.#containers.close(this.#removesVolumes);
    await this.#names.close();
    // Last: what ends may still look for others.
    await this.#dns.close();
    await this.#owner.close();
    await this.#claim.release();
  }

  /** Any service changed its phase or how it gets its image, or the engine came or went. */
  #onAnyChange(callback: () => void): () => void {
    const end = this.subscribe(
      event => {
        if (event.type === 'phase' || (event.type === 'progress' && event.state !== 'going on')) callback();
      },
      { lines: false },
    );
    this.#engineWatchers.add(callback);
    return () => {
      end();
      this.#engineWatchers.delete(callback);
    };
  }

  async #takeClaim(): Promise<Diagnostic | undefined> {
    if (this.#claim.isTaken) return undefined;
    const refusal = await this.#claim.take(this.#system, this.#clock.now(), notice => this.#notice(notice));
    const { services, runContainers } = this.#system;
    const mayHaveLeft = runContainers && [...services.values()].some(({ type }) => type === 'container');
    if (!refusal && this.#claim.followsDeath && mayHaveLeft) this.#containers.sweep();
    return refusal;
  }

  #saved(name: string, cause: SaveCause): void {
    const actor = this.#actors.get(name);
    if (!actor) return;
    if (!Builds.isNeeded(actor.service, cause)) return actor.signal({ type: 'files-changed', cause });
    if (isUp(actor)) this.#builds.saved(actor.service, cause); // a save never starts what the user stopped
  }

  /** A service's first moment of readiness in a run: its hook, and those that want to restart with it. */
  #becameReady(service: Service): void {
    const onReady = isLocal(service) ? service.hooks.onReady : undefined;
    if (onReady) void this.#runOnReady(service, onReady);
    const readyRun = this.#actor(service.name).status.run;
    for (const dependent of this.#actors.values()) {
      const { run } = dependent.status;
      const isOlder = run !== undefined && readyRun !== undefined && run.startedAt < readyRun.startedAt;
      const wants = dependent.service.dependsOn.some(each => each.service === service.name && each.restart);
      if (isOlder && wants) dependent.signal({ type: 'restart', cause: { type: 'dependency', service: service.name } });
    }
  }

  /** Nothing answers: it may listen on another port than it declares. */
  async #explainSilence(service: Service, pid: number): Promise<void> {
    const problem = await this.#strays.look(service, pid);
    if (problem) this.#notice(problem, service.name);
  }

  async #runOnReady(service: Service, command: Command): Promise<void> {
    const exit = await this.run(service.name, command, 'on_ready');
    if (this.#closing) return;
    const problem = hookProblem(service, command, 'on_ready', exit);
    if (problem) this.#notice({ ...problem, severity: 'warning' }, service.name);
  }

  async #runProbe(name: string, command: Command, signal: AbortSignal): Promise<number | string> {
    const exit =
      this.#actor(name).service.type === 'container'
        ? await this.#runInside(name, command, signal)
        : await this.run(name, command, 'probe', { signal, quiet: true });
    if (exit.reason === 'code') return exit.code;
    return exit.reason === 'signal' ? exit.signal : exit.reason === 'not-started' ? exit.problem.message : exit.problem;
  }

  async #runInside(name: string, command: Command, signal: AbortSignal): Promise<Exit> {
    try {
      const session = await this.exec(name, argvOf(command), { terminal: undefined, onOutput() {} });
      signal.addEventListener('abort', () => session.close(), { once: true });
      session.end();
      return await session.exit;
    } catch (error) {
      return { reason: 'lost', problem: (error as Error | Diagnostic).message };
    }
  }

  /** What waits for this service may go on now, or must wait again. */
  #reviewDependents(name: string): void {
    for (const actor of this.#actors.values())
      if (actor.service.dependsOn.some(dependency => dependency.service === name)) actor.reviewDependencies();
  }

  /** The container engine came or went: who waits for it goes on, or is told that it waits in vain. */
  #engineChanged(): void {
    for (const actor of this.#actors.values()) if (actor.service.type === 'container') actor.reviewDependencies();
    for (const look of [...this.#engineWatchers]) look();
  }

  /** Makes the actor of a service; it stays stopped. */
  #adopt(service: Service): void {
    const host: ActorHost = {
      clock: this.#clock,
      logDirectory: this.#system.logDirectory,
      kept: this.#kept,
      emit: event => this.#emit(event),
      blockersOf: each => this.#standings.blockersOf(each),
      becameReady: each => this.#becameReady(each),
      isSilent: (each, pid) => void this.#explainSilence(each, pid),
      runProbe: (probe, signal) => this.#runProbe(service.name, probe.command, signal),
      environmentFor: each => this.#environments.forLaunch(this.#system, each),
      environmentNow: each => this.#environments.now(this.#system, each),
      inspectPortFor: each => this.#inspectors.portFor(each.name),
      runnerFor: each => this.#runnerFor(each),
      pauseWatch: (name, files) => this.#watches.pause(this.#actor(name).service, files),
      ...(this.#look && { look: this.#look }),
    };
    const actor = new Actor(service, host);
    actor.onPhase(() => {
      if (isLocal(actor.service))
        this.#containers.reviewLocal(actor.service, ['ready', 'unhealthy'].includes(actor.state.phase.id));
      this.#dns.phaseChanged(service.name);
      this.#reviewDependents(service.name);
    });
    actor.unavailable = unavailability(service, this.#system);
    if (this.#holds > 0) actor.hold('listener', true);
    this.#actors.set(service.name, actor);
  }

  async #dismiss(name: string, cause: Cause): Promise<void> {
    const actor = this.#actor(name);
    this.#monitor.forget(name);
    actor.signal({ type: 'stop', cause });
    await untilIdle(actor);
    await actor.close();
  }

  #forget(name: string): void {
    this.#kept.forget(this.#actor(name).recent);
    this.#actors.delete(name);
    this.#environments.forget(name);
    this.#builds.forget(name);
    this.#strays.forget(name);
  }

  /** A service that may be defined anew: restarted if it runs and a cause is given, watched by its new rules. */
  #apply(before: System, name: string, cause: Cause | undefined): void {
    const actor = this.#actor(name);
    const { service } = actor;
    actor.unavailable = unavailability(service, this.#system);
    this.#builds.forget(name);
    this.#watches.redefined(actor, before.services.get(name));
    if (cause === undefined || !isUp(actor)) return;
    actor.signal(actor.unavailable === undefined ? { type: 'restart', cause } : { type: 'stop', cause });
    if (actor.unavailable === undefined) this.#watches.begin(actor);
  }

  /** Running containers know by heart where this machine's services are; what is not started anew is not told. */
  #tellOfMoves(before: System, restarted: ReadonlySet<string>): void {
    for (const { service, name, status } of this.#actors.values()) {
      if (service.type !== 'container' || status.run === undefined || restarted.has(name)) continue;
      const moved = movedFor(service, before, this.#system);
      if (moved.length > 0) this.#notice(stillLooksFor(service, moved), name);
    }
  }

  #runnerFor(service: Service): Runner | undefined {
    if (service.type === 'container') return this.#containers.runner as Runner;
    return isLocal(service) ? this.#runner : undefined;
  }

  /** What all services need around them. */
  #beforeStart(services: readonly Service[]): void {
    if (services.some(({ type }) => type === 'container')) this.#containers.want();
    this.#names.start();
    this.#dns.start();
    this.#environments.forgetTold();
  }

  #notice(diagnostic: Diagnostic, service?: string): void {
    this.#emit({ type: 'notice', at: this.#clock.now(), ...(service !== undefined && { service }), diagnostic });
  }

  #emit(event: Event): void {
    this.#events.emit(event);
  }

  #actor(name: string): Actor {
    const actor = this.#actors.get(name);
    if (!actor) throw new Error(`there is no service "${name}"`);
    return actor;
  }
}

const isOutput = ({ type }: Event) => type === 'lines' || type === 'partial' || type === 'missed';

const isUp = (actor: Actor) => actor.state.want === 'up';

const isListenedOn = async (port: number) => (await portHolder(port, '127.0.0.1')) !== undefined;
