/**
 * Splits a stream of bytes into lines without losing or cutting one.
 *
 * Works on whole chunks: one decode and one split a chunk, which is several times faster than line by line, and since
 * it decodes only up to a newline, no UTF-8 character is ever cut (invalid bytes become U+FFFD). Chunks are looked at while
 * they are given, never later: what must wait is copied.
 */
import { isAscii, isUtf8 } from 'node:buffer';

/** A longer line is given out in pieces of at most this many bytes, so that memory stays bounded. */
export const LONGEST_LINE = 64 * 1024;

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;
/** What decodes to one UTF-16 unit had at most three bytes. */
const MOST_BYTES_PER_UNIT = 3;

/** Some whole lines, joined by `\n`. */
export interface WholeLines {
  /** In UTF-8; only until the next chunk. */
  readonly bytes: Uint8Array;
  /** Only until the next chunk. */
  text(): string;
}

export class LineSplitter {
  #rest: Buffer[] = [];
  #restLength = 0;

  /** Bytes that wait for their newline. */
  get pending(): number {
    return this.#restLength;
  }

  /** The text that waits for its newline. A character that is not whole yet is left out. */
  pendingText(): string {
    const bytes = Buffer.concat(this.#rest);
    return bytes.toString('utf8', 0, wholeCharacters(bytes));
  }

  /** The lines that this chunk completes, in order, without `\n` or `\r\n`. */
  push(chunk: Buffer): string[] {
    return this.pushWhole(chunk)?.text().split('\n') ?? [];
  }

  /** The same together, as a flood is passed on; undefined: it completes none. */
  pushWhole(chunk: Buffer): WholeLines | undefined {
    const end = chunk.lastIndexOf(NEWLINE);
    if (end < 0) {
      this.#keep(chunk);
      return this.#restLength > LONGEST_LINE ? joined(this.#cut()) : undefined;
    }
    const head = this.#restLength === 0 ? chunk.subarray(0, end) : together(this.#rest, chunk, end);
    this.#rest = [];
    this.#restLength = 0;
    if (end + 1 < chunk.length) this.#keep(chunk.subarray(end + 1));
    const lines = linesOf(head);
    return this.#restLength > LONGEST_LINE ? joined([lines.text(), ...this.#cut()]) : lines;
  }

  /** What is left at the end of the stream: at most one line. Undefined: nothing. */
  endWhole(): WholeLines | undefined {
    const bytes = Buffer.concat(this.#rest);
    this.#rest = [];
    this.#restLength = 0;
    return bytes.length === 0 ? undefined : linesOf(bytes);
  }

  /** The same as lines. */
  end(): string[] {
    return this.endWhole()?.text().split('\n') ?? [];
  }

  #keep(bytes: Buffer): void {
    this.#rest.push(Buffer.from(bytes));
    this.#restLength += bytes.length;
  }

  /** Gives out what is known of an endless line; the last piece waits for more. */
  #cut(): string[] {
    const { pieces, rest } = cutPieces(Buffer.concat(this.#rest));
    this.#rest = [Buffer.from(rest)];
    this.#restLength = rest.length;
    return pieces;
  }
}

/** Where a line that came in two parts is put together with those that follow it. */
let workbench: Buffer = Buffer.alloc(0);
/** What is longer than this is put together apart. */
const WORKBENCH = 4 * LONGEST_LINE;

function together(first: readonly Buffer[], chunk: Buffer, end: number): Buffer {
  const length = first.reduce((sum, { length }) => sum + length, end);
  const fits = length <= WORKBENCH;
  if (fits && workbench.length < length) workbench = Buffer.allocUnsafeSlow(length <= 1024 ? 1024 : WORKBENCH);
  const bytes = fits ? workbench.subarray(0, length) : Buffer.allocUnsafeSlow(length);
  let at = 0;
  for (const part of first) {
    bytes.set(part, at);
    at += part.length;
  }
  chunk.copy(bytes, at, 0, end);
  return bytes;
}

function joined(lines: readonly string[]): WholeLines | undefined {
  if (lines.length === 0) return undefined;
  const text = lines.join('\n');
  return { bytes: Buffer.from(text), text: () => text };
}

/** The lines of bytes that hold whole lines only, the last one without its newline. */
function linesOf(bytes: Buffer): WholeLines {
  if (mayHoldLongLine(bytes)) {
    const lines = bytes.toString('utf8').split('\n');
    if (lines.some(line => line.length * MOST_BYTES_PER_UNIT > LONGEST_LINE)) return joined(cutLongLines(bytes))!;
  }
  if (bytes.includes(CARRIAGE_RETURN)) return joined(bytes.toString('utf8').split('\n').map(lastShown))!;
  if (isAscii(bytes)) return { bytes, text: () => bytes.toString('latin1') };
  return isUtf8(bytes) ? { bytes, text: () => bytes.toString('utf8') } : joined([bytes.toString('utf8')])!;
}

/** A line that is too long for so few bytes reaches over their middle: a newline there says that there is none. */
function mayHoldLongLine(bytes: Buffer): boolean {
  if (bytes.length <= LONGEST_LINE) return false;
  const newline = bytes.indexOf(NEWLINE, Math.max(0, bytes.length - LONGEST_LINE));
  return newline < 0 || newline > LONGEST_LINE;
}

/** The same, line by line: what is given out must not depend on how the bytes arrived. */
function cutLongLines(bytes: Buffer): string[] {
  const lines: string[] = [];
  for (let start = 0; start <= bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    const { pieces, rest } = cutPieces(bytes.subarray(start, end));
    lines.push(...pieces, lastShown(rest.toString('utf8')));
    start = end + 1;
  }
  return lines;
}

/** Cuts a line so that each piece ends with a whole character. */
function cutPieces(line: Buffer): { pieces: string[]; rest: Buffer } {
  const pieces: string[] = [];
  let rest = line;
  while (rest.length > LONGEST_LINE) {
    const end = wholeCharacters(rest.subarray(0, LONGEST_LINE));
    pieces.push(lastShown(rest.toString('utf8', 0, end)));
    rest = rest.subarray(end);
  }
  return { pieces, rest };
}

/** A progress bar overwrites its line by carriage returns: what it showed last is the line. */
function lastShown(line: string): string {
  const whole = line.replace(/\r+$/, '');
  return whole.slice(whole.lastIndexOf('\r') + 1);
}

/** How many bytes from the start hold only whole UTF-8 characters (or bytes that are no UTF-8 at all). */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return bytes.length;
    if (byte < 0xc0) continue; // a continuation byte
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
