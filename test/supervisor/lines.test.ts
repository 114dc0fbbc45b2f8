import { describe, expect, test } from 'vitest';
import { LineSplitter, LONGEST_LINE } from '../../src/supervisor/lines.js';

/** The lines of all the bytes, given in chunks that end at these offsets. */
function split(bytes: Buffer, ...cuts: number[]): string[] {
  const splitter = new LineSplitter();
  const lines: string[] = [];
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    lines.push(...splitter.push(bytes.subarray(from, cut)));
    from = cut;
  }
  return [...lines, ...splitter.end()];
}

const splitString = (text: string, ...cuts: number[]) => split(Buffer.from(text), ...cuts);

/** mulberry32: the same numbers in every run. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

describe('lines', () => {
  test('are what stands between newlines, empty ones included', () => {
    expect(splitString('a\n\nb\n')).toEqual(['a', '', 'b']);
    expect(splitString('\n')).toEqual(['']);
    expect(splitString('')).toEqual([]);
  });

  test('come without the carriage return of CRLF, wherever the chunk ends', () => {
    for (let cut = 0; cut <= 6; cut++) expect(splitString('a\r\nb\r\n', cut)).toEqual(['a', 'b']);
  });

  test('that overwrite themselves are what was shown last', () => {
    expect(splitString('10%\r50%\r100%\n')).toEqual(['100%']);
    expect(splitString('10%\r50%\r\n')).toEqual(['50%']);
    expect(splitString('10%\r50%')).toEqual(['50%']);
  });

  test('that end with several carriage returns are not lost', () => {
    expect(splitString('done\r\r\n')).toEqual(['done']);
    expect(splitString('done\r')).toEqual(['done']);
    expect(splitString('\r\n')).toEqual(['']);
  });

  test('without newline at the end of the stream are given at its end', () => {
    const splitter = new LineSplitter();
    expect(splitter.push(Buffer.from('a\nb'))).toEqual(['a']);
    expect(splitter.pending).toBe(1);
    expect(splitter.end()).toEqual(['b']);
    expect(splitter.pending).toBe(0);
    expect(splitter.end()).toEqual([]);
  });

  test('hold every character whole, wherever a chunk ends', () => {
    const text = 'ö€🐱\n🐱ö';
    const bytes = Buffer.from(text);
    for (let first = 0; first <= bytes.length; first++)
      for (let second = first; second <= bytes.length; second++)
        expect(split(bytes, first, second)).toEqual(['ö€🐱', '🐱ö']);
  });

  test('show invalid bytes as U+FFFD and lose nothing around them', () => {
    const bytes = Buffer.from([0x61, 0xff, 0x62, 0xe2, 0x82, 10, 0x80, 0x80, 0x80, 0x80, 0x63]);
    for (let cut = 0; cut <= bytes.length; cut++)
      expect(split(bytes, cut)).toEqual(['a\ufffdb\ufffd', '\ufffd\ufffd\ufffd\ufffdc']);
  });
});

describe('the text that waits', () => {
  test('leaves out a character that is not whole yet', () => {
    const splitter = new LineSplitter();
    const bytes = Buffer.from('ok 🐱');
    splitter.push(bytes.subarray(0, 3));
    for (const at of [3, 4, 5]) {
      splitter.push(bytes.subarray(at, at + 1));
      expect(splitter.pendingText()).toBe('ok ');
    }
    splitter.push(bytes.subarray(6));
    expect(splitter.pendingText()).toBe('ok 🐱');
  });
});

describe('a line longer than the limit', () => {
  const bytesOf = (line: string) => Buffer.byteLength(line);

  test('is given in pieces before its newline comes, so that memory stays bounded', () => {
    const splitter = new LineSplitter();
    expect(splitter.push(Buffer.alloc(LONGEST_LINE, 'x'))).toEqual([]);
    expect(splitter.push(Buffer.from('y')).map(bytesOf)).toEqual([LONGEST_LINE]);
    expect(splitter.pending).toBe(1);
    expect(splitter.push(Buffer.from('z\n'))).toEqual(['yz']);
  });

  test('is one line at exactly the limit', () => {
    expect(splitString(`${'x'.repeat(LONGEST_LINE)}\n`).map(bytesOf)).toEqual([LONGEST_LINE]);
  });

  test.each(['ö', '€', '🐱'])('is never cut within a character, here %s', character => {
    for (let before = 0; before < 4; before++) {
      const line = 'x'.repeat(before) + character.repeat(LONGEST_LINE);
      const pieces = splitString(`${line}\n`);
      expect(pieces.join('')).toBe(line);
      expect(pieces.length).toBeGreaterThan(1);
      expect(Math.max(...pieces.map(bytesOf))).toBeLessThanOrEqual(LONGEST_LINE);
    }
  });

  test('is cut at the same places whether it comes at once or in parts, with lines around it', () => {
    const bytes = Buffer.from(`before\n${'€'.repeat(LONGEST_LINE)}\nafter\n`);
    const atOnce = split(bytes);
    expect(atOnce[0]).toBe('before');
    expect(atOnce.at(-1)).toBe('after');
    for (const cut of [3, 7, 8, LONGEST_LINE, LONGEST_LINE + 9, bytes.length - 7, bytes.length - 1])
      expect(split(bytes, cut)).toEqual(atOnce);
  });

  test('that is an endless progress bar keeps what it showed last', () => {
    const [first, ...others] = splitString('50%\r'.repeat(LONGEST_LINE));
    expect(first).toBe('50%');
    expect(new Set(others)).toEqual(new Set(['50%']));
  });
});

test('the lines do not depend on how the bytes are chunked', () => {
  const random = randomNumbers(20);
  const alphabet = [10, 10, 13, 0x61, 0x62, 0, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x90, 0xb1, 0xff, 0x80];
  for (let round = 0; round < 500; round++) {
    const bytes = Buffer.from(Array.from({ length: random(60) }, () => alphabet[random(alphabet.length)]!));
    const cuts = Array.from({ length: random(8) }, () => random(bytes.length + 1)).sort((a, b) => a - b);
    const text = bytes.toString('utf8');
    const whole = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
    const expected = whole.map(line => line.replace(/\r+$/, '').replace(/^.*\r/s, ''));
    expect(split(bytes, ...cuts), `${bytes.toString('hex')} cut at ${cuts}`).toEqual(text === '' ? [] : expected);
  }
});

test('long lines of any bytes do not depend on how they are chunked either', () => {
  const random = randomNumbers(7);
  const filler = [
    Buffer.from('x'),
    Buffer.from('ö'),
    Buffer.from('€'),
    Buffer.from('🐱'),
    Buffer.from([0xff, 0xe2, 0x82]),
  ];
  for (let round = 0; round < 30; round++) {
    const parts = Array.from({ length: 1 + random(4) }, () =>
      Buffer.concat([Buffer.alloc(random(3 * LONGEST_LINE), filler[random(filler.length)]!), Buffer.from('\n')]),
    );
    const bytes = Buffer.concat(parts);
    const cuts = Array.from({ length: random(6) }, () => random(bytes.length + 1)).sort((a, b) => a - b);
    const pieces = split(bytes, ...cuts);
    const atOnce = split(bytes);
    expect(pieces.length === atOnce.length && pieces.every((piece, i) => piece === atOnce[i])).toBe(true);
    expect(pieces.join('')).toBe(bytes.toString('utf8').replaceAll('\n', ''));
  }
});
