/** How the services of a system stand to each other now: who waits for whom, and whether that will come. */
import { CONTAINER_ENGINE } from '../control.js';
import type { Service } from '../system.js';
import type { Actor } from './actor.js';
import type { Containers } from './containers.js';
import { blockersOf, isHopeless, type Standing } from './dependencies.js';

export class Standings {
  readonly #actorOf: (name: string) => Actor | undefined;
  readonly #containers: Containers;

  constructor(actorOf: (name: string) => Actor | undefined, containers: Containers) {
    this.#actorOf = actorOf;
    this.#containers = containers;
  }

  /** What it still waits for: services, and of a container the engine. */
  blockersOf(service: Service): readonly string[] {
    const blockers = blockersOf(service, this.#of);
    return service.type === 'container' && !this.#containers.isConnected ? [CONTAINER_ENGINE, ...blockers] : blockers;
  }

  /** Whether what it waits for will not come by itself. */
  isHopeless(service: Service): boolean {
    return this.#lacksEngine(service) || isHopeless(service, this.#of);
  }

  /** It, or something it waits for, waits for an image that is being pulled or built. */
  awaitsImage(actor: Actor): boolean {
    if (actor.isGettingImage) return true;
    if (actor.state.phase.id !== 'waiting') return false;
    return blockersOf(actor.service, this.#of).some(name => {
      const other = this.#actorOf(name);
      return other !== undefined && this.awaitsImage(other);
    });
  }

  readonly #of = (name: string): Standing | undefined => {
    const actor = this.#actorOf(name);
    if (!actor) return undefined;
    const { service, state, unavailable } = actor;
    // A container that nothing here runs is somebody else's: whoever needs it takes it for granted.
    const isElsewhere = service.type === 'external' || (service.type === 'container' && unavailable !== undefined);
    return {
      service,
      state,
      isElsewhere,
      isUnavailable: unavailable !== undefined && !isElsewhere,
      lacksEngine: this.#lacksEngine(service),
    };
  };

  #lacksEngine(service: Service): boolean {
    return service.type === 'container' && this.#containers.isMissing;
  }
}
