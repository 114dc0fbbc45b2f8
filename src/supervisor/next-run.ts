/** The process of a service's next launch, which can be made ready before it: when it is begun, and when it is given up. */
import type { Service } from '../system.js';
import type { Clock } from './clock.js';
import { SETTLE, SETTLE_PREPARED, type SettlePolicy } from './machine.js';
import type { LaunchOrder, Preparation, Runner } from './runners/runner.js';

/** A spare process (`warm: true`) is made when its service has been ready for so long, ms: no start waits for it. */
const WARM_AFTER_MS = 1000;

export interface NextRunHost {
  readonly clock: Clock;
  runnerFor(service: Service): Runner | undefined;
  /** What the next launch would be now. */
  order(): LaunchOrder;
}

export class NextRun {
  readonly #host: NextRunHost;
  #cancelWarming = () => {};
  /** Who has begun something for this service. */
  #began: Preparation | undefined;

  constructor(host: NextRunHost) {
    this.#host = host;
  }

  /** How long files must be quiet. A spare that waits already has no time to spend: one save is over soon. */
  settleOf(service: Service): SettlePolicy {
    const preparation = this.#preparationOf(service);
    if (!preparation || (isWarm(service) && preparation.isReady(service.name))) return SETTLE;
    return SETTLE_PREPARED;
  }

  /** Its process starts, and waits before user code. */
  begin(service: Service): void {
    this.#cancelWarming();
    const preparation = this.#preparationOf(service);
    if (preparation !== this.#began) this.#discard(service.name);
    this.#began = preparation;
    preparation?.begin(this.#host.order());
  }

  /** A new run of the service is ready: what is kept warm gets a spare. */
  warmUp(service: Service): void {
    if (!isWarm(service)) return;
    this.#cancelWarming();
    this.#cancelWarming = this.#host.clock.after(WARM_AFTER_MS, () => this.begin(service));
  }

  /** There will be no next launch, as far as anybody knows. */
  giveUp(service: Service): void {
    this.#cancelWarming();
    this.#discard(service.name);
  }

  /** It has ended, and nobody has stopped it: what is kept warm keeps its spare for the save that mends it. */
  rest(service: Service): void {
    if (!isWarm(service)) this.giveUp(service);
  }

  /** Whatever the service has become since: it may be a container now. */
  #discard(name: string): void {
    this.#began?.discard(name);
    this.#began = undefined;
  }

  #preparationOf(service: Service): Preparation | undefined {
    const preparation = this.#host.runnerFor(service)?.preparation;
    return preparation?.isPossible(service) ? preparation : undefined;
  }
}

const isWarm = (service: Service): boolean => service.type === 'node' && service.warm === true;
