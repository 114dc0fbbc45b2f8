/**
 * Puts a prefix before each line of a flood, where nothing of it has to be cleaned: no control characters but newline and tab.
 *
 * Both is one pass over the bytes, sixteen at a time, by a function of WebAssembly: 64 KiB take 14 µs. With strings they took
 * 65 µs, and the strings made the garbage collector's share of a flood as large again.
 */

/** Where the memory has what: the lines, the prefix, the result. */
const PREFIX_AT = 0x18000;
const RESULT_AT = 0x18200;
/** One block is looked at beyond the end, and it must not be bad. */
const BLOCK = 16;
export const LONGEST_LINES = PREFIX_AT - 2 * BLOCK;
export const LONGEST_PREFIX = 256;

/**
 * The module in its binary form, a part of the function's body a line. `i` and `o` are how far the lines are read and the result
 * is written; OUT is RESULT_AT, LIMIT leaves room for one more prefix and block. -1: the lines are not for this.
 */
const MODULE = [
  '0061736d0100000001070160027f7f017f030201000503010006070902016d0200016600000ae10101de0102047f017b', // one function f(length, prefixLength) over a memory m of 6 pages
  '418084062103', // o = OUT
  '0340', // each line:
  '41002105', //   k = 0
  '0340', //   do
  '200320056a2005fd0000808006fd0b0000', //     16 bytes at o + k = 16 bytes of the prefix at k
  '200541106a22052001490d00', //     k += 16; while k < prefixLength
  '0b', // end
  '200320016a2103', //   o += prefixLength
  '200220004b0440', //   if i > length
  '200320016b418084066b0f0b', //     return o - prefixLength - OUT
  '0340', //   each block of the line:
  '20034180fc174b0440417f0f0b', //     if o > LIMIT return -1
  '2002fd00000022064120fd0ffd26', //     v = 16 bytes at i; bad where v < " "
  '2006410afd0ffd24fd4e', //       and v is no newline
  '20064109fd0ffd24fd4e', //       and v is no tab,
  '200641ff00fd0ffd23fd50', //       or v is DEL,
  '200641c201fd0ffd23fd50', //       or v begins U+0080 to U+00BF, some of which are controls
  'fd530440417f0f0b', //     if any is bad return -1
  '20032006fd0b0000', //     16 bytes at o = v
  '2006410afd0ffd23fd64220445', //     m = a bit for each newline
  '0440', //     if there is none
  '200241106a2102200341106a21030c010b', //       i += 16; o += 16; the next block
  '0b', // end
  '20046841016a2104', //   m = bytes up to the first newline, with it
  '200220046a2102200320046a2103', //   i += m; o += m
  '0c000b', //   the next line
  '000b', // never comes here
];

const NEWLINE = 10;
const SPACE = 32;

/** What is used of it; Node's types leave it to those of browsers. */
interface WebAssemblyApi {
  Module: new (binary: Uint8Array) => object;
  Instance: new (module: object) => { readonly exports: unknown };
}

interface Machine {
  readonly memory: Buffer;
  readonly run: (length: number, prefixLength: number) => number;
}

/** Made for the first flood; null: WebAssembly, or its vectors, are missing here. */
let machine: Machine | null | undefined;

/**
 * Each line behind the prefix and with its newline; to be used at once, the next call overwrites it. Undefined: something has
 * to be cleaned, or it is too much for one time.
 *
 * @param lines Whole lines in valid UTF-8, joined by `\n`.
 */
export function prefixLines(lines: Uint8Array, prefix: Uint8Array): Uint8Array | undefined {
  if (lines.length > LONGEST_LINES || prefix.length > LONGEST_PREFIX) return undefined;
  if (machine === undefined) machine = createMachine();
  if (machine === null) return undefined;
  const { memory, run } = machine;
  memory.set(lines);
  memory[lines.length] = NEWLINE;
  memory.fill(SPACE, lines.length + 1, lines.length + 1 + BLOCK);
  memory.set(prefix, PREFIX_AT);
  const length = run(lines.length, prefix.length);
  return length < 0 ? undefined : memory.subarray(RESULT_AT, RESULT_AT + length);
}

function createMachine(): Machine | null {
  try {
    const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
    const { exports } = new Instance(new Module(Buffer.from(MODULE.join(''), 'hex')));
    const { m, f } = exports as { m: { buffer: ArrayBuffer }; f: Machine['run'] };
    return { memory: Buffer.from(m.buffer), run: f };
  } catch {
    return null;
  }
}
