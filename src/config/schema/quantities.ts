/** Schemas of durations, sizes and numbers; what they mean is in `quantities.ts`. */
import { anyCase, anyOf, pattern, type Schema } from './form.js';

const UNSIGNED = '((\\d+(\\.\\d*)?|\\.\\d+)(ns|us|µs|μs|ms|s|m|h))+';

/** ms, or with units. Compose's takes a sign, too. */
export function duration(leastMs: number): Schema {
  return anyOf(
    { type: 'number', minimum: leastMs, maximum: 0x7fffffff },
    pattern(`^(\\d+(\\.\\d+)?|-?0|[-+]0|\\+?${UNSIGNED}|-(0+(\\.0*)?(ns|us|µs|μs|ms|s|m|h))+)$`),
  );
}

/** Bytes, or with a unit. */
export function size(least: number): Schema {
  const unit = ` ?([kKmMgGtTpP])?${anyCase('i')}?${anyCase('b')}?`;
  return anyOf({ type: 'number', minimum: least }, pattern(`^\\s*${least < 0 ? '-?' : ''}\\d+(\\.\\d+)?${unit}\\s*$`));
}

/** A number from 0, also as a text. */
export const NUMBER = anyOf(
  { type: 'number', minimum: 0 },
  pattern('^\\s*[-+]?((\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?|0[xX][\\da-fA-F]+|0[oO][0-7]+|0[bB][01]+)\\s*$'),
);
