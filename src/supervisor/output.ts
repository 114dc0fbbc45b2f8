/** Turns the bytes of one run's two streams into lines: for memory, for the log file, for those who listen. */
import type { Event, RunId, StreamName } from '../event.js';
import type { Clock } from './clock.js';
import { LineSplitter, LONGEST_LINE, type WholeLines } from './lines.js';
import { linesEvent, settle } from './lines-event.js';

/** A line without its end is shown after this many ms of silence: it may be a question. */
export const PARTIAL_AFTER_MS = 200;

export interface OutputSink {
  /** Raw bytes, whole lines (or the rest at the end of a stream); to be copied at once. */
  file(bytes: Buffer): void;
  /** Whole lines in UTF-8, joined by `\n`; to be copied at once. */
  keep(at: number, stream: StreamName, lines: Uint8Array): void;
  emit(event: Event): void;
}

interface Stream {
  readonly splitter: LineSplitter;
  /** Bytes that wait for their newline before they go to the file, so that the streams never mix within a line. */
  unfiled: Buffer[];
  unfiledBytes: number;
  /** What was shown already of the unfinished line. */
  shown: string;
  cancelPartial: (() => void) | undefined;
  /** When something came last. */
  quietSince: number;
}

/** One for each run (or one-off command). */
export class Output {
  readonly #about: { readonly service: string; readonly run: RunId; readonly command?: string };
  readonly #sink: OutputSink;
  readonly #clock: Clock;
  readonly #streams: Record<StreamName, Stream>;
  /** Whose line stands in the file without its end; the other stream must not go on in it. */
  #unended: Stream | undefined;

  constructor(about: { service: string; run: RunId; command?: string }, sink: OutputSink, clock: Clock) {
    this.#about = about;
    this.#sink = sink;
    this.#clock = clock;
    const stream = (): Stream => ({
      splitter: new LineSplitter(),
      unfiled: [],
      unfiledBytes: 0,
      shown: '',
      cancelPartial: undefined,
      quietSince: 0,
    });
    this.#streams = { stdout: stream(), stderr: stream() };
  }

  /** @param chunk It may be changed afterwards. */
  push(name: StreamName, chunk: Buffer): void {
    const stream = this.#streams[name];
    this.#fileWholeLines(stream, chunk);
    this.#give(name, stream, stream.splitter.pushWhole(chunk));
    stream.quietSince = this.#clock.now();
    if (stream.splitter.pending === 0) this.#cancelPartial(stream);
    else stream.cancelPartial ??= this.#lookForPartial(name, stream, PARTIAL_AFTER_MS);
  }

  /** One timer at a time, put off when it is over: a flood must not pay for one with each chunk. */
  #lookForPartial(name: StreamName, stream: Stream, ms: number): () => void {
    return this.#clock.after(ms, () => {
      const left = stream.quietSince + PARTIAL_AFTER_MS - this.#clock.now();
      stream.cancelPartial = left > 0 ? this.#lookForPartial(name, stream, left) : undefined;
      if (left <= 0) this.#showPartial(name, stream);
    });
  }

  #cancelPartial(stream: Stream): void {
    stream.cancelPartial?.();
    stream.cancelPartial = undefined;
  }

  end(name: StreamName): void {
    const stream = this.#streams[name];
    this.#cancelPartial(stream);
    this.#file(stream);
    this.#give(name, stream, stream.splitter.endWhole());
  }

  #fileWholeLines(stream: Stream, chunk: Buffer): void {
    const end = chunk.lastIndexOf(10) + 1;
    if (end > 0) this.#file(stream, end === chunk.length ? chunk : chunk.subarray(0, end));
    if (end < chunk.length) stream.unfiled.push(Buffer.from(chunk.subarray(end)));
    // An endless line is filed as it comes: memory stays bounded, and nothing of it is lost.
    stream.unfiledBytes = end > 0 ? chunk.length - end : stream.unfiledBytes + chunk.length;
    if (stream.unfiledBytes > LONGEST_LINE) this.#file(stream);
  }

  /** Files what waits, and what follows it. */
  #file(stream: Stream, ...more: Buffer[]): void {
    const all = [...stream.unfiled.splice(0), ...more];
    const last = all.at(-1);
    if (last === undefined) return;
    if (this.#unended !== undefined && this.#unended !== stream) this.#sink.file(Buffer.from('\n'));
    this.#unended = last.at(-1) === 10 ? undefined : stream;
    for (const bytes of all) this.#sink.file(bytes);
  }

  #give(stream: StreamName, state: Stream, lines: WholeLines | undefined): void {
    if (lines === undefined) return;
    const at = this.#clock.now();
    // A line that was overwritten since is another one.
    const shown = state.shown !== '' && lines.text().startsWith(state.shown) ? state.shown.length : 0;
    state.shown = '';
    this.#sink.keep(at, stream, lines.bytes);
    const event = linesEvent({ type: 'lines', at, ...this.#about, stream, shown }, lines);
    this.#sink.emit(event);
    settle(event);
  }

  /** A line that overwrites itself (a progress bar) is shown when it is done. */
  #showPartial(stream: StreamName, state: Stream): void {
    const text = state.splitter.pendingText();
    if (text.includes('\r') || text.length <= state.shown.length) return;
    const added = text.slice(state.shown.length);
    state.shown = text;
    this.#sink.emit({ type: 'partial', at: this.#clock.now(), ...this.#about, stream, text: added });
  }
}
