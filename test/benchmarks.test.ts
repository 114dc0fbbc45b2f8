// docs/benchmarks.md is what has been measured and nothing else: it and its plots follow from the data beside the rows.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const textOf = (file: string) => readFileSync(path.join(root, file), 'utf8');
const rows = readdirSync(path.join(root, 'bench/rows')).map(file => path.basename(file, '.js'));

interface Row {
  readonly about: { readonly date: string; readonly machine: string; readonly node: string; readonly runs: number };
  readonly results: readonly { readonly goal?: string; readonly met?: boolean }[];
}
const data = JSON.parse(textOf('bench/results.json')) as Readonly<Record<string, Row>>;

describe('the page of the benchmarks', () => {
  test('and its plots are what the data gives', () => {
    const { status, stderr } = spawnSync(process.execPath, [path.join(root, 'bench/page.js'), '--check'], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test.each(rows)('tells of the row %s', row => {
    expect(textOf('docs/benchmarks.md')).toContain(`npm run bench -- ${row}`);
  });
});

describe('the data of the benchmarks', () => {
  test('is of rows that there are', () => {
    expect(Object.keys(data).filter(row => !rows.includes(row))).toEqual([]);
  });

  test.each(Object.entries(data))('says when and where %s was measured', (_row, { about }) => {
    expect(about).toMatchObject({
      date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      machine: expect.stringMatching(/GB, /),
      node: expect.stringMatching(/^v\d+/),
      runs: expect.any(Number),
    });
  });

  test('says of every goal whether it is met', () => {
    const results = Object.values(data).flatMap(row => row.results);
    expect(results.filter(({ goal }) => goal !== undefined).length).toBeGreaterThan(0);
    expect(results.filter(({ goal, met }) => (goal === undefined) !== (met === undefined))).toEqual([]);
  });
});
