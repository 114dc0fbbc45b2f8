import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/diagnostic.js';
import { createChokidarTree } from '../../src/supervisor/watch/chokidar-watcher.js';
import { createDirectoryTree } from '../../src/supervisor/watch/directory-watcher.js';
import type { Tree, TreeHost } from '../../src/supervisor/watch/tree.js';
import { createWatcher, type FileChange, type Watcher } from '../../src/supervisor/watch.js';
import type { WatchPolicy } from '../../src/system.js';

/** Keeps what was told and waits for what is yet to come. */
class Told {
  readonly changes: FileChange[] = [];
  readonly problems: { diagnostic: Diagnostic; key: string | undefined }[] = [];
  #waiting: (() => void)[] = [];

  add(change: FileChange): void {
    this.changes.push(change);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  async until(match: (change: FileChange) => boolean): Promise<FileChange> {
    for (;;) {
      const found = this.changes.find(match);
      if (found) return found;
      await new Promise<void>(resolve => this.#waiting.push(resolve));
    }
  }

  file(relative: string, key?: string): Promise<FileChange> {
    return this.until(change => change.relative === relative && (key === undefined || change.key === key));
  }

  get files(): string[] {
    return [...new Set(this.changes.map(change => change.relative))].sort();
  }
}

let top: string;
let root: string;
let told: Told;
let watcher: Watcher;

function write(file: string, text = `${Math.random()}`): void {
  const at = path.resolve(root, file);
  fs.mkdirSync(path.dirname(at), { recursive: true });
  fs.writeFileSync(at, text);
}

function policy(more: Partial<WatchPolicy> = {}): WatchPolicy {
  return { enabled: true, roots: [root], excludes: [], gitignore: true, ...more };
}

/** Everything that was told before a save made now, which is known to come after whatever was ignored. */
async function filesBeforeSentinel(): Promise<string[]> {
  write('sentinel');
  await told.file('sentinel');
  return told.files.filter(file => file !== 'sentinel');
}

const trees: Record<string, (host: TreeHost) => Tree> = {
  'a watch per directory': host => createDirectoryTree(host),
  chokidar: host => createChokidarTree(host),
};

for (const [name, openTree] of Object.entries(trees)) {
  describe.skipIf(name !== 'chokidar' && process.platform !== 'linux')(`the watcher, by ${name}`, () => {
    beforeEach(() => {
      top = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'fuge-watch-')));
      root = path.join(top, 'service');
      fs.mkdirSync(root);
      told = new Told();
      const sink = told;
      watcher = createWatcher({
        onChange: change => sink.add(change),
        onProblem: (diagnostic, key) => sink.problems.push({ diagnostic, key }),
        ignored: [path.join(root, 'own-logs')],
        openTree,
      });
    });
    afterEach(async () => {
      await watcher.close();
      fs.rmSync(top, { recursive: true, force: true });
    });

    it('tells a save at any depth, with its path and its path from the root', async () => {
      write('a/b/c/d/e/f/deep.js');
      await watcher.watch('api', policy());
      write('a/b/c/d/e/f/deep.js');
      expect(await told.file('a/b/c/d/e/f/deep.js')).toEqual({
        key: 'api',
        path: path.join(root, 'a/b/c/d/e/f/deep.js'),
        relative: 'a/b/c/d/e/f/deep.js',
        kind: 'changed',
      });
    });

    it('tells nothing of files that are there at the start', async () => {
      for (let i = 0; i < 20; i++) write(`${i % 4}/${i}.js`);
      await watcher.watch('api', policy());
      expect(await filesBeforeSentinel()).toEqual([]);
    });

    it('tells what appears and what goes', async () => {
      write('old.js');
      await watcher.watch('api', policy());
      write('new.js');
      expect((await told.file('new.js')).kind).toBe('added');
      fs.rmSync(path.join(root, 'old.js'));
      expect((await told.file('old.js')).kind).toBe('removed');
    });

    const saves: Record<string, (file: string) => void> = {
      'write in place': file => fs.writeFileSync(file, 'new text'),
      'write in place, with the same length': file => fs.writeFileSync(file, 'OLD'),
      append: file => fs.appendFileSync(file, 'more'),
      'write beside, then rename over': file => {
        fs.writeFileSync(`${file}.tmp~`, 'new');
        fs.renameSync(`${file}.tmp~`, file);
      },
      'remove, then create': file => {
        fs.rmSync(file);
        fs.writeFileSync(file, 'new');
      },
      'rename away, create, remove the backup (vim, backupcopy=no)': file => {
        fs.renameSync(file, `${file}~`);
        fs.writeFileSync(file, 'new');
        fs.rmSync(`${file}~`);
      },
      'copy away, write in place, remove the backup (vim, backupcopy=yes)': file => {
        fs.copyFileSync(file, `${file}~`);
        fs.writeFileSync(file, 'new text');
        fs.rmSync(`${file}~`);
      },
      'write ___jb_tmp___, move away, rename over (JetBrains)': file => {
        fs.writeFileSync(`${file}___jb_tmp___`, 'new');
        fs.renameSync(file, `${file}___jb_old___`);
        fs.renameSync(`${file}___jb_tmp___`, file);
        fs.rmSync(`${file}___jb_old___`);
      },
    };
    for (const [way, save] of Object.entries(saves))
      it(`sees each save by: ${way}`, async () => {
        write('src/main.js', 'old');
        await watcher.watch('api', policy());
        // chokidar drops a second event on a file within 50 ms of the first.
        for (const _time of name === 'chokidar' ? [1] : [1, 2]) {
          save(path.join(root, 'src/main.js'));
          await told.file('src/main.js');
          expect(told.files).toEqual(['src/main.js']);
          write('settled');
          await told.file('settled');
          told.changes.length = 0;
          fs.rmSync(path.join(root, 'settled'));
          await told.file('settled');
          told.changes.length = 0;
        }
      });

    it('enters a directory that appears with files in it, and sees later saves there', async () => {
      await watcher.watch('api', policy());
      write('lib/inner/a.js');
      await told.file('lib/inner/a.js');
      told.changes.length = 0;
      write('lib/inner/a.js');
      await told.file('lib/inner/a.js');
      fs.mkdirSync(path.join(top, 'ready/inner'), { recursive: true });
      fs.writeFileSync(path.join(top, 'ready/inner/b.js'), '');
      fs.renameSync(path.join(top, 'ready'), path.join(root, 'moved-in'));
      await told.file('moved-in/inner/b.js');
    });

    it('tells the files of a directory that is removed', async () => {
      write('lib/inner/a.js');
      write('lib/b.js');
      await watcher.watch('api', policy());
      fs.rmSync(path.join(root, 'lib'), { recursive: true });
      expect((await told.file('lib/inner/a.js')).kind).toBe('removed');
      expect((await told.file('lib/b.js')).kind).toBe('removed');
    });

    it('follows a directory that is renamed', async () => {
      write('old/inner/a.js');
      await watcher.watch('api', policy());
      fs.renameSync(path.join(root, 'old'), path.join(root, 'new'));
      expect((await told.file('old/inner/a.js')).kind).toBe('removed');
      expect((await told.file('new/inner/a.js')).kind).toBe('added');
      told.changes.length = 0;
      write('new/inner/a.js');
      expect((await told.file('new/inner/a.js')).kind).toBe('changed');
    });

    // chokidar loses such a directory.
    it.skipIf(name === 'chokidar')('sees saves in a directory that was removed and made again', async () => {
      write('lib/a.js');
      await watcher.watch('api', policy());
      fs.rmSync(path.join(root, 'lib'), { recursive: true });
      write('lib/a.js');
      await told.file('lib/a.js');
      write('settled');
      await told.file('settled');
      told.changes.length = 0;
      write('lib/b.js');
      await told.file('lib/b.js');
    });

    it('takes a change of mode for no save', async () => {
      write('a.js');
      fs.utimesSync(path.join(root, 'a.js'), 1_600_000_000, 1_600_000_000);
      await watcher.watch('api', policy());
      write('a.js', 'saved');
      await told.file('a.js');
      write('settled');
      await told.file('settled');
      fs.utimesSync(path.join(root, 'a.js'), 1_600_000_000, 1_600_000_000);
      write('again');
      await told.file('again');
      told.changes.length = 0;
      fs.chmodSync(path.join(root, 'a.js'), 0o600);
      expect(await filesBeforeSentinel()).toEqual([]);
    });

    it('never tells of, nor enters, node_modules, .git, excluded folders and temporary files of editors', async () => {
      for (const file of ['node_modules/x/i.js', '.git/HEAD', 'a/node_modules/y/i.js', 'dist/out.js']) write(file);
      await watcher.watch('api', policy({ excludes: ['**/dist/**', '*.log'] }));
      const ignored = ['node_modules/x/i.js', '.git/HEAD', 'a/node_modules/y/new/i.js', 'dist/out.js', 'a/b.log'];
      const temporary = [
        '4913',
        '.a.js.swp',
        '.a.js.swx',
        'a.js~',
        '.#a.js',
        '#a.js#',
        'a.js___jb_tmp___',
        '.DS_Store',
      ];
      for (const file of [...ignored, ...temporary, 'own-logs/api.log']) write(file);
      expect(await filesBeforeSentinel()).toEqual([]);
    });

    it('follows the .gitignore files from the repository root down, and an edit of them', async () => {
      fs.mkdirSync(path.join(top, '.git'));
      fs.writeFileSync(path.join(top, '.gitignore'), '*.out\n/service/gen/\n');
      write('.gitignore', 'tmp/\n!keep.out\n');
      for (const file of ['gen/a.js', 'tmp/a.js', 'x.out', 'keep.out']) write(file);
      await watcher.watch('api', policy());
      for (const file of ['gen/a.js', 'tmp/a.js', 'x.out']) write(file);
      expect(await filesBeforeSentinel()).toEqual([]);
      write('keep.out');
      await told.file('keep.out');

      fs.writeFileSync(path.join(top, '.gitignore'), '');
      // Until the new rules hold, saves of what they free pass unseen.
      await watcher.watch('another', policy());
      write('x.out');
      await told.file('x.out');
      told.changes.length = 0;
      write('gen/a.js');
      await told.file('gen/a.js', 'api');
    });

    it('passes over .gitignore files if told so', async () => {
      fs.mkdirSync(path.join(root, '.git'));
      write('.gitignore', '*.out\n');
      await watcher.watch('api', policy({ gitignore: false }));
      write('x.out');
      await told.file('x.out');
    });

    it('tells each of several keys what it wants of a shared root, and of a nested one', async () => {
      for (const file of ['lib/a.js', 'lib/a.css', 'b.js']) write(file);
      await watcher.watch('all', policy());
      await watcher.watch('styles', policy({ excludes: ['*.js'] }));
      await watcher.watch('lib', policy({ roots: [path.join(root, 'lib')] }));
      write('lib/a.js');
      await told.file('a.js', 'lib');
      await told.file('lib/a.js', 'all');
      write('lib/a.css');
      await told.file('lib/a.css', 'styles');
      await told.file('a.css', 'lib');
      write('b.js');
      await told.file('b.js', 'all');
      expect(told.changes.filter(change => change.key === 'styles').map(change => change.relative)).not.toContain(
        'b.js',
      );
      expect(told.changes.filter(change => change.key === 'lib' && change.relative.includes('b.js'))).toEqual([]);
    });

    it('tells an unwatched key nothing, and the others all', async () => {
      write('a.js');
      await watcher.watch('api', policy());
      await watcher.watch('web', policy());
      watcher.unwatch('api');
      write('a.js');
      await told.file('a.js', 'web');
      expect(told.changes.filter(change => change.key === 'api')).toEqual([]);
    });

    it('replaces the policy of a key', async () => {
      await watcher.watch('api', policy());
      await watcher.watch('api', policy({ excludes: ['*.css'] }));
      write('a.css');
      expect(await filesBeforeSentinel()).toEqual([]);
    });

    it('sees single files appear, be replaced by rename, and go, and nothing beside them', async () => {
      const file = path.join(root, 'conf/.env');
      fs.mkdirSync(path.dirname(file));
      await watcher.watchFiles('env', [file]);
      write('conf/other');
      write('conf/.env', 'A=1');
      expect(await told.file('.env')).toEqual({ key: 'env', path: file, relative: '.env', kind: 'added' });
      told.changes.length = 0;
      write('conf/.env.new', 'A=2');
      fs.renameSync(`${file}.new`, file);
      await told.file('.env');
      expect(told.files).toEqual(['.env']);
    });

    it('sees a single file whose folder does not exist yet', async () => {
      await watcher.watchFiles('env', [path.join(root, 'not/yet/.env')]);
      write('not/yet/.env', 'A=1');
      await told.file('.env');
    });

    it('watches a root when it appears, and again when it was removed and made again', async () => {
      const late = path.join(root, 'late');
      await watcher.watch('api', policy({ roots: [late] }));
      expect(told.problems).toEqual([
        {
          key: 'api',
          diagnostic: {
            severity: 'warning',
            code: 'watch-missing',
            message: `the folder to watch, "${late}", does not exist`,
            hint: 'it is watched as soon as it appears',
          },
        },
      ]);
      write('late/a.js');
      await told.file('a.js');
      told.changes.length = 0;
      fs.rmSync(late, { recursive: true });
      expect((await told.file('a.js')).kind).toBe('removed');
      told.changes.length = 0;
      write('late/a.js');
      expect((await told.file('a.js')).kind).toBe('added');
    });

    it('tells every file that a git checkout changes, and none in other trees', async () => {
      const git = (...args: string[]) =>
        execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: root, stdio: 'pipe' });
      const other = path.join(top, 'other');
      fs.mkdirSync(other);
      git('init', '-q', '-b', 'main');
      for (let i = 0; i < 500; i++) write(`d${i % 25}/${i}.js`, 'one');
      git('add', '.');
      git('commit', '-q', '-m', 'one');
      git('checkout', '-q', '-b', 'two');
      for (let i = 0; i < 500; i++) write(`d${i % 25}/${i}.js`, 'two two');
      git('commit', '-q', '-a', '-m', 'two');
      await watcher.watch('api', policy());
      await watcher.watch('other', policy({ roots: [other] }));
      git('checkout', '-q', 'main');
      for (let i = 0; i < 500; i++) await told.file(`d${i % 25}/${i}.js`);
      expect(await filesBeforeSentinel()).toHaveLength(500);
      expect(told.changes.filter(change => change.key === 'other')).toEqual([]);
    });

    it('sees a link to a file change when the file does', async () => {
      fs.writeFileSync(path.join(top, 'real.js'), 'a');
      fs.symlinkSync(path.join(top, 'real.js'), path.join(root, 'link.js'));
      await watcher.watch('api', policy());
      fs.writeFileSync(path.join(top, 'real.js'), 'a longer text');
      await told.file('link.js');
    });

    it('follows links to folders, but not round in circles', async () => {
      fs.mkdirSync(path.join(top, 'shared'));
      fs.symlinkSync(path.join(top, 'shared'), path.join(root, 'shared'));
      fs.symlinkSync(root, path.join(root, 'self'));
      await watcher.watch('api', policy());
      fs.writeFileSync(path.join(top, 'shared/a.js'), '');
      await told.file('shared/a.js');
    });
  });
}
