// Reading log files: from the end, however large, and line by line.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allLines, newestLines } from '../../src/cli/log-files.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fuge-logs-'));
  file = join(folder, 'api.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('newestLines', () => {
  it.each([
    ['', 5, []],
    ['a\n', 5, ['a']],
    ['a\nb\nc\n', 2, ['b', 'c']],
    ['a\nb\nc', 2, ['b', 'c']],
    ['a\r\nb\r\n', 2, ['a', 'b']],
    ['a\n\n\n', 2, ['', '']],
    ['a\nb\n', 0, []],
  ])('of %j the newest %i are %j', async (text, count, lines) => {
    writeFileSync(file, text);
    expect(await newestLines(file, count)).toEqual(lines);
  });

  it('reads over the borders of what it takes at once, and cuts no character', async () => {
    const lines = Array.from({ length: 3000 }, (_, i) => `${i} ${'ü€🚀'.repeat(10)}`);
    writeFileSync(file, `${lines.join('\n')}\n`);
    expect(await newestLines(file, 2500)).toEqual(lines.slice(-2500));
    expect(await newestLines(file, 5000)).toEqual(lines);
  });

  it('takes a line that is longer than what it takes at once', async () => {
    const long = 'x'.repeat(200_000);
    writeFileSync(file, `a\n${long}\nb\n`);
    expect(await newestLines(file, 2)).toEqual([long, 'b']);
  });
});

it('allLines numbers lines from 1', async () => {
  writeFileSync(file, 'a\r\n\nb');
  const lines: (readonly [number, string])[] = [];
  for await (const line of allLines(file)) lines.push(line);
  expect(lines).toEqual([
    [1, 'a'],
    [2, ''],
    [3, 'b'],
  ]);
});
