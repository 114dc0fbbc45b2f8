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

  constructor(pass: (stream: StreamName, chunk: Buffer) => void) {
    this.#pass = pass;
  }

  /** A sink for output that nothing is known of yet: a first attachment. */
  live(ended: () => void): OutputSink {
    return {
      output: (stream, chunk) => this.#tell(stream, chunk),
      ended,
    };
  }

  /** A sink for the log of this run from its begin. */
  replay(ended: () => void): OutputSink {
    const left = { stdout: { ...this.#told.stdout }, stderr: { ...this.#told.stderr } };
    return {
      output: (stream, chunk) => {
        const rest = leaveOut(left[stream], chunk);
        if (rest.length > 0) this.#tell(stream, rest);
      },
      ended,
    };
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
