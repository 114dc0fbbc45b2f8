/**
 * Which lines are shown: of some services, by pattern and level, in order of arrival. Made by one pass over the text of the
 * chunks, then kept up to date by the new lines alone.
 */
import { LEVELS, type Level } from '../../index.js';
import { type Pattern, readPattern, withoutColours } from './pattern.js';
import { type Chunk, lastAtMost, levelNumber, type Scrollback } from './scrollback.js';

export interface Choice {
  readonly services: readonly string[];
  /** See pattern.ts; '' takes all. */
  readonly filter: string;
  /** Takes the lines that do not match {@link filter}. */
  readonly isInverted: boolean;
  /** Lines that are as grave, or graver. */
  readonly level: Level | undefined;
  /** Only what matches this, too: the hits of a search. */
  readonly search: string;
}

/** A line's id and its service's number as one number, so that lists of them sort by arrival. */
const SERVICES = 65536;
export const keyOf = (id: number, service: number) => id * SERVICES + (service % SERVICES);
export const idOf = (key: number) => Math.floor(key / SERVICES);
export const serviceNumberOf = (key: number) => key % SERVICES;

export class LogView {
  readonly choice: Choice;
  readonly #filter: Pattern | undefined;
  readonly #search: Pattern | undefined;
  readonly #least: number;
  #keys = new Float64Array(1024);
  #start = 0;
  #end = 0;
  /** How many were dropped in the middle and are still listed, at most. */
  #dead = 0;

  /** @param sources Scroll-backs of the choice's services with their numbers. */
  constructor(choice: Choice, sources: readonly (readonly [Scrollback, number])[]) {
    this.choice = choice;
    this.#filter = readPattern(choice.filter);
    this.#search = readPattern(choice.search);
    this.#least = choice.level === undefined ? 0 : LEVELS.indexOf(choice.level) + 1;
    const lists = sources.map(([scrollback, number]) => {
      const list = new Float64Array(scrollback.lines);
      let count = 0;
      for (const chunk of scrollback.chunks)
        this.#choose(chunk, 0, chunk.count, index => {
          list[count++] = keyOf(chunk.ids[index]!, number);
        });
      return list.subarray(0, count);
    });
    const merged = mergeAll(lists);
    if (merged.length > 0) this.#keys = merged;
    this.#end = merged.length;
  }

  get length(): number {
    return this.#end - this.#start;
  }

  key(index: number): number | undefined {
    return index < 0 || index >= this.length ? undefined : this.#keys[this.#start + index];
  }

  /** Place of the last line that came no later than this one; -1: none. */
  placeOf(id: number): number {
    return lastAtMost(this.length, index => idOf(this.#keys[this.#start + index]!), id);
  }

  /** New lines of one of its services. */
  take(chunk: Chunk, from: number, to: number, service: number): void {
    this.#choose(chunk, from, to, index => this.#push(keyOf(chunk.ids[index]!, service)));
  }

  /** A service has dropped lines. */
  forget(lines: number): void {
    this.#dead += lines;
  }

  /** Takes dropped lines out of the list when they have become many: that costs a pass over all of it. */
  settle(firstId: (service: number) => number): void {
    if (this.#dead < Math.max(8192, this.length / 8)) return;
    let end = this.#start;
    for (let index = this.#start; index < this.#end; index++) {
      const key = this.#keys[index]!;
      if (idOf(key) >= firstId(serviceNumberOf(key))) this.#keys[end++] = key;
    }
    this.#end = end;
    this.#dead = 0;
  }

  #push(key: number): void {
    if (this.#end === this.#keys.length) {
      const grown = new Float64Array(Math.max(1024, this.length * 2));
      grown.set(this.#keys.subarray(this.#start, this.#end));
      this.#end -= this.#start;
      this.#start = 0;
      this.#keys = grown;
    }
    this.#keys[this.#end++] = key;
  }

  /** Calls back for each chosen line, ascending. */
  #choose(chunk: Chunk, from: number, to: number, found: (index: number) => void): void {
    if (!this.#filter && !this.#search && this.#least === 0) {
      for (let index = from; index < to; index++) found(index);
      return;
    }
    const text = this.#filter || this.#search ? withoutColours(chunk.lines(from, to)) : '';
    const wanted = this.#filter && new Set(this.#filter.matching(text));
    const isChosen = (place: number) =>
      levelNumber(chunk.facts[from + place]!) >= this.#least &&
      (wanted === undefined || wanted.has(place) !== this.choice.isInverted);
    if (this.#search) {
      for (const place of this.#search.matching(text)) if (isChosen(place)) found(from + place);
    } else for (let place = 0; place < to - from; place++) if (isChosen(place)) found(from + place);
  }
}

function mergeAll(lists: readonly Float64Array[]): Float64Array<ArrayBuffer> {
  if (lists.length === 0) return new Float64Array(0);
  if (lists.length === 1) return new Float64Array(lists[0]!);
  const half = lists.length >>> 1;
  return merge(mergeAll(lists.slice(0, half)), mergeAll(lists.slice(half)));
}

function merge(left: Float64Array, right: Float64Array): Float64Array<ArrayBuffer> {
  const merged = new Float64Array(left.length + right.length);
  let [a, b] = [0, 0];
  for (let index = 0; index < merged.length; index++)
    merged[index] = b >= right.length || (a < left.length && left[a]! <= right[b]!) ? left[a++]! : right[b++]!;
  return merged;
}
