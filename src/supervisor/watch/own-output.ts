/** The files that this very process prints into, as in `fuge up > out.txt`: what changes there is no save of anybody. */
import { fstatSync, statSync } from 'node:fs';

interface Identity {
  readonly dev: number;
  readonly ino: number;
}

const [STDOUT, STDERR] = [1, 2];

/** Whether a path leads to such a file; where there is none, nothing is looked up. */
export function isOwnOutput(path: string): boolean {
  own ??= [STDOUT, STDERR].flatMap(identityOf);
  if (own.length === 0) return false;
  const file = statSync(path, { throwIfNoEntry: false });
  return file !== undefined && own.some(({ dev, ino }) => file.dev === dev && file.ino === ino);
}

/** Streams of a process lead to the same place all its life. */
let own: Identity[] | undefined;

function identityOf(fd: number): Identity[] {
  try {
    const stat = fstatSync(fd);
    return stat.isFile() ? [stat] : [];
  } catch {
    return []; // closed
  }
}
