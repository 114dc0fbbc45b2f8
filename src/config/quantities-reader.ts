/** Durations, sizes and numbers in a system file: a bare number is milliseconds, as fuge 2 took it, or bytes. */
import { VALUE_FORMS } from './keys.js';
import { parseBytes, parseDuration } from './quantities.js';
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

/** In bytes. @param least -1 where that means no limit. */
export function readSize(node: YamlNode, key: string, reader: Reader, least: 0 | -1 = 0): number | undefined {
  const scalar = reader.scalar(node, key, VALUE_FORMS.size);
  if (!scalar) return undefined;
  const bytes = parseBytes(scalar.text);
  if (bytes !== undefined && (bytes >= 0 || bytes === least)) return bytes;
  reader.report.error('wrong-type', `"${key}" must be ${VALUE_FORMS.size}, not ${shown(scalar)}`, node);
  return undefined;
}

/** May be a fraction; Compose also takes it as a text. */
export function readCount(node: YamlNode, key: string, reader: Reader): number | undefined {
  const scalar = reader.scalar(node, key, VALUE_FORMS.number);
  if (!scalar) return undefined;
  const number = scalar.text.trim() === '' ? Number.NaN : Number(scalar.text);
  if (Number.isFinite(number) && number >= 0) return number;
  reader.report.error('wrong-type', `"${key}" must be ${VALUE_FORMS.number}, not ${shown(scalar)}`, node);
  return undefined;
}
