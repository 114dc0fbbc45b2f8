/** Turns changed files into saves of services: sources, env files, the system file. */
import { statSync } from 'node:fs';
import { relative } from 'node:path';
import type { Diagnostic } from '../diagnostic.js';

import type { Service, System } from '../system.js';
import type { Clock } from './clock.js';
import type { SaveCause } from './machine.js';
import { isOwnOutput } from './watch/own-output.js';
import type { FileChange, Watcher, WatcherOptions } from './watch.js';

export interface MonitorHost {
  saved(service: string, cause: SaveCause): void;
  systemFileChanged(files: readonly string[]): void;
  notice(diagnostic: Diagnostic, service?: string): void;
  readonly clock: Clock;
  /** Absolute paths below which nothing counts: fuge's own logs. */
  readonly ignored: readonly string[];
}

/** The system file's own key; a service can't be called so, since names hold no NUL. */
const SYSTEM = '\0system';
const ENV_FILES = '\0env';
/**
 * Changes are gathered for this long, ms: a save by way of a temporary file is over by then, and only what is there
 * afterwards counts.
 */
export const GATHER_MS = 3;
/** An edit of the system file is told once for all its events, ms. */
const SYSTEM_QUIET_MS = 100;

export class Monitor {
  readonly #make: (options: WatcherOptions) => Watcher;
  readonly #host: MonitorHost;
  #watcher: Watcher | undefined;
  readonly #watched = new Set<string>();
  /** Those whose watch the user turned off: a start does not turn it on again. */
  readonly #unwatched = new Set<string>();
  #fileSignature = '';
  #envFileReaders = new Map<string, string[]>();
  #systemPaths: ReadonlySet<string> = new Set();
  readonly #systemFiles = new Set<string>();
  #cancelSystem = () => {};
  /** Changes of services that were told a moment ago, by absolute path. */
  readonly #gathered = new Map<string, Map<string, FileChange>>();
  #isClosed = false;

  constructor(make: (options: WatcherOptions) => Watcher, host: MonitorHost) {
    this.#make = make;
    this.#host = host;
  }

  isWatching(name: string): boolean {
    return this.#watched.has(name);
  }

  wasUnwatched(name: string): boolean {
    return this.#unwatched.has(name);
  }

  /** Watches the sources of a service; one that has none is passed over. */
  async watch(service: Service): Promise<void> {
    if (this.#isClosed || (service.type !== 'process' && service.type !== 'node') || service.disabled !== undefined)
      return;
    this.#unwatched.delete(service.name);
    this.#watched.add(service.name);
    await this.#open().watch(service.name, { ...service.watch, enabled: true });
  }

  unwatch(name: string): void {
    this.#unwatched.add(name);
    this.pause(name);
  }

  pause(name: string): void {
    this.#watched.delete(name);
    this.#watcher?.unwatch(name);
  }

  forget(name: string): void {
    this.pause(name);
    this.#unwatched.delete(name);
  }

  /** Watches the system file and the env files of these services. */
  watchSystemFiles(system: System, services: readonly Service[]): void {
    if (this.#isClosed) return;
    const readers = new Map<string, string[]>();
    for (const service of services) {
      if (service.type === 'external') continue;
      for (const { path } of [...system.envFiles, ...service.envFiles])
        readers.set(path, [...(readers.get(path) ?? []), service.name]);
    }
    const signature = JSON.stringify([system.files, [...readers]]);
    if (signature === this.#fileSignature) return;
    this.#fileSignature = signature;
    this.#envFileReaders = readers;
    this.#systemPaths = new Set(system.files);
    const watcher = this.#open();
    void watcher.watchFiles(SYSTEM, system.files);
    if (readers.size > 0) void watcher.watchFiles(ENV_FILES, [...readers.keys()]);
    else watcher.unwatch(ENV_FILES);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelSystem();
    this.#watched.clear();
    await this.#watcher?.close();
  }

  #open(): Watcher {
    this.#watcher ??= this.#make({
      onChange: change => this.#changed(change),
      onProblem: (diagnostic, key) => this.#host.notice(diagnostic, key?.startsWith('\0') ? undefined : key),
      ignored: this.#host.ignored,
    });
    return this.#watcher;
  }

  #changed(change: FileChange): void {
    if (this.#isClosed) return;
    if (change.key === SYSTEM) return this.#systemFileChanged(change.path);
    if (change.key === ENV_FILES) {
      const files = [relative(process.cwd(), change.path)];
      for (const name of this.#envFileReaders.get(change.path) ?? [])
        this.#host.saved(name, { type: 'env-file', files });
      return;
    }
    // An env file inside the watched folder restarts by its own rule, once.
    if (this.#envFileReaders.get(change.path)?.includes(change.key)) return;
    // So does the system file: what it changes restarts when it is applied, and nothing else does.
    if (this.#systemPaths.has(change.path)) return;
    if (this.#watched.has(change.key)) this.#gather(change);
  }

  #gather(change: FileChange): void {
    const before = this.#gathered.get(change.key);
    if (before) {
      // The first one stays: what was added and is gone again never mattered.
      if (!before.has(change.path)) before.set(change.path, change);
      return;
    }
    const changes = new Map([[change.path, change]]);
    this.#gathered.set(change.key, changes);
    this.#host.clock.after(GATHER_MS, () => {
      this.#gathered.delete(change.key);
      const files = [...changes.values()].filter(isOfMatter).map(each => each.relative);
      if (files.length > 0 && this.#watched.has(change.key)) this.#host.saved(change.key, { type: 'files', files });
    });
  }

  /** A reload has read the system files: what was saved until now is no news any more. */
  systemFilesRead(): void {
    this.#cancelSystem();
    this.#systemFiles.clear();
  }

  #systemFileChanged(path: string): void {
    this.#systemFiles.add(path);
    this.#cancelSystem();
    this.#cancelSystem = this.#host.clock.after(SYSTEM_QUIET_MS, () => {
      const files = [...this.#systemFiles];
      this.#systemFiles.clear();
      this.#host.systemFileChanged(files);
    });
  }
}

/** A file that was made and went at once was somebody's temporary one; what fuge itself prints is no save. */
function isOfMatter({ kind, path }: FileChange): boolean {
  return !isOwnOutput(path) && (kind !== 'added' || statSync(path, { throwIfNoEntry: false }) !== undefined);
}
