/**
 * Keeps the newest lines of services in memory: as bytes, which become text when somebody asks.
 *
 * A service that says much never evicts what another said that says little: where all of them together keep too much, the one
 * that keeps most gives.
 */
import type { Line, RunId, StreamName } from '../event.js';
import { ByteQueue } from './slabs.js';

/** Lines given out at most for one service. */
export const KEPT_LINES = 10_000;
/** Bytes of text kept in memory for one service. */
export const KEPT_BYTES = 2 * 1024 * 1024;
/** Bytes of text kept in memory for all services of a system together. */
export const KEPT_BYTES_OF_ALL = 6 * 1024 * 1024;
/** What comes within one millisecond is one batch, up to this many bytes. */
const SMALL_BATCH = 4096;

interface Batch {
  readonly at: number;
  readonly run: RunId;
  readonly stream: StreamName;
  /** Where its lines end in the queue, the last newline included. */
  end: number;
}

/** What the services of a system keep together. */
export class KeptMemory {
  readonly #keepers = new Set<RecentLines>();
  #bytes = 0;

  /** A keeper has so many bytes more. */
  added(keeper: RecentLines, bytes: number): void {
    this.#keepers.add(keeper);
    this.#bytes += bytes;
    while (this.#bytes > KEPT_BYTES_OF_ALL && this.#largest()?.dropOldest()) {}
  }

  /** A keeper has so many bytes less. */
  dropped(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** Its service is gone. */
  forget(keeper: RecentLines): void {
    if (this.#keepers.delete(keeper)) this.#bytes -= keeper.bytes;
  }

  #largest(): RecentLines | undefined {
    let largest: RecentLines | undefined;
    for (const keeper of this.#keepers) if (keeper.bytes > (largest?.bytes ?? 0)) largest = keeper;
    return largest;
  }
}

/** The newest lines of one service. Keeps what one read brought together, so a flood costs little. */
export class RecentLines {
  readonly #memory: KeptMemory;
  readonly #text = new ByteQueue();
  #batches: Batch[] = [];
  /** Batches before this index are dropped; the array is compacted now and then instead of at every drop. */
  #first = 0;

  constructor(memory = new KeptMemory()) {
    this.#memory = memory;
  }

  get bytes(): number {
    return this.#text.end - this.#text.start;
  }

  /** @param lines Whole lines in UTF-8, joined by `\n`; copied. */
  push(at: number, run: RunId, stream: StreamName, lines: Uint8Array): void {
    const before = this.#text.end;
    this.#text.append(lines);
    this.#text.append(NEWLINE);
    const added = this.#text.end - before;
    const last = this.#batches.at(-1);
    const isSame = last?.at === at && last.run === run && last.stream === stream;
    if (isSame && added < SMALL_BATCH && last.end - this.#startOf(this.#batches.length - 1) < SMALL_BATCH)
      last.end = this.#text.end;
    else this.#batches.push({ at, run, stream, end: this.#text.end });
    this.#memory.added(this, added);
    while ((this.bytes > KEPT_BYTES || this.#batches.length - this.#first > KEPT_LINES) && this.dropOldest()) {}
  }

  /** False: the newest batch stays, however long it is. */
  dropOldest(): boolean {
    if (this.#first >= this.#batches.length - 1) return false;
    const before = this.bytes;
    this.#text.dropBefore(this.#batches[this.#first++]!.end);
    if (this.#first > 64 && this.#first > this.#batches.length / 2) {
      this.#batches = this.#batches.slice(this.#first);
      this.#first = 0;
    }
    this.#memory.dropped(before - this.bytes);
    return true;
  }

  /** The newest lines, oldest first. */
  newest(limit = KEPT_LINES): Line[] {
    const found: Line[] = [];
    for (let i = this.#batches.length - 1; i >= this.#first && found.length < limit; i--) {
      const { at, run, stream, end } = this.#batches[i]!;
      const bytes = Buffer.concat(this.#text.pieces(this.#startOf(i), end - 1));
      const lines = bytes.toString('utf8').split('\n');
      for (let j = lines.length - 1; j >= 0 && found.length < limit; j--)
        found.push({ at, run, stream, text: lines[j]! });
    }
    return found.reverse();
  }

  #startOf(index: number): number {
    return index === this.#first ? this.#text.start : this.#batches[index - 1]!.end;
  }
}

const NEWLINE = Buffer.from('\n');
