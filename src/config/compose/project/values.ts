/**
 * The kinds of values in a Compose file, and how each is read into its canonical form.
 *
 * A kind reads a node of the merged tree and gives the plain value, or undefined where it is left out. As the reference
 * loader's output leaves out what is zero (`false`, 0, an empty text, list or map), so do these; where the difference between
 * "not set" and zero counts, the kind's name says so (`setBoolean`, `setInteger`). The type that an interpolated text is cast
 * to follows from the same kinds (`cast`).
 */
import { parseBytes, parseDuration } from '../../quantities.js';
import type { MapNode, ScalarNode, YamlNode } from '../../yaml.js';
import { isNull, isScalar } from '../tree.js';
import type { Path, Reading } from './reading.js';

export type Cast = 'boolean' | 'integer' | 'number';

/** Plain data, as JSON has it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** How a value is written, where that can be said without reading it. */
export type WrittenForm =
  | 'text'
  | 'boolean'
  | 'number'
  | 'integer'
  | 'size'
  | 'duration'
  | 'map'
  | 'text-or-map'
  | 'list'
  | 'list-or-text'
  | 'dictionary'
  | 'names-or-dictionary'
  | 'number-or-map'
  | 'words'
  | 'mapping'
  | 'hosts';

export interface Kind {
  /** For the schema that editors use; undefined: it says nothing of the value. */
  readonly form?: WrittenForm;
  read(node: YamlNode, path: Path, reading: Reading): Json | undefined;
  /** What a text becomes whose variables were replaced. */
  readonly cast?: Cast;
  readonly fields?: Fields;
  readonly each?: Kind;
}

export type Fields = Readonly<Record<string, Kind>>;

/** A scalar as text, as the reference prints it: numbers in their shortest form; `null` is empty. */
export function scalarText(node: ScalarNode): string {
  const { value } = node;
  if (value === null) return '';
  if (typeof value === 'number') return numberText(node.text, value);
  return typeof value === 'string' ? value : String(value);
}

function numberText(text: string, value: number): string {
  const whole = integerOf(text);
  if (whole !== undefined) return whole;
  if (!Number.isFinite(value)) return text;
  if (Number.isInteger(value) && !/^[-+]?\d/.test(text.replace(/^[-+]?0[xo].*/, ''))) return String(value);
  const magnitude = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)));
  if (magnitude >= -4 && magnitude < 6) return String(value);
  return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
}

/** A whole number's digits; a leading zero makes it octal, as in YAML 1.1. */
function integerOf(text: string): string | undefined {
  if (/^[-+]?0[0-7]+$/.test(text)) {
    const value = Number.parseInt(text.replace(/^[-+]/, ''), 8);
    return String(text.startsWith('-') ? -value : value);
  }
  return /^[-+]?(0|[1-9]\d*)$/.test(text) ? text.replace(/^\+/, '') : undefined;
}

export const text: Kind = {
  form: 'text',
  read: (node, path, reading) => {
    if (!isScalar(node)) return reading.wrong(path, node, `must be text, not a ${node.kind}`);
    return scalarText(node) || undefined;
  },
};

/** An item of a list, where an empty text counts. */
export const anyText: Kind = {
  form: 'text',
  read: (node, path, reading) => {
    if (!isScalar(node)) return reading.wrong(path, node, `must be text, not a ${node.kind}`);
    return scalarText(node);
  },
};

/** Also where it is false. */
export const setBoolean: Kind = {
  form: 'boolean',
  cast: 'boolean',
  read: (node, path, reading) => {
    if (!isScalar(node)) return reading.wrong(path, node, `must be true or false, not a ${node.kind}`);
    if (typeof node.value === 'boolean' || node.value === null) return node.value ?? undefined;
    return booleanOf(node.text) ?? reading.wrong(path, node, `must be true or false, not ${JSON.stringify(node.text)}`);
  },
};

export const boolean: Kind = {
  form: 'boolean',
  cast: 'boolean',
  read: (node, path, reading) => setBoolean.read(node, path, reading) || undefined,
};

/** YAML 1.1's words count, as the reference takes them; undefined: it is none. */
export function booleanOf(word: string): boolean | undefined {
  if (/^(true|t|yes|y|on|1)$/i.test(word)) return true;
  return /^(false|f|no|n|off|0)$/i.test(word) ? false : undefined;
}

/** Also where it is 0. */
export const setNumber: Kind = {
  form: 'number',
  cast: 'number',
  read: (node, path, reading) => {
    if (!isScalar(node)) return reading.wrong(path, node, `must be a number, not a ${node.kind}`);
    if (node.value === null) return undefined;
    const value = numberOf(node);
    return Number.isFinite(value)
      ? value
      : reading.wrong(path, node, `must be a number, not ${JSON.stringify(node.text)}`);
  },
};

function numberOf(node: ScalarNode): number {
  if (typeof node.value === 'number' && node.plain) return Number(integerOf(node.text) ?? node.value);
  return node.text.trim() === '' ? Number.NaN : Number(node.text);
}

export const setInteger: Kind = {
  form: 'integer',
  cast: 'integer',
  read: (node, path, reading) => {
    const value = setNumber.read(node, path, reading);
    if (value === undefined || Number.isInteger(value)) return value;
    return reading.wrong(path, node, `must be a whole number, not ${value}`);
  },
};

export const number: Kind = {
  form: 'number',
  cast: 'number',
  read: (node, path, reading) => setNumber.read(node, path, reading) || undefined,
};

export const integer: Kind = {
  form: 'integer',
  cast: 'integer',
  read: (node, path, reading) => setInteger.read(node, path, reading) || undefined,
};

/** A size: its bytes as a decimal text. */
export const bytes: Kind = {
  form: 'size',
  read: (node, path, reading) => {
    if (!isScalar(node)) return reading.wrong(path, node, `must be a size, not a ${node.kind}`);
    if (isNull(node)) return undefined;
    const size = parseBytes(scalarText(node));
    if (size === undefined)
      return reading.wrong(path, node, `must be a size as 512m or 2gb, not ${JSON.stringify(node.text)}`);
    return size === 0 ? undefined : String(size);
  },
};

/** A duration in Go's text form: `1m30s`. */
export const setDuration: Kind = {
  form: 'duration',
  read: (node, path, reading) => {
    if (!isScalar(node)) return reading.wrong(path, node, `must be a duration, not a ${node.kind}`);
    if (isNull(node)) return undefined;
    const ms = parseDuration(scalarText(node));
    if (ms === undefined)
      return reading.wrong(path, node, `must be a duration as 30s or 1m30s, not ${JSON.stringify(node.text)}`);
    return durationText(ms);
  },
};

export const duration: Kind = {
  form: 'duration',
  read: (node, path, reading) => {
    const value = setDuration.read(node, path, reading);
    return value === '0s' ? undefined : value;
  },
};

/** As Go prints it: hours, minutes and seconds, or the largest smaller unit alone. */
export function durationText(ms: number): string {
  const sign = ms < 0 ? '-' : '';
  const ns = Math.round(Math.abs(ms) * 1e6);
  if (ns === 0) return '0s';
  if (ns < 1e3) return `${sign}${ns}ns`;
  if (ns < 1e6) return `${sign}${ns / 1e3}µs`;
  if (ns < 1e9) return `${sign}${ns / 1e6}ms`;
  const whole = Math.floor(ns / 1e9);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const seconds = (ns - (hours * 3600 + minutes * 60) * 1e9) / 1e9;
  const head = hours > 0 ? `${hours}h${minutes}m` : minutes > 0 ? `${minutes}m` : '';
  return `${sign}${head}${seconds}s`;
}

/** Permissions of a file: an octal text. A number is what YAML makes of it, `0440` and `0o440` being octal. */
export const fileMode: Kind = {
  read: (node, path, reading) => {
    if (!isScalar(node)) return reading.wrong(path, node, `must be the permissions of a file, not a ${node.kind}`);
    if (isNull(node)) return undefined;
    const octal = /^(?:0o?)?([0-7]+)$/.exec(node.text);
    const decimal = node.plain && !node.interpolated && typeof node.value === 'number' && !/^0/.test(node.text);
    const mode = decimal ? Number(node.value) : octal ? Number.parseInt(octal[1]!, 8) : undefined;
    if (mode === undefined)
      return reading.wrong(path, node, `must be the permissions of a file as 0440, not ${JSON.stringify(node.text)}`);
    return `0${mode.toString(8)}`;
  },
};

/** Whatever stands there. */
export const anything: Kind = {
  read: (node, path, reading) => {
    if (isScalar(node)) return typeof node.value === 'number' && !Number.isFinite(node.value) ? null : node.value;
    if (node.kind === 'list') return node.items.map((inner, index) => anything.read(inner, [...path, index], reading)!);
    return Object.fromEntries(
      node.entries.map(({ key, value }) => [key, anything.read(value, [...path, key], reading)!]),
    );
  },
};

/** The values of a map's keys; extensions (`x-...`) and unknown keys are passed over. */
export function object(fields: Fields, always?: () => { readonly [key: string]: Json }): Kind {
  return {
    form: 'map',
    fields,
    read: (node, path, reading) => {
      if (isNull(node)) return undefined;
      if (node.kind !== 'map')
        return reading.wrong(path, node, `must be a map, not ${isScalar(node) ? 'text' : 'a list'}`);
      return { ...always?.(), ...readFields(node, fields, path, reading) };
    },
  };
}

export function readFields(node: MapNode, fields: Fields, path: Path, reading: Reading): Record<string, Json> {
  const result: Record<string, Json> = {};
  for (const { key, value } of node.entries) {
    const kind = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (!kind) continue;
    const inner = [...path, key];
    const read = kind.read(value, inner, reading);
    if (read === undefined) delete result[key];
    else {
      result[key] = read;
      reading.record(inner, value);
    }
  }
  return result;
}

/** Also where it is empty. */
export function setList(each: Kind): Kind {
  return {
    form: 'list',
    each,
    read: (node, path, reading) => {
      if (isNull(node)) return undefined;
      if (node.kind !== 'list')
        return reading.wrong(path, node, `must be a list, not ${isScalar(node) ? 'text' : 'a map'}`);
      return readItems(node.items, each, path, reading);
    },
  };
}

export function list(each: Kind): Kind {
  const set = setList(each);
  return { form: 'list', each, read: (node, path, reading) => nonEmpty(set.read(node, path, reading)) };
}

/** A single text stands for a list of one. */
export function listOrText(each: Kind): Kind {
  const whole = list(each);
  return {
    form: 'list-or-text',
    each,
    read: (node, path, reading) =>
      isScalar(node) && !isNull(node)
        ? nonEmpty(readItems([node], each, path, reading))
        : whole.read(node, path, reading),
  };
}

function readItems(items: readonly YamlNode[], each: Kind, path: Path, reading: Reading): Json[] {
  const result: Json[] = [];
  for (const one of items) {
    const inner = [...path, result.length];
    const read = each.read(one, inner, reading);
    if (read === undefined) continue;
    reading.record(inner, one);
    result.push(read);
  }
  return result;
}

/** A map of names to values of one kind; what gives nothing is left out. */
export function dictionary(each: Kind): Kind {
  return {
    form: 'dictionary',
    each,
    read: (node, path, reading) => {
      if (isNull(node)) return undefined;
      if (node.kind !== 'map')
        return reading.wrong(path, node, `must be a map, not ${isScalar(node) ? 'text' : 'a list'}`);
      const result = new Map<string, Json>();
      for (const { key, value } of node.entries) {
        const inner = [...path, key];
        const read = each.read(value, inner, reading);
        if (read === undefined) continue;
        result.set(key, read);
        reading.record(inner, value);
      }
      return nonEmpty(Object.fromEntries(result));
    },
  };
}

/** Names with texts: a map, or a list of `NAME=text`; a name alone has `bare`. */
export function mapping(bare: '' | null): Kind {
  return {
    form: 'mapping',
    read: (node, path, reading) => {
      if (isNull(node)) return undefined;
      if (isScalar(node)) return reading.wrong(path, node, 'must be a map, or a list of NAME=value, not text');
      const result = new Map<string, Json>();
      const set = (name: string, value: Json, at: YamlNode) => {
        result.set(name, value);
        reading.record([...path, name], at);
      };
      if (node.kind === 'map')
        for (const { key, value } of node.entries) {
          if (!isScalar(value)) reading.wrong([...path, key], value, `must be text, not a ${value.kind}`);
          else set(key, isNull(value) ? bare : scalarText(value), value);
        }
      else
        for (const [index, one] of node.items.entries()) {
          if (!isScalar(one)) {
            reading.wrong([...path, index], one, `must be NAME=value, not a ${one.kind}`);
            continue;
          }
          const line = scalarText(one);
          const equals = line.indexOf('=');
          if (equals === -1) set(line, bare, one);
          else set(line.slice(0, equals), line.slice(equals + 1), one);
        }
      return nonEmpty(Object.fromEntries(result));
    },
  };
}

/** A kind whose result is looked at once more. */
export function changed(
  kind: Kind,
  change: (value: Json, node: YamlNode, path: Path, reading: Reading) => Json | undefined,
): Kind {
  return {
    ...kind,
    read: (node, path, reading) => {
      const value = kind.read(node, path, reading);
      return value === undefined ? undefined : change(value, node, path, reading);
    },
  };
}

export function nonEmpty<V extends Json | undefined>(value: V): V | undefined {
  if (value === undefined || value === null || typeof value !== 'object') return value;
  return (Array.isArray(value) ? value : Object.keys(value)).length > 0 ? value : undefined;
}
