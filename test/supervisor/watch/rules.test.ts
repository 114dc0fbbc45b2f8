// Compose's develop.watch: which saves count.
import { expect, test } from 'vitest';
import { Scope } from '../../../src/supervisor/watch/scope.js';
import type { WatchRule } from '../../../src/system.js';

function wanted(rules: readonly WatchRule[], ...files: readonly string[]): string[] {
  const scope = new Scope('/shop', { enabled: true, roots: ['/shop'], excludes: [], gitignore: false, rules }, []);
  return files.filter(file => scope.wantsFile(`/shop/${file}`));
}

test('what a rule ignores does not count, wherever it lies', () => {
  const rule = { root: '/shop', include: [], ignore: ['docs/', '**/*.md'] };
  expect(wanted([rule], 'a.js', 'a.md', 'docs/a.js', 'sub/b.md', 'sub/b.js')).toEqual(['a.js', 'sub/b.js']);
});

test('with patterns to include only those count', () => {
  const rule = { root: '/shop', include: ['*.js', 'sub'], ignore: ['b.js'] };
  expect(wanted([rule], 'a.js', 'b.js', 'c.ts', 'sub/c.ts')).toEqual(['a.js', 'sub/c.ts']);
});

test('of several rules one is enough, and those of another root say nothing', () => {
  const one = { root: '/shop', include: ['a.js'], ignore: [] };
  const two = { root: '/shop', include: ['b.js'], ignore: [] };
  const other = { root: '/other', include: [], ignore: [] };
  expect(wanted([one, two, other], 'a.js', 'b.js', 'c.js')).toEqual(['a.js', 'b.js']);
});
