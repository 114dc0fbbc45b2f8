import { describe, expect, it } from 'vitest';
import { readStamp, readTime } from '../src/log-time.js';

const AT = Date.UTC(2026, 0, 31, 14, 3, 22, 125);

describe('a time', () => {
  it.each([
    ['seconds', Math.floor(AT / 1000), AT - 125],
    ['seconds with a fraction', AT / 1000, AT],
    ['milliseconds', AT, AT],
    ['milliseconds with a fraction', AT + 0.75, AT],
    ['microseconds', AT * 1000, AT],
    ['nanoseconds', AT * 1e6, AT],
    ['digits', String(AT), AT],
    ['long digits', `${AT}000000`, AT],
    ['digits with a fraction', `${AT / 1000}`, AT],
    ['ISO', '2026-01-31T14:03:22.125Z', AT],
    ['ISO to the nanosecond', '2026-01-31T14:03:22.125999999Z', AT],
    ['ISO with an offset', '2026-01-31T16:03:22.125+02:00', AT],
    ['ISO with an offset of half an hour', '2026-01-31T08:33:22.125-0530', AT],
    ['a short offset', '2026-01-31 16:03:22.125+02', AT],
    ['a blank and a comma', '2026-01-31 14:03:22,125 UTC', AT],
    ['slashes', '2026/01/31 14:03:22.125Z', AT],
    ['minutes', '2026-01-31T14:03Z', Date.UTC(2026, 0, 31, 14, 3)],
    ['local time', '2026-01-31 14:03:22.125', new Date(2026, 0, 31, 14, 3, 22, 125).getTime()],
    ['a date: its first moment', '2026-01-31', new Date(2026, 0, 31).getTime()],
    ["MongoDB's", { $date: '2026-01-31T14:03:22.125+00:00' }, AT],
    ["protobuf's without a sensible rest", { seconds: Math.floor(AT / 1000), nanos: 1e300 }, AT - 125],
    ["protobuf's", { seconds: Math.floor(AT / 1000), nanos: 125_000_000 }, AT],
  ])('is read from %s', (_form, value, time) => {
    expect(readTime(value)).toBe(time);
  });

  it.each([
    [12],
    [-1],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [1e30],
    ['12'],
    [''],
    ['yesterday'],
    ['2026-13-01'],
    ['2026-01-32'],
    ['2026-01-31T25:00:00Z'],
    ['2026-01-31T14:61:00Z'],
    ['2026-01/31'],
    ['2026-01-31T14:03:22Z and more'],
    [true],
    [null],
    [[]],
    [{}],
    [{ $date: { $numberLong: '1' } }],
    [{ seconds: 'soon' }],
  ])('is not %j', value => {
    expect(readTime(value)).toBeUndefined();
  });

  it('is found within a text, with where it ends', () => {
    expect(readStamp('[2026-01-31T14:03:22.125Z INFO] x', 1)).toEqual({ time: AT, end: 25 });
    expect(readStamp('2026-01-31 12 apples', 0)?.end).toBe(10);
    expect(readStamp('at 2026-01-31', 0)).toBeUndefined();
  });
});
