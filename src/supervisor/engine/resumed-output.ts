/** What a container printed, told once: after the connection broke, the engine's log is read from its begin and what was told already is left out. */
import type { StreamName } from '../../event.js';
import type { OutputSink } from './engine.js';

const NEWLINE = 10;

/** Where a stream stands: lines that were told whole, and bytes of the one that was not finished. */
interface Told {
  lines: number;
  bytes: number;
}

/**
 * Lines are counted, not bytes: an engine's log may write a byte that is no UTF-8 in another way, but never loses or adds
 * a line. Only the log of the one run is counted against it (`since` its start).
 */
export class ResumedOutput {
  readonly #told: Record<StreamName, Told> = { stdout: { lines: 0, bytes: 0 }, stderr: { lines: 0, bytes: 0 } };
  readonly #pass: (stream: StreamName, chunk: Buffer) => void;
  /** Only the newest sink tells: an older reader may still be on its way when the next one begins. */
  #newest: OutputSink | undefined;

  constructor(pass: (stream: StreamName, chunk: Buffer) => void) {
    this.#pass = pass;
  }

  /** A sink for output that nothing is known of yet: a first attachment. */
  live(ended: () => void): OutputSink {
    return this.#sink(chunk => chunk, ended);
  }

  /** A sink for the log of this run from its begin. */
  replay(ended: () => void): OutputSink {
    const left = { stdout: { ...this.#told.stdout }, stderr: { ...this.#told.stderr } };
    return this.#sink((chunk, stream) => leaveOut(left[stream], chunk), ended);
  }

  #sink(rest: (chunk: Buffer, stream: StreamName) => Buffer, ended: () => void): OutputSink {
    const sink: OutputSink = {
      output: (stream, chunk) => {
        if (this.#newest !== sink) return;
        const news = rest(chunk, stream);
        if (news.length > 0) this.#tell(stream, news);
      },
      ended: () => {
        if (this.#newest === sink) ended();
      },
    };
    this.#newest = sink;
    return sink;
  }

  #tell(stream: StreamName, chunk: Buffer): void {
    const told = this.#told[stream];
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      told.lines++;
      told.bytes = 0;
      from = at + 1;
    }
    told.bytes += chunk.length - from;
    this.#pass(stream, chunk);
  }
}

/** What of a chunk is new; counts down what is left of the old. */
function leaveOut(left: Told, chunk: Buffer): Buffer {
  let from = 0;
  while (left.lines > 0) {
    const at = chunk.indexOf(NEWLINE, from);
    if (at === -1) return chunk.subarray(chunk.length);
    left.lines--;
    from = at + 1;
  }
  const skipped = Math.min(left.bytes, chunk.length - from);
  left.bytes -= skipped;
  return chunk.subarray(from + skipped);
}
