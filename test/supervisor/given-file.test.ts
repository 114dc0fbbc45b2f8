import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { writeGivenFile } from '../../src/supervisor/given-file.js';

function directory(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'fuge-given-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test('a file is written with its mode, in a directory of the user alone, and again over a read-only one', () => {
  const file = path.join(directory(), 'files', 'key');
  expect(writeGivenFile({ path: file, content: 'a', mode: 0o444 })).toBeUndefined();
  expect(writeGivenFile({ path: file, content: 'b', mode: 0o400 })).toBeUndefined();
  expect(readFileSync(file, 'utf8')).toBe('b');
  expect((statSync(file).mode & 0o777).toString(8)).toBe('400');
  expect((statSync(path.dirname(file)).mode & 0o777).toString(8)).toBe('700');
});

test('what keeps it from being written is told', () => {
  const blocked = path.join(directory(), 'file');
  writeFileSync(blocked, '');
  expect(writeGivenFile({ path: path.join(blocked, 'sub/key'), content: '', mode: 0o444 })).toEqual({
    severity: 'warning',
    code: 'file-not-written',
    message: `${blocked}/sub/key can't be written (ENOTDIR)`,
  });
});
