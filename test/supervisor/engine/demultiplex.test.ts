import { describe, expect, test } from 'vitest';
import { demultiplex } from '../../../src/supervisor/engine/demultiplex.js';
import { jsonLines } from '../../../src/supervisor/engine/json-lines.js';
import { PullProgress } from '../../../src/supervisor/engine/progress.js';

function frame(stream: number, text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

/** What comes out when chunks go in: each call, in order. */
function read(chunks: readonly Buffer[]): string[] {
  const calls: string[] = [];
  const reader = demultiplex((stream, chunk) => calls.push(`${stream}: ${chunk.toString('latin1')}`));
  for (const chunk of chunks) reader(Buffer.from(chunk));
  return calls;
}

function joined(calls: readonly string[], stream: string): string {
  return calls
    .filter(call => call.startsWith(stream))
    .map(call => call.slice(stream.length + 2))
    .join('');
}

describe('the two streams of a container', () => {
  test('are taken apart, in the order in which they came', () => {
    expect(read([Buffer.concat([frame(1, 'out'), frame(2, 'err'), frame(1, 'again')])])).toEqual([
      'stdout: out',
      'stderr: err',
      'stdout: again',
    ]);
  });

  test('come in one call where frames of the same stream follow each other in a chunk', () => {
    const chunk = Buffer.concat([frame(1, 'a\n'), frame(1, ''), frame(1, 'bc\n'), frame(2, 'x'), frame(2, 'y')]);
    expect(read([chunk])).toEqual(['stdout: a\nbc\n', 'stderr: xy']);
  });

  test('are the same wherever the chunks are cut', () => {
    const whole = Buffer.concat([frame(1, 'first'), frame(2, 'oops'), frame(1, ''), frame(1, 'second'), frame(2, '!')]);
    for (let size = 1; size <= whole.length; size++) {
      const chunks: Buffer[] = [];
      for (let at = 0; at < whole.length; at += size) chunks.push(whole.subarray(at, at + size));
      const calls = read(chunks);
      expect([size, joined(calls, 'stdout'), joined(calls, 'stderr')]).toEqual([size, 'firstsecond', 'oops!']);
    }
  });

  test("have the engine's own errors among stderr", () => {
    expect(read([frame(3, 'lost the log')])).toEqual(['stderr: lost the log']);
  });

  test('are one where they are no frames at all, from there on', () => {
    const cut = [Buffer.from('hel'), Buffer.from('lo, terminal'), Buffer.from('\u0001')];
    expect(joined(read(cut), 'stdout')).toBe('hello, terminal\u0001');
    expect(read([Buffer.concat([frame(2, 'x'), Buffer.from('plain text')])])).toEqual([
      'stderr: x',
      'stdout: plain text',
    ]);
  });
});

describe('JSON lines', () => {
  const heard = (chunks: readonly string[]) => {
    const values: unknown[] = [];
    const reader = jsonLines(value => values.push(value));
    for (const chunk of chunks) reader(Buffer.from(chunk));
    reader();
    return values;
  };

  test('are read wherever the chunks are cut, the last one also without a newline', () => {
    expect(heard(['{"a":', '1', '}\r\n{"b":2}\n\n{"', 'c":3}'])).toEqual([{ a: 1 }, { b: 2 }, { c: 3 }]);
  });

  test('that are none are left out', () => {
    expect(heard(['oops\n{"a":1}\n'])).toEqual([{ a: 1 }]);
  });
});

describe('the progress of a pull', () => {
  test('is the sum over the layers whose download has begun', () => {
    const progress = new PullProgress();
    const layer = (id: string, status: string, current?: number, total?: number) =>
      progress.heard({ id, status, progressDetail: { ...(current && { current }), ...(total && { total }) } });
    expect(layer('a', 'Pulling fs layer')).toBeUndefined();
    expect(layer('a', 'Downloading', 10, 100)).toEqual({ done: 10, total: 100 });
    expect(layer('b', 'Downloading', 5, 50)).toEqual({ done: 15, total: 150 });
    expect(layer('a', 'Download complete')).toEqual({ done: 105, total: 150 });
    expect(layer('a', 'Extracting', 1, 100)).toBeUndefined();
    expect(layer('c', 'Already exists')).toBeUndefined();
    expect(progress.heard({ status: 'Status: Downloaded newer image' })).toBeUndefined();
  });
});
