/**
 * The variables of a project: those of the process, even empty ones, over those of its `.env`.
 *
 * Rules (`docker compose`): `--env-file` in place of the `.env`, several with the last one winning; without it those of
 * COMPOSE_ENV_FILES; COMPOSE_DISABLE_ENV_FILE leaves the `.env` out.
 */
import path from 'node:path';
import type { Lookup } from '../../../interpolate.js';
import type { Report } from '../../report.js';
import { booleanOf } from './values.js';
import { readVariables, type VariablesFile } from './variables-file.js';

export interface EnvironmentOptions {
  /** What goes before every file. */
  readonly lookup: Lookup;
  /** `--env-file`. */
  readonly envFiles: readonly string[];
  readonly cwd: string;
}

/** What is set in the process. */
export function processLookup(env: Readonly<Record<string, string | undefined>>): Lookup {
  return name => (Object.hasOwn(env, name) ? env[name] : undefined);
}

/** Variables as `directory`, and the directories before it, give them: an earlier one's `.env` wins. */
export function projectLookup(directories: readonly string[], options: EnvironmentOptions, report: Report): Lookup {
  const base = options.lookup;
  const given = options.envFiles.length > 0 ? options.envFiles : (base('COMPOSE_ENV_FILES') ?? '').split(',');
  const named = given.filter(file => file !== '').map(file => ({ file: path.resolve(options.cwd, file) }));
  if (named.length > 0) return layered(base, [named], report);
  if (booleanOf(base('COMPOSE_DISABLE_ENV_FILE') ?? '')) return base;
  const files = [...new Set(directories)].map(directory => [{ file: path.join(directory, '.env'), optional: true }]);
  return layered(base, files, report);
}

function layered(base: Lookup, layers: readonly (readonly VariablesFile[])[], report: Report): Lookup {
  return layers.reduce<Lookup>((lookup, files) => {
    const values = readVariables(files, lookup, report);
    return name => lookup(name) ?? values.get(name);
  }, base);
}
