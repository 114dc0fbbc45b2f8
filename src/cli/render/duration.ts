/** Durations, sizes and shares as people read them. */

/** A measured time: `0.14 s`, `3.2 s`, then as {@link formatAge}. */
export function formatTook(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 9.995) return `${seconds.toFixed(seconds < 0.995 ? 2 : 1)} s`;
  return formatAge(ms);
}

/** How long something has lasted, two units at most: `12 s`, `3 min 20 s`, `2 h 5 min`, `4 d 1 h`. */
export function formatAge(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return join(`${minutes} min`, seconds % 60, 's');
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return join(`${hours} h`, minutes % 60, 'min');
  return join(`${Math.floor(hours / 24)} d`, hours % 24, 'h');
}

function join(large: string, small: number, unit: string): string {
  return small === 0 ? large : `${large} ${small} ${unit}`;
}

/** Bytes: `48 MB`, `1.2 GB` (of 1024). */
export function formatBytes(bytes: number): string {
  const mega = bytes / 1024 / 1024;
  if (mega < 1) return `${Math.ceil(bytes / 1024)} kB`;
  return mega < 1000 ? `${Math.round(mega)} MB` : `${(mega / 1024).toFixed(1)} GB`;
}

/** A share of one core: `0.3%`, `112%`. */
export function formatCpu(share: number): string {
  const percent = share * 100;
  return `${percent < 9.95 ? percent.toFixed(1) : Math.round(percent)}%`;
}

/** `1 service`, `2 services`; `failure` and the like by their own plural. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** `1st`, `2nd`, `3rd`, `11th` … */
export function ordinal(number: number): string {
  const tens = number % 100;
  const suffix = tens >= 11 && tens <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th');
  return `${number}${suffix}`;
}

/** Local time of day: `14:03:22`. */
export function formatClock(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}

/** Local date and time: `2026-01-31 14:03:22.125`. */
export function formatInstant(at: number): string {
  const date = new Date(at);
  const day = [date.getFullYear(), pad(date.getMonth() + 1, 2), pad(date.getDate(), 2)].join('-');
  return `${day} ${formatClock(at)}.${pad(date.getMilliseconds(), 3)}`;
}

const pad = (number: number, digits: number) => String(number).padStart(digits, '0');
