/**
 * Memory in blocks of one size that are used again and again. What a flood passes through must not be left to the garbage
 * collector: it notices late how much waits for it outside of its own heap.
 */

/** Bytes of a slab. Every service that talks has one or two that are not full. */
export const SLAB = 32 * 1024;
/** Slabs that wait for their next use at most: as many as a flood of 20 services has in use at once. */
const SPARE = 160;
/** A queue's first block: most services say little. */
const FIRST_BLOCK = 1024;

const spare: Buffer[] = [];

/** What stands in it is left over from its last use. */
export function takeSlab(): Buffer {
  return spare.pop() ?? Buffer.allocUnsafeSlow(SLAB);
}

/** Nobody may look into it any more. */
export function giveBackSlab(slab: Buffer): void {
  if (slab.length === SLAB && spare.length < SPARE) spare.push(slab);
}

/** Bytes that come at one end and go at the other. A place in it is how many bytes came before. */
export class ByteQueue {
  readonly #slabs: Buffer[] = [];
  /** The place where the first slab begins. */
  #base = 0;
  #start = 0;
  #end = 0;

  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#end;
  }

  /** Copies them: they may change afterwards. */
  append(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      const slab = this.#slabWithRoomFor(bytes.length - from);
      const at = this.#usedOfLast;
      const count = Math.min(slab.length - at, bytes.length - from);
      slab.set(count === bytes.length ? bytes : bytes.subarray(from, from + count), at);
      from += count;
      this.#end += count;
    }
  }

  /** What stands there, piece by piece: only until it is dropped. */
  pieces(from: number, to: number): Buffer[] {
    const found: Buffer[] = [];
    for (let at = from; at < to; ) {
      const index = Math.floor((at - this.#base) / SLAB);
      const begin = this.#base + index * SLAB;
      const end = Math.min(to, begin + SLAB);
      found.push(this.#slabs[index]!.subarray(at - begin, end - begin));
      at = end;
    }
    return found;
  }

  /** Nobody asks for what stands before this place any more. */
  dropBefore(place: number): void {
    this.#start = place;
    if (place === this.#end) return this.#clear();
    while (place - this.#base >= SLAB) {
      giveBackSlab(this.#slabs.shift()!);
      this.#base += SLAB;
    }
  }

  #clear(): void {
    for (const slab of this.#slabs.splice(0)) giveBackSlab(slab);
    this.#base = this.#end;
  }

  get #usedOfLast(): number {
    return this.#end - this.#base - Math.max(0, this.#slabs.length - 1) * SLAB;
  }

  /** Room for some of so many bytes. The first slab begins small and grows; from then on all have the full size. */
  #slabWithRoomFor(bytes: number): Buffer {
    const last = this.#slabs.at(-1);
    const used = this.#usedOfLast;
    if (last !== undefined && (last.length === SLAB ? used < SLAB : used + bytes <= last.length)) return last;
    if (last?.length === SLAB) {
      const next = takeSlab();
      this.#slabs.push(next);
      return next;
    }
    let size = FIRST_BLOCK;
    while (size < SLAB && size < used + bytes) size *= 2;
    const next = size < SLAB ? Buffer.allocUnsafeSlow(size) : takeSlab();
    if (last !== undefined) next.set(last.subarray(0, used));
    this.#slabs[0] = next;
    return next;
  }
}
