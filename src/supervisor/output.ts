/** Turns the bytes of one run's two streams into lines: for memory, for the log file, for those who listen. */
import type { Event, RunId, StreamName } from '../event.js';
import type { Clock } from './clock.js';
import { LineSplitter, LONGEST_LINE } from './lines.js';

/** A line without its end is shown after this many ms of silence: it may be a question. */
export const PARTIAL_AFTER_MS = 200;

export interface OutputSink {
  /** Raw bytes, whole lines (or the rest at the end of a stream). */
  file(bytes: Buffer): void;
  keep(at: number, stream: StreamName, lines: readonly string[]): void;
  emit(event: Event): void;
}

interface Stream {
  readonly splitter: LineSplitter;
  /** Bytes that wait for their newline before they go to the file, so that the streams never mix within a line. */
  unfiled: Buffer[];
  unfiledBytes: number;
  /** Characters of the unfinished line that were shown already. */
  shown: number;
  cancelPartial: () => void;
}

/** One for each run (or one-off command). */
export class Output {
  readonly #about: { readonly service: string; readonly run: RunId; readonly command?: string };
  readonly #sink: OutputSink;
  readonly #clock: Clock;
  readonly #streams: Record<StreamName, Stream>;

  constructor(about: { service: string; run: RunId; command?: string }, sink: OutputSink, clock: Clock) {
    this.#about = about;
    this.#sink = sink;
    this.#clock = clock;
    const stream = (): Stream => ({
      splitter: new LineSplitter(),
      unfiled: [],
      unfiledBytes: 0,
      shown: 0,
      cancelPartial: () => {},
    });
    this.#streams = { stdout: stream(), stderr: stream() };
  }

  push(name: StreamName, chunk: Buffer): void {
    const stream = this.#streams[name];
    stream.cancelPartial();
    this.#fileWholeLines(stream, chunk);
    this.#give(name, stream, stream.splitter.push(chunk));
    if (stream.splitter.pending > 0)
      stream.cancelPartial = this.#clock.after(PARTIAL_AFTER_MS, () => this.#showPartial(name, stream));
  }

  end(name: StreamName): void {
    const stream = this.#streams[name];
    stream.cancelPartial();
    for (const bytes of stream.unfiled.splice(0)) this.#sink.file(bytes);
    this.#give(name, stream, stream.splitter.end());
  }

  #fileWholeLines(stream: Stream, chunk: Buffer): void {
    const end = chunk.lastIndexOf(10) + 1;
    if (end > 0) {
      for (const bytes of stream.unfiled.splice(0)) this.#sink.file(bytes);
      this.#sink.file(end === chunk.length ? chunk : chunk.subarray(0, end));
    }
    if (end < chunk.length) stream.unfiled.push(end === 0 ? chunk : chunk.subarray(end));
    // An endless line is filed as it comes: memory stays bounded, and nothing of it is lost.
    stream.unfiledBytes = end > 0 ? chunk.length - end : stream.unfiledBytes + chunk.length;
    if (stream.unfiledBytes > LONGEST_LINE) for (const bytes of stream.unfiled.splice(0)) this.#sink.file(bytes);
  }

  #give(stream: StreamName, state: Stream, lines: readonly string[]): void {
    if (lines.length === 0) return;
    const at = this.#clock.now();
    const shown = state.shown;
    state.shown = 0;
    this.#sink.keep(at, stream, lines);
    this.#sink.emit({ type: 'lines', at, ...this.#about, stream, lines, shown });
  }

  /** A line that overwrites itself (a progress bar) is shown when it is done. */
  #showPartial(stream: StreamName, state: Stream): void {
    const text = state.splitter.pendingText();
    if (text.includes('\r') || text.length <= state.shown) return;
    const added = text.slice(state.shown);
    state.shown = text.length;
    this.#sink.emit({ type: 'partial', at: this.#clock.now(), ...this.#about, stream, text: added });
  }
}
