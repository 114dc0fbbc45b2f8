/** Finds the system file: the one that was named, or the nearest upwards. */
import { type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { findComposeFiles } from './compose/project/discovery.js';

/** In the order in which a directory is searched. */
export const SYSTEM_FILES = ['fuge.yml', 'fuge.yaml', 'system.yml', 'fuge/fuge.yml'] as const;

export type Found =
  | { readonly file: string }
  /** Directories that were searched, nearest first. */
  | { readonly searched: readonly string[] };

/** `file` may be a directory, which is then searched itself. Without it: `cwd`, then every directory above. */
export function findSystemFile(file: string | undefined, cwd: string): Found {
  if (file !== undefined) {
    const absolute = path.resolve(cwd, file);
    if (!isDirectory(absolute)) return { file: absolute };
    const inside = lookIn(absolute);
    return inside === undefined ? { searched: [absolute] } : { file: inside };
  }
  const searched: string[] = [];
  for (let directory = path.resolve(cwd); ; directory = path.dirname(directory)) {
    const inside = lookIn(directory);
    if (inside !== undefined) return { file: inside };
    searched.push(directory);
    if (path.dirname(directory) === directory) return { searched };
  }
}

/** Names by which a file is a Compose file, whatever is in it. */
export function isComposeName(file: string): boolean {
  return /^(docker-)?compose([.-][\w.-]+)?\.ya?ml$/.test(path.basename(file));
}

/** By Compose's names in the directory or the nearest one above, with its override file; empty: there is none. */
export function findComposeProject(cwd: string): readonly string[] {
  return findComposeFiles([], cwd, () => undefined).files;
}

/** As {@link findComposeProject}, of this directory alone. */
export function composeProjectIn(directory: string | undefined): readonly string[] {
  const files = directory === undefined ? [] : findComposeProject(directory);
  return files.every(file => path.dirname(file) === directory) ? files : [];
}

function lookIn(directory: string): string | undefined {
  for (const name of SYSTEM_FILES) {
    const file = path.join(directory, name);
    if (isFile(file)) return file;
  }
  return undefined;
}

function isFile(file: string): boolean {
  return statsOf(file)?.isFile() ?? false;
}

/** False, too, for what can't be looked at. */
export function isDirectory(directory: string): boolean {
  return statsOf(directory)?.isDirectory() ?? false;
}

function statsOf(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** The file that makes the system: the system file, or the first of the Compose files. Undefined: there is none. */
export function locateSystemFile(file: string | undefined, cwd: string): string | undefined {
  const found = findSystemFile(file, cwd);
  if (!('searched' in found)) return found.file;
  return (file === undefined ? findComposeProject(cwd) : composeProjectIn(found.searched[0]))[0];
}
