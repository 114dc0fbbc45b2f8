/** Tells events to everyone who listens, in one order for all. */
import type { Event } from '../event.js';

export class EventStream {
  readonly #listeners = new Set<(event: Event) => void>();
  /** Events that came while one was being told: everyone hears them in the same order. */
  readonly #untold: Event[] = [];
  #isTelling = false;

  subscribe(listener: (event: Event) => void): () => void {
    const own = (event: Event) => listener(event); // the same function may listen twice
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  emit(event: Event): void {
    this.#untold.push(event);
    if (this.#isTelling) return;
    this.#isTelling = true;
    try {
      for (let next = this.#untold.shift(); next; next = this.#untold.shift())
        for (const listener of [...this.#listeners]) if (this.#listeners.has(listener)) listener(next);
    } finally {
      this.#isTelling = false;
    }
  }
}
