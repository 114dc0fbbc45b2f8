/** Saves of services that build first: one {@link Rebuild} for each, and for all instances of one that build the same. */
import type { Diagnostic } from '../diagnostic.js';
import type { Exit } from '../event.js';
import type { Command, Service } from '../system.js';
import { isLocal } from './availability.js';
import type { Clock } from './clock.js';
import { hookProblem } from './hooks.js';
import type { SaveCause } from './machine.js';
import { Rebuild } from './rebuild.js';

export interface BuildsHost {
  readonly clock: Clock;
  run(service: string, command: Command, label: string, options: { signal: AbortSignal }): Promise<Exit>;
  /** The new build is there. */
  built(service: string, cause: SaveCause): void;
  failed(service: string, problem: Diagnostic): void;
}

interface SharedRebuild {
  readonly rebuild: Rebuild;
  /** Those that a save has reached since the last build that succeeded. */
  readonly waiting: Map<string, Service>;
}

/** Instances of one service that have the same build do it once: two at a time would write the same files. */
function workOf(service: Service & { readonly cwd: string }, build: Command): string {
  return JSON.stringify(service.instance ? [service.instance.of, service.cwd, build.source] : service.name);
}

export class Builds {
  readonly #host: BuildsHost;
  readonly #rebuilds = new Map<string, SharedRebuild>();

  constructor(host: BuildsHost) {
    this.#host = host;
  }

  /** Whether a save has to go through {@link saved}. */
  static isNeeded(service: Service, cause: SaveCause): boolean {
    return isLocal(service) && service.rebuildOnChange && service.build !== undefined && cause.type === 'files';
  }

  saved(service: Service, cause: SaveCause): void {
    if (!isLocal(service) || !service.build) return;
    const work = workOf(service, service.build);
    const shared = this.#rebuilds.get(work) ?? this.#begin(service, service.build);
    this.#rebuilds.set(work, shared);
    shared.waiting.set(service.name, service);
    shared.rebuild.saved(cause);
  }

  #begin(service: Service, build: Command): SharedRebuild {
    const waiting = new Map<string, Service>();
    const first = () => [...waiting.values()][0] ?? service;
    const rebuild = new Rebuild({
      clock: this.#host.clock,
      build: signal => this.#host.run(first().name, build, 'build', { signal }),
      built: cause => {
        const names = [...waiting.keys()];
        waiting.clear();
        for (const name of names) this.#host.built(name, cause);
      },
      failed: exit => this.#failed(first(), build, exit),
    });
    return { rebuild, waiting };
  }

  stop(name: string): void {
    for (const { rebuild, waiting } of this.#rebuilds.values())
      if (waiting.delete(name) && waiting.size === 0) rebuild.stop();
  }

  stopAll(): void {
    for (const { rebuild } of this.#rebuilds.values()) rebuild.stop();
  }

  /** It is defined anew, or gone. */
  forget(name: string): void {
    this.stop(name);
    for (const [work, { waiting }] of this.#rebuilds) if (waiting.size === 0) this.#rebuilds.delete(work);
  }

  #failed(service: Service, build: Command, exit: Exit): void {
    const problem = hookProblem(service, build, 'build', exit);
    const hint = 'what runs is the old build; the next save builds again';
    if (problem) this.#host.failed(service.name, { ...problem, hint });
  }
}
