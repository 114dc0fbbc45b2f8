/** Where the socket of a running fuge lies: beside its registration, or, where that path is too long, in a folder of the user's own. */
import { lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes that a socket's path may have: 107 on Linux, 103 on macOS. */
const LONGEST = 103;

/**
 * A path for the socket of the fuge with this id; its folder exists then, and only the user gets into it.
 *
 * @param directory Where registrations lie.
 * @throws Error where there is no such place.
 */
export function socketPathFor(directory: string, id: string): string {
  const beside = join(directory, `${id}.sock`);
  if (Buffer.byteLength(beside) <= LONGEST) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return beside;
  }
  const uid = process.getuid?.() ?? 0;
  const own = `/tmp/fuge-${uid}`;
  mkdirSync(own, { recursive: true, mode: 0o700 });
  // Everybody may write to /tmp: somebody else may have made it first.
  const found = lstatSync(own);
  if (!found.isDirectory() || found.uid !== uid || (found.mode & 0o077) !== 0)
    throw new Error(`${own} must be a folder that only you can open`);
  return join(own, `${id}.sock`);
}
