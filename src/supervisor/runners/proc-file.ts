/**
 * Reads files of /proc, which are small, many, and have no size: Node's own readFile takes 64 KiB for each, so a look at a
 * few hundred processes leaves tens of megabytes to the garbage collector. These share one buffer.
 */
import { closeSync, openSync, readSync } from 'node:fs';

/** Most fit: a stat has some 300 bytes, a long environment a few pages. It grows for others and stays so. */
let buffer = Buffer.allocUnsafeSlow(16 * 1024);

/** The bytes of a file; the next call overwrites them. Throws where it can't be read, as the process may have ended. */
export function bytesOfProcFile(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    let length = 0;
    for (;;) {
      const count = readSync(file, buffer, length, buffer.length - length, null);
      length += count;
      if (count === 0) return buffer.subarray(0, length);
      if (length === buffer.length) {
        const larger = Buffer.allocUnsafeSlow(buffer.length * 2);
        buffer.copy(larger);
        buffer = larger;
      }
    }
  } finally {
    closeSync(file);
  }
}

/** Its text, a character for each byte. */
export function textOfProcFile(path: string): string {
  return bytesOfProcFile(path).toString('latin1');
}
