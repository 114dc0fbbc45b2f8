/** What every form's reader gets. */
import path from 'node:path';
import type { Report } from '../report.js';
import type { Source } from '../source.js';
import { placedIn, type Surroundings } from './surroundings.js';

export interface ImportContext {
  readonly source: Source;
  readonly report: Report;
  /** Where the system file will stand: paths in it are relative to this. */
  readonly directory: string;
  readonly around: Surroundings;
  /** By which a file chooses between operating systems, in Node's words (`linux`, `darwin`, `win32`). */
  readonly platform: string;
}

/** Directory of the file that is imported. */
export function baseOf({ source }: Pick<ImportContext, 'source'>): string {
  return path.dirname(source.file);
}

/** A path of the imported file, for the system file; undefined: the system file's own directory. */
export function pathIn(context: ImportContext, given: string, base = baseOf(context)): string | undefined {
  return placedIn(context.directory, base, given);
}

/** Two codes are enough: what has no counterpart, and what comes close to one. */
export const LEFT_OUT = 'import-left-out';
export const CHANGED = 'import-changed';
