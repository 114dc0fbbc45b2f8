import { expect, it } from 'vitest';
import { parseBytes, parseDuration } from '../../src/config/quantities.js';

it.each([
  ['500ms', 500],
  ['2s', 2000],
  ['1m30s', 90_000],
  ['1.5h', 5_400_000],
  ['100us', 0.1],
  ['0', 0],
  ['5', undefined],
  ['2x', undefined],
  ['s', undefined],
  ['', undefined],
  ['1s 2s', undefined],
])('the duration %j', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

it.each([
  ['512', 512],
  ['64k', 65_536],
  ['1.5gb', 1_610_612_736],
  ['2GiB', 2_147_483_648],
  [-1, -1],
  ['x', undefined],
  [1.5, undefined],
])('the size %j', (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes);
});
