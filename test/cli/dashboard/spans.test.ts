// Styled rows: colours read, widths counted, cut, wrapped and highlighted.
import { describe, expect, it } from 'vitest';
import { columnsOf, reduceClusters } from '../../../src/cli/dashboard/cell-width.js';
import type { Row } from '../../../src/cli/dashboard/frame.js';
import { applySgr } from '../../../src/cli/dashboard/sgr.js';
import {
  cutRow,
  highlight,
  rowWidth,
  span,
  spansOf,
  splitRow,
  textOf,
  wrapRow,
} from '../../../src/cli/dashboard/spans.js';

const texts = (rows: readonly Row[]) => rows.map(textOf);

describe('SGR sequences', () => {
  it.each([
    ['31', { foreground: 1 }],
    ['97', { foreground: 15 }],
    ['44', { background: 4 }],
    ['103', { background: 11 }],
    ['1;2;3;4;7', { bold: true, dim: true, italic: true, underline: true, inverse: true }],
    ['38;5;208', { foreground: 208 }],
    ['48;5;17;1', { background: 17, bold: true }],
    ['38;2;1;2;3', { foreground: { red: 1, green: 2, blue: 3 } }],
    ['38:2::1:2:3', { foreground: { red: 1, green: 2, blue: 3 } }],
    ['48:5:9', { background: 9 }],
    ['38;5;999', {}],
    ['38;5', {}],
    ['38', {}],
    ['31;0', {}],
    ['', {}],
    ['31;39;44;49;1;2;22;3;23;4;24;7;27', {}],
    ['58;99;10;', {}],
  ])('%j', (parameters, style) => {
    expect(applySgr({}, parameters)).toEqual(style);
  });

  it('a reset goes back to what the row is based on', () => {
    expect(spansOf('\x1b[31mred\x1b[0m rest', { bold: true })).toEqual([
      span('red', { bold: true, foreground: 1 }),
      span(' rest', { bold: true }),
    ]);
  });
});

describe('a printed line', () => {
  it('keeps its colours and nothing else that is no text', () => {
    const line = '\x1b]0;title\x07a\x1b[2Jb\x1b[32mc\x1b[1;31md\x07\r\x1b[Ke';
    expect(spansOf(line)).toEqual([
      span('ab'),
      span('c', { foreground: 2 }),
      span('de', { foreground: 1, bold: true }),
    ]);
  });

  it('has blanks for tabs, up to the next of every eight columns', () => {
    expect(texts([spansOf('a\tb'), spansOf('漢字\tb'), spansOf('\x1b[31mabc\x1b[0m\tb')])).toEqual([
      'a       b',
      '漢字    b',
      'abc     b',
    ]);
  });

  it('is empty where nothing is printed', () => {
    expect(spansOf('')).toEqual([]);
  });
});

describe('characters', () => {
  it.each([
    ['a family', '👨‍👩‍👧!', '👨!'],
    ['a heart with a variation selector', '❤️', '❤'],
    ['a flag', '🇩🇪', '⚑'],
    ['a flag of tags', '🏴\u{e0067}\u{e0062}\u{e007f}', '⚑'],
    ['a keycap', '1️⃣', '1'],
    ['a skin tone', '👍🏽', '👍'],
    ['zero-width marks', 'a\u200bb\u2060c\ufeff', 'abc'],
    ['what turns the line around', '\u202eabc\u2066', 'abc'],
    ['an accent', 'e\u0301', 'e\u0301'],
  ])('of clusters are reduced to one: %s', (_title, text, reduced) => {
    expect(reduceClusters(text)).toBe(reduced);
  });

  it.each([
    ['abc', 3],
    ['漢字', 4],
    ['e\u0301', 1],
    ['👍', 2],
    ['⚑', 1],
    ['✓▸…✗■', 5],
    ['ｱ', 1],
  ])('have their columns: %s', (text, columns) => {
    expect(columnsOf(text)).toBe(columns);
  });
});

describe('a row', () => {
  const row = [span('ab', { bold: true }), span('漢字'), span('e\u0301f')];

  it('is as wide as its spans', () => {
    expect(rowWidth(row)).toBe(8);
  });

  it('is cut with … where something is missing, never through a wide character', () => {
    const cuts = Array.from({ length: 10 }, (_, columns) => textOf(cutRow(row, columns)));
    expect(cuts).toEqual([
      '',
      '…',
      'a…',
      'ab…',
      'ab…',
      'ab漢…',
      'ab漢…',
      'ab漢字…',
      'ab漢字e\u0301f',
      'ab漢字e\u0301f',
    ]);
  });

  it('is split with accents at their letters', () => {
    expect(texts(splitRow(row, 7))).toEqual(['ab漢字e\u0301', 'f']);
  });

  it('is wrapped at the last column', () => {
    expect(texts(wrapRow(row, 3))).toEqual(['ab', '漢', '字e\u0301', 'f']);
    expect(wrapRow([], 3)).toEqual([[]]);
    expect(wrapRow(row, 0)).toEqual([[]]);
  });

  it('shows matches across its spans', () => {
    const inverse = { inverse: true };
    expect(highlight([span('one t', { bold: true }), span('wo three')], /t\w+/g, inverse)).toEqual([
      span('one ', { bold: true }),
      span('t', { bold: true, inverse: true }),
      span('wo', inverse),
      span(' '),
      span('three', inverse),
    ]);
    expect(highlight(row, /x*/g, inverse)).toBe(row);
  });
});
