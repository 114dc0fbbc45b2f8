/** Who started a process: a mark that every one inherits, and a guard that outlives fuge. */
import { randomBytes } from 'node:crypto';
import type { RunId } from '../../event.js';
import { Guard } from './guard.js';

/** The environment variable that marks whatever fuge starts. */
export const MARK = 'FUGE_RUN';

export class Owner {
  /** Unlike a pid, never used again. */
  readonly id = `${process.pid}-${randomBytes(6).toString('hex')}`;
  readonly #groups = new Set<number>();
  readonly #guard = new Guard(`${MARK}=${this.id}:`);

  /** Value of {@link MARK} for one run of one service. */
  markOf(service: string, run: RunId): string {
    return `${this.id}:${service}:${run}`;
  }

  /** A process group that must not outlive fuge. */
  protect(pgid: number): void {
    this.#groups.add(pgid);
    this.#guard.protect(pgid);
  }

  /** The group is gone. */
  release(pgid: number): void {
    this.#groups.delete(pgid);
    this.#guard.release(pgid);
  }

  /** Whether this is the group of a live run. */
  isProtected(pgid: number): boolean {
    return this.#groups.has(pgid);
  }

  close(): void {
    this.#guard.close();
  }
}
