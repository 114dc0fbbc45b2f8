/** Reads the .gitignore files of a repository and answers whether git would pass over a path. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { compileGlob } from './glob.js';

/** One line of a .gitignore file. */
interface Rule {
  readonly pattern: RegExp;
  readonly isNegated: boolean;
  readonly onlyDirectories: boolean;
  /** Without a slash in the middle it matches the name, at any depth. */
  readonly onlyName: boolean;
}

/** The rules of a .gitignore file, first to last (the last one that matches decides). Malformed lines match nothing. */
export function parseGitignore(text: string): readonly Rule[] {
  const rules: Rule[] = [];
  for (const raw of text.replace(/^\ufeff/, '').split('\n')) {
    // Trailing spaces don't count unless a backslash protects them.
    let line = raw.replace(/\r$/, '').replace(/((?:^|[^\\])(?:\\\\)*(?:\\ )*) +$/, '$1');
    if (line === '' || line.startsWith('#')) continue;
    const isNegated = line.startsWith('!');
    if (isNegated) line = line.slice(1);
    const onlyDirectories = line.endsWith('/');
    if (onlyDirectories) line = line.slice(0, -1);
    const onlyName = !line.includes('/');
    if (line.startsWith('/')) line = line.slice(1);
    const pattern = line === '' ? undefined : compileGlob(asBytes(line));
    if (pattern) rules.push({ pattern, isNegated, onlyDirectories, onlyName });
  }
  return rules;
}

/**
 * The ignore rules that hold in a repository: every .gitignore from its root down to the path, a deeper file before a
 * higher one, then `.git/info/exclude`. Files are read when they are first needed, and kept until {@link forget}.
 */
export class GitignoreFiles {
  readonly #root: string;
  readonly #rules = new Map<string, readonly Rule[]>();

  /** `directory` is the repository's root. */
  constructor(directory: string) {
    this.#root = directory;
  }

  /** Whether a path is ignored by itself. Who asks walks down from the top: nothing below an ignored folder comes back. */
  ignores(target: string, isDirectory: boolean): boolean {
    const name = path.basename(target);
    let directory = path.dirname(target);
    for (;;) {
      const decision = decide(this.#read(path.join(directory, '.gitignore')), directory, target, name, isDirectory);
      if (decision !== undefined) return decision;
      if (directory === this.#root || directory === path.dirname(directory)) break;
      directory = path.dirname(directory);
    }
    const exclude = this.#read(path.join(this.#root, '.git', 'info', 'exclude'));
    return decide(exclude, this.#root, target, name, isDirectory) ?? false;
  }

  /** Reads the files anew from now on. */
  forget(): void {
    this.#rules.clear();
  }

  #read(file: string): readonly Rule[] {
    let rules = this.#rules.get(file);
    if (!rules) {
      rules = parseGitignore(readIfPossible(file));
      this.#rules.set(file, rules);
    }
    return rules;
  }
}

function decide(
  rules: readonly Rule[],
  directory: string,
  target: string,
  name: string,
  isDirectory: boolean,
): boolean | undefined {
  if (rules.length === 0) return undefined;
  const relative = path.relative(directory, target).split(path.sep).join('/');
  const last = rules.findLast(
    rule => (isDirectory || !rule.onlyDirectories) && rule.pattern.test(asBytes(rule.onlyName ? name : relative)),
  );
  return last && !last.isNegated;
}

/** git matches bytes, so that its `?` is half of an umlaut. */
function asBytes(text: string): string {
  return /^[\x00-\x7f]*$/.test(text) ? text : Buffer.from(text).toString('latin1');
}

function readIfPossible(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** The repository that a directory belongs to: the nearest one at or above it that holds `.git`. */
export function findRepository(directory: string): string | undefined {
  for (let at = directory; ; at = path.dirname(at)) {
    if (existsSync(path.join(at, '.git'))) return at;
    if (at === path.dirname(at)) return undefined;
  }
}
