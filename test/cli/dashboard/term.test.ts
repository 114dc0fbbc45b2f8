import { describe, expect, it } from 'vitest';
import { attributeOf, withDimAndItalic } from '../../../src/cli/dashboard/attribute.js';
import { copySequence } from '../../../src/cli/dashboard/clipboard.js';
import { clustersOf } from '../../../src/cli/dashboard/cluster.js';
import { colourDepthOf, refusalOf } from '../../../src/cli/dashboard/term.js';

describe('a terminal', () => {
  it.each(['xterm', 'screen', 'tmux-256color', 'xterm-kitty', 'alacritty', 'xterm-ghostty', 'linux', 'anything'])(
    'can show the dashboard where TERM is %s',
    TERM => {
      expect(refusalOf({ TERM }, true, 'linux')).toBeUndefined();
    },
  );

  it('needs no TERM on Windows', () => {
    expect(refusalOf({}, true, 'win32')).toBeUndefined();
  });

  it('has as many colours as its name says', () => {
    expect(colourDepthOf({ TERM: 'xterm' })).toBe(16);
    expect(colourDepthOf({ TERM: 'linux' })).toBe(16);
    expect(colourDepthOf({ TERM: 'screen-256color' })).toBe(256);
    expect(colourDepthOf({ TERM: 'xterm-kitty' })).toBe(256);
    expect(colourDepthOf({ TERM: 'xterm', COLORTERM: 'truecolor' })).toBe(256);
    expect(colourDepthOf({ WT_SESSION: '1' })).toBe(256);
  });

  it('has none where they are not wanted', () => {
    expect(colourDepthOf({ TERM: 'xterm-256color', NO_COLOR: '1' })).toBe(0);
    expect(colourDepthOf({ TERM: 'xterm-256color', NO_COLOR: '' })).toBe(256);
    expect(colourDepthOf({ TERM: 'xterm-256color', NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(256);
    expect(colourDepthOf({ TERM: 'xterm-256color', FORCE_COLOR: '0' })).toBe(0);
  });
});

describe('a style', () => {
  const parts = (attribute: number) => ({
    flags: attribute >> 18,
    foreground: (attribute >> 9) & 0x1ff,
    background: attribute & 0x1ff,
  });
  const NONE = 0x1ff;

  it('keeps its colour where the terminal has it', () => {
    expect(parts(attributeOf({ foreground: 208, background: 4 }, 256))).toEqual({
      flags: 0,
      foreground: 208,
      background: 4,
    });
  });

  it('takes the nearest colour where the terminal has 16', () => {
    const red = attributeOf({ foreground: { red: 255, green: 20, blue: 10 } }, 16);
    const grey = attributeOf({ foreground: { red: 128, green: 128, blue: 128 } }, 16);
    expect(parts(red).foreground).toBe(9);
    expect(parts(grey).foreground).toBe(8);
    expect(parts(attributeOf({ foreground: 22 }, 16)).foreground).toBe(2);
  });

  it('takes the nearest of 256 for a colour by its parts', () => {
    expect(parts(attributeOf({ foreground: { red: 255, green: 135, blue: 0 } }, 256)).foreground).toBe(208);
    expect(parts(attributeOf({ foreground: { red: 8, green: 8, blue: 8 } }, 256)).foreground).toBe(232);
  });

  it('has no colours, but all the rest, where none are wanted', () => {
    expect(parts(attributeOf({ foreground: 1, background: 2, bold: true, inverse: true }, 0))).toEqual({
      flags: 1 | 8,
      foreground: NONE,
      background: NONE,
    });
  });

  it('is written as dim and italic, not as blinking and invisible', () => {
    expect(withDimAndItalic('\x1b[1;4;5;7;8;48;5;20;38;5;8mx')).toBe('\x1b[1;4;2;7;3;48;5;20;38;5;8mx');
    expect(withDimAndItalic('\x1b[5mx\x1b[m\x1b[8my')).toBe('\x1b[2mx\x1b[m\x1b[3my');
    expect(withDimAndItalic('\x1b[5;10H\x1b[38;5;8m\x1b[8G\x1b[5;32m')).toBe('\x1b[5;10H\x1b[38;5;8m\x1b[8G\x1b[2;32m');
  });
});

describe('text in cells', () => {
  const cells = (text: string) => clustersOf(text).map(cluster => [cluster.text, cluster.width]);

  it('is a character each', () => {
    expect(cells('aé│')).toEqual([
      ['a', 1],
      ['é', 1],
      ['│', 1],
    ]);
  });

  it('keeps accents with their letter', () => {
    expect(cells('e\u0301x')).toEqual([
      ['e\u0301', 1],
      ['x', 1],
    ]);
    expect(cells('\u0301x')).toEqual([['x', 1]]);
  });

  it('takes two columns for wide characters', () => {
    expect(cells('漢🎉')).toEqual([
      ['漢', 2],
      ['🎉', 2],
    ]);
  });

  it('never is a control', () => {
    expect(cells('a\x1b\x07')).toEqual([
      ['a', 1],
      [' ', 1],
      [' ', 1],
    ]);
  });
});

describe('the clipboard', () => {
  const base64 = Buffer.from('copied ✓').toString('base64');

  it('is reached by OSC 52', () => {
    expect(copySequence('copied ✓', {})).toBe(`\x1b]52;c;${base64}\x07`);
  });

  it('is reached through tmux both ways', () => {
    expect(copySequence('copied ✓', { TMUX: '/tmp/tmux-0/default,1,0' })).toBe(
      `\x1b]52;c;${base64}\x07\x1bPtmux;\x1b\x1b]52;c;${base64}\x07\x1b\\`,
    );
  });

  it('is reached through screen in pieces that it takes', () => {
    const sequence = copySequence('x'.repeat(600), { STY: '1.pts-0.host' })!;
    const pieces = sequence.split('\x1b\\').filter(piece => piece !== '');
    expect(pieces.every(piece => piece.startsWith('\x1bP') && piece.length <= 256)).toBe(true);
    expect(pieces.map(piece => piece.slice(2)).join('')).toBe(
      `\x1b]52;c;${Buffer.from('x'.repeat(600)).toString('base64')}\x07`,
    );
  });

  it('takes no more than terminals do', () => {
    expect(copySequence('x'.repeat(75_000), {})).toBeUndefined();
  });
});
