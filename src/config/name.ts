/** The name of a system. */
import path from 'node:path';
import { normaliseProjectName as normalise } from './project-name.js';

/** The given name, else the directory's (of a directory `fuge`, its parent's), normalised as Compose does a project's. */
export function systemName(given: string | undefined, directory: string): string {
  const inFuge = path.basename(directory) === 'fuge' ? path.dirname(directory) : directory;
  return normalise(given ?? '') || normalise(path.basename(inFuge)) || 'system';
}
