/** Keeps what a service says: the newest lines in memory, all of it in `log/<service>.log`. */
import { close, fstatSync, mkdirSync, openSync, readSync, renameSync, statSync, unlinkSync, writev } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../diagnostic.js';
import type { Line, RunId, StreamName } from '../event.js';

/** Lines given out at most for one service. */
export const KEPT_LINES = 10_000;
/** Characters kept in memory for one service; one that talks much never evicts another's. */
export const KEPT_CHARACTERS = 2 * 1024 * 1024;

interface Batch {
  readonly at: number;
  readonly run: RunId;
  readonly stream: StreamName;
  readonly text: string;
}

const DROPPED: Batch = { at: 0, run: 0, stream: 'stdout', text: '' };

/** The newest lines of one service. Keeps what one read brought together, so a flood costs little. */
export class RecentLines {
  #batches: Batch[] = [];
  /** Batches before this index are dropped; the array is compacted now and then instead of at every drop. */
  #first = 0;
  #characters = 0;

  /** @param text Whole lines, joined by `\n`. */
  push(at: number, run: RunId, stream: StreamName, text: string): void {
    this.#batches.push({ at, run, stream, text });
    this.#characters += text.length + 1;
    // A batch goes as a whole; the newest stays, however long it is.
    while (this.#characters > KEPT_CHARACTERS && this.#first < this.#batches.length - 1) {
      this.#characters -= this.#batches[this.#first]!.text.length + 1;
      this.#batches[this.#first++] = DROPPED; // its text is freed now, its place later
    }
    if (this.#first > 64 && this.#first > this.#batches.length / 2) {
      this.#batches = this.#batches.slice(this.#first);
      this.#first = 0;
    }
  }

  /** The newest lines, oldest first. They are split only when somebody asks. */
  newest(limit = KEPT_LINES): Line[] {
    const found: Line[] = [];
    for (let i = this.#batches.length - 1; i >= this.#first && found.length < limit; i--) {
      const { at, run, stream, text } = this.#batches[i]!;
      const lines = text.split('\n');
      for (let j = lines.length - 1; j >= 0 && found.length < limit; j--)
        found.push({ at, run, stream, text: lines[j]! });
    }
    return found.reverse();
  }
}

const NEWLINE = 10;
/** A log file that has grown beyond this many bytes is set aside when a new run begins. */
export const ROTATE_AT_LAUNCH = 16 * 1024 * 1024;
/** … and beyond this many bytes at once, run or no run. */
export const ROTATE_AT_ONCE = 256 * 1024 * 1024;
/** Bytes waiting for the disk at which reading of the service pauses, and at which it goes on. */
const PAUSE_ABOVE = 4 * 1024 * 1024;
const RESUME_BELOW = 1024 * 1024;

export interface LogFileOptions {
  readonly directory: string;
  readonly service: string;
  /** Hears once a run that the file can't be written; the run goes on without. */
  onProblem(diagnostic: Diagnostic): void;
  /** Reading should pause (true) or may go on (false). */
  onPressure(isHigh: boolean): void;
}

/** `<directory>/<service>.log`: the raw bytes, whole lines of both streams in the order they came, appended over restarts. */
export class LogFile {
  readonly path: string;
  readonly #options: LogFileOptions;
  #fd: number | undefined;
  #isBroken = false;
  #size = 0;
  /** The last byte is no newline: the last run ended within a line. */
  #endsWithinLine = false;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #isWriting = false;
  #isPressed = false;
  #idle: (() => void)[] = [];

  constructor(options: LogFileOptions) {
    this.#options = options;
    this.path = join(options.directory, `${fileName(options.service)}.log`);
  }

  /** The rotated file, if there is one, and the current one: those that exist, oldest first. */
  files(): string[] {
    return [`${this.path}.1`, this.path].filter(path => statSync(path, { throwIfNoEntry: false })?.isFile());
  }

  /** A run begins on a line of its own: opens the file, after an earlier failure once more. */
  begin(): void {
    this.#isBroken = false;
    if (this.#fd !== undefined && !this.#isWriting && this.#wasTakenAway(this.#fd)) this.#release();
    if (this.#fd !== undefined && this.#size > ROTATE_AT_LAUNCH && !this.#isWriting) this.#rotate();
    if (this.#fd === undefined) this.#open(ROTATE_AT_LAUNCH);
    if (this.#endsWithinLine) this.write(Buffer.from('\n'));
  }

  /** Appends; the bytes must not be changed afterwards. */
  write(bytes: Buffer): void {
    if (this.#fd === undefined || this.#isBroken || bytes.length === 0) return;
    this.#endsWithinLine = bytes.at(-1) !== NEWLINE;
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (!this.#isPressed && this.#waitingBytes > PAUSE_ABOVE) {
      this.#isPressed = true;
      this.#options.onPressure(true);
    }
    this.#flush();
  }

  /** Settles when everything written so far is in the file. */
  async flushed(): Promise<void> {
    if (!this.#isWriting) return;
    await new Promise<void>(resolve => this.#idle.push(resolve));
  }

  async close(): Promise<void> {
    await this.flushed();
    const fd = this.#fd;
    this.#fd = undefined;
    if (fd !== undefined) await new Promise<void>(resolve => close(fd, () => resolve()));
  }

  #open(rotateAbove: number): void {
    try {
      mkdirSync(this.#options.directory, { recursive: true });
      if ((statSync(this.path, { throwIfNoEntry: false })?.size ?? 0) > rotateAbove) this.#setAside();
      this.#fd = openSync(this.path, 'a+', 0o600);
      this.#size = fstatSync(this.#fd).size;
      const last = Buffer.of(NEWLINE);
      if (this.#size > 0) readSync(this.#fd, last, 0, 1, this.#size - 1);
      this.#endsWithinLine = last[0] !== NEWLINE;
    } catch (error) {
      this.#fail(error as NodeJS.ErrnoException);
    }
  }

  /** Somebody deleted or moved the file: what is written to it is lost to everybody. */
  #wasTakenAway(fd: number): boolean {
    return fstatSync(fd).ino !== statSync(this.path, { throwIfNoEntry: false })?.ino;
  }

  #release(): void {
    const fd = this.#fd;
    this.#fd = undefined;
    if (fd !== undefined) close(fd, () => {});
  }

  #rotate(): void {
    this.#release();
    try {
      this.#setAside();
    } catch (error) {
      this.#fail(error as NodeJS.ErrnoException);
      return;
    }
    this.#open(Number.POSITIVE_INFINITY);
  }

  #setAside(): void {
    const older = `${this.path}.1`;
    if (statSync(older, { throwIfNoEntry: false })) unlinkSync(older);
    renameSync(this.path, older);
  }

  #flush(): void {
    if (this.#isWriting || this.#waiting.length === 0) return;
    this.#isWriting = true;
    this.#put(this.#waiting.splice(0, 512));
  }

  #put(batch: Buffer[]): void {
    const fd = this.#fd;
    if (fd === undefined) return this.#written();
    writev(fd, batch, (error, written) => {
      if (error) {
        this.#fail(error);
        return this.#written();
      }
      this.#size += written;
      this.#waitingBytes -= written;
      const rest = dropBytes(batch, written);
      if (rest.length > 0) return this.#put(rest);
      this.#written();
    });
  }

  #written(): void {
    this.#isWriting = false;
    if (this.#isPressed && this.#waitingBytes < RESUME_BELOW) {
      this.#isPressed = false;
      this.#options.onPressure(false);
    }
    if (this.#size > ROTATE_AT_ONCE && !this.#isBroken) this.#rotate();
    this.#flush();
    if (!this.#isWriting) for (const resolve of this.#idle.splice(0)) resolve();
  }

  #fail(error: NodeJS.ErrnoException): void {
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (this.#isBroken) return;
    this.#isBroken = true;
    const remedy =
      error.code === 'ENOSPC'
        ? 'make room on the disk; the next start of the service tries again'
        : 'make the folder writable, or set another one with log_path; the next start of the service tries again';
    this.#options.onProblem({
      severity: 'warning',
      code: 'log-not-written',
      message: `the output of "${this.#options.service}" is not written to ${this.path}: ${reason(error)}`,
      hint: remedy,
    });
  }
}

function reason(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOSPC') return 'the disk is full';
  if (error.code === 'EEXIST' || error.code === 'ENOTDIR') return 'a file stands where its folder should be';
  if (error.code === 'EACCES' || error.code === 'EPERM' || error.code === 'EROFS') return 'the folder is not writable';
  return error.message;
}

function dropBytes(batch: Buffer[], count: number): Buffer[] {
  let left = count;
  let index = 0;
  while (index < batch.length && left >= batch[index]!.length) left -= batch[index++]!.length;
  const rest = batch.slice(index);
  if (left > 0 && rest[0]) rest[0] = rest[0].subarray(left);
  return rest;
}

/** A service's name as a file name: what a file name can't hold becomes `_`. */
function fileName(service: string): string {
  return service.replace(/[/\\\0]/g, '_');
}
