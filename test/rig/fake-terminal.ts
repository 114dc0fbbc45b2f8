/** A stream that keeps what is written, and takes it only as fast as the test says. */
import { Writable } from 'node:stream';

export class FakeStream extends Writable {
  text = '';
  isTTY: boolean;
  columns = 80;
  rows = 24;
  /** While set, nothing more is taken. */
  #stuck: (() => void) | undefined;
  #isStuck = false;

  constructor(isTTY = false) {
    super({ decodeStrings: false, highWaterMark: 16 * 1024 });
    this.isTTY = isTTY;
  }

  stick(): void {
    this.#isStuck = true;
  }

  unstick(): void {
    this.#isStuck = false;
    const go = this.#stuck;
    this.#stuck = undefined;
    go?.();
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    if (this.#isStuck) this.#stuck = done;
    else done();
  }

  override _writev(chunks: { chunk: string | Buffer }[], done: () => void): void {
    this.text += chunks.map(({ chunk }) => chunk.toString()).join('');
    if (this.#isStuck) this.#stuck = done;
    else done();
  }

  /** What was written since the last call. */
  take(): string {
    const { text } = this;
    this.text = '';
    return text;
  }
}
