// Packs orders, one after the other, for as long as it is asked to.
import { setTimeout as pause } from 'node:timers/promises';
import * as queue from '../common/queue.js';

/** ms until it looks again for a Redis that is away. */
const RETRY_MS = 250;

export class Worker {
  #redis;
  #workMs;
  #log;
  #isStopping = false;
  #isBusy = false;
  /** What it has packed since it began, the newest first. */
  packed = [];

  constructor(redis, { workMs = 0, log = console.log } = {}) {
    this.#redis = redis;
    this.#workMs = workMs;
    this.#log = log;
  }

  /** Ends after {@link stop}. */
  async run() {
    let isAway = false;
    while (!this.#isStopping) {
      try {
        const order = await queue.take(this.#redis);
        isAway = false;
        this.#isBusy = true;
        await this.#pack(order);
      } catch (error) {
        if (this.#isStopping) return;
        if (!isAway) this.#log(`Redis is away: ${error.message}`);
        isAway = true;
        await pause(RETRY_MS);
      } finally {
        this.#isBusy = false;
        if (this.#isStopping) this.#redis.close();
      }
    }
  }

  /** The order under way is packed; another is not begun. */
  stop() {
    this.#isStopping = true;
    if (!this.#isBusy) this.#redis.close();
  }

  async #pack({ id, item, count }) {
    await pause(this.#workMs);
    const answer = `packed ${count} × ${item}`;
    await queue.finish(this.#redis, id, answer);
    this.packed.unshift({ id, answer });
    this.#log(`order ${id}: ${answer}`);
  }
}
