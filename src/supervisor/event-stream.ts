/** Tells events to everyone who listens, in one order for all. */
import type { Event } from '../event.js';
import { letGo } from './lines-event.js';

type Listener = (event: Event) => void;

export class EventStream {
  readonly #listeners = new Set<Listener>();
  /** Events (and listeners that begin) that came while one was being told: everyone hears them in the same order. */
  readonly #untold: (Event | (() => void))[] = [];
  #isTelling = false;
  /** Those that may look at lines later. */
  readonly #keepers = new Set<Listener>();

  /** @param keepsLines Whether it may look at `lines` events after it has returned. */
  subscribe(listener: Listener, keepsLines = true): () => void {
    const own = (event: Event) => listener(event); // the same function may listen twice
    this.#listeners.add(own);
    if (keepsLines) this.#keepers.add(own);
    return () => {
      this.#listeners.delete(own);
      this.#keepers.delete(own);
    };
  }

  /**
   * Begins where every event that has happened is told: `begin` then sees the state that these events led to, and the listener
   * hears all that come after it.
   */
  subscribeAfter(begin: () => void, listener: Listener, keepsLines = true): () => void {
    let end: (() => void) | undefined;
    let isEnded = false;
    this.#tell(() => {
      if (isEnded) return;
      begin();
      end = this.subscribe(listener, keepsLines);
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
        if (typeof next === 'function') {
          next();
          continue;
        }
        for (const listener of [...this.#listeners]) if (this.#listeners.has(listener)) listener(next);
        if (next.type === 'lines' && this.#keepers.size === 0) letGo(next);
      }
    } finally {
      this.#isTelling = false;
    }
  }
}
