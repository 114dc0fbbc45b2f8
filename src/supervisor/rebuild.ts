/** `rebuild_on_change`: a save builds first, and reaches the service only when the build succeeded. */
import type { Exit } from '../event.js';
import type { Clock } from './clock.js';
import { type SaveCause, SETTLE } from './machine.js';

export interface RebuildHost {
  readonly clock: Clock;
  build(signal: AbortSignal): Promise<Exit>;
  built(cause: SaveCause): void;
  failed(exit: Exit): void;
}

/** One for each service. A save during a build makes another build follow it. */
export class Rebuild {
  readonly #host: RebuildHost;
  #files = new Set<string>();
  #cancelSettle = () => {};
  #building: AbortController | undefined;

  constructor(host: RebuildHost) {
    this.#host = host;
  }

  saved(cause: SaveCause): void {
    for (const file of cause.files) this.#files.add(file);
    if (this.#building) return;
    this.#cancelSettle();
    this.#cancelSettle = this.#host.clock.after(SETTLE.quietMs, () => void this.#build(cause.type));
  }

  stop(): void {
    this.#cancelSettle();
    this.#building?.abort();
    this.#files.clear();
  }

  async #build(type: SaveCause['type']): Promise<void> {
    const files = [...this.#files];
    this.#files.clear();
    const building = new AbortController();
    this.#building = building;
    const exit = await this.#host.build(building.signal);
    this.#building = undefined;
    if (building.signal.aborted) return;
    const isOutdated = this.#files.size > 0;
    if (exit.reason === 'code' && exit.code === 0) {
      if (!isOutdated) this.#host.built({ type, files });
    } else this.#host.failed(exit);
    if (isOutdated) this.saved({ type, files });
  }
}
