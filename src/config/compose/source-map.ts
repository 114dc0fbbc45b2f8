/**
 * Where a path of a container lies on this machine: below a bind mount, or where the build context was copied to.
 *
 * A mount hides what the image has there, a longer one what a shorter one has; of two copies the later counts. (Docker.)
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { isDirectory } from '../find.js';
import type { Copied } from './dockerfile-stages.js';

export interface Bound {
  /** Absolute path on this machine. */
  readonly source: string;
  /** Absolute path in the container. */
  readonly target: string;
  /** It will be there, even if it is not there yet. */
  readonly isSure?: boolean;
}

export interface SourceMap {
  /** The file or directory on this machine, if it is there. */
  toHost(target: string): string | undefined;
  /** What stands there was made by another stage of the image: it is nowhere on this machine. */
  isBuilt(target: string): boolean;
  /** The text with every absolute path that lies on this machine replaced. */
  rewrite(text: string): string;
}

/** @param context Absolute directory that the copies are out of. */
export function createSourceMap(bound: readonly Bound[], copied: readonly Copied[], context: string): SourceMap {
  const mounts = bound.toSorted((a, b) => b.target.length - a.target.length);
  const latest = copied.toReversed();
  const toHost = (target: string) => {
    const clean = path.posix.normalize(target).replace(/(.)\/$/, '$1');
    for (const mount of mounts) {
      const rest = below(clean, mount.target);
      if (rest === undefined) continue;
      const found = path.join(mount.source, rest);
      return (mount.isSure && rest === '') || existsSync(found) ? found : undefined;
    }
    for (const copy of latest) {
      for (const found of candidates(copy, clean, context)) if (existsSync(found)) return found;
    }
    return undefined;
  };
  return {
    toHost,
    isBuilt: target =>
      toHost(target) === undefined &&
      latest.some(
        copy => copy.sources === undefined && below(target, copy.target.replace(/(.)\/$/, '$1')) !== undefined,
      ),
    // Not behind a letter, a dot or a slash: `./a` and `http://x/a` hold no path of the container.
    rewrite: text => text.replace(/(?<![\w./~-])\/[\w./@+-]*[\w@+-]/g, target => toHost(target) ?? target),
  };
}

/** The path relative to a directory that holds it, or is it. */
function below(target: string, directory: string): string | undefined {
  if (target === directory) return '';
  const prefix = directory === '/' ? '/' : `${directory}/`;
  return target.startsWith(prefix) ? target.slice(prefix.length) : undefined;
}

/** What may have become `target` by a copy. Of a directory its content is copied, of a file the file itself. */
function* candidates({ sources, target: copiedTo }: Copied, target: string, context: string): Generator<string> {
  const into = copiedTo.replace(/(.)\/$/, '$1');
  for (const source of sources ?? []) {
    const file = path.join(context, path.posix.normalize(`/${source}`).replace(/\/$/, ''));
    const rest = below(target, into);
    if (rest === undefined) continue;
    if (/[*?[]/.test(source)) {
      if (rest !== '' && !rest.includes('/')) yield path.join(path.dirname(file), rest);
    } else if (isDirectory(file)) yield path.join(file, rest);
    else if (rest === '') yield file;
    else if (rest === path.basename(file)) yield file;
  }
}
