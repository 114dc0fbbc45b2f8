/** Adds up what the engine tells about a pull: bytes done and bytes to do, over all layers. */

export interface ProgressJson {
  id?: string;
  status?: string;
  progressDetail?: { current?: number; total?: number } | null;
}

/**
 * A layer's size is known when its download begins; until then it counts nothing, so the total grows. Unpacking is not counted:
 * what takes long is the network.
 */
export class PullProgress {
  readonly #layers = new Map<string, { done: number; total: number }>();

  /** The new sum; undefined: nothing has changed. */
  heard({ id, status, progressDetail }: ProgressJson): { done: number; total: number } | undefined {
    if (id === undefined || status === undefined) return undefined;
    const layer = this.#layers.get(id);
    if (status === 'Downloading') {
      const { current = 0, total = 0 } = progressDetail ?? {};
      // A total of -1 is an unknown one.
      this.#layers.set(id, { done: current, total: Math.max(total, current) });
    } else if (layer && (status === 'Download complete' || status === 'Pull complete' || status === 'Extracting')) {
      if (layer.done === layer.total) return undefined;
      layer.done = layer.total;
    } else return undefined;
    const sum = { done: 0, total: 0 };
    for (const { done, total } of this.#layers.values()) {
      sum.done += done;
      sum.total += total;
    }
    return sum;
  }
}
