/**
 * Reads the time that a log line carries.
 *
 * Numbers count seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their size, with or without a
 * fraction: what pino, zap, zerolog and structlog write. Texts are dates of ISO 8601 and its relatives (a blank or a `/`
 * where ISO has `T` and `-`, a comma before the fraction, as Python and nginx write); without a zone they are local time.
 */

/** Each unit reaches to the year 5138; below 1973 a number is a duration or a count. */
const LEAST_SECONDS = 1e8;
const MILLISECONDS_FROM = 1e11;
const MICROSECONDS_FROM = 1e14;
const NANOSECONDS_FROM = 1e17;
const MOST = 1e20;

const STAMP =
  /(\d{4})([-/])(\d\d)\2(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:\s?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)(?![\w:]))?)?/y;

/** Unix time in ms of a record's time; undefined: it is none. */
export function readTime(value: unknown): number | undefined {
  if (typeof value === 'number') return timeOfNumber(value);
  if (typeof value === 'string') {
    if (/^\d{9,20}(?:\.\d{1,9})?$/.test(value)) return timeOfNumber(Number(value));
    const stamp = value.length <= 40 ? readStamp(value, 0) : undefined;
    return stamp?.end === value.length ? stamp.time : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { $date, seconds, nanos } = value as Record<string, unknown>;
  // MongoDB's extended JSON; and a protobuf timestamp, as Google's libraries print it.
  if ($date !== undefined) return typeof $date === 'object' ? undefined : readTime($date);
  if (seconds === undefined) return undefined;
  const whole = timeOfNumber(Number(seconds));
  const rest = typeof nanos === 'number' && nanos >= 0 && nanos < 1e9 ? nanos : 0;
  return whole === undefined ? undefined : whole + Math.floor(rest / 1e6);
}

/** The date and time that stands at a place in a text, in Unix ms, and where it ends. A date alone is its first moment. */
export function readStamp(text: string, start: number): { readonly time: number; readonly end: number } | undefined {
  STAMP.lastIndex = start;
  const match = STAMP.exec(text);
  if (!match) return undefined;
  const [, year, , month, day, hour = '0', minute = '0', second = '0', fraction = '', zone] = match;
  const parts = [Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)] as const;
  // A 13th month would quietly be next year's first.
  if (parts[1] > 11 || parts[2] < 1 || parts[2] > 31 || parts[3] > 24 || parts[4] > 59 || parts[5] > 60)
    return undefined;
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const time = zone === undefined ? new Date(...parts, ms).getTime() : Date.UTC(...parts, ms) - offsetOf(zone);
  return { time, end: STAMP.lastIndex };
}

function timeOfNumber(value: number): number | undefined {
  if (!(value >= LEAST_SECONDS && value < MOST)) return undefined;
  if (value < MILLISECONDS_FROM) return Math.round(value * 1000);
  if (value < MICROSECONDS_FROM) return Math.floor(value);
  return Math.floor(value / (value < NANOSECONDS_FROM ? 1e3 : 1e6));
}

/** ms that a zone is ahead of UTC. */
function offsetOf(zone: string): number {
  if (!/^[+-]/.test(zone)) return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}
