/** Watches trees with chokidar: where the operating system is not Linux. */
import { type ChokidarOptions, type FSWatcher, watch } from 'chokidar';
import type { Tree, TreeHost } from './tree.js';

export function createChokidarTree(host: TreeHost): Tree {
  let current: FSWatcher | undefined;
  let isClosed = false;
  /** What a file was when it was last looked at: a chmod, or reading, is no save. */
  const known = new Map<string, string>();

  const options: ChokidarOptions = {
    // Without stats it asks whether the path is worth a look at all.
    ignored: (path, stats) =>
      stats
        ? !(stats.isDirectory() ? host.wants(path, 'directory') : host.wants(path, 'file'))
        : !host.wants(path, 'directory') && !host.wants(path, 'file'),
    alwaysStat: true,
    ignorePermissionErrors: false,
    // Otherwise removals come 100 ms late.
    atomic: false,
  };

  const open = (): Promise<FSWatcher> =>
    new Promise(resolve => {
      let isReady = false;
      const watcher = watch([...host.starts()], options);
      const tell = (path: string, kind: 'changed' | 'added' | 'removed') => {
        if (watcher === current && host.wants(path, 'file')) host.changed(path, kind);
      };
      const starts = new Set(host.starts());
      watcher.on('add', (path, stats) => {
        known.set(path, `${stats?.mtimeMs} ${stats?.size} ${stats?.ino}`);
        if (isReady) tell(path, 'added');
      });
      watcher.on('change', (path, stats) => {
        const now = `${stats?.mtimeMs} ${stats?.size} ${stats?.ino}`;
        if (known.get(path) === now) return;
        known.set(path, now);
        tell(path, 'changed');
      });
      watcher.on('unlink', path => {
        known.delete(path);
        tell(path, 'removed');
      });
      watcher.on('unlinkDir', path => {
        if (watcher === current && starts.has(path)) host.lost(path);
      });
      watcher.on('error', error => {
        const problem = error as NodeJS.ErrnoException;
        host.failed(problem, problem.path ?? /'([^']+)'/.exec(problem.message)?.[1] ?? '');
      });
      watcher.on('ready', () => {
        isReady = true;
        resolve(watcher);
      });
      if (host.starts().length === 0) resolve(watcher);
    });

  return {
    // The old one sees until the new one does.
    async refresh() {
      if (isClosed) return;
      const next = await open();
      const old = current;
      current = next;
      await old?.close();
      if (isClosed) await next.close();
    },
    *files() {
      for (const [directory, names] of Object.entries(current?.getWatched() ?? {}))
        for (const name of names) if (known.has(`${directory}/${name}`)) yield `${directory}/${name}`;
    },
    fileCount: () => known.size,
    async close() {
      isClosed = true;
      await current?.close();
    },
  };
}
