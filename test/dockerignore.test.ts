import { describe, expect, it } from 'vitest';
import { compileIgnore, readIgnoreFile } from '../src/dockerignore.js';

const excludes = (patterns: readonly string[], path: string) => compileIgnore(patterns).patterns?.excludes(path);

describe('a .dockerignore file', () => {
  it('has a pattern a line, trimmed and cleaned', () => {
    const text = '\uFEFF# comment\r\n\n  a/ \n/b//./c\r\n! /d/../e\n # none\n!\n/\nx y\n..//f\n';
    expect(readIgnoreFile(text)).toEqual(['a', 'b/c', '!e', '# none', '!', '/', 'x y', '../f']);
  });

  it('may be empty', () => {
    expect(readIgnoreFile('')).toEqual([]);
  });
});

describe('an ignore pattern', () => {
  it.each([
    ['a', 'a', true],
    ['a', 'a/b/c', true],
    ['a', 'b/a', false],
    ['a', 'ab', false],
    ['a/b', 'a/b/c', true],
    ['a/b', 'a', false],
    ['./a/../b/', 'b', true],
    ['*.md', 'a.md', true],
    ['*.md', 'a/b.md', false],
    ['*/b', 'a/b', true],
    ['*/b', 'a/x/b', false],
    ['a*c', 'abbc/d', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['?', '\u{1F600}', true],
    ['a.c', 'abc', false],
    ['**', 'a/b', true],
    ['**/a', 'a', true],
    ['**/a', 'x/y/a/z', true],
    ['**/a', 'xa', false],
    ['**a', 'x/ya', true],
    ['**a*', 'x/ya', false],
    ['a/**', 'a', false],
    ['a/**', 'a/b/c', true],
    ['a**', 'abc/d', true],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['a/**/b', 'a/xb', false],
    ['a/**/b/**/c', 'a/b/x/b/c', true],
    ['**/*.js', 'a/b.js', true],
    ['[a-c]x', 'bx', true],
    ['[^a-c]x', 'bx', false],
    ['[^a-c]x', 'dx', true],
    ['[a\\-c]', '-', true],
    ['[\\]]', ']', true],
    ['\\*', '*', true],
    ['\\*', 'a', false],
    ['a b(c)+{d}|$', 'a b(c)+{d}|$', true],
    ['*', '.', false],
    ['**', './', false],
  ])('%s for %s: %j', (pattern, path, expected) => {
    expect(excludes([pattern], path)).toBe(expected);
  });

  it('with ! takes back, and the last one counts', () => {
    const patterns = ['*', '!src', 'src/*.test.js', '!src/keep.test.js'];
    expect(['a', 'src', 'src/a.js', 'src/a.test.js', 'src/keep.test.js'].map(path => excludes(patterns, path))).toEqual(
      [true, false, false, true, false],
    );
    expect(excludes(['!a', 'a'], 'a')).toBe(true);
  });

  it.each([
    ['!', '"!" takes back nothing'],
    ['a\\', 'the pattern "a\\" ends with a backslash, which protects nothing'],
    ['a[bc', 'the pattern "a[bc" has a "[" that is never closed by "]"'],
    ['[', 'the pattern "[" has a "[" that is never closed by "]"'],
    ['[a-', 'the pattern "[a-" has a "[" that is never closed by "]"'],
    ['[]a]', 'the pattern "[]a]" has "-" or "]" where "[" needs a character; put a backslash before it'],
    ['[a-]', 'the pattern "[a-]" has "-" or "]" where "[" needs a character; put a backslash before it'],
    ['[a-b-c]', 'the pattern "[a-b-c]" has "-" or "]" where "[" needs a character; put a backslash before it'],
    ['[b-a]', 'the pattern "[b-a]" has a range that goes backwards'],
  ])('%s is refused', (pattern, problem) => {
    expect(compileIgnore(['ok', pattern])).toEqual({ problem, pattern });
  });

  it('is passed over if it is empty', () => {
    expect(excludes(['', ' '], 'a')).toBe(false);
  });

  it('lets a directory be left out as a whole, if nothing below can be taken back', () => {
    const { patterns } = compileIgnore(['node_modules', 'dist', '!dist/keep', '!**/x.txt']);
    const { patterns: without } = compileIgnore(['node_modules', 'dist', '!dist/keep', '!src/*.js']);
    expect(patterns?.mayTakeBackBelow('node_modules')).toBe(true);
    expect(without?.mayTakeBackBelow('node_modules')).toBe(false);
    expect(without?.mayTakeBackBelow('dist')).toBe(true);
    expect(without?.mayTakeBackBelow('dist/keep/more')).toBe(true);
    expect(without?.mayTakeBackBelow('dist/other')).toBe(false);
    expect(without?.mayTakeBackBelow('.')).toBe(true);
  });

  it('costs no more than its length times that of the path', () => {
    const many = '*a'.repeat(2000);
    expect(excludes([`${many}b`, `${'**/'.repeat(300)}b`], 'a'.repeat(4000))).toBe(false);
    expect(excludes(['**/*'.repeat(200)], `${'a/'.repeat(2000)}a`)).toBe(true);
  });
});
