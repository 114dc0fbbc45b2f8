/** The one place where an import looks at the file system: what lies beside and below a file. */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { readSource, Source, type Unreadable } from '../source.js';

export interface Surroundings {
  isFile(file: string): boolean;
  isDirectory(directory: string): boolean;
  /** A text file, or why it can't be read. */
  read(file: string): Source | Unreadable;
  /** Names in a directory, sorted; empty if it can't be read. */
  list(directory: string): readonly { readonly name: string; readonly isDirectory: boolean }[];
}

export const fileSystem: Surroundings = {
  isFile: file => kindOf(file)?.isFile() ?? false,
  isDirectory: directory => kindOf(directory)?.isDirectory() ?? false,
  read: readSource,
  list(directory) {
    try {
      return readdirSync(directory, { withFileTypes: true })
        .map(entry => ({ name: entry.name, isDirectory: entry.isDirectory() }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch {
      return [];
    }
  },
};

function kindOf(file: string) {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

/** The file's source, or undefined if there is none or it can't be read. */
export function sourceOf(file: string, around: Surroundings): Source | undefined {
  const source = around.read(file);
  return source instanceof Source ? source : undefined;
}

/** A path as it is written in a system file in `directory`; undefined is the directory itself. */
export function relativeTo(directory: string, target: string): string | undefined {
  const relative = slashed(path.relative(directory, target));
  return relative === '' ? undefined : relative;
}

/** One that was written as an absolute path stays one, unless it lies below. */
export function placedIn(directory: string, base: string, given: string): string | undefined {
  const relative = relativeTo(directory, path.resolve(base, given));
  return path.isAbsolute(given) && relative?.startsWith('..') ? slashed(given) : relative;
}

function slashed(file: string): string {
  return file.split(path.sep).join('/');
}
