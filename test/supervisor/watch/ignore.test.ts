import { describe, expect, it } from 'vitest';
import { compileExcludes, isTemporary } from '../../../src/supervisor/watch/ignore.js';

describe('monitor_excludes', () => {
  const cases: [glob: string, path: string, isExcluded: boolean][] = [
    ['*.log', 'a.log', true],
    ['*.log', 'deep/er/a.log', true],
    ['*.log', '.log', true],
    ['*.log', 'a.log.txt', false],
    ['*.LOG', 'a.log', false],
    ['dist', 'dist/', true],
    ['dist', 'a/dist/', true],
    ['dist', 'distant/', false],
    ['dist/', 'a/dist/', true],
    ['dist/', 'a/dist', false],
    ['./dist', 'dist/', true],
    ['a/b', 'a/b', true],
    ['a/b', 'x/a/b', false],
    ['./a/*.js', 'a/x.js', true],
    ['./a/*.js', 'a/x/y.js', false],
    ['**/x/**', 'x/', true],
    ['**/x/**', 'a/b/x/', true],
    ['**/x/**', 'a/b/x', false],
    ['**/node_modules/**/*', 'a/node_modules/', true],
    ['a/**/z.js', 'a/z.js', true],
    ['a/**/z.js', 'a/b/c/z.js', true],
    ['**/*.js', 'x.js', true],
    ['*.sw?', 'a/.b.swp', true],
    ['*.sw?', 'a.sw', false],
    ['*.{js,ts}', 'a/b.ts', true],
    ['*.{js,ts}', 'a/b.tsx', false],
    ['{a,b{c,d}}/x', 'bd/x', true],
    ['{a}', '{a}', true],
    ['[ab].js', 'b.js', true],
    ['[!ab].js', 'b.js', false],
    ['[!ab].js', 'c.js', true],
    ['a.js', 'aXjs', false],
    ['/work/api/gen', 'gen/', true],
    ['/work/api/gen', 'a/gen/', false],
    ['/work/api/**/*.css', 'a/b.css', true],
    ['/work/*/gen/**', 'gen/', true],
    ['/elsewhere/**', 'a', false],
    ['../shared/**', 'shared/', false],
    ['[a', '[a', false],
    ['', 'a', false],
  ];
  it.each(cases)('%j on %j: %j', (glob, path, isExcluded) => {
    const isDirectory = path.endsWith('/');
    expect(compileExcludes([glob], '/work/api')(path.replace(/\/$/, ''), isDirectory)).toBe(isExcluded);
  });

  it('find a root whose own name holds glob characters', () => {
    expect(compileExcludes(['/work/[x]/gen'], '/work/[x]')('gen', true)).toBe(true);
  });
});

describe('temporary files of editors', () => {
  it.each(['4913', '.a.js.swp', '.a.swx', 'a~', '.#a', '#a#', 'a.js___jb_tmp___', 'a.js___jb_old___', '.DS_Store'])(
    'are known by the name %j',
    name => expect(isTemporary(name)).toBe(true),
  );
  it.each(['14913', 'a.swp', '.swp', '#a', 'a#', '.env', 'a.js', '~a'])('are not %j', name =>
    expect(isTemporary(name)).toBe(false),
  );
});
