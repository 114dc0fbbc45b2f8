/**
 * Splits a stream of bytes into lines without losing or cutting one.
 *
 * Works on whole chunks: one decode and one split a chunk, which is several times faster than line by line, and since
 * it decodes only up to a newline, no UTF-8 character is ever cut (invalid bytes become U+FFFD).
 */

/** A line without newline is given out in pieces of this many bytes, so that memory stays bounded. */
export const LONGEST_LINE = 64 * 1024;

const NEWLINE = 10;

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
    const end = chunk.lastIndexOf(NEWLINE);
    if (end < 0) {
      this.#keep(chunk);
      return this.#restLength > LONGEST_LINE ? this.#cut() : [];
    }
    const head =
      this.#restLength === 0 ? chunk.subarray(0, end) : Buffer.concat([...this.#rest, chunk.subarray(0, end)]);
    this.#rest = [];
    this.#restLength = 0;
    if (end + 1 < chunk.length) this.#keep(chunk.subarray(end + 1));
    const lines = splitText(head.toString('utf8'));
    return this.#restLength > LONGEST_LINE ? lines.concat(this.#cut()) : lines;
  }

  /** What is left at the end of the stream: at most one line. */
  end(): string[] {
    const bytes = Buffer.concat(this.#rest);
    this.#rest = [];
    this.#restLength = 0;
    return bytes.length === 0 ? [] : splitText(bytes.toString('utf8'));
  }

  #keep(bytes: Buffer): void {
    this.#rest.push(bytes);
    this.#restLength += bytes.length;
  }

  /** Gives out pieces of an endless line, each ending with a whole character. */
  #cut(): string[] {
    let bytes = Buffer.concat(this.#rest);
    const pieces: string[] = [];
    while (bytes.length > LONGEST_LINE) {
      const end = wholeCharacters(bytes.subarray(0, LONGEST_LINE));
      pieces.push(bytes.toString('utf8', 0, end));
      bytes = bytes.subarray(end);
    }
    this.#rest = bytes.length === 0 ? [] : [Buffer.from(bytes)];
    this.#restLength = bytes.length;
    return pieces;
  }
}

/** A progress bar overwrites its line by carriage returns: what it showed last is the line. */
function splitText(text: string): string[] {
  const lines = text.split('\n');
  if (!text.includes('\r')) return lines;
  return lines.map(line => {
    const whole = line.endsWith('\r') ? line.slice(0, -1) : line;
    const overwritten = whole.lastIndexOf('\r');
    return overwritten < 0 ? whole : whole.slice(overwritten + 1);
  });
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
