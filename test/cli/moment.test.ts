import { describe, expect, it } from 'vitest';
import { readMoment } from '../../src/cli/moment.js';

const NOW = new Date(2026, 0, 31, 14, 3, 22, 125).getTime();
const at = (...parts: [number, number, number, number?, number?, number?, number?]) => new Date(...parts).getTime();

describe('a moment', () => {
  it.each([
    ['90s', NOW - 90_000],
    ['5m', NOW - 300_000],
    ['1h30m', NOW - 5_400_000],
    ['1.5h', NOW - 5_400_000],
    ['2d', NOW - 172_800_000],
    ['250ms', NOW - 250],
    ['0s', NOW],
    ['14:03', at(2026, 0, 31, 14, 3)],
    ['9:05', at(2026, 0, 31, 9, 5)],
    ['14:03:22', at(2026, 0, 31, 14, 3, 22)],
    ['14:03:22.5', at(2026, 0, 30, 14, 3, 22, 500)],
    ['14:04', at(2026, 0, 30, 14, 4)],
    ['2026-01-30', at(2026, 0, 30)],
    ['2026-01-30T14:05', at(2026, 0, 30, 14, 5)],
    ['2026-01-30 14:05:06', at(2026, 0, 30, 14, 5, 6)],
    ['2026-01-30T14:05:06.5Z', Date.UTC(2026, 0, 30, 14, 5, 6, 500)],
    ['2026-01-30T14:05:06+01:00', Date.UTC(2026, 0, 30, 13, 5, 6)],
  ])('%s', (text, moment) => {
    expect(readMoment(text, NOW)).toBe(moment);
  });

  it.each([
    '',
    'yesterday',
    '5',
    '5 m',
    '5x',
    'm',
    '1h-3m',
    '24:00',
    '12:60',
    '12:3',
    '2026',
    '2026-02',
    '2026-13-01',
    '2026-01-31T',
    '01/31/2026',
  ])('"%s" is none', text => {
    expect(readMoment(text, NOW)).toBeUndefined();
  });
});
