/**
 * Finds a project's Compose files.
 *
 * Rules (Compose Specification and the `docker compose` command): files that are named; else those of COMPOSE_FILE, between
 * COMPOSE_PATH_SEPARATOR; else the first of the default names in the working directory or, without one, in the nearest
 * directory above, and the first override file beside it.
 */
import { statSync } from 'node:fs';
import path from 'node:path';
import type { Lookup } from '../../../interpolate.js';

/** The preferred one first. */
export const COMPOSE_FILES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'] as const;
export const OVERRIDE_FILES = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
] as const;

export interface FoundFiles {
  /** Absolute; empty: there is none. */
  readonly files: readonly string[];
  /** Files that could have been meant as well, for a warning. */
  readonly passedOver: readonly string[];
}

export function findComposeFiles(named: readonly string[], cwd: string, lookup: Lookup): FoundFiles {
  if (named.length > 0) return { files: named.map(file => path.resolve(cwd, file)), passedOver: [] };
  const listed = lookup('COMPOSE_FILE');
  if (listed !== undefined && listed !== '') {
    const files = listed.split(lookup('COMPOSE_PATH_SEPARATOR') || path.delimiter);
    return { files: files.map(file => path.resolve(cwd, file)), passedOver: [] };
  }
  for (let directory = path.resolve(cwd); ; directory = path.dirname(directory)) {
    const [main, ...others] = existing(directory, COMPOSE_FILES);
    if (main !== undefined) {
      const [override, ...more] = existing(directory, OVERRIDE_FILES);
      return { files: override === undefined ? [main] : [main, override], passedOver: [...others, ...more] };
    }
    if (path.dirname(directory) === directory) return { files: [], passedOver: [] };
  }
}

function existing(directory: string, names: readonly string[]): string[] {
  return names.map(name => path.join(directory, name)).filter(exists);
}

function exists(file: string): boolean {
  try {
    return statSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
