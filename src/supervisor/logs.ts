/** Keeps all that a service says in `log/<service>.log`. */
import { close, fstatSync, mkdirSync, openSync, readSync, renameSync, statSync, unlinkSync, writev } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from '../diagnostic.js';
import { ByteQueue } from './slabs.js';

const NEWLINE = 10;
/** A log file that has grown beyond this many bytes is set aside when a new run begins. */
export const ROTATE_AT_LAUNCH = 16 * 1024 * 1024;
/** … and beyond this many bytes at once, run or no run. */
export const ROTATE_AT_ONCE = 256 * 1024 * 1024;
/** Bytes waiting for the disk, of all services together, above which those pause that have more than {@link PART} of them. */
export const PAUSE_ABOVE = 1.5 * 1024 * 1024;
const PART = 128 * 1024;
/** Bytes of a flood that are written together, if they come within {@link WRITE_EVERY_MS}. */
const WRITE_ABOVE = 128 * 1024;
const WRITE_EVERY_MS = 20;

/** Bytes that wait in all log files of this process: they wait for the same disk. */
let waitingOfAll = 0;

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
  #waiting = new ByteQueue();
  #timer: NodeJS.Timeout | undefined;
  /** What `performance.now()` said. */
  #lastWrite = Number.NEGATIVE_INFINITY;
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

  /** Appends; copies the bytes, which may change afterwards. */
  write(bytes: Buffer): void {
    if (this.#fd === undefined || this.#isBroken || bytes.length === 0) return;
    this.#endsWithinLine = bytes.at(-1) !== NEWLINE;
    this.#waiting.append(bytes);
    waitingOfAll += bytes.length;
    if (!this.#isPressed && waitingOfAll > PAUSE_ABOVE && this.#waitingBytes > PART) {
      this.#isPressed = true;
      this.#options.onPressure(true);
    }
    this.#flushSoon();
  }

  /** Settles when everything written so far is in the file. */
  async flushed(): Promise<void> {
    this.#flush();
    if (!this.#isWriting) return;
    await new Promise<void>(resolve => this.#idle.push(resolve));
  }

  async close(): Promise<void> {
    await this.flushed();
    const fd = this.#fd;
    this.#fd = undefined;
    if (fd !== undefined) await new Promise<void>(resolve => close(fd, () => resolve()));
  }

  get #waitingBytes(): number {
    return this.#waiting.end - this.#waiting.start;
  }

  #drop(bytes: number): void {
    this.#waiting.dropBefore(this.#waiting.start + bytes);
    waitingOfAll -= bytes;
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

  /** What comes after a pause is written at once; of a flood some of it together: each write wakes a thread. */
  #flushSoon(): void {
    if (this.#isWriting) return;
    const pause = this.#lastWrite + WRITE_EVERY_MS - performance.now();
    if (pause <= 0 || this.#waitingBytes >= WRITE_ABOVE) return this.#flush();
    this.#timer ??= setTimeout(() => this.#flush(), pause);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isWriting || this.#waitingBytes === 0) return;
    this.#isWriting = true;
    this.#lastWrite = performance.now();
    this.#put(this.#waiting.end);
  }

  /** Writes all up to this place, which more may follow meanwhile. */
  #put(end: number): void {
    const fd = this.#fd;
    if (fd === undefined) return this.#written();
    writev(fd, this.#waiting.pieces(this.#waiting.start, end), (error, written) => {
      if (error) {
        this.#fail(error);
        return this.#written();
      }
      this.#size += written;
      this.#drop(written);
      if (this.#waiting.start < end) return this.#put(end);
      this.#written();
    });
  }

  #written(): void {
    this.#isWriting = false;
    if (this.#isPressed && (waitingOfAll < PAUSE_ABOVE / 2 || this.#waitingBytes < PART / 2)) {
      this.#isPressed = false;
      this.#options.onPressure(false);
    }
    if (this.#size > ROTATE_AT_ONCE && !this.#isBroken) this.#rotate();
    // Somebody waits for the file to have all, or the service for its turn.
    if (this.#idle.length > 0 || this.#isPressed) this.#flush();
    else if (this.#waitingBytes > 0) this.#flushSoon();
    if (!this.#isWriting) for (const resolve of this.#idle.splice(0)) resolve();
  }

  #fail(error: NodeJS.ErrnoException): void {
    this.#drop(this.#waitingBytes);
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

/** A service's name as a file name: what a file name can't hold becomes `_`. */
function fileName(service: string): string {
  return service.replace(/[/\\\0]/g, '_');
}
