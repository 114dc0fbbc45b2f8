/** What is watched of a path: a directory with all below it, or a single file. */
import path from 'node:path';
import type { WatchRule } from '../../../system.js';
import { isDirectory } from '../../find.js';

export function watchRule(watched: string, include: readonly string[], ignore: readonly string[]): WatchRule {
  if (isDirectory(watched)) return { root: watched, include, ignore };
  return { root: path.dirname(watched), include: [path.basename(watched)], ignore };
}
