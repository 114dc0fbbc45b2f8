/**
 * The newest lines of one service, as text in chunks: a line costs its characters and 21 bytes. Whole chunks are dropped at
 * the old end, so that up to {@link LINES_KEPT} lines and {@link BYTES_KEPT} bytes stay.
 */
import { LEVELS, type Level } from '../../index.js';

export const LINES_KEPT = 100_000;
export const BYTES_KEPT = 24 * 1024 * 1024;
const CHUNK_LINES = 1024;
const CHUNK_CHARACTERS = 128 * 1024;
const BYTES_OF_LINE = 21;
const WIDE = /[^\x00-\xff]/;

const STDERR = 8;
const NOTE = 16;

/** One line. Its id is its place in the arrival of all lines of all services. */
export interface Entry {
  readonly id: number;
  readonly service: string;
  /** Unix time, ms. */
  readonly at: number;
  readonly level: Level | undefined;
  readonly isStderr: boolean;
  /** Not printed by the service: what happened to it. */
  readonly isNote: boolean;
  /** As it was printed, escape sequences included. */
  readonly text: string;
}

/** Facts of a line beside its text and time, as one byte. */
export function factsOf(level: Level | undefined, isStderr: boolean, isNote: boolean): number {
  return (level === undefined ? 0 : LEVELS.indexOf(level) + 1) | (isStderr ? STDERR : 0) | (isNote ? NOTE : 0);
}

export const levelNumber = (facts: number) => facts & 7;

export class Chunk {
  #text = '';
  readonly #offsets = new Uint32Array(CHUNK_LINES + 1);
  readonly ids = new Float64Array(CHUNK_LINES);
  readonly at = new Float64Array(CHUNK_LINES);
  readonly facts = new Uint8Array(CHUNK_LINES);
  count = 0;
  bytes = 0;

  hasRoomFor(lines: number, characters: number): boolean {
    return (
      this.count === 0 || (this.count + lines <= CHUNK_LINES && this.#text.length + characters <= CHUNK_CHARACTERS)
    );
  }

  /** @param text The lines joined by newlines. */
  add(lines: readonly string[], text: string, id: number, at: number, facts: readonly number[]): void {
    let offset = this.count === 0 ? 0 : this.#text.length + 1;
    this.#text = this.count === 0 ? text : `${this.#text}\n${text}`;
    for (const [index, line] of lines.entries()) {
      const place = this.count++;
      this.ids[place] = id + index;
      this.at[place] = at;
      this.facts[place] = facts[index]!;
      this.#offsets[place] = offset;
      offset += line.length + 1;
    }
    this.#offsets[this.count] = offset;
    this.bytes += text.length * (WIDE.test(text) ? 2 : 1) + lines.length * BYTES_OF_LINE;
  }

  /** Text that was put together piece by piece is joined by V8 at the first look: once for all, when nothing is added. */
  flatten(): void {
    this.#text.indexOf('\n');
  }

  line(index: number): string {
    return this.#text.slice(this.#offsets[index], this.#offsets[index + 1]! - 1);
  }

  /** Some lines, joined by newlines. */
  lines(from: number, to: number): string {
    return from >= to ? '' : this.#text.slice(this.#offsets[from], this.#offsets[to]! - 1);
  }
}

export class Scrollback {
  readonly service: string;
  #chunks: Chunk[] = [];
  lines = 0;
  bytes = 0;

  constructor(service: string) {
    this.service = service;
  }

  get chunks(): readonly Chunk[] {
    return this.#chunks;
  }

  /** Adds lines; `told` hears where they are. The text is the lines joined. */
  append(
    lines: readonly string[],
    text: string,
    id: number,
    at: number,
    facts: readonly number[],
    told: (chunk: Chunk, from: number, to: number) => void,
  ): void {
    if (lines.length > CHUNK_LINES) {
      for (let from = 0; from < lines.length; from += CHUNK_LINES) {
        const part = lines.slice(from, from + CHUNK_LINES);
        this.append(part, part.join('\n'), id + from, at, facts.slice(from, from + CHUNK_LINES), told);
      }
      return;
    }
    const last = this.#chunkFor(lines.length, text.length);
    const [from, before] = [last.count, last.bytes];
    last.add(lines, text, id, at, facts);
    this.lines += lines.length;
    this.bytes += last.bytes - before;
    told(last, from, last.count);
  }

  #chunkFor(lines: number, characters: number): Chunk {
    const last = this.#chunks.at(-1);
    if (last?.hasRoomFor(lines, characters)) return last;
    last?.flatten();
    const next = new Chunk();
    this.#chunks.push(next);
    return next;
  }

  /** Drops the oldest chunk, unless it is the only one. Returns how many lines went. */
  dropOldest(): number {
    if (this.#chunks.length < 2) return 0;
    const [oldest] = this.#chunks.splice(0, 1);
    this.lines -= oldest!.count;
    this.bytes -= oldest!.bytes;
    return oldest!.count;
  }

  get isOverfull(): boolean {
    return this.lines > LINES_KEPT + CHUNK_LINES || this.bytes > BYTES_KEPT;
  }

  /** The id of the oldest line that is kept; infinite without any. */
  get firstId(): number {
    return this.#chunks[0]?.ids[0] ?? Number.POSITIVE_INFINITY;
  }

  entry(id: number): Entry | undefined {
    const chunk = this.#chunks[lastAtMost(this.#chunks.length, index => this.#chunks[index]!.ids[0]!, id)];
    if (!chunk) return undefined;
    const index = lastAtMost(chunk.count, place => chunk.ids[place]!, id);
    if (chunk.ids[index] !== id) return undefined;
    const facts = chunk.facts[index]!;
    return {
      id,
      service: this.service,
      at: chunk.at[index]!,
      level: LEVELS[levelNumber(facts) - 1],
      isStderr: (facts & STDERR) !== 0,
      isNote: (facts & NOTE) !== 0,
      text: chunk.line(index),
    };
  }
}

/** The last place whose value is at most this one; -1: none. */
export function lastAtMost(length: number, valueAt: (index: number) => number, wanted: number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (valueAt(middle) <= wanted) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
