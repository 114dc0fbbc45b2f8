/** Writes a file that a service is given: whole or not at all, and in a directory that only the user may enter. */
import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Diagnostic } from '../diagnostic.js';
import type { GivenFile } from '../system.js';

/** What went wrong. */
export function writeGivenFile({ path, content, mode }: GivenFile): Diagnostic | undefined {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // One that is being read by a running service stays as it is.
    const temporary = `${path}.${process.pid}`;
    writeFileSync(temporary, content, { mode: 0o600 });
    chmodSync(temporary, mode);
    renameSync(temporary, path);
    return undefined;
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    return { severity: 'warning', code: 'file-not-written', message: `${path} can't be written (${reason})` };
  }
}
