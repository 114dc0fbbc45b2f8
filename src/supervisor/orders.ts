/** Gives orders to services: who is told what in which order, and what comes of it. */
import type { Outcome, StartOptions } from '../control.js';
import type { Diagnostic } from '../diagnostic.js';
import type { Cause } from '../event.js';
import { startLevels, withDependencies } from '../graph.js';
import type { Service, System } from '../system.js';
import { type Actor, isBusy } from './actor.js';
import { debugProblem, notAvailable } from './availability.js';
import type { Clock } from './clock.js';
import type { Inspectors } from './inspectors.js';
import { awaitOutcome, START_PATIENCE_MS } from './outcome.js';
import type { Standings } from './standings.js';

export interface OrdersHost {
  readonly clock: Clock;
  readonly inspectors: Inspectors;
  readonly standings: Standings;
  system(): System;
  /** Throws where there is none of that name. */
  actor(name: string): Actor;
  /** Whether this fuge is registered as the one that runs the system. */
  isClaimed(): boolean;
  /** Registers it; gives the reason why it must not. */
  takeClaim(): Promise<Diagnostic | undefined>;
  isClosing(): boolean;
  /** These are about to start: what they need around them is begun. */
  beforeStart(services: readonly Service[]): void;
  /** This one is about to start. */
  starts(actor: Actor): void;
  /** This one is about to end. */
  ends(name: string): void;
  /** Any service changed its phase or how it gets its image, or the engine came or went. */
  onAnyChange(callback: () => void): () => void;
}

export class Orders {
  readonly #host: OrdersHost;
  /** Orders wait for it, one behind the other: none overtakes an earlier one. */
  #claiming: Promise<Diagnostic | undefined> = Promise.resolve(undefined);

  constructor(host: OrdersHost) {
    this.#host = host;
  }

  claim(): Promise<Diagnostic | undefined> {
    if (!this.#host.isClaimed()) this.#claiming = this.#claiming.then(() => this.#host.takeClaim());
    return this.#claiming;
  }

  /** Settles when no order waits to be given any more. */
  async settled(): Promise<void> {
    await this.#claiming;
  }

  async start(
    names: readonly string[],
    action: 'start' | 'debug' | 'switch',
    options: StartOptions,
  ): Promise<readonly Outcome[]> {
    const { actor: actorOf, inspectors, system } = this.#host;
    const asked = new Set(names);
    for (const name of names) actorOf(name);
    let delayMs = 0;
    return this.#each(withDependencies(system(), names), options, actor => {
      const { service } = actor;
      if (options.debug && asked.has(service.name)) {
        const problem = debugProblem(service);
        if (problem) return problem;
        inspectors.turnOn(service.name);
        if (isBusy(actor.state)) return void actor.signal({ type: 'restart', cause: { type: 'user', action } });
      } else if (!isBusy(actor.state)) inspectors.turnOff(service.name);
      // The delays of one command add up in start order, as when fuge 2 started one service after another.
      if (service.type !== 'external' && !isBusy(actor.state)) delayMs += service.delayMs;
      actor.signal({ type: 'start', cause: { type: 'user', action }, delayMs });
      return undefined;
    });
  }

  restart(names: readonly string[], options: StartOptions): Promise<readonly Outcome[]> {
    return this.#each(names, options, actor => {
      if (options.debug) {
        const problem = debugProblem(actor.service);
        if (problem) return problem;
        this.#host.inspectors.turnOn(actor.name);
      }
      actor.signal({ type: 'restart', cause: { type: 'user', action: 'restart' } });
      return undefined;
    });
  }

  async end(names: readonly string[], cause: Cause, type: 'stop' | 'kill'): Promise<readonly Outcome[]> {
    const { actor: actorOf, clock, ends, system } = this.#host;
    const startedAt = clock.now();
    const ended = new Map<string, Outcome>();
    const end = async (name: string): Promise<void> => {
      const actor = actorOf(name);
      ends(name);
      actor.signal({ type, cause });
      await untilIdle(actor);
      const result = actor.state.want === 'down' ? 'stopped' : 'superseded';
      ended.set(name, { service: name, result, tookMs: clock.now() - startedAt });
    };
    for (const name of names) actorOf(name);
    await this.#claiming; // an earlier start
    // What depends on others ends before them; SIGKILL waits for nobody.
    if (type === 'kill') await Promise.all(names.map(end));
    else for (const level of startLevels(system(), names).reverse()) await Promise.all(level.map(end));
    return names.map(name => ended.get(name)!);
  }

  /** Gives each service its order and waits for what comes of it. */
  async #each(
    names: readonly string[],
    options: StartOptions,
    order: (actor: Actor) => Diagnostic | undefined,
  ): Promise<readonly Outcome[]> {
    const { actor: actorOf, beforeStart, clock, isClosing, onAnyChange, standings, starts } = this.#host;
    const startedAt = clock.now();
    const ordered = this.#inStartOrder(names);
    void this.claim();
    if (options.debug) this.#claiming = this.#claiming.then(refusal => this.#reserveInspectors(names, refusal));
    const refusal = await this.#claiming;
    if (refusal)
      return ordered.map(name => ({ service: name, result: 'failed', tookMs: 0, problem: refusal }) as const);
    const wait = {
      clock,
      since: startedAt,
      patienceMs: options.patienceMs ?? START_PATIENCE_MS,
      isHopeless: ({ service }: Actor) => standings.isHopeless(service),
      awaitsImage: (actor: Actor) => standings.awaitsImage(actor),
      onAnyChange,
    };
    beforeStart(ordered.map(name => actorOf(name).service));
    const pending = ordered.map(name => {
      const actor = actorOf(name);
      const { unavailable } = actor;
      if (unavailable !== undefined)
        return {
          service: name,
          result: 'unavailable',
          tookMs: 0,
          problem: notAvailable(actor.service, unavailable),
        } as const;
      if (isClosing()) return { service: name, result: 'superseded', tookMs: 0 } as const;
      const problem = order(actor);
      if (problem) return { service: name, result: 'failed', tookMs: 0, problem } as const;
      starts(actor);
      return awaitOutcome(actor, wait);
    });
    return Promise.all(pending);
  }

  async #reserveInspectors(names: readonly string[], refusal: Diagnostic | undefined): Promise<Diagnostic | undefined> {
    const { inspectors, system } = this.#host;
    const declared = [...system().services.values()].flatMap(service => service.ports.map(port => port.host));
    await inspectors.reserve(names, new Set(declared));
    return refusal;
  }

  /** Containers first, then file order: fuge 2's order of starting. */
  #inStartOrder(names: readonly string[]): string[] {
    const { actor: actorOf, system } = this.#host;
    const wanted = new Set(names);
    for (const name of names) actorOf(name);
    const all = [...system().services.values()].filter(service => wanted.has(service.name));
    const isContainer = (service: Service) => service.type === 'container';
    return [...all.filter(isContainer), ...all.filter(service => !isContainer(service))].map(service => service.name);
  }
}

/** Settles when nothing of the service runs and nothing will by itself. */
export function untilIdle(actor: Actor): Promise<void> {
  if (!isBusy(actor.state)) return Promise.resolve();
  return new Promise(resolve => {
    const end = actor.onPhase(() => {
      if (isBusy(actor.state)) return;
      end();
      resolve();
    });
  });
}
