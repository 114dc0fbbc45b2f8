/** Tells events to everyone who listens, in one order for all. */
import type { Event } from '../event.js';

type Listener = (event: Event) => void;

export class EventStream {
  readonly #listeners = new Set<Listener>();
  /** Events (and listeners that begin) that came while one was being told: everyone hears them in the same order. */
  readonly #untold: (Event | (() => void))[] = [];
  #isTelling = false;

  subscribe(listener: Listener): () => void {
    const own = (event: Event) => listener(event); // the same function may listen twice
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /**
   * Begins where every event that has happened is told: `begin` then sees the state that these events led to, and the listener
   * hears all that come after it.
   */
  subscribeAfter(begin: () => void, listener: Listener): () => void {
    let end: (() => void) | undefined;
    let isEnded = false;
    this.#tell(() => {
      if (isEnded) return;
      begin();
      end = this.subscribe(listener);
    });
    return () => {
      isEnded = true;
      end?.();
    };
  }

  emit(event: Event): void {
    this.#tell(event);
  }

  #tell(what: Event | (() => void)): void {
    this.#untold.push(what);
    if (this.#isTelling) return;
    this.#isTelling = true;
    try {
      for (let next = this.#untold.shift(); next; next = this.#untold.shift()) {
        if (typeof next === 'function') next();
        else for (const listener of [...this.#listeners]) if (this.#listeners.has(listener)) listener(next);
      }
    } finally {
      this.#isTelling = false;
    }
  }
}
