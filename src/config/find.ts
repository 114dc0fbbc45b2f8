/** Finds the system file: the one that was named, or the nearest upwards. */
import { stat } from 'node:fs/promises';
import path from 'node:path';

/** In the order in which a directory is searched. */
export const SYSTEM_FILES = ['fuge.yml', 'fuge.yaml', 'system.yml', 'fuge/fuge.yml'] as const;

export type Found =
  | { readonly file: string }
  /** Directories that were searched, nearest first. */
  | { readonly searched: readonly string[] };

/** `file` may be a directory, which is then searched itself. Without it: `cwd`, then every directory above. */
export async function findSystemFile(file: string | undefined, cwd: string): Promise<Found> {
  if (file !== undefined) {
    const absolute = path.resolve(cwd, file);
    if (!(await isDirectory(absolute))) return { file: absolute };
    const inside = await lookIn(absolute);
    return inside === undefined ? { searched: [absolute] } : { file: inside };
  }
  const searched: string[] = [];
  for (let directory = path.resolve(cwd); ; directory = path.dirname(directory)) {
    const inside = await lookIn(directory);
    if (inside !== undefined) return { file: inside };
    searched.push(directory);
    if (path.dirname(directory) === directory) return { searched };
  }
}

async function lookIn(directory: string): Promise<string | undefined> {
  for (const name of SYSTEM_FILES) {
    const file = path.join(directory, name);
    if (await isFile(file)) return file;
  }
  return undefined;
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    stats => stats.isFile(),
    () => false,
  );
}

/** False, too, for what can't be looked at. */
export async function isDirectory(directory: string): Promise<boolean> {
  return stat(directory).then(
    stats => stats.isDirectory(),
    () => false,
  );
}
