/**
 * Runs a service as a container of the engine.
 *
 * Its end is told by the engine's events, and looked up again whenever the stream of its output ends or the engine was
 * gone for a while: no single message is relied on. It has ended for good when it is removed (or, where it is kept, stopped).
 */
import type { ContainerHook } from '../../container.js';
import type { Diagnostic } from '../../diagnostic.js';
import type { Exit, StreamName } from '../../event.js';
import type { ContainerService } from '../../system.js';
import type { Clock } from '../clock.js';
import { type Attachment, type ContainerFacts, type Engine, EngineError, type EngineEvent } from '../engine/engine.js';
import { ResumedOutput } from '../engine/resumed-output.js';
import { ENGINE_RESTARTED, exitOf, healthProblem } from './container-exit.js';
import { type HookKey, runContainerHooks } from './container-hooks.js';
import { type LaunchOrder, type Progress, type Run, type Runner, type RunReport, withEnvironment } from './runner.js';

/** Output that follows the end of a container is waited for no longer than this, ms. */
const LONGEST_DRAIN_MS = 1000;
/** Output ends a moment before its container does: so long, ms, it is not taken for a broken connection. */
const END_FOLLOWS_MS = 200;
/** The first line of a run may be older than the moment that the engine gives for its start, by up to so many ms. */
const START_LAG_MS = 50;
/** ms between two tries while the engine does not answer, though nobody has noticed that it is gone. */
const RETRY_MS = 250;
/** ms after which an engine that says nothing to a kill is given up: a stop must end. */
const KILL_PATIENCE_MS = 10_000;

/** A launch failed for a reason that can be told. */
export class LaunchRefusal extends Error {
  override readonly name = 'LaunchRefusal';
  readonly problem: Diagnostic;

  constructor(problem: Diagnostic) {
    super(problem.message);
    this.problem = problem;
  }
}

/** A container that is ready to be started. */
export interface PreparedContainer {
  readonly id: string;
  /** It never ran before: its whole log is of this run. */
  readonly isNew: boolean;
  /** The signal that asks it to end; undefined: what the service's stop policy says. */
  readonly stopSignal: string | undefined;
  /** It has a health check that decides whether it is ready. */
  readonly tellsHealth: boolean;
}

/** What a run needs of the engine and of the system around it. */
export interface ContainerHost {
  readonly clock: Clock;
  /** Settles when there is an engine; rejects when the signal aborts before. */
  connected(signal: AbortSignal): Promise<Engine>;
  /** Image, networks, volumes and the container itself. Rejects with a {@link LaunchRefusal} or an {@link EngineError}. */
  prepare(
    engine: Engine,
    order: LaunchOrder<ContainerService>,
    options: { signal: AbortSignal; progress(progress: Progress): void; output(text: string): void },
  ): Promise<PreparedContainer>;
  /** Why the engine did not start it. */
  startProblem(engine: Engine, service: ContainerService, error: EngineError): Promise<Diagnostic>;
  /** Events of one container, and the coming and going (undefined) of the engine. */
  follow(id: string, follower: ContainerFollower): () => void;
}

export interface ContainerFollower {
  heard(event: EngineEvent): void;
  engineChanged(engine: Engine | undefined): void;
}

export function createContainerRunner(host: ContainerHost): Runner<ContainerService> {
  return { launch: (order, report) => new ContainerRun(host, order, report) };
}

class ContainerRun implements Run {
  readonly #host: ContainerHost;
  readonly #order: LaunchOrder<ContainerService>;
  readonly #report: RunReport;
  readonly #abort = new AbortController();
  readonly #output: ResumedOutput;
  #engine: Engine | undefined;
  #container: PreparedContainer | undefined;
  #startedAt = 0;
  #attachment: Attachment | undefined;
  #hasOutputEnded = false;
  #outputEnded: () => void = () => {};
  #unfollow: (() => void) | undefined;
  /** Timers that are set now: none outlives the run. */
  readonly #timers = new Set<() => void>();
  #isLaunched = false;
  #isHeld = false;
  #isFinishing = false;
  #isOver = false;
  /** What it was last asked to end by: told again to an engine that comes back. */
  #askedToEnd: string | undefined;
  /** The code that the event of its end brought. */
  #code: number | undefined;
  /** The engine was gone since it was last looked at. */
  #wasLost = false;

  constructor(host: ContainerHost, order: LaunchOrder<ContainerService>, report: RunReport) {
    this.#host = host;
    this.#order = withEnvironment(order); // however long its image takes
    this.#report = report;
    this.#output = new ResumedOutput((stream, chunk) => report.output(stream, chunk));
    // Never from within launch(): the actor has to know this run first.
    queueMicrotask(() => void this.#start());
  }

  terminate(signal: NodeJS.Signals): void {
    this.#askToEnd(this.#container?.stopSignal ?? signal);
  }

  kill(): void {
    if (this.#isOver) return;
    this.#after(KILL_PATIENCE_MS, () => this.#giveUp());
    this.#askToEnd('SIGKILL');
  }

  /** The engine says nothing. */
  #giveUp(): void {
    const exit: Exit = { reason: 'signal', signal: 'SIGKILL' };
    if (!this.#isLaunched) return this.#neverRan(exit);
    this.#engine = undefined;
    void this.#finish(exit);
  }

  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#attachment?.hold(isHeld);
  }

  #askToEnd(signal: string): void {
    this.#askedToEnd = signal;
    if (!this.#isLaunched) return this.#abort.abort();
    const { preStop } = this.#order.service;
    if (signal === 'SIGKILL' || preStop.length === 0) return void this.#signal(signal);
    void this.#runInside(preStop, 'pre_stop').then(() => this.#signal(signal));
  }

  #runInside(hooks: readonly ContainerHook[], key: HookKey): Promise<Diagnostic | undefined> {
    const { service } = this.#order;
    const output = (stream: StreamName, chunk: Buffer) => this.#report.output(stream, chunk);
    return runContainerHooks({ engine: this.#engine, container: this.#container?.id, service, hooks, key, output });
  }

  async #signal(signal: string): Promise<void> {
    try {
      if (this.#engine && this.#container) return await this.#engine.signalContainer(this.#container.id, signal);
    } catch {
      if (this.#engine) return; // it ended meanwhile, or the engine is about to be missed
    }
    // A stop must end, also where the engine is gone: what is left then is swept by the next start.
    if (signal === 'SIGKILL') void this.#finish({ reason: 'signal', signal });
  }

  async #start(): Promise<void> {
    const { signal } = this.#abort;
    for (;;) {
      try {
        const engine = await this.#host.connected(signal);
        this.#engine = engine;
        await this.#bringUp(engine);
        return;
      } catch (error) {
        if (signal.aborted) return this.#neverRan({ reason: 'signal', signal: 'SIGTERM' });
        if (error instanceof LaunchRefusal) return this.#neverRan({ reason: 'not-started', problem: error.problem });
        if (!(error instanceof EngineError && error.isUnreachable)) throw error;
        await Promise.race([this.#pause(RETRY_MS), abortOf(signal)]);
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise(resolve => void this.#after(ms, resolve));
  }

  #after(ms: number, callback: () => void): () => void {
    const stop = this.#host.clock.after(ms, () => {
      this.#timers.delete(cancel);
      callback();
    });
    const cancel = () => {
      this.#timers.delete(cancel);
      stop();
    };
    this.#timers.add(cancel);
    return cancel;
  }

  async #bringUp(engine: Engine): Promise<void> {
    const report = this.#report;
    const { signal } = this.#abort;
    const { service } = this.#order;
    const container = await this.#host.prepare(engine, this.#order, {
      signal,
      progress: progress => report.progress(progress),
      output: text => report.output('stdout', Buffer.from(text)),
    });
    this.#container = container;
    try {
      signal.throwIfAborted();
      this.#unfollow = this.#host.follow(container.id, {
        heard: event => this.#heard(event),
        engineChanged: current => void this.#engineChanged(current),
      });
      this.#attachment = await engine.attach(
        container.id,
        this.#output.live(() => this.#outputStopped()),
      );
      this.#attachment.hold(this.#isHeld);
      signal.throwIfAborted();
      await engine.startContainer(container.id);
      const problem = await this.#runInside(service.postStart, 'post_start');
      // One that has ended already says more by its own end.
      if (problem && (await engine.inspectContainer(container.id))?.state === 'running')
        throw new LaunchRefusal(problem);
    } catch (error) {
      this.#letGo();
      if (!service.keep || container.isNew) await engine.removeContainer(container.id).catch(() => {});
      if (signal.aborted || !(error instanceof EngineError) || error.isUnreachable) throw error;
      throw new LaunchRefusal(await this.#host.startProblem(engine, service, error));
    }
    // It runs now, whatever becomes of the engine.
    const facts = await engine.inspectContainer(container.id).catch(() => 'unknown' as const);
    if (facts === 'unknown') return this.#launched(container);
    this.#launched(container, { facts, isLocal: engine.isLocal });
    this.#judge(facts);
  }

  #launched(container: PreparedContainer, seen?: { facts: ContainerFacts | undefined; isLocal: boolean }): void {
    this.#isLaunched = true;
    this.#startedAt = seen?.facts?.startedAt ?? 0;
    this.#report.launched({
      container: container.id,
      ...(seen?.isLocal && seen.facts?.pid && { pid: seen.facts.pid }),
      tellsHealth: container.tellsHealth,
    });
    if (this.#abort.signal.aborted) void this.#signal(this.#askedToEnd ?? 'SIGTERM');
    if (!seen) void this.#engineChanged(this.#engine);
  }

  #neverRan(exit: Exit): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelTimers();
    this.#report.outputEnded('stdout');
    this.#report.outputEnded('stderr');
    this.#report.exited(exit, false);
  }

  #heard(event: EngineEvent): void {
    // While a container is removed by force it looks as if it had ended well; its last event knows better.
    if (event.action === 'die') this.#code = Number(event.attributes.exitCode ?? Number.NaN);
    if (!this.#isLaunched) return; // it is looked at when it is
    if (event.action === 'die' || event.action === 'destroy' || event.action.startsWith('health_status'))
      void this.#look();
  }

  /** The stream ends with the container, or with the connection. */
  #outputStopped(): void {
    this.#hasOutputEnded = true;
    this.#outputEnded();
    this.#after(END_FOLLOWS_MS, () => {
      if (this.#isLaunched && this.#hasOutputEnded) void this.#look({ resume: true });
    });
  }

  async #engineChanged(engine: Engine | undefined): Promise<void> {
    this.#engine = engine;
    if (!this.#isLaunched || this.#isOver) return;
    if (!engine) {
      this.#wasLost = true;
      if (this.#askedToEnd === 'SIGKILL') return this.#finish({ reason: 'signal', signal: 'SIGKILL' });
      this.#report.health(false, 'the container engine does not answer');
      return;
    }
    if (this.#askedToEnd !== undefined) void this.#signal(this.#askedToEnd);
    await this.#look({ resume: true });
  }

  /** Asks the engine how the container is, and draws the conclusion. */
  async #look(options: { resume?: boolean } = {}): Promise<void> {
    const engine = this.#engine;
    const id = this.#container?.id;
    if (!engine || id === undefined || this.#isFinishing) return;
    let facts: ContainerFacts | undefined;
    try {
      facts = await engine.inspectContainer(id);
    } catch {
      return; // the engine is gone: it is looked at again when it is back
    }
    if (engine !== this.#engine || this.#isFinishing) return;
    // One that ended while the engine was away has printed its last lines to its log only.
    if (options.resume && facts && (facts.state === 'running' || this.#wasLost)) await this.#resume(engine, id);
    if (engine !== this.#engine) return;
    this.#judge(facts);
  }

  #judge(facts: ContainerFacts | undefined): void {
    if (this.#isFinishing) return;
    const wasLost = this.#wasLost;
    this.#wasLost = false;
    if (facts && (facts.state === 'running' || facts.state === 'paused' || facts.state === 'restarting')) {
      if (!this.#container?.tellsHealth) {
        if (wasLost) this.#report.health(true);
      } else if (facts.health === 'healthy') this.#report.health(true);
      else if (facts.health === 'unhealthy') this.#report.health(false, healthProblem(facts));
      return;
    }
    // A task that has done its work has ended by itself, whatever else happened meanwhile.
    const isDone = this.#order.service.once && facts?.exitCode === 0;
    void this.#finish(wasLost && !isDone ? ENGINE_RESTARTED : exitOf(facts, this.#code));
  }

  /** Goes on with the output where it broke off. */
  async #resume(engine: Engine, id: string): Promise<void> {
    this.#attachment?.close();
    this.#hasOutputEnded = false;
    try {
      const sink = this.#output.replay(() => this.#outputStopped());
      const attachment = await engine.logs(id, sink, {
        ...(!this.#container?.isNew && { since: this.#startedAt - START_LAG_MS }),
        follow: true,
      });
      // Somebody may have begun once more meanwhile.
      this.#attachment?.close();
      this.#attachment = attachment;
      attachment.hold(this.#isHeld);
      if (this.#isFinishing && this.#unfollow === undefined) attachment.close();
    } catch (error) {
      // The engine is gone again; or its log can't be read (`logging: {driver: none}`), and only what comes now is to be had.
      if (error instanceof EngineError && !error.isUnreachable) await this.#attachAgain(engine, id);
    }
  }

  async #attachAgain(engine: Engine, id: string): Promise<void> {
    try {
      this.#attachment = await engine.attach(
        id,
        this.#output.live(() => this.#outputStopped()),
      );
      this.#attachment.hold(this.#isHeld);
    } catch {
      // it has ended meanwhile, or the engine is gone
    }
  }

  async #finish(exit: Exit): Promise<void> {
    if (this.#isFinishing) return;
    this.#isFinishing = true;
    const engine = this.#engine;
    if (engine) await this.#drain();
    this.#letGo();
    this.#report.outputEnded('stdout');
    this.#report.outputEnded('stderr');
    this.#report.exited(exit, true);
    const id = this.#container?.id;
    if (engine && id !== undefined && !this.#order.service.keep)
      await Promise.race([engine.removeContainer(id).catch(() => {}), this.#pause(KILL_PATIENCE_MS)]);
    this.#isOver = true;
    this.#cancelTimers();
    this.#report.emptied();
  }

  /** What it printed last is still on its way. */
  async #drain(): Promise<void> {
    if (this.#hasOutputEnded) return;
    await new Promise<void>(resolve => {
      this.#outputEnded = resolve;
      const look = () => {
        // Nobody reads just now: that is not the end of the output.
        if (this.#isHeld) this.#after(LONGEST_DRAIN_MS, look);
        else resolve();
      };
      this.#after(LONGEST_DRAIN_MS, look);
    });
  }

  #letGo(): void {
    this.#unfollow?.();
    this.#unfollow = undefined;
    this.#attachment?.close();
  }

  #cancelTimers(): void {
    for (const cancel of [...this.#timers]) cancel();
  }
}

function abortOf(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }));
}
