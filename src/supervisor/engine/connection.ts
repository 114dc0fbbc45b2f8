/**
 * The connection to the container engine: made when the first container wants it, and made again whenever it breaks.
 *
 *     idle ─want()─► looking ─answer─► connected ─stream of events ends─► looking …
 *
 * While it looks, it tries again and again: an engine that is started later is found then.
 */
import type { Clock } from '../clock.js';
import type { Attachment, Engine, EngineEvent } from './engine.js';

/** First pause between two tries, ms; each further one is half as long again. */
const RETRY_FIRST_MS = 100;
/** ms that the pauses grow to. */
const RETRY_LATER_MS = 2000;

export interface ConnectionOptions {
  /** Finds an engine that answers; rejects with why there is none. */
  connect(): Promise<Engine>;
  readonly clock: Clock;
  /** Events of containers with this label are heard. */
  readonly label: string;
  /** Before the connection counts as made: leftovers are swept. */
  prepare(engine: Engine): Promise<void>;
  heard(event: EngineEvent): void;
  /** It was made, it broke, or (with what is wrong) a first try failed. */
  changed(): void;
}

export class EngineConnection {
  readonly #options: ConnectionOptions;
  #state: 'idle' | 'looking' | 'connected' | 'closed' = 'idle';
  #engine: Engine | undefined;
  #events: Attachment | undefined;
  #cancelRetry: (() => void) | undefined;
  #pauseMs = RETRY_FIRST_MS;
  #try: Promise<void> = Promise.resolve();
  readonly #waiting = new Set<() => void>();

  /** Why the last try failed; undefined: none failed since it was last connected. */
  problem: unknown;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** Undefined: not connected. */
  get engine(): Engine | undefined {
    return this.#state === 'connected' ? this.#engine : undefined;
  }

  /** From now on it is looked for. */
  want(): void {
    if (this.#state !== 'idle') return;
    this.#state = 'looking';
    this.#look();
  }

  /** Where it is looked for, it is tried once more, at once. Settles when that has come to something, whatever it is. */
  async tryNow(): Promise<void> {
    await this.#try;
    if (this.#state !== 'looking') return;
    this.#cancelRetry?.();
    this.#look();
    await this.#try;
  }

  /** Settles when there is a connection; rejects when the signal aborts before. */
  connected(signal: AbortSignal): Promise<Engine> {
    this.want();
    if (this.engine) return Promise.resolve(this.engine);
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!this.engine) return;
        this.#waiting.delete(look);
        signal.removeEventListener('abort', giveUp);
        resolve(this.engine);
      };
      const giveUp = () => {
        this.#waiting.delete(look);
        reject(signal.reason);
      };
      if (signal.aborted) return giveUp();
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting.add(look);
    });
  }

  close(): void {
    this.#state = 'closed';
    this.#cancelRetry?.();
    this.#drop();
  }

  #look(): void {
    this.#try = this.#lookNow();
  }

  async #lookNow(): Promise<void> {
    const { connect, prepare, label, heard, clock } = this.#options;
    let engine: Engine | undefined;
    try {
      const found = await connect();
      engine = found;
      if (this.#isClosed) return found.close();
      this.#engine = found; // from now on it may break
      // Before anything is looked at, so that nothing happens between the look and the first event.
      const events = await found.events({ labels: [label] }, heard, () => this.#broke(found));
      if (this.#engine === found) this.#events = events;
      else events.close();
      if (this.#engine === found) await prepare(found);
      if (this.#isClosed) return;
      if (this.#engine !== found) throw new Error('the connection broke while it was made');
      this.#state = 'connected';
      this.#pauseMs = RETRY_FIRST_MS;
      this.problem = undefined;
      this.#options.changed();
      for (const callback of [...this.#waiting]) callback();
    } catch (error) {
      this.#drop();
      engine?.close();
      if (this.#isClosed) return;
      const isNews = this.problem === undefined;
      this.problem = error;
      if (isNews) this.#options.changed();
      this.#cancelRetry = clock.after(this.#pauseMs, () => this.#look());
      this.#pauseMs = Math.min(this.#pauseMs * 1.5, RETRY_LATER_MS);
    }
  }

  get #isClosed(): boolean {
    return this.#state === 'closed';
  }

  /** The stream of events ended: the engine is gone. */
  #broke(engine: Engine): void {
    if (this.#engine !== engine || this.#isClosed) return;
    const wasConnected = this.#state === 'connected';
    this.#drop();
    if (!wasConnected) return; // the try that is under way sees it
    this.#state = 'looking';
    this.#options.changed();
    this.#look();
  }

  #drop(): void {
    this.#events?.close();
    this.#engine?.close();
    this.#events = undefined;
    this.#engine = undefined;
  }
}
