/**
 * Watches files for services: one means of watching for all of them, each with its own roots and rules.
 *
 * What is told is what the operating system says happened, at once and as often as it happens; the state machine
 * collapses bursts. Files that are there at the start, accesses and changes of mode are not told.
 */
import { statSync } from 'node:fs';
import path from 'node:path';
import type { Diagnostic } from '../diagnostic.js';
import type { WatchPolicy } from '../system.js';
import { describeFailure, describeManyFiles, describeMissingRoot, MANY_FILES } from './watch/problems.js';
import { Scope } from './watch/scope.js';
import type { Tree, TreeHost } from './watch/tree.js';

export interface FileChange {
  /** Whom it concerns: the key that was given to `watch` or `watchFiles`. */
  readonly key: string;
  /** Absolute. */
  readonly path: string;
  /** Relative to its root, with forward slashes; of a single file its name. */
  readonly relative: string;
  readonly kind: 'changed' | 'added' | 'removed';
}

export interface WatcherOptions {
  onChange(change: FileChange): void;
  /** Once for each problem; what can be watched is. `key`: whom it concerns, if it is one. */
  onProblem(diagnostic: Diagnostic, key?: string): void;
  /** Absolute paths that never count, with all below them. Default: none. */
  readonly ignored?: readonly string[];
  /** The means of watching. Default: one inotify watch per directory on Linux, chokidar elsewhere. */
  readonly openTree?: (host: TreeHost) => Tree | Promise<Tree>;
}

export interface Watcher {
  /**
   * Watches the roots of a policy, at any depth; node_modules, version control's own folders, editors' temporary files
   * and what the policy excludes are left out. Resolves when every later save will be seen. A root that does not exist
   * is watched from when it appears. The same key again replaces.
   */
  watch(key: string, policy: WatchPolicy): Promise<void>;
  /** Watches exact files (absolute), which need not exist yet. The same key again replaces. */
  watchFiles(key: string, files: readonly string[]): Promise<void>;
  /** Ends both kinds of watch of a key: from now on nothing more is told. */
  unwatch(key: string): void;
  close(): Promise<void>;
}

export function createWatcher(options: WatcherOptions): Watcher {
  return new SharedWatcher(options);
}

async function openDefaultTree(host: TreeHost): Promise<Tree> {
  if (process.platform === 'linux') return (await import('./watch/directory-watcher.js')).createDirectoryTree(host);
  return (await import('./watch/chokidar-watcher.js')).createChokidarTree(host);
}

class SharedWatcher implements Watcher {
  readonly #options: WatcherOptions;
  readonly #scopes = new Map<string, readonly Scope[]>();
  readonly #files = new Map<string, ReadonlySet<string>>();
  readonly #told = new Set<string>();
  #tree: Promise<Tree> | undefined;
  #queued: Promise<void> | undefined;
  #last: Promise<void> = Promise.resolve();
  #isClosed = false;
  /** Derived from the above: every single file that matters, and the directories that lead to files and roots. */
  #single = new Map<string, Set<string>>();
  #passages = new Set<string>();
  #starts: readonly string[] = [];

  constructor(options: WatcherOptions) {
    this.#options = options;
  }

  async watch(key: string, policy: WatchPolicy): Promise<void> {
    if (this.#isClosed) return;
    const roots = policy.enabled ? [...new Set(policy.roots.map(root => path.resolve(root)))] : [];
    const foreign = (this.#options.ignored ?? []).map(ignored => path.resolve(ignored));
    const scopes = roots.map(root => new Scope(root, policy, foreign));
    this.#scopes.set(key, scopes);
    for (const root of roots) if (!isDirectory(root)) this.#options.onProblem(describeMissingRoot(root), key);
    await this.#refresh();
    if (this.#scopes.get(key) === scopes) await this.#warnOfMany(key, scopes);
  }

  async watchFiles(key: string, files: readonly string[]): Promise<void> {
    if (this.#isClosed) return;
    this.#files.set(key, new Set(files.map(file => path.resolve(file))));
    await this.#refresh();
  }

  unwatch(key: string): void {
    const isKnown = this.#scopes.delete(key);
    if ((this.#files.delete(key) || isKnown) && !this.#isClosed) void this.#refresh();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#last;
    await (await this.#tree)?.close();
  }

  /** Calls made while one is under way are answered together by the next. */
  #refresh(): Promise<void> {
    this.#queued ??= this.#last.then(async () => {
      this.#queued = undefined;
      if (this.#isClosed) return;
      this.#index();
      this.#tree ??= Promise.resolve((this.#options.openTree ?? openDefaultTree)(this.#host));
      await (await this.#tree).refresh();
    });
    this.#last = this.#queued;
    return this.#queued;
  }

  readonly #host: TreeHost = {
    starts: () => this.#starts,
    wants: (target, kind) => this.#wants(target, kind),
    changed: (target, kind) => this.#changed(target, kind),
    lost: () => void this.#refresh(),
    failed: (error, at) => this.#failed(error, at),
  };

  #index(): void {
    this.#single = new Map();
    this.#passages = new Set();
    const starts = new Set<string>();
    const scopes = [...this.#scopes.values()].flat();
    for (const [key, files] of this.#files) for (const file of files) this.#addSingle(file, key);
    // They are of use to nobody but the rules themselves.
    for (const scope of scopes) for (const file of scope.rulesAbove) this.#addSingle(file);
    // Each target is looked for from the nearest directory above that exists, so that it is found when it (re)appears.
    for (const target of [...this.#single.keys(), ...scopes.map(scope => scope.root)]) {
      let at = path.dirname(target);
      this.#passages.add(at);
      while (!isDirectory(at) && at !== path.dirname(at)) {
        at = path.dirname(at);
        this.#passages.add(at);
      }
      starts.add(at);
    }
    for (const { root } of scopes) starts.add(root);
    this.#starts = [...starts];
  }

  #addSingle(file: string, key?: string): void {
    const keys = this.#single.get(file) ?? new Set();
    if (key !== undefined) keys.add(key);
    this.#single.set(file, keys);
  }

  #wants(target: string, kind: 'file' | 'directory'): boolean {
    if (kind === 'file' ? this.#single.has(target) : this.#passages.has(target)) return true;
    for (const scopes of this.#scopes.values())
      for (const scope of scopes)
        if (scope.holds(target) && (kind === 'file' ? scope.wantsFile(target) : scope.wantsDirectory(target)))
          return true;
    return false;
  }

  #changed(target: string, kind: FileChange['kind']): void {
    if (this.#isClosed) return;
    if (path.basename(target) === '.gitignore') {
      for (const scopes of this.#scopes.values()) for (const scope of scopes) scope.refresh();
      void this.#refresh();
    }
    const told = new Set<string>();
    for (const [key, scopes] of [...this.#scopes]) {
      const scope = scopes.find(scope => scope.holds(target) && scope.wantsFile(target));
      if (!scope) continue;
      told.add(key);
      this.#options.onChange({ key, path: target, relative: scope.relative(target), kind });
    }
    for (const key of this.#single.get(target) ?? [])
      if (!told.has(key) && this.#files.get(key)?.has(target))
        this.#options.onChange({ key, path: target, relative: path.basename(target), kind });
  }

  #failed(error: NodeJS.ErrnoException, at: string): void {
    if (this.#isClosed) return;
    const concerned = [...this.#scopes].filter(([, scopes]) =>
      scopes.some(scope => scope.holds(at) && scope.wantsDirectory(at)),
    );
    const problem = describeFailure(error, at);
    // A directory on the way to a root may be closed to us without harm.
    if (problem.code === 'watch-unreadable' && concerned.length === 0 && !this.#holdsSingle(at)) return;
    // A limit strikes every directory from then on: it is said once.
    const once = problem.code === 'watch-limit' ? `${error.code}` : `${error.code} ${at}`;
    if (this.#told.has(once)) return;
    this.#told.add(once);
    const only = concerned.length === 1 ? concerned[0]?.[0] : undefined;
    if (only === undefined) this.#options.onProblem(problem);
    else this.#options.onProblem(problem, only);
  }

  #holdsSingle(directory: string): boolean {
    return [...this.#single].some(([file, keys]) => keys.size > 0 && path.dirname(file) === directory);
  }

  async #warnOfMany(key: string, scopes: readonly Scope[]): Promise<void> {
    const tree = await this.#tree;
    if (!tree || tree.fileCount() <= MANY_FILES) return;
    const all = [...tree.files()];
    for (const scope of scopes) {
      const files = all.filter(file => scope.holds(file) && scope.wantsFile(file)).map(file => scope.relative(file));
      if (files.length > MANY_FILES) this.#options.onProblem(describeManyFiles(scope.root, files), key);
    }
  }
}

function isDirectory(at: string): boolean {
  try {
    return statSync(at, { throwIfNoEntry: false })?.isDirectory() ?? false;
  } catch {
    return false;
  }
}
