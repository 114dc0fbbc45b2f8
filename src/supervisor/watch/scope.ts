/** What one key watches below one root: the root's policy applied to paths. */
import path from 'node:path';
import { compileIgnore, type IgnorePatterns } from '../../dockerignore.js';
import type { WatchPolicy, WatchRule } from '../../system.js';
import { findRepository, GitignoreFiles } from './gitignore.js';
import { compileExcludes, type Exclusion, isNeverEntered, isTemporary } from './ignore.js';

export class Scope {
  readonly root: string;
  /** The .gitignore files above the root that have a say in it. */
  readonly rulesAbove: readonly string[];
  readonly #excludes: Exclusion;
  readonly #gitignore: GitignoreFiles | undefined;
  /** Paths of other parties, with all below them. */
  readonly #foreign: readonly string[];
  readonly #directories = new Map<string, boolean>();
  /** Undefined: there are none, and every file counts. */
  readonly #rules: readonly CompiledRule[] | undefined;

  constructor(root: string, policy: WatchPolicy, foreign: readonly string[]) {
    this.root = root;
    this.#foreign = foreign;
    this.#excludes = compileExcludes(policy.excludes, root);
    this.#rules = policy.rules?.filter(rule => path.resolve(rule.root) === root).map(compileRule);
    const repository = policy.gitignore ? (findRepository(root) ?? root) : undefined;
    this.#gitignore = repository === undefined ? undefined : new GitignoreFiles(repository);
    const above: string[] = [];
    for (let at = root; repository !== undefined && at !== repository; ) {
      at = path.dirname(at);
      above.push(path.join(at, '.gitignore'));
    }
    this.rulesAbove = above;
  }

  /** Whether the path is the root or below it. */
  holds(target: string): boolean {
    return target === this.root || target.startsWith(this.root.endsWith(path.sep) ? this.root : this.root + path.sep);
  }

  /** With forward slashes. */
  relative(target: string): string {
    return path.relative(this.root, target).split(path.sep).join('/');
  }

  /** Whether saves of this file, held by the root, count. */
  wantsFile(file: string): boolean {
    return (
      file !== this.root &&
      !isTemporary(path.basename(file)) &&
      this.wantsDirectory(path.dirname(file)) &&
      !this.#isExcluded(file, false) &&
      this.#isRuled(file)
    );
  }

  /** Whether to enter this directory, held by the root. The root itself is always entered, as it was asked for. */
  wantsDirectory(directory: string): boolean {
    if (directory === this.root) return true;
    let isWanted = this.#directories.get(directory);
    if (isWanted === undefined) {
      isWanted =
        !isNeverEntered(path.basename(directory)) &&
        this.wantsDirectory(path.dirname(directory)) &&
        !this.#isExcluded(directory, true);
      this.#directories.set(directory, isWanted);
    }
    return isWanted;
  }

  /** Reads the .gitignore files anew. */
  refresh(): void {
    this.#gitignore?.forget();
    this.#directories.clear();
  }

  #isRuled(file: string): boolean {
    if (this.#rules === undefined) return true;
    const relative = this.relative(file);
    return this.#rules.some(
      ({ include, ignore }) => !ignore?.excludes(relative) && (include === undefined || include.excludes(relative)),
    );
  }

  #isExcluded(target: string, isDirectory: boolean): boolean {
    return (
      this.#foreign.some(foreign => target === foreign || target.startsWith(foreign + path.sep)) ||
      this.#excludes(this.relative(target), isDirectory) ||
      (this.#gitignore?.ignores(target, isDirectory) ?? false)
    );
  }
}

interface CompiledRule {
  /** Undefined: everything. */
  readonly include: IgnorePatterns | undefined;
  readonly ignore: IgnorePatterns | undefined;
}

/** Patterns that can't be understood were told when the file was read; they match nothing. */
function compileRule({ include, ignore }: WatchRule): CompiledRule {
  return {
    include: include.length === 0 ? undefined : compileIgnore(include).patterns,
    ignore: ignore.length === 0 ? undefined : compileIgnore(ignore).patterns,
  };
}
