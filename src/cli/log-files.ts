/** Reads log files: the newest lines from the end, or all of them line by line. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';

const CHUNK = 64 * 1024;

/** The newest `count` lines of a file, oldest first. Reads only as much of its end as that takes. */
export async function newestLines(path: string, count: number): Promise<string[]> {
  const file = await open(path, 'r');
  try {
    let start = (await file.stat()).size;
    let tail = Buffer.alloc(0);
    let newlines = 0;
    while (start > 0 && newlines <= count) {
      const length = Math.min(CHUNK, start);
      start -= length;
      const { buffer } = await file.read(Buffer.alloc(length), 0, length, start);
      for (const byte of buffer) if (byte === 10) newlines++;
      tail = Buffer.concat([buffer, tail]);
    }
    const lines = tail.toString('utf8').split(/\r?\n/);
    if (lines.at(-1) === '') lines.pop();
    return count === 0 ? [] : lines.slice(-count);
  } finally {
    await file.close();
  }
}

/** Every line with its number, from 1. */
export async function* allLines(path: string): AsyncGenerator<readonly [number, string]> {
  let number = 0;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY }))
    yield [++number, line] as const;
}
