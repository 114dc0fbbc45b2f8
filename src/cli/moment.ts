/**
 * Reads a moment of the past as it is written behind --since and --until: how long ago (`5m`, `1h30m`), a time of day, the
 * latest one that has been (`14:05`, at noon that of yesterday), or a date of ISO 8601, local where it has no zone.
 */
import { readTime } from '../index.js';

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DAY = UNITS.d!;

/** For messages: what is accepted. */
export const MOMENT_FORMS =
  'how long ago (90s, 5m, 1h30m, 2d), a time of day (14:05, 14:05:30) or a date (2026-01-31, 2026-01-31T14:05, 2026-01-31T14:05:30Z)';

/** ms of a duration: `500ms`, `90s`, `1h30m`; undefined: it is none. */
export function readDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/.test(text)) return undefined;
  return [...text.matchAll(/([\d.]+)([a-z]+)/g)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * UNITS[unit!]!,
    0,
  );
}

/** Unix time in ms; undefined: the text has none of the forms. */
export function readMoment(text: string, now: number): number | undefined {
  const ago = readDuration(text);
  if (ago !== undefined) return now - ago;
  const clock = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?$/.exec(text);
  if (!clock) return /^\d{4}-/.test(text) ? readTime(text) : undefined;
  const [, hour, minute, second = '0', fraction = '0'] = clock;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const ms = Number(fraction.padEnd(3, '0'));
  const today = new Date(now).setHours(Number(hour), Number(minute), Number(second), ms);
  if (today <= now) return today;
  // A day is not always 24 hours long.
  const yesterday = new Date(now - DAY);
  return yesterday.setHours(Number(hour), Number(minute), Number(second), ms);
}
