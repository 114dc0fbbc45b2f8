// Which services have registered, and which of them still give a sign of life.

/** A service that has been silent for this long counts as gone: three missed heartbeats. */
export const SILENCE_MS = 1_500;

export class Registry {
  #entries = new Map();
  #now;

  constructor(now = Date.now) {
    this.#now = now;
  }

  /** A service says hello, or that it is still there. */
  put(name, { port, pid, startedAt }) {
    this.#entries.set(name, { port, pid, startedAt, heardAt: this.#now() });
  }

  /** A service says goodbye. One that was replaced meanwhile (another pid) does not take its successor with it. */
  remove(name, pid) {
    if (this.#entries.get(name)?.pid === pid) this.#entries.delete(name);
  }

  /** What is known of a service; `answers` is false where it never came, has left, or fell silent. */
  get(name) {
    const entry = this.#entries.get(name);
    if (!entry) return { name, answers: false };
    const { port, pid, startedAt, heardAt } = entry;
    return { name, answers: this.#now() - heardAt < SILENCE_MS, port, pid, startedAt };
  }
}
