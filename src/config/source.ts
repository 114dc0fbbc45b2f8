/** One text file with its places: offsets become line and column only when something is said about them. */
import { readFileSync, statSync } from 'node:fs';
import type { Origin } from '../diagnostic.js';

/** A stretch of a source. */
export interface Place {
  readonly source: Source;
  /** Offset of the first character. */
  readonly start: number;
  /** One past the last one. */
  readonly end: number;
}

export class Source {
  #lineStarts: readonly number[] | undefined;

  constructor(
    /** Absolute path. */
    readonly file: string,
    readonly text: string,
  ) {}

  /** Where the stretch is; one of several lines is marked to the end of its first line. */
  origin(start: number, end: number): Origin {
    const line = this.#lineAt(start);
    const lineStart = this.#starts()[line - 1]!;
    const lineEnd = lineStart + this.line(line).length;
    const column = start - lineStart + 1;
    const endColumn = Math.max(column + 1, Math.min(end, lineEnd) - lineStart + 1);
    return { file: this.file, line, column, endColumn };
  }

  /** The text of a line, counted from 1, without its line break. */
  line(number: number): string {
    const starts = this.#starts();
    return this.text.slice(starts[number - 1], starts[number]).replace(/\r?\n$/, '');
  }

  /** Offset of a place. */
  offset(line: number, column: number): number {
    return (this.#starts()[line - 1] ?? this.text.length) + column - 1;
  }

  #lineAt(offset: number): number {
    const starts = this.#starts();
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  #starts(): readonly number[] {
    if (this.#lineStarts) return this.#lineStarts;
    const starts = [0];
    for (let i = this.text.indexOf('\n'); i !== -1; i = this.text.indexOf('\n', i + 1)) starts.push(i + 1);
    this.#lineStarts = starts;
    return starts;
  }
}

/** Parsing takes about 120 ms a megabyte; no system file that people write comes near this. */
const LARGEST = 4 * 1024 * 1024;

export interface Unreadable {
  readonly code: 'file-missing' | 'not-a-file' | 'file-too-large' | 'not-text' | 'file-unreadable';
  /** One sentence that names the file. */
  readonly message: string;
}

/**
 * Reads a text file, or says why it can't be one. Only regular files are opened: a FIFO would block for ever. The calls
 * block, which for a few small files is several times quicker than waiting for a thread.
 */
export function readSource(file: string): Source | Unreadable {
  try {
    const stats = statSync(file);
    if (!stats.isFile()) {
      const what = stats.isDirectory() ? 'a directory' : stats.isFIFO() ? 'a FIFO' : 'a device or socket';
      return { code: 'not-a-file', message: `${file} is ${what}, not a file` };
    }
    if (stats.size > LARGEST) {
      const size = (stats.size / 1024 / 1024).toFixed(1);
      return {
        code: 'file-too-large',
        message: `${file} has ${size} MB; at most ${LARGEST / 1024 / 1024} MB are read`,
      };
    }
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
    if (text.includes('\0')) return { code: 'not-text', message: `${file} is no text file: it contains NUL bytes` };
    return new Source(file, text);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { code: 'file-missing', message: `${file} does not exist` };
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      return { code: 'not-text', message: `${file} is no text file: it is not UTF-8` };
    if (code === 'EACCES' || code === 'EPERM')
      return { code: 'file-unreadable', message: `${file} may not be read (${code})` };
    return { code: 'file-unreadable', message: `${file} can't be read (${code ?? String(error)})` };
  }
}
