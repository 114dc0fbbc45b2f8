/** Finds the system file among a command's operands: `fuge ps api fuge/fuge.yml`. */
import { statSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { type LoadResult, loadSystem } from '../index.js';
import { servicesOf } from './select.js';

export interface Located {
  /** The operands without the file. */
  readonly operands: readonly string[];
  readonly load: () => Promise<LoadResult>;
  /** What was loaded to decide, so that nothing is read twice. */
  readonly loaded: LoadResult | undefined;
  /** What the user gave; undefined: it is searched for. */
  readonly file: string | undefined;
}

/** Loads a file, or what is found in a directory, or (undefined) here and upwards. */
export function load(
  path: string | undefined,
  profiles: readonly string[] = [],
  portOffset?: string,
): Promise<LoadResult> {
  // None given: COMPOSE_PROFILES decides.
  const chosen = { ...(profiles.length > 0 && { profiles }), ...(portOffset !== undefined && { portOffset }) };
  if (path !== undefined && isDirectory(path)) return loadSystem(undefined, { ...chosen, cwd: resolve(path) });
  return loadSystem(path, chosen);
}

/**
 * The last operand is the file if it ends in .yml or .yaml, or if it is a directory and no service or group is called so.
 * `given` (from -f) wins, and then no operand is taken.
 */
export async function locateFile(
  operands: readonly string[],
  given: string | undefined,
  profiles: readonly string[] = [],
  portOffset?: string,
): Promise<Located> {
  const last = operands.at(-1);
  const taken = (file: string | undefined, operands: readonly string[], loaded?: LoadResult): Located => ({
    operands,
    file,
    loaded,
    load: () => load(file, profiles, portOffset),
  });
  if (given !== undefined || last === undefined) return taken(given, operands);
  if (/^\.ya?ml$/i.test(extname(last))) return taken(last, operands.slice(0, -1));
  if (!isDirectory(last)) return taken(undefined, operands);
  const here = await load(undefined, profiles, portOffset);
  if (here.system && servicesOf(last, here.system).length > 0) return taken(undefined, operands, here);
  return taken(last, operands.slice(0, -1));
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
