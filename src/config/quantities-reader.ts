/** Durations in a system file: a bare number is milliseconds, as fuge 2 took it. */
import { VALUE_FORMS } from './keys.js';
import { parseDuration } from './quantities.js';
import { type Reader, shown } from './reader.js';
import type { YamlNode } from './yaml.js';

/** In ms. */
export function readDuration(node: YamlNode, key: string, reader: Reader): number | undefined {
  const scalar = reader.scalar(node, key, VALUE_FORMS.duration);
  if (!scalar) return undefined;
  const ms = /^\d+(\.\d+)?$/.test(scalar.text) ? Number(scalar.text) : parseDuration(scalar.text);
  // Node's timers hold 31 bits.
  if (ms !== undefined && ms >= 0 && ms <= 0x7fffffff) return Math.round(ms);
  reader.report.error('wrong-type', `"${key}" must be ${VALUE_FORMS.duration}, not ${shown(scalar)}`, node);
  return undefined;
}
