/** Time that passes only when a test says so. */
import type { Clock } from '../../src/supervisor/clock.js';

export class ManualClock implements Clock {
  #now: number;
  readonly #timers = new Map<object, { readonly at: number; readonly callback: () => void }>();

  constructor(now = 1_000_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = {};
    this.#timers.set(timer, { at: this.#now + ms, callback });
    return () => void this.#timers.delete(timer);
  }

  /** Timers that are set now. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets `ms` pass: what is due by then happens in order, and what that promises settles before the next thing. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settled();
    for (let next = this.#due(end); next; next = this.#due(end)) {
      const [timer, { at, callback }] = next;
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, at);
      callback();
      await settled();
    }
    this.#now = end;
  }

  #due(end: number) {
    let first: [object, { readonly at: number; readonly callback: () => void }] | undefined;
    for (const entry of this.#timers) if (entry[1].at <= end && (!first || entry[1].at < first[1].at)) first = entry;
    return first;
  }
}

/** Settles when every promise that could settle has: they need no timer and no input. */
export function settled(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}
