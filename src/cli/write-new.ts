/** Writes a file that must not exist yet: nothing of the user's is ever overwritten. */
import { writeFileSync } from 'node:fs';

/** Undefined: it is written. Else why not, without a full stop. */
export function writeNew(file: string, shown: string, text: string): string | undefined {
  try {
    // Looked for and made in one step, so that nobody's file slips in between.
    writeFileSync(file, text, { flag: 'wx' });
    return undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return `${shown} exists already; it is left as it is`;
    if (code === 'ENOENT' || code === 'ENOTDIR') return `${shown} can't be written: its directory does not exist`;
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return `${shown} may not be written (${code})`;
    return `${shown} can't be written: ${message}`;
  }
}
