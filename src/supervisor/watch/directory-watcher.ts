/**
 * Watches trees with one inotify watch per directory: on Linux.
 *
 * The kernel tells a name in a directory; what happened to it is found by comparing the file with what it was. Names
 * are collected until the event loop has taken all that the kernel has to say, then looked at once. A directory that
 * appears is entered and what is in it reported; one that was moved or replaced is known by its inode.
 */
import { type FSWatcher, lstatSync, readdirSync, realpathSync, type Stats, statSync, watch } from 'node:fs';
import path from 'node:path';
import { setImmediate as yieldToEvents } from 'node:timers/promises';
import type { Tree, TreeHost } from './tree.js';

interface Directory {
  readonly path: string;
  readonly inode: string;
  handle: FSWatcher;
  readonly files: Map<string, Snapshot>;
}

interface Snapshot {
  readonly modified: number;
  readonly size: number;
  readonly inode: string;
  /** A save that follows may leave the same time and size, since clocks of file systems tick slowly. */
  readonly isRacy: boolean;
  /** Found by a quiet look, and so fresh that its appearance may still be to be told. */
  readonly isUntold?: boolean;
}

/** The slowest clock of a common file system's kernel ticks this often, ms (HZ=100). */
const TICK_MS = 10;
/** ms of scanning before others get their turn. */
const SCAN_MS = 8;
/** So many names at once may have overrun the kernel's queue (16,384 events by default): then all is compared. */
const OVERRUN = 2000;

/** `open` is the operating system's way to watch one directory; tests pass another. */
export function createDirectoryTree(host: TreeHost, open: typeof watch = watch): Tree {
  const directories = new Map<string, Directory>();
  const pending = new Map<Directory, Set<string>>();
  /** Files behind symbolic links, by the directory they really are in. */
  const links = new Map<string, { handle: FSWatcher; readonly names: Map<string, Set<string>> }>();
  /** Starts that were missing: what they hold when they appear is new, even if it is found before it is told. */
  const missing = new Set<string>();
  let isScheduled = false;
  let isClosed = false;

  function enter(at: string, isLoud: boolean, queue: string[]): void {
    if (isClosed || directories.has(at)) return;
    const before = Date.now();
    const stats = statOf(at);
    if (!stats?.isDirectory() || isCycle(at, stats)) return;
    const handle = observe(at);
    if (!handle) return;
    if (missing.delete(at) && !isLoud) {
      handle.close();
      enterAll(at, true);
      return;
    }
    const directory: Directory = { path: at, inode: inodeOf(stats), handle, files: new Map() };
    directories.set(at, directory);
    scan(directory, isLoud, queue, before);
  }

  /** A link that leads back to where it was come from would go round for ever. */
  function isCycle(at: string, stats: Stats): boolean {
    for (let up = path.dirname(at); ; up = path.dirname(up)) {
      if (directories.get(up)?.inode === inodeOf(stats)) return true;
      if (up === path.dirname(up)) return false;
    }
  }

  function observe(at: string): FSWatcher | undefined {
    try {
      const handle = open(at, (event, name) => {
        const directory = directories.get(at);
        // Its own name: the directory was moved or deleted (or it holds a file called like itself; a look does no harm).
        if (directory?.handle === handle) note(directory, name ?? '', event === 'rename' && name === path.basename(at));
      });
      handle.on('error', error => host.failed(error, at));
      return handle;
    } catch (error) {
      const problem = error as NodeJS.ErrnoException;
      if (problem.code !== 'ENOENT' && problem.code !== 'ENOTDIR') host.failed(problem, at);
      return undefined;
    }
  }

  function note(directory: Directory, name: string, isSelf: boolean): void {
    const names = pending.get(directory) ?? new Set();
    pending.set(directory, names.add(name));
    if (isSelf) names.add('');
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(flush);
  }

  function flush(): void {
    isScheduled = false;
    if (isClosed) return;
    const batch = [...pending];
    pending.clear();
    let count = 0;
    // Rules first: they decide on the rest.
    for (const [directory, names] of batch) if (names.delete('.gitignore')) look(directory, '.gitignore');
    for (const [directory, names] of batch) {
      if (names.delete('')) revisit(directory);
      count += names.size;
      for (const name of names) look(directory, name);
    }
    if (count >= OVERRUN) void rescan(true);
  }

  /** Finds out what happened to one name. */
  function look(directory: Directory, name: string): void {
    if (directories.get(directory.path) !== directory) return;
    const at = path.join(directory.path, name);
    const inner = directories.get(at);
    const isKnown = inner !== undefined || directory.files.has(name);
    // A busy neighbour (a log, the siblings of a root in /tmp) costs no look at the disk.
    if (!isKnown && !host.wants(at, 'file') && !host.wants(at, 'directory')) return;
    const stats = statOf(at);
    if (inner && (!stats?.isDirectory() || inodeOf(stats) !== inner.inode)) leave(at, true);
    if (stats?.isDirectory()) {
      forgetFile(directory, name, at);
      if (directories.has(at)) surface(at);
      else if (host.wants(at, 'directory')) enterAll(at, true);
    } else if (stats?.isFile() && host.wants(at, 'file')) {
      const old = directory.files.get(name);
      const now = snapshotOf(stats);
      directory.files.set(name, now);
      if (!old) followLink(at);
      if (!old) host.changed(at, 'added');
      else if (old.isRacy || !isSame(old, now)) host.changed(at, 'changed');
    } else forgetFile(directory, name, at);
  }

  /** A directory appeared, but a quiet look had found it before that was told: what was new in it then is told now. */
  function surface(at: string): void {
    for (const [inner, directory] of directories) {
      if (inner !== at && !inner.startsWith(at + path.sep)) continue;
      for (const [name, snapshot] of directory.files) {
        if (!snapshot.isUntold) continue;
        directory.files.set(name, { ...snapshot, isUntold: false });
        host.changed(path.join(inner, name), 'added');
      }
    }
  }

  function forgetFile(directory: Directory, name: string, at: string): void {
    if (directory.files.delete(name) && host.wants(at, 'file')) host.changed(at, 'removed');
  }

  /** The directory itself was moved, deleted, or replaced by one with the same inode: its watch may be dead. */
  function revisit(directory: Directory): void {
    if (directories.get(directory.path) !== directory) return;
    const stats = statOf(directory.path);
    if (!stats?.isDirectory() || inodeOf(stats) !== directory.inode) {
      leave(directory.path, true);
      if (stats?.isDirectory() && host.wants(directory.path, 'directory')) enterAll(directory.path, true);
      return;
    }
    directory.handle.close();
    const handle = observe(directory.path);
    if (handle) {
      directory.handle = handle;
      compare(directory);
    } else leave(directory.path, false);
  }

  /** Looks at every name that is there or was there. */
  function compare(directory: Directory): void {
    const inner = [...directories.keys()]
      .filter(at => path.dirname(at) === directory.path)
      .map(at => path.basename(at));
    const names = new Set([...directory.files.keys(), ...inner, ...namesIn(directory.path)]);
    for (const name of names) look(directory, name);
  }

  function leave(at: string, isLoud: boolean): void {
    const below = at.endsWith(path.sep) ? at : at + path.sep;
    const lost: string[] = [];
    for (const [inner, directory] of directories) {
      if (inner !== at && !inner.startsWith(below)) continue;
      directories.delete(inner);
      directory.handle.close();
      if (!isLoud) continue;
      for (const name of directory.files.keys()) tellRemoved(path.join(inner, name));
      if (host.starts().includes(inner)) lost.push(inner);
    }
    for (const start of lost) {
      missing.add(start);
      host.lost(start);
    }
  }

  function tellRemoved(at: string): void {
    if (host.wants(at, 'file')) host.changed(at, 'removed');
  }

  /** Takes in what a directory holds; quietly, files merely exist. `since`: a later change makes an event that counts. */
  function scan(directory: Directory, isLoud: boolean, queue: string[], since: number): void {
    for (const entry of entriesOf(directory.path)) {
      const at = path.join(directory.path, entry.name);
      const isLink = entry.isSymbolicLink();
      if (directory.files.has(entry.name)) continue;
      if (entry.isDirectory()) {
        if (host.wants(at, 'directory')) queue.push(at);
        continue;
      }
      if (!isLink && !entry.isFile()) continue;
      if (!host.wants(at, 'file') && !(isLink && host.wants(at, 'directory'))) continue;
      const stats = statOf(at);
      if (isLink && stats?.isDirectory() && host.wants(at, 'directory')) queue.push(at);
      else if (stats?.isFile() && host.wants(at, 'file')) {
        const snapshot = snapshotOf(stats);
        directory.files.set(
          entry.name,
          stats.ctimeMs >= since - TICK_MS ? { ...snapshot, isRacy: true, isUntold: !isLoud } : snapshot,
        );
        if (isLink) followLink(at);
        if (isLoud) host.changed(at, 'added');
      }
    }
  }

  function enterAll(start: string, isLoud: boolean): void {
    const queue = [start];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) enter(at, isLoud, queue);
  }

  /** A directory's watch doesn't see through a link to a file, so the file's own directory is watched too. */
  function followLink(at: string): void {
    try {
      if (!lstatSync(at).isSymbolicLink()) return;
      const real = realpathSync(at);
      const home = path.dirname(real);
      let link = links.get(home);
      if (!link) {
        const names = new Map<string, Set<string>>();
        const handle = open(home, (_event, name) => {
          for (const from of names.get(name ?? '') ?? []) {
            const directory = directories.get(path.dirname(from));
            if (directory) note(directory, path.basename(from), false);
          }
        });
        handle.on('error', error => host.failed(error, home));
        link = { handle, names };
        links.set(home, link);
      }
      const name = path.basename(real);
      link.names.set(name, (link.names.get(name) ?? new Set()).add(at));
    } catch (error) {
      const problem = error as NodeJS.ErrnoException;
      if (problem.code !== 'ENOENT' && problem.code !== 'ELOOP') host.failed(problem, at);
    }
  }

  async function rescan(isLoud: boolean): Promise<void> {
    let from = performance.now();
    const pause = async () => {
      if (performance.now() - from < SCAN_MS) return;
      await yieldToEvents();
      from = performance.now();
    };
    const starts = new Set(host.starts());
    for (const directory of [...directories.values()]) {
      if (directories.get(directory.path) !== directory) continue;
      const isReached = starts.has(directory.path) || directories.has(path.dirname(directory.path));
      if (!isReached || !host.wants(directory.path, 'directory')) leave(directory.path, false);
      else {
        for (const name of directory.files.keys())
          if (!host.wants(path.join(directory.path, name), 'file')) directory.files.delete(name);
        if (isLoud) compare(directory);
      }
      await pause();
    }
    for (const [home, link] of links) {
      for (const [name, froms] of link.names) {
        for (const from of froms)
          if (!directories.get(path.dirname(from))?.files.has(path.basename(from))) froms.delete(from);
        if (froms.size === 0) link.names.delete(name);
      }
      if (link.names.size === 0) {
        link.handle.close();
        links.delete(home);
      }
    }
    const queue = [...starts];
    for (const directory of directories.values()) scan(directory, isLoud, queue, Date.now());
    for (let at = queue.pop(); at !== undefined && !isClosed; at = queue.pop()) {
      enter(at, isLoud, queue);
      if (starts.has(at) && !directories.has(at) && !statOf(at)) missing.add(at);
      await pause();
    }
    for (const start of missing) if (!starts.has(start)) missing.delete(start);
  }

  return {
    refresh: () => rescan(false),
    *files() {
      for (const directory of directories.values())
        for (const name of directory.files.keys()) yield path.join(directory.path, name);
    },
    fileCount() {
      let count = 0;
      for (const { files } of directories.values()) count += files.size;
      return count;
    },
    async close() {
      isClosed = true;
      for (const { handle } of directories.values()) handle.close();
      for (const { handle } of links.values()) handle.close();
      directories.clear();
      links.clear();
    },
  };
}

function statOf(at: string): Stats | undefined {
  try {
    return statSync(at, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function entriesOf(at: string) {
  try {
    return readdirSync(at, { withFileTypes: true });
  } catch {
    return [];
  }
}

function namesIn(at: string): string[] {
  return entriesOf(at).map(entry => entry.name);
}

function inodeOf(stats: Stats): string {
  return `${stats.dev}:${stats.ino}`;
}

function snapshotOf(stats: Stats): Snapshot {
  const { mtimeMs, size } = stats;
  return { modified: mtimeMs, size, inode: inodeOf(stats), isRacy: Date.now() - mtimeMs < TICK_MS };
}

function isSame(a: Snapshot, b: Snapshot): boolean {
  return a.modified === b.modified && a.size === b.size && a.inode === b.inode;
}
