import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scope } from '../../../src/supervisor/watch/scope.js';

/** Numbers that look random and are the same in every run (mulberry32). */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const NAMES = ['a', 'b', 'ab', 'a.js', 'b.log', '.c', 'a b', 'x-y', '[a]', 'é'];
const PIECES = ['a', 'b', 'ab', 'a.js', '*.log', '*', '?', 'a*', '*b', '.c', '[ab]', '[!a]', '[^b].js', '[a-c]*', '**'];
const ODD = [
  '[[:alpha:]]',
  '[]a]',
  '[a',
  'a\\*',
  '\\[a\\]',
  'a\\ b',
  'a b',
  'x[-]y',
  'a**b',
  '***',
  '\\a',
  'a\\',
  '[z-a]',
];
const ENDS = ['', '', '', '/', '/**', '/*', ' ', '\\ ', '\r', '  '];

describe('.gitignore files', () => {
  let root: string;
  beforeAll(() => {
    root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'fuge-gitignore-')));
    execFileSync('git', ['init', '-q', root]);
  });
  afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

  /** Those of the paths (a trailing slash: a directory) that git ignores. */
  function ignoredByGit(paths: readonly string[]): string[] {
    const { stdout, status, stderr } = spawnSync('git', ['check-ignore', '--no-index', '-z', '--stdin'], {
      cwd: root,
      input: paths.join('\0'),
      encoding: 'utf8',
      env: { ...process.env, HOME: root, XDG_CONFIG_HOME: root, GIT_CONFIG_NOSYSTEM: '1' },
    });
    if (status !== 0 && status !== 1) throw new Error(stderr);
    return stdout.split('\0').filter(line => line !== '');
  }

  it('mean what git says they mean, for any patterns', () => {
    const random = seeded(20_261_121);
    const pick = <T>(from: readonly T[]): T => from[random(from.length)]!;
    const pattern = () => {
      const segments = Array.from({ length: 1 + random(3) }, () => (random(6) === 0 ? pick(ODD) : pick(PIECES)));
      return `${random(4) === 0 ? '!' : ''}${random(4) === 0 ? '/' : ''}${segments.join('/')}${pick(ENDS)}`;
    };
    const lines = () => Array.from({ length: 1 + random(5) }, () => (random(12) === 0 ? '# a' : pattern())).join('\n');

    for (let round = 0; round < 150; round++) {
      for (const old of fs.readdirSync(root)) if (old !== '.git') fs.rmSync(path.join(root, old), { recursive: true });
      const directories = new Set<string>(['']);
      const files = new Set<string>();
      for (let i = 0; i < 30; i++) {
        const parent = pick([...directories]);
        const at = parent + pick(NAMES);
        if (files.has(at) || directories.has(`${at}/`)) continue;
        if (random(2) === 0) directories.add(`${at}/`);
        else files.add(at);
      }
      for (const directory of directories) fs.mkdirSync(path.join(root, directory), { recursive: true });
      for (const file of files) fs.writeFileSync(path.join(root, file), '');
      const rules: Record<string, string> = { '.gitignore': lines() };
      for (const directory of directories) if (random(3) === 0) rules[`${directory}.gitignore`] = lines();
      for (const [file, text] of Object.entries(rules)) fs.writeFileSync(path.join(root, file), text);
      fs.writeFileSync(path.join(root, '.git/info/exclude'), random(3) === 0 ? lines() : '');

      const scope = new Scope(root, { enabled: true, roots: [root], excludes: [], gitignore: true }, []);
      const paths = [...directories, ...files].filter(at => at !== '').map(at => at.replace(/\/$/, ''));
      const ours = paths.filter(at =>
        directories.has(`${at}/`) ? !scope.wantsDirectory(path.join(root, at)) : !scope.wantsFile(path.join(root, at)),
      );
      expect({ rules, ignored: ours.sort() }).toEqual({ rules, ignored: ignoredByGit(paths).sort() });
    }
  });
});
