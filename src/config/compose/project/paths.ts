/**
 * Paths of the host in a Compose file: made absolute against the directory of the file that names them.
 *
 * `~` is the user's home. A build context may also be a URL, a Git repository or another service's image, which stay as they
 * are (Compose Specification, "build").
 */
import path from 'node:path';
import type { Kind } from './values.js';
import { changed, text } from './values.js';

/** `~/x` in the home directory, `x` in `directory`; what is absolute, also on Windows, stays as it is. */
export function absolutePath(given: string, directory: string, home: string): string {
  const expanded = /^~(\/|$)/.test(given) ? path.join(home, given.slice(1)) : given;
  if (path.isAbsolute(expanded) || isWindowsAbsolute(expanded)) return expanded;
  return cleaned(path.resolve(directory, expanded));
}

/** Without `.`, `..` and doubled or trailing slashes. */
export function cleaned(given: string): string {
  const normal = path.posix.normalize(given);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

export function isWindowsAbsolute(given: string): boolean {
  return /^([a-zA-Z]:[\\/]|\\\\)/.test(given);
}

/** What a builder fetches itself. */
export function isRemote(context: string): boolean {
  return context.includes('://') || /^(github\.com\/|git@)/.test(context);
}

/** A path of the host. */
export const hostPath: Kind = changed(text, (value, node, _path, reading) =>
  absolutePath(String(value), reading.scope(node).directory, reading.home),
);

/** A directory, or what a builder takes in place of one. */
export const buildContext: Kind = changed(text, (value, node, _path, reading) => {
  const given = String(value);
  if (isRemote(given) || given.startsWith('service:')) return given;
  return absolutePath(given, reading.scope(node).directory, reading.home);
});
