/** Cuts what arrives on a connection into messages: one a line. */

const NEWLINE = 10;

/** A line is longer than this side takes. */
export class TooLong extends Error {}

export class MessageReader {
  readonly #longest: number;
  #rest: Buffer[] = [];
  #restLength = 0;

  /** @param longest Bytes that a line may have; of a longer one nothing is kept. */
  constructor(longest: number) {
    this.#longest = longest;
  }

  /** The lines that this chunk completes, in order; empty ones are passed over. Throws {@link TooLong}. */
  push(chunk: Buffer): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#keep(chunk.subarray(start, end));
      const line = Buffer.concat(this.#rest).toString('utf8').trim();
      this.#rest = [];
      this.#restLength = 0;
      if (line !== '') lines.push(line);
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
    return lines;
  }

  #keep(bytes: Buffer): void {
    this.#restLength += bytes.length;
    if (this.#restLength > this.#longest) throw new TooLong();
    this.#rest.push(bytes);
  }
}
