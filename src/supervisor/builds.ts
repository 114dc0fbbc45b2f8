/** Saves of services that build first: one {@link Rebuild} for each. */
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

export class Builds {
  readonly #host: BuildsHost;
  readonly #rebuilds = new Map<string, Rebuild>();

  constructor(host: BuildsHost) {
    this.#host = host;
  }

  /** Whether a save has to go through {@link saved}. */
  static isNeeded(service: Service, cause: SaveCause): boolean {
    return isLocal(service) && service.rebuildOnChange && service.build !== undefined && cause.type === 'files';
  }

  saved(service: Service, cause: SaveCause): void {
    if (!isLocal(service) || !service.build) return;
    const { name, build } = service;
    let rebuild = this.#rebuilds.get(name);
    if (!rebuild) {
      rebuild = new Rebuild({
        clock: this.#host.clock,
        build: signal => this.#host.run(name, build, 'build', { signal }),
        built: built => this.#host.built(name, built),
        failed: exit => this.#failed(service, build, exit),
      });
      this.#rebuilds.set(name, rebuild);
    }
    rebuild.saved(cause);
  }

  stop(name: string): void {
    this.#rebuilds.get(name)?.stop();
  }

  stopAll(): void {
    for (const rebuild of this.#rebuilds.values()) rebuild.stop();
  }

  /** It is defined anew, or gone. */
  forget(name: string): void {
    this.stop(name);
    this.#rebuilds.delete(name);
  }

  #failed(service: Service, build: Command, exit: Exit): void {
    const problem = hookProblem(service, build, 'build', exit);
    const hint = 'what runs is the old build; the next save builds again';
    if (problem) this.#host.failed(service.name, { ...problem, hint });
  }
}
