import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/diagnostic.js';
import { createDirectoryTree } from '../../src/supervisor/watch/directory-watcher.js';
import { createWatcher, type FileChange, type Watcher } from '../../src/supervisor/watch.js';

let root: string;
let watcher: Watcher;
let problems: { diagnostic: Diagnostic; key: string | undefined }[];
let heard: (change: FileChange) => void;

/** A watcher whose operating system refuses some directories with an error of this code. */
function open(code?: string, refuses: (at: string) => boolean = () => true): void {
  const refusing = ((at: string, listener: fs.WatchListener<string>) => {
    if (code !== undefined && refuses(at)) throw Object.assign(new Error(`${code}: watch '${at}'`), { code });
    return fs.watch(at, listener);
  }) as typeof fs.watch;
  watcher = createWatcher({
    onChange: change => heard(change),
    onProblem: (diagnostic, key) => problems.push({ diagnostic, key }),
    openTree: host => createDirectoryTree(host, refusing),
  });
}

const policy = () => ({ enabled: true, roots: [root], excludes: [], gitignore: true });

describe.skipIf(process.platform !== 'linux')('the limits of watching', () => {
  beforeEach(() => {
    root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'fuge-limits-')));
    problems = [];
    heard = () => {};
  });
  afterEach(async () => {
    await watcher.close();
    fs.rmSync(root, { recursive: true, force: true });
  });

  const limits: [code: string, message: string, hint: string][] = [
    [
      'ENOSPC',
      'the limit on watched directories is reached (ENOSPC, which is not about the disk)',
      'raise it with `sudo sysctl fs.inotify.max_user_watches=524288`, or exclude folders with monitor_excludes',
    ],
    [
      'EMFILE',
      'the limit on watchers (inotify instances) or on open files is reached (EMFILE)',
      'raise it with `sudo sysctl fs.inotify.max_user_instances=1024`, or `ulimit -n 65536` before fuge starts',
    ],
    [
      'ENFILE',
      "the whole machine's limit on open files is reached (ENFILE)",
      'raise it with `sudo sysctl fs.file-max=2097152`',
    ],
  ];
  it.each(limits)('%s is told once, and what can be watched is', async (code, message, hint) => {
    for (const directory of ['a', 'b', 'c']) fs.mkdirSync(path.join(root, directory));
    open(code, at => at.startsWith(root + path.sep) && !at.endsWith('/b'));
    await watcher.watch('api', policy());
    const change = new Promise<FileChange>(resolve => {
      heard = resolve;
    });
    fs.writeFileSync(path.join(root, 'b/x.js'), '');
    expect((await change).relative).toBe('b/x.js');
    expect(problems).toHaveLength(1);
    const at = /^"([^"]+)"/.exec(problems[0]!.diagnostic.message)![1]!;
    expect([path.join(root, 'a'), path.join(root, 'c')]).toContain(at);
    expect(problems[0]).toEqual({
      key: 'api',
      diagnostic: {
        severity: 'warning',
        code: 'watch-limit',
        message: `"${at}" can't be watched: ${message}, what is watched already stays watched`,
        hint,
      },
    });
  });

  it('a folder that may not be read is told, and the others are watched', async () => {
    for (const directory of ['a', 'b']) fs.mkdirSync(path.join(root, directory));
    open('EACCES', at => at.endsWith('/a'));
    await watcher.watch('api', policy());
    expect(problems).toEqual([
      {
        key: 'api',
        diagnostic: {
          severity: 'warning',
          code: 'watch-unreadable',
          message: `"${path.join(root, 'a')}" can't be watched: permission denied`,
          hint: 'make it readable, or exclude it with monitor_excludes',
        },
      },
    ]);
  });

  it('a folder above the root that may not be read does no harm', async () => {
    open('EACCES', at => at === path.dirname(root));
    await watcher.watch('api', policy());
    expect(problems).toEqual([]);
  });

  it('many files are warned of, with the folder that most of them are in', async () => {
    for (const directory of ['src', 'data/cache']) fs.mkdirSync(path.join(root, directory), { recursive: true });
    for (let i = 0; i < 1000; i++) fs.writeFileSync(path.join(root, `src/${i}`), '');
    for (let i = 0; i < 4001; i++) fs.writeFileSync(path.join(root, `data/cache/${i}`), '');
    open();
    await watcher.watch('api', policy());
    expect(problems).toEqual([
      {
        key: 'api',
        diagnostic: {
          severity: 'warning',
          code: 'watch-many',
          message: `5,001 files are watched below "${root}", 4,001 of them in "data/cache"`,
          hint: 'if they are not sources, add "data/cache/**" to monitor_excludes or to .gitignore',
        },
      },
    ]);
  });
});
