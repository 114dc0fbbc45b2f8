/** Who started a process: a mark that every one inherits, and a guard that outlives fuge. */
import type { RunId } from '../../event.js';
import { Guard } from './guard.js';
import { endMarked } from './marked.js';
import { startTimeOf } from './process-group.js';

/** The environment variable that marks whatever fuge starts. */
export const MARK = 'FUGE_RUN';

export class Owner {
  /** Unlike a pid, never used again. */
  readonly id = `${process.pid}-${Math.floor(Math.random() * 2 ** 48)
    .toString(16)
    .padStart(12, '0')}`;
  readonly #markStart = `${MARK}=${this.id}:`;
  readonly #guard = new Guard(this.#markStart, this.id);
  #hasStarted = false;

  /** Value of {@link MARK} for one run of one service. */
  markOf(service: string, run: RunId): string {
    return `${this.id}:${service}:${run}`;
  }

  /** A process group that must not outlive fuge. */
  protect(pgid: number): void {
    this.#hasStarted = true;
    this.#guard.protect(pgid);
  }

  /** The group is gone. */
  release(pgid: number): void {
    this.#guard.release(pgid);
  }

  /** Whether this is the group of a live run. */
  isProtected(pgid: number): boolean {
    return this.#guard.isProtected(pgid);
  }

  /** Should fuge be killed, this file goes when all that it started is gone. */
  removeAtEnd(file: string): void {
    this.#guard.removeAtEnd(file);
  }

  /** Should fuge be killed, its containers at this engine are ended. */
  guardContainers(engine: string): void {
    this.#guard.guardContainers(engine);
  }

  /** Ends what still carries the mark, such as a daemon that a build or a hook started, and the guard. */
  async close(): Promise<void> {
    if (this.#hasStarted) await endMarked(this.#markStart, startTimeOf(process.pid));
    this.#guard.close();
  }
}
