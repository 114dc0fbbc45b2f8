/**
 * The one writer that owns standard output: log lines go above whatever stands at the bottom (rows that move, the
 * prompt, a status line), in batches; a terminal that can't keep up skips the oldest lines and says so, anything else gets all of them.
 */
import { fstatSync, writeSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { widthOf } from '../render/width.js';

/** What stands below the output and is redrawn after each batch: the line being typed. */
export interface Bottom {
  /** Rows between its first row and the cursor. */
  rowsAbove(): number;
  /** Draws it anew, from the first column of an empty row. */
  draw(): void;
}

/** Tells whoever produces the output to wait, and to go on. */
export interface Flow {
  hold(): void;
  release(): void;
}

export interface WriterOptions {
  readonly stream: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  /** False: every line, at once, no bottom. Default: whether the stream is a terminal. */
  readonly terminal?: boolean;
  /** Called when more than {@link CONGESTED} bytes wait, and when they are gone. */
  readonly flow?: Flow;
  /** Makes the sentence about lines that were left out. */
  readonly skippedText?: (count: number, sources: readonly string[]) => string;
  /** ms between two batches. */
  readonly intervalMs?: number;
}

/** Faster than anyone reads, slow enough that thirty redraws a second cost nothing. */
const INTERVAL = 33;
/** Log lines that one batch shows at most: more than four screens, 30 times a second. */
const BATCH_LINES = 1000;
/** Characters that are gathered before they are written, where there is no terminal. */
const CHUNK = 64 * 1024;
/** Bytes of a copy of what waits, and how many copies are kept to be used again. */
const COPY = 128 * 1024;
const MOST_COPIES = 16;
/** Bytes that wait for a slow reader before its producers are held. */
const CONGESTED = 1024 * 1024;

interface Entry {
  /** Set for log lines, which may be left out: whose they are. */
  readonly source: string | undefined;
  lines: number;
  /** Renders all but the first `from` lines. Ends without a newline. */
  readonly render: (from: number) => string;
  from: number;
}

export class Writer {
  readonly isTerminal: boolean;
  readonly #stream: WriterOptions['stream'];
  readonly #flow: Flow | undefined;
  readonly #skippedText: (count: number, sources: readonly string[]) => string;
  readonly #interval: number;
  /** The descriptor, where the stream writes to a file or a pipe that can be written to beside it. */
  readonly #direct: number | undefined;
  #queue: Entry[] = [];
  #queuedLogLines = 0;
  #skipped = new Map<string, number>();
  #chunk = '';
  /** To be used again. */
  readonly #copies: Buffer[] = [];
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Immediate | undefined;
  #lastFlush = Number.NEGATIVE_INFINITY;
  #bottom: Bottom | undefined;
  #status = '';
  /** What moves above the bottom, and what of it stands on the screen. */
  #rows: readonly string[] = [];
  #drawn: readonly string[] = [];
  #suspended = false;
  #blocked = false;
  #held = false;
  #dead = false;

  constructor(options: WriterOptions) {
    this.#stream = options.stream;
    this.isTerminal = options.terminal ?? options.stream.isTTY === true;
    this.#flow = options.flow;
    this.#interval = options.intervalMs ?? INTERVAL;
    this.#direct = directDescriptor(options.stream);
    this.#skippedText = options.skippedText ?? (count => `… ${count} lines not shown`);
    this.#stream.on('drain', () => this.#drained());
  }

  /** Whether more waits than a reader took so far. */
  get congested(): boolean {
    return this.#held || this.#blocked;
  }

  /** Says something that is never left out: one or more lines, without the final newline. */
  print(text: string): void {
    if (this.#dead) return;
    if (!this.isTerminal) return this.#append(`${text}\n`);
    this.#queue.push({ source: undefined, lines: 1, render: () => text, from: 0 });
    this.#schedule();
  }

  /**
   * Shows log lines. In a terminal they are rendered only if they are shown, and the oldest are left out where more
   * come than anyone could see.
   */
  log(source: string, lines: number, render: (from: number) => string): void {
    if (this.#dead) return;
    if (!this.isTerminal) {
      const text = render(0);
      if (text !== '') this.#append(`${text}\n`);
      return;
    }
    this.#queue.push({ source, lines, render, from: 0 });
    this.#queuedLogLines += lines;
    if (this.#queuedLogLines > 2 * BATCH_LINES) this.#skipOldest();
    this.#schedule();
  }

  /** Whole lines, encoded, where there is no terminal; they may be overwritten afterwards. */
  writeBytes(bytes: Uint8Array): void {
    if (this.#dead) return;
    this.#writeChunk();
    const written = this.#writeAtOnce(bytes);
    if (written < bytes.length) this.#passCopy(bytes.subarray(written));
  }

  /** Past the stream, which would have to keep a copy, as much as goes without waiting. Gives how much it was. */
  #writeAtOnce(bytes: Uint8Array): number {
    if (this.#direct === undefined || this.#stream.writableLength > 0) return 0;
    let written = 0;
    try {
      while (written < bytes.length) written += writeSync(this.#direct, bytes, written);
    } catch {
      // A pipe is full, or something is wrong, which the stream's own write tells.
    }
    return written;
  }

  /** Sets (or, with undefined, takes away) what stands below the output. Draws it at the next batch, or by {@link flush}. */
  setBottom(bottom: Bottom | undefined): void {
    if (!this.isTerminal) return;
    this.#bottom = bottom;
  }

  /**
   * Shows a line that is redrawn in place below the output, where nothing else is at the bottom. '' removes it.
   *
   * @param short Shown instead where the window is too narrow for the whole.
   */
  setStatus(text: string, short = text): void {
    if (!this.isTerminal || this.#dead) return;
    const status = text.length < this.#columns ? text : short;
    if (status === this.#status) return;
    this.#redraw('', () => {
      this.#status = status;
    });
  }

  /**
   * The line being typed was ended: it stays on the screen as `text`, with the cursor in the row below, and the rows that
   * move go below it.
   */
  endBottom(text: string): void {
    this.#bottom = undefined;
    if (this.#drawn.length === 0 || this.#suspended || this.#dead) return;
    const up = this.#rowsOf(this.#drawn) + Math.floor(widthOf(text) / this.#columns) + 1;
    this.#drawn = this.#rows;
    this.#write(`\x1b[${up}A\r\x1b[J${[text, ...this.#rows].join('\n')}\n`);
  }

  /** Shows rows that are redrawn in place, right above the bottom; none must be wider than the window. [] removes them. */
  setRows(rows: readonly string[]): void {
    if (!this.isTerminal || this.#dead || rows.join('\n') === this.#rows.join('\n')) return;
    this.#rows = rows;
    if (!this.#blocked) this.#redraw('');
  }

  /** Writes whatever waits, now. */
  flush(): void {
    if (this.#dead) return;
    if (!this.isTerminal) return this.#writeChunk();
    if (this.#suspended || this.#blocked) return;
    this.#unschedule();
    this.#lastFlush = performance.now();
    if (this.#queue.length === 0) return;
    if (this.#queuedLogLines > BATCH_LINES) this.#skipOldest();
    const parts: string[] = [];
    if (this.#skipped.size > 0) parts.push(this.#takeSkipped());
    for (const entry of this.#queue) {
      const text = entry.render(entry.from);
      if (text !== '' || entry.source === undefined) parts.push(text);
    }
    this.#queue = [];
    this.#queuedLogLines = 0;
    if (parts.length > 0) this.#redraw(`${parts.join('\n')}\n`);
  }

  /** Writes a terminal sequence as it is, after all that waits. Nothing where there is no terminal. */
  control(sequence: string): void {
    if (!this.isTerminal || this.#dead) return;
    this.flush();
    this.#hideRows();
    this.#write(sequence);
    if (this.#rows.length > 0) this.#redraw('');
  }

  /** Leaves the terminal to someone else; what is said meanwhile waits (log lines bounded). */
  suspend(): void {
    this.flush();
    this.#hideRows();
    this.#suspended = true;
  }

  resume(): void {
    this.#suspended = false;
    if (this.#rows.length > 0) this.#redraw('');
    if (this.#queue.length > 0) this.#schedule();
  }

  /** The reader is gone: everything from now on is dropped, and nobody is held. */
  abandon(): void {
    this.#dead = true;
    this.#unschedule();
    this.#queue = [];
    this.#chunk = '';
    this.#release();
  }

  /** Settles when the reader has taken everything (or is gone). */
  async drained(): Promise<void> {
    this.#suspended = false;
    this.flush();
    if (this.#dead || this.#stream.writableLength === 0) return;
    await new Promise<void>(resolve => {
      const done = () => {
        for (const event of ['drain', 'close', 'error']) this.#stream.off(event, done);
        resolve();
      };
      for (const event of ['drain', 'close', 'error']) this.#stream.on(event, done);
    });
    // Lines held back while it was blocked.
    if (this.#queue.length > 0) await this.drained();
  }

  #append(text: string): void {
    this.#chunk += text;
    if (this.#chunk.length >= CHUNK) this.#writeChunk();
    else this.#soon ??= setImmediate(() => this.#writeChunk());
  }

  #writeChunk(): void {
    if (this.#soon) clearImmediate(this.#soon);
    this.#soon = undefined;
    if (this.#chunk === '') return;
    const text = this.#chunk;
    this.#chunk = '';
    this.#pass(text);
  }

  /** By memory that is used again: a slow reader's flood must not be left to the garbage collector. */
  #passCopy(bytes: Uint8Array): void {
    const copy = (bytes.length <= COPY && this.#copies.pop()) || Buffer.allocUnsafeSlow(Math.max(COPY, bytes.length));
    copy.set(bytes);
    this.#pass(copy.subarray(0, bytes.length), () => {
      if (copy.length === COPY && this.#copies.length < MOST_COPIES) this.#copies.push(copy);
    });
  }

  #pass(text: string | Uint8Array, done?: () => void): void {
    this.#stream.write(text, done);
    if (this.#stream.writableLength > CONGESTED && !this.#held) {
      this.#held = true;
      this.#flow?.hold();
    }
  }

  #schedule(): void {
    if (this.#timer || this.#soon || this.#suspended || this.#blocked) return;
    const wait = this.#lastFlush + this.#interval - performance.now();
    if (wait <= 0) this.#soon = setImmediate(() => this.flush());
    else this.#timer = setTimeout(() => this.flush(), wait);
  }

  #unschedule(): void {
    clearTimeout(this.#timer);
    if (this.#soon) clearImmediate(this.#soon);
    this.#timer = this.#soon = undefined;
  }

  /** Brings the queued log lines down to what one batch shows: the newest stay. */
  #skipOldest(): void {
    let surplus = this.#queuedLogLines - BATCH_LINES;
    const kept: Entry[] = [];
    for (const entry of this.#queue) {
      if (entry.source === undefined || surplus <= 0) {
        kept.push(entry);
        continue;
      }
      const taken = Math.min(surplus, entry.lines);
      surplus -= taken;
      this.#queuedLogLines -= taken;
      this.#skipped.set(entry.source, (this.#skipped.get(entry.source) ?? 0) + taken);
      if (taken === entry.lines) continue;
      entry.lines -= taken;
      entry.from += taken;
      kept.push(entry);
    }
    this.#queue = kept;
  }

  #takeSkipped(): string {
    const sources = [...this.#skipped].sort((a, b) => b[1] - a[1]).map(([source]) => source);
    let count = 0;
    for (const lines of this.#skipped.values()) count += lines;
    this.#skipped.clear();
    return this.#skippedText(count, sources);
  }

  /** Takes the bottom away, writes, puts it back: as one write, so that nothing flickers. */
  #redraw(text: string, change: () => void = () => {}): void {
    if (this.#suspended) return change();
    const stream = this.#stream;
    stream.cork();
    const up = this.#rowsOf(this.#drawn) + (this.#bottom?.rowsAbove() ?? 0);
    const erase = this.#bottom || this.#status !== '' || up > 0 ? `${up > 0 ? `\x1b[${up}A` : ''}\r\x1b[J` : '';
    change();
    const rows = this.#rows.map(row => `${row}\n`).join('');
    this.#drawn = this.#rows;
    if (erase + text + rows !== '') this.#write(erase + text + rows);
    if (this.#bottom) this.#bottom.draw();
    else if (this.#status !== '') this.#write(cut(this.#status, this.#columns - 1));
    stream.uncork();
  }

  #hideRows(): void {
    if (this.#drawn.length === 0) return;
    const rows = this.#rows;
    this.#rows = [];
    this.#redraw('');
    this.#rows = rows;
  }

  /** Rows of the screen that these take now: terminals wrap what they show when the window gets narrower. */
  #rowsOf(rows: readonly string[]): number {
    return rows.reduce((sum, row) => sum + Math.max(1, Math.ceil(widthOf(row) / this.#columns)), 0);
  }

  get #columns(): number {
    return this.#stream.columns ?? 80;
  }

  #write(text: string): void {
    if (!this.#stream.write(text) && this.#stream.writableNeedDrain) this.#blocked = true;
  }

  #drained(): void {
    this.#blocked = false;
    this.#release();
    if (this.#queue.length > 0) this.#schedule();
  }

  #release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#flow?.release();
  }
}

/** A status line must not wrap, or it could not be erased. */
function cut(text: string, columns: number): string {
  const characters = [...text];
  return characters.length <= columns ? text : `${characters.slice(0, Math.max(0, columns - 1)).join('')}…`;
}

/** The descriptor of standard output where that is a plain file, which Node writes to at once, or a pipe that never blocks. */
function directDescriptor(stream: WriterOptions['stream']): number | undefined {
  const { fd } = stream as { fd?: unknown };
  if (typeof fd !== 'number') return undefined;
  try {
    const stats = fstatSync(fd);
    return stats.isFile() || stats.isFIFO() || stats.isSocket() ? fd : undefined;
  } catch {
    return undefined;
  }
}
