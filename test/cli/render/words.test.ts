// Durations, sizes, shares, secrets, widths and tables as people see them.
import { describe, expect, it } from 'vitest';
import { count, formatAge, formatBytes, formatCpu, formatTook, ordinal } from '../../../src/cli/render/duration.js';
import { maskUrls, maskValue } from '../../../src/cli/render/secrets.js';
import { renderTable } from '../../../src/cli/render/table.js';
import { cutToWidth, padToWidth, widthOf, wrapText } from '../../../src/cli/render/width.js';

describe('durations', () => {
  it.each([
    [0, '0.00 s'],
    [143, '0.14 s'],
    [999, '1.0 s'],
    [3240, '3.2 s'],
    [9994, '10.0 s'],
    [10_400, '10 s'],
    [65_000, '1 min 5 s'],
  ])('%i ms took %s', (ms, text) => expect(formatTook(ms)).toBe(text));

  it.each([
    [0, '0 s'],
    [12_999, '12 s'],
    [60_000, '1 min'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
    [90_000_000, '1 d 1 h'],
    [-5, '0 s'],
  ])('%i ms have lasted %s', (ms, text) => expect(formatAge(ms)).toBe(text));
});

describe('numbers', () => {
  it.each([
    [1, '1 kB'],
    [48 * 1024 * 1024, '48 MB'],
    [1.2 * 1024 ** 3, '1.2 GB'],
  ])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it.each([
    [0.003, '0.3%'],
    [0.0994, '9.9%'],
    [0.12, '12%'],
    [1.12, '112%'],
  ])('%d of a core is %s', (share, text) => expect(formatCpu(share)).toBe(text));

  it.each([
    [1, '1st'],
    [2, '2nd'],
    [3, '3rd'],
    [4, '4th'],
    [11, '11th'],
    [12, '12th'],
    [13, '13th'],
    [21, '21st'],
    [111, '111th'],
  ])('%i is %s', (number, text) => expect(ordinal(number)).toBe(text));

  it('count takes the plural', () => {
    expect([count(1, 'service'), count(0, 'service'), count(2, 'process', 'processes')]).toEqual([
      '1 service',
      '0 services',
      '2 processes',
    ]);
  });
});

describe('secrets', () => {
  it.each(['PASSWORD', 'DB_PASS', 'API_KEY', 'APIKEY', 'KEY', 'GITHUB_TOKEN', 'client_secret', 'AUTH', 'PRIVATE_PEM'])(
    '%s is masked',
    name => expect(maskValue(name, 'hunter2')).toBe('••••••'),
  );

  it.each(['PORT', 'KEYBOARD', 'MONKEY_HOST', 'AUTHOR', 'LOG_LEVEL'])('%s is not', name =>
    expect(maskValue(name, 'x')).toBe('x'),
  );

  it('an empty secret is shown as empty', () => expect(maskValue('PASSWORD', '')).toBe(''));

  it('passwords in URLs are masked, whatever the name', () => {
    expect(maskValue('DATABASE', 'postgres://me:hunter2@db:5432/x')).toBe('postgres://me:••••••@db:5432/x');
    expect(maskUrls('clone https://u:p@h/a and https://h/b')).toBe('clone https://u:••••••@h/a and https://h/b');
  });
});

describe('width', () => {
  it('wide characters, emoji and colours are counted right', () => {
    expect([widthOf('abc'), widthOf('日本'), widthOf('🚀'), widthOf('\x1b[31mred\x1b[39m')]).toEqual([3, 4, 2, 3]);
  });

  it('text is cut with … where something is missing', () => {
    expect([cutToWidth('abcdef', 4), cutToWidth('abcd', 4), cutToWidth('日本語', 4), cutToWidth('a', 0)]).toEqual([
      'abc…',
      'abcd',
      '日…',
      '',
    ]);
  });

  it('blanks fill on either side', () => {
    expect([padToWidth('日', 4), padToWidth('a', 3, 'right')]).toEqual(['日  ', '  a']);
  });

  it('text is broken between words', () => {
    expect(wrapText('one two three\n\nfour', 7)).toEqual(['one two', 'three', '', 'four']);
    expect(wrapText('averylongword x', 5)).toEqual(['averylongword', 'x']);
  });
});

describe('tables', () => {
  const columns = [
    { title: 'NAME', least: 4 },
    { title: 'N', align: 'right', leaveOut: 2 },
    { title: 'TEXT', least: 3, leaveOut: 1 },
  ] as const;
  const rows = [
    [{ text: 'gateway' }, { text: '12' }, { text: 'some words' }],
    [{ text: 'db' }, { text: '3' }, { text: '' }],
  ];
  const render = (width: number | undefined) => renderTable(columns, rows, { width, header: text => text });

  it('align, without blanks at the ends', () => {
    expect(render(undefined)).toEqual(['NAME      N  TEXT', 'gateway  12  some words', 'db        3']);
  });

  it.each([
    [20, ['NAME      N  TEXT', 'gateway  12  some w…', 'db        3']],
    [13, ['NAME   N  TE…', 'gat…  12  so…', 'db     3']],
    [10, ['NAME  TEXT', 'gat…  som…', 'db']],
    [5, ['NAME', 'gate…', 'db']],
  ])('at %i columns', (width, lines) => {
    expect(render(width)).toEqual(lines);
  });
});
