/** Carries out, for one service, what its state machine decides; feeds back what came of it; emits events. */
import type { ExecSession, ServiceStatus, TerminalOptions } from '../control.js';
import type { Diagnostic } from '../diagnostic.js';
import type { CrashError, Event, RunId, Watching } from '../event.js';
import type { RestartPolicy, Service, StopPolicy } from '../system.js';
import type { Clock } from './clock.js';
import { crashErrorOf, LOOKED_AT } from './crash-error.js';
import { Health, type LookAt } from './health.js';
import { LogFile } from './logs.js';
import {
  type Effect,
  initial,
  isLaunchAhead,
  type Policy,
  runOf,
  SETTLE,
  type ServiceState,
  type Signal,
  step,
  type Timer,
} from './machine.js';
import { NextRun } from './next-run.js';
import { Output } from './output.js';
import type { RunProbeCommand } from './probes/probe.js';
import { type KeptMemory, RecentLines } from './recent-lines.js';
import type { LaunchedAs, Run, Runner } from './runners/runner.js';
import { ServiceTerminal } from './service-terminal.js';

/** What an actor needs of the system around it. */
export interface ActorHost {
  readonly clock: Clock;
  readonly logDirectory: string;
  /** What all services keep of their output. */
  readonly kept: KeptMemory;
  emit(event: Event): void;
  /** The services that this one still waits for. */
  blockersOf(service: Service): readonly string[];
  /** The environment for a launch; the files that it is led to are written. */
  environmentFor(service: Service): Record<string, string>;
  /** The environment that a launch would get now. */
  environmentNow(service: Service): Record<string, string>;
  /** The inspector's port, where debugging is on for this service. */
  inspectPortFor(service: Service): number | undefined;
  /** Undefined: nothing here can run such a service. */
  runnerFor(service: Service): Runner | undefined;
  pauseWatch(name: string, files: readonly string[]): void;
  /** It was launched a while ago, and its port does not answer. `pid` leads its group. */
  isSilent(service: Service, pid: number): void;
  /** It is ready, in a run that was not ready before. */
  becameReady(service: Service): void;
  /** For `exec` probes. */
  readonly runProbe: RunProbeCommand;
  readonly look?: LookAt;
}

interface LiveRun {
  readonly id: RunId;
  readonly handle: Run;
  readonly startedAt: number;
  /** Undefined: not launched yet. */
  as: LaunchedAs | undefined;
  inspectPort: number | undefined;
  health: Health | undefined;
  wasReady: boolean;
  readonly terminal: ServiceTerminal;
  /** Its image is being pulled or built. */
  isGettingImage: boolean;
}

const NEVER: RestartPolicy = { when: 'never', limit: 0, windowMs: 0, backoffMs: 0, backoffMaxMs: 0, successCodes: [0] };
const AT_ONCE: StopPolicy = { signal: 'SIGTERM', graceMs: 0 };

export class Actor {
  readonly #host: ActorHost;
  #service: Service;
  #state: ServiceState = initial;
  #since: number;
  #run: LiveRun | undefined;
  readonly #timers = new Map<Timer, () => void>();
  readonly #recent: RecentLines;
  readonly #log: LogFile;
  readonly #nextRun: NextRun;
  /** Why reading is held: the log file, the listener, or both. */
  readonly #holders = new Set<string>();
  /** Signals that arrived while one was being worked on. */
  readonly #inbox: Signal[] = [];
  #isWorking = false;
  /** What the last run died of. */
  #error: CrashError | undefined;
  /** Who is told of every phase: those that wait for one. */
  readonly #watchers = new Set<() => void>();

  /** Set by the supervisor, shown in the status. */
  watching: Watching = 'off';
  tail: boolean;
  unavailable: string | undefined;

  constructor(service: Service, host: ActorHost) {
    this.#service = service;
    this.#host = host;
    this.#since = host.clock.now();
    this.tail = service.tail;
    this.#nextRun = new NextRun({
      clock: host.clock,
      runnerFor: each => host.runnerFor(each),
      order: () => ({
        service: this.#service,
        run: this.#state.lastRun + 1,
        environment: () => host.environmentNow(this.#service),
        inspectPort: host.inspectPortFor(this.#service),
      }),
    });
    this.#recent = new RecentLines(host.kept);
    this.#log = new LogFile({
      directory: host.logDirectory,
      service: service.name,
      onProblem: diagnostic => this.#notice(diagnostic),
      onPressure: isHigh => this.hold('log file', isHigh),
    });
  }

  get name(): string {
    return this.#service.name;
  }

  get service(): Service {
    return this.#service;
  }

  get state(): ServiceState {
    return this.#state;
  }

  /** Whether a launch waits for an image that is being pulled or built: nobody knows how long that takes. */
  get isGettingImage(): boolean {
    return this.#run?.isGettingImage ?? false;
  }

  get recent(): RecentLines {
    return this.#recent;
  }

  get log(): LogFile {
    return this.#log;
  }

  /** Takes a new definition; it holds from the next launch on. */
  redefine(service: Service): void {
    this.#service = service;
  }

  get status(): ServiceStatus {
    const { phase, cause, restarts, crashes, lastExit } = this.#state;
    const { name, type, groups, host, ports } = this.#service;
    const run = this.#run;
    return {
      name,
      type,
      groups,
      phase,
      cause,
      since: this.#since,
      run: run?.as && { id: run.id, pid: run.as.pid, container: run.as.container, startedAt: run.startedAt },
      restarts,
      crashes: crashes.length,
      lastExit,
      error: this.#error,
      waitingFor: phase.id === 'waiting' ? this.#host.blockersOf(this.#service) : [],
      host,
      ports,
      watching: this.watching,
      tail: this.tail,
      inspectPort: run?.inspectPort,
      unavailable: this.unavailable,
    };
  }

  /** Calls back after every change of phase until the returned function is called. */
  onPhase(callback: () => void): () => void {
    this.#watchers.add(callback);
    return () => this.#watchers.delete(callback);
  }

  /** Pauses (or goes on) reading the run's output for one reason; it flows when no reason is left. */
  hold(reason: string, isHeld: boolean): void {
    const before = this.#holders.size > 0;
    if (isHeld) this.#holders.add(reason);
    else this.#holders.delete(reason);
    const after = this.#holders.size > 0;
    if (before !== after) this.#run?.handle.hold(after);
  }

  /** Looks at the terminal of the live run; undefined: it has none. */
  openTerminal(options: TerminalOptions): ExecSession | undefined {
    return this.#run?.terminal.open(options);
  }

  /** Gives the machine a signal, after those that are being worked on. */
  signal(signal: Signal): void {
    this.#inbox.push(signal);
    if (this.#isWorking) return;
    this.#isWorking = true;
    try {
      for (let next = this.#inbox.shift(); next; next = this.#inbox.shift()) this.#take(next);
    } finally {
      this.#isWorking = false;
    }
  }

  /** Releases the log file. Nothing may run any more. */
  async close(): Promise<void> {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#nextRun.giveUp(this.#service);
    await this.#log.close();
  }

  get #policy(): Policy {
    const service = this.#service;
    return service.type === 'external'
      ? { restart: NEVER, stop: AT_ONCE, settle: SETTLE, chance: 0 }
      : {
          restart: service.restart,
          stop: service.stop,
          settle: this.#nextRun.settleOf(service),
          chance: Math.random(),
        };
  }

  #take(signal: Signal): void {
    const before = this.#state;
    const [after, effects] = step(before, signal, this.#policy, this.#host.clock.now());
    this.#state = after;
    if (signal.type === 'exited' && !signal.lingering) this.#forgetRun(signal.run);
    if (signal.type === 'emptied') this.#forgetRun(signal.run);
    if (before.phase !== after.phase) this.#phaseChanged(before, after);
    for (const effect of effects) this.#carryOut(effect);
    if (after.want === 'down') this.#nextRun.giveUp(this.#service);
    else if (after.phase.id === 'failed' || after.phase.id === 'completed') this.#nextRun.rest(this.#service);
    else if ((signal.type === 'files-changed' || signal.type === 'restart') && isLaunchAhead(after))
      this.#nextRun.begin(this.#service);
    if (after.phase !== before.phase) this.reviewDependencies();
  }

  /** Opens or closes the way of a waiting service, as what it waits for is there or not. */
  reviewDependencies(): void {
    if (this.#state.phase.id !== 'waiting') return;
    this.signal({ type: 'dependencies', ready: this.#host.blockersOf(this.#service).length === 0 });
  }

  #forgetRun(id: RunId): void {
    if (this.#run?.id !== id) return;
    this.#run.health?.stop();
    this.#run = undefined;
  }

  #phaseChanged(before: ServiceState, after: ServiceState): void {
    const now = this.#host.clock.now();
    if (before.phase.id !== after.phase.id) this.#since = now;
    const run = this.#run;
    const isFirstReady = after.phase.id === 'ready' && run !== undefined && !run.wasReady;
    if (isFirstReady) run.wasReady = true;
    const { phase } = after;
    if (phase.id === 'starting') this.#error = undefined;
    if ('exit' in phase && phase.exit !== undefined && after.want === 'up') this.#error ??= this.#crashError(before);
    this.#host.emit({
      type: 'phase',
      at: now,
      service: this.name,
      phase,
      previous: before.phase,
      cause: after.cause ?? { type: 'user', action: 'start' },
      restarts: after.restarts,
      ...(phase.id === 'waiting' && { waitingFor: this.#host.blockersOf(this.#service) }),
      ...('exit' in phase && this.#error && { error: this.#error }),
      ...(isFirstReady && { tookMs: now - run.startedAt }),
    });
    if (isFirstReady) {
      this.#nextRun.warmUp(this.#service);
      this.#host.becameReady(this.#service);
    }
    for (const callback of [...this.#watchers]) callback();
  }

  /** What the run that was there before died of, by its last lines. */
  #crashError(before: ServiceState): CrashError | undefined {
    const run = runOf(before.phase);
    const service = this.#service;
    if (run === undefined || (service.type !== 'process' && service.type !== 'node')) return undefined;
    const lines = this.#recent.newest(LOOKED_AT).filter(line => line.run === run);
    return crashErrorOf(
      lines.map(line => line.text),
      service.cwd,
    );
  }

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'launch':
        return this.#launch(effect.run);
      case 'terminate':
        this.#run?.health?.stop();
        return this.#run?.handle.terminate(this.#policy.stop.signal);
      case 'kill':
        this.#run?.health?.stop();
        return this.#run?.handle.kill();
      case 'arm':
        this.#timers.get(effect.timer)?.();
        this.#timers.set(
          effect.timer,
          this.#host.clock.after(effect.ms, () => {
            this.#timers.delete(effect.timer);
            this.signal({ type: 'timer-over', timer: effect.timer });
          }),
        );
        return;
      case 'disarm':
        this.#timers.get(effect.timer)?.();
        this.#timers.delete(effect.timer);
        return;
      case 'pause-watch':
        return this.#host.pauseWatch(this.name, effect.files);
    }
  }

  #launch(id: RunId): void {
    const service = this.#service;
    const runner = this.#host.runnerFor(service);
    if (runner === undefined) throw new Error(`nothing runs a service of type ${service.type}`);
    const { clock } = this.#host;
    const output = new Output(
      { service: this.name, run: id },
      {
        file: bytes => this.#log.write(bytes),
        keep: (at, stream, lines) => this.#recent.push(at, id, stream, lines),
        emit: event => this.#emitOutput(event),
      },
      clock,
    );
    this.#log.begin();
    const inspectPort = this.#host.inspectPortFor(service);
    const run: LiveRun = {
      id,
      startedAt: clock.now(),
      as: undefined,
      inspectPort,
      health: undefined,
      wasReady: false,
      terminal: new ServiceTerminal(() => (this.#run?.id === id ? run.handle.terminal : undefined)),
      isGettingImage: false,
      handle: runner.launch(
        { service, run: id, environment: () => this.#host.environmentFor(service), inspectPort },
        {
          progress: progress => {
            run.isGettingImage = progress.state === 'begun' || progress.state === 'going on';
            this.#host.emit({ type: 'progress', at: clock.now(), service: this.name, run: id, ...progress });
          },
          launched: as => this.#launched(run, as),
          health: (healthy, problem) => {
            // What the engine's return mends is no proof of a readiness that is decided elsewhere.
            if (healthy && !run.as?.tellsHealth && !run.wasReady) return;
            this.signal({ type: 'probed', run: id, healthy, ...(problem !== undefined && { problem }) });
          },
          output: (stream, chunk) => output.push(stream, run.handle.terminal ? run.terminal.take(chunk) : chunk),
          outputEnded: stream => output.end(stream),
          exited: (exit, lingering) => {
            run.terminal.end(exit);
            this.signal({ type: 'exited', run: id, exit, lingering });
          },
          emptied: () => this.signal({ type: 'emptied', run: id }),
        },
      ),
    };
    this.#run = run;
    if (this.#holders.size > 0) run.handle.hold(true);
  }

  #launched(run: LiveRun, as: LaunchedAs): void {
    run.as = as;
    const { clock, runProbe, look } = this.#host;
    this.#host.emit({
      type: 'launched',
      at: clock.now(),
      service: this.name,
      run: run.id,
      ...(as.pid !== undefined && { pid: as.pid }),
      ...(as.container !== undefined && { container: as.container }),
      ...(run.inspectPort !== undefined && { inspectPort: run.inspectPort }),
    });
    if (runOf(this.#state.phase) !== run.id || this.#state.phase.id !== 'starting') return;
    run.health = new Health({
      service: this.#service,
      isReadyTold: as.tellsHealth ?? false,
      clock,
      run: runProbe,
      ...(look && { look }),
      ...(run.handle.isAtRest && { isAtRest: () => run.handle.isAtRest!() }),
      silent: () => as.pid !== undefined && this.#host.isSilent(this.#service, as.pid),
      ready: () => this.signal({ type: 'probed', run: run.id, healthy: true }),
      unready: problem => this.signal({ type: 'probed', run: run.id, healthy: false, problem }),
      unresponsive: problem => this.signal({ type: 'unresponsive', run: run.id, problem }),
    });
  }

  #emitOutput(event: Event): void {
    const { health, id } = this.#run ?? {};
    // Before it is told: afterwards its lines may be gone.
    if (health?.isListening && event.type === 'lines') void event.lines;
    this.#host.emit(event);
    if (!health?.isListening || this.#run?.id !== id) return;
    if (event.type === 'lines' && event.run === id) health.sees(event.lines, false);
    if (event.type === 'partial' && event.run === id) health.sees([event.text], true);
  }

  #notice(diagnostic: Diagnostic): void {
    this.#host.emit({ type: 'notice', at: this.#host.clock.now(), service: this.name, diagnostic });
  }
}

/** Whether a service in this state is, or will be by itself, running. */
export function isBusy(state: ServiceState): boolean {
  return !['stopped', 'completed', 'failed'].includes(state.phase.id);
}
