import { describe, expect, test } from 'vitest';
import {
  KEPT_BYTES,
  KEPT_BYTES_OF_ALL,
  KEPT_LINES,
  KeptMemory,
  RecentLines,
} from '../../src/supervisor/recent-lines.js';

const bytesOf = (...lines: string[]) => Buffer.from(lines.join('\n'));
const texts = (recent: RecentLines, limit?: number) => recent.newest(limit).map(line => line.text);

describe('the newest lines', () => {
  test('come oldest first, each with its time, run and stream', () => {
    const recent = new RecentLines();
    recent.push(1, 1, 'stdout', bytesOf('a', 'b'));
    recent.push(2, 2, 'stderr', bytesOf('c'));
    recent.push(2, 2, 'stdout', bytesOf('d'));
    expect(recent.newest()).toEqual([
      { at: 1, run: 1, stream: 'stdout', text: 'a' },
      { at: 1, run: 1, stream: 'stdout', text: 'b' },
      { at: 2, run: 2, stream: 'stderr', text: 'c' },
      { at: 2, run: 2, stream: 'stdout', text: 'd' },
    ]);
    expect(texts(recent, 2)).toEqual(['c', 'd']);
    expect(texts(recent, 0)).toEqual([]);
    expect(texts(new RecentLines())).toEqual([]);
  });

  test('are as they came, whatever becomes of the bytes afterwards, and with every character', () => {
    const recent = new RecentLines();
    const expected: string[] = [];
    const used = Buffer.alloc(10_000);
    for (let i = 0; i < 300; i++) {
      const line = `${i} ${'ö€🐱'.repeat(i)}`;
      recent.push(i, 1, 'stdout', used.subarray(0, used.write(line)));
      expected.push(line);
    }
    used.fill('!');
    expect(texts(recent)).toEqual(expected);
  });

  test('hold empty lines, and many that come at once', () => {
    const recent = new RecentLines();
    for (let i = 0; i < 100; i++) {
      recent.push(1, 1, 'stdout', bytesOf(''));
      recent.push(1, 1, 'stdout', bytesOf('a', '', 'b'));
    }
    expect(texts(recent)).toEqual(Array.from({ length: 100 }, () => ['', 'a', '', 'b']).flat());
  });

  test('are bounded in number, whatever the size of the reads', () => {
    for (const size of [1, 7, 999, KEPT_LINES, 3 * KEPT_LINES]) {
      const recent = new RecentLines();
      const all = Array.from({ length: 4 * KEPT_LINES }, (_, i) => `${i}`);
      for (let at = 0; at < all.length; at += size) recent.push(at, 1, 'stdout', bytesOf(...all.slice(at, at + size)));
      expect(texts(recent)).toEqual(all.slice(-KEPT_LINES));
    }
  });

  test('are bounded in bytes: long lines push out the old ones', () => {
    const recent = new RecentLines();
    const long = bytesOf('x'.repeat(KEPT_BYTES / 8 - 1)); // and its newline
    for (let i = 0; i < 100; i++) recent.push(i, 1, 'stdout', long);
    expect(recent.newest().map(line => line.at)).toEqual([92, 93, 94, 95, 96, 97, 98, 99]);
    expect(recent.bytes).toBe(KEPT_BYTES);
  });

  test('always hold the last read, even one larger than the bound', () => {
    const recent = new RecentLines();
    recent.push(1, 1, 'stdout', bytesOf('old'));
    recent.push(2, 1, 'stdout', bytesOf('x'.repeat(KEPT_BYTES + 1)));
    expect(recent.newest().map(line => line.at)).toEqual([2]);
  });
});

describe('the newest lines of many services', () => {
  const line = bytesOf('x'.repeat(9_999));

  test('are bounded together, and those that say much share what there is', () => {
    const memory = new KeptMemory();
    const all = Array.from({ length: 40 }, () => new RecentLines(memory));
    for (let i = 0; i < 300; i++) for (const recent of all) recent.push(i, 1, 'stdout', line);
    const kept = all.map(({ bytes }) => bytes);
    const sum = kept.reduce((a, b) => a + b);
    expect(sum).toBeLessThanOrEqual(KEPT_BYTES_OF_ALL);
    expect(sum).toBeGreaterThan(KEPT_BYTES_OF_ALL - 40 * 10_000);
    expect(Math.max(...kept) - Math.min(...kept)).toBeLessThanOrEqual(10_000);
    for (const recent of all) expect(recent.newest(1)[0]).toMatchObject({ at: 299 });
  });

  test('of one that says little stay, however much the others say', () => {
    const memory = new KeptMemory();
    const quiet = new RecentLines(memory);
    quiet.push(0, 1, 'stdout', bytesOf('once'));
    const others = Array.from({ length: 20 }, () => new RecentLines(memory));
    for (let i = 0; i < 1000; i++) for (const recent of others) recent.push(i, 1, 'stdout', line);
    expect(texts(quiet)).toEqual(['once']);
  });

  test('of one that is gone leave their room to the others', () => {
    const memory = new KeptMemory();
    const number = KEPT_BYTES_OF_ALL / KEPT_BYTES;
    const gone = Array.from({ length: number }, () => new RecentLines(memory));
    for (let i = 0; i < 300; i++) for (const recent of gone) recent.push(i, 1, 'stdout', line);
    for (const recent of gone) memory.forget(recent);
    const others = Array.from({ length: number }, () => new RecentLines(memory));
    for (let i = 0; i < 300; i++) for (const recent of others) recent.push(i, 1, 'stdout', line);
    for (const { bytes } of others) expect(bytes).toBeGreaterThan(KEPT_BYTES - 10_000);
  });
});
