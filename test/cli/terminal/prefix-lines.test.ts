import { describe, expect, it } from 'vitest';
import { LONGEST_LINES, LONGEST_PREFIX, prefixLines } from '../../../src/cli/terminal/prefix-lines.js';

const prefixed = (text: string, prefix: string) => {
  const bytes = prefixLines(Buffer.from(text), Buffer.from(prefix));
  return bytes && Buffer.from(bytes).toString();
};
const expected = (text: string, prefix: string) => text.replace(/^/gm, prefix).concat('\n');

describe('prefixed lines', () => {
  it('have the prefix before each and a newline behind each, empty ones, too', () => {
    expect(prefixed('one\n\ntwo', 'api │ ')).toBe('api │ one\napi │ \napi │ two\n');
    expect(prefixed('', 'api │ ')).toBe('api │ \n');
    expect(prefixed('\n', '')).toBe('\n\n');
  });

  it('are right at every length of lines and prefix around the sixteen bytes that are looked at together', () => {
    for (let length = 0; length < 40; length++) {
      for (const prefix of ['', '>', 'x'.repeat(15), 'x'.repeat(16), 'x'.repeat(17), 'x'.repeat(LONGEST_PREFIX)]) {
        const text = [length, 0, 1, length + 1, 15, 16, 17].map(each => 'y'.repeat(each)).join('\n');
        expect(prefixed(text, prefix)).toBe(expected(text, prefix));
      }
    }
  });

  it('keep tabs and any script', () => {
    const text = 'a\tb "é" 日本語 👩‍💻 │';
    expect(prefixed(text, 'api │ ')).toBe(`api │ ${text}\n`);
  });

  it('are not made where something has to be cleaned, wherever it stands', () => {
    const bad = ['\x1b', '\x7f', '\0', '\r', '\x1f', '\b', '\x0b', '\u0080', '\u009f'];
    for (const character of bad)
      for (let before = 0; before < 40; before++)
        for (const after of ['', 'z', `${'z'.repeat(20)}\nz`])
          expect(prefixed(`${'y'.repeat(before)}${character}${after}`, '> ')).toBeUndefined();
  });

  it('do not depend on what was there before', () => {
    expect(prefixed(`\n${'\x1b'.repeat(100)}`, '> ')).toBeUndefined();
    expect(prefixed('one\ntwo', '> ')).toBe('> one\n> two\n');
  });

  it('are not made of more than the memory holds', () => {
    expect(prefixed('x'.repeat(LONGEST_LINES), '> ')).toBe(`> ${'x'.repeat(LONGEST_LINES)}\n`);
    expect(prefixed('x'.repeat(LONGEST_LINES + 1), '> ')).toBeUndefined();
    expect(prefixed('x', '>'.repeat(LONGEST_PREFIX + 1))).toBeUndefined();
    expect(prefixed('\n'.repeat(LONGEST_LINES), '>'.repeat(LONGEST_PREFIX))).toBeUndefined();
    expect(prefixed('\n'.repeat(1000), '>'.repeat(100))).toBe(`${'>'.repeat(100)}\n`.repeat(1001));
  });
});
