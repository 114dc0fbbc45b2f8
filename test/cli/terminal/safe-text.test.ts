import { describe, expect, it } from 'vitest';
import { makeSafe } from '../../../src/cli/terminal/safe-text.js';

const ESC = '\x1b';

describe('makeSafe', () => {
  it('leaves text without control characters alone, tabs and any script included', () => {
    const text = 'a\tb "é" 日本語 👩‍💻 │';
    expect(makeSafe(text, true)).toBe(text);
    expect(makeSafe(text, false)).toBe(text);
  });

  it.each([
    ['clears the screen', `${ESC}[2J${ESC}[Hhello`, 'hello'],
    ['moves the cursor', `a${ESC}[10Ab${ESC}[3;4Hc`, 'abc'],
    ['switches to the other screen', `${ESC}[?1049hx${ESC}[?25l`, 'x'],
    ['sets the title', `${ESC}]0;evil\x07title`, 'title'],
    ['writes the clipboard', `${ESC}]52;c;aGk=${ESC}\\x`, 'x'],
    ['asks the terminal who it is', `${ESC}[cx${ESC}Z${ESC}P+q544e${ESC}\\y`, 'xy'],
    ['switches the character set', `${ESC}(0lqk\x0e`, 'lqk'],
    ['resets the terminal', `${ESC}cx`, 'x'],
    ['beeps and goes back', 'a\x07b\x08c\rd', 'abcd'],
    ['uses eight-bit controls', 'a\x9b2Jb\x85', 'a2Jb'],
    ['never ends its sequence', `a${ESC}]0;title b`, 'a0;title b'],
    ['ends in the middle of one', `a${ESC}`, 'a'],
  ])('takes away what %s', (_what, text, safe) => {
    expect(makeSafe(text, true)).toBe(safe);
    expect(makeSafe(text, false)).toBe(safe);
  });

  it('keeps colours and ends them with their line', () => {
    expect(makeSafe(`${ESC}[31mred\nplain`, true)).toBe(`${ESC}[31mred${ESC}[0m\nplain`);
    expect(makeSafe(`${ESC}[1;38:5:9mx${ESC}[0m y`, true)).toBe(`${ESC}[1;38:5:9mx${ESC}[0m y`);
    expect(makeSafe(`${ESC}[31mx${ESC}[my`, true)).toBe(`${ESC}[31mx${ESC}[my`);
  });

  it('takes colours away where none are wanted', () => {
    expect(makeSafe(`${ESC}[31mred${ESC}[0m`, false)).toBe('red');
  });

  it('leaves nothing dangerous of any bytes at all', () => {
    let seed = 7;
    for (let round = 0; round < 300; round++) {
      let text = '';
      for (let i = 0; i < 60; i++) {
        seed = (seed * 1103515245 + 12345) % 2147483648;
        text += seed % 4 === 0 ? '\x1b' : String.fromCharCode((seed >> 8) % 0xa0);
      }
      const safe = makeSafe(text, true).replace(/\x1b\[[\d;:]*m/g, '');
      expect(safe).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
    }
  });
});
