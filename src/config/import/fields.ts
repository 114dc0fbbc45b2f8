/** Reads a map of a foreign file key by key; whatever nobody asked for is told in the end. */
import { nearest } from '../../diagnostic.js';
import type { Report } from '../report.js';
import type { Entry, MapNode, ScalarNode, YamlNode } from '../yaml.js';
import { LEFT_OUT } from './context.js';

/** Of keys that are known and have no counterpart: what to do instead, or `''` if nothing can be done. */
export type Without = Readonly<Record<string, string>>;

export class Fields {
  readonly #entries = new Map<string, Entry>();
  readonly #asked = new Set<string>();

  /** @param what Names the map in messages: `"web"`, or `the file`. */
  constructor(
    readonly node: MapNode,
    readonly what: string,
    readonly report: Report,
  ) {
    for (const entry of node.entries) {
      const before = this.#entries.get(entry.key);
      if (before && !entry.merged && !before.merged)
        report.warn('duplicate-key', `${what} has "${entry.key}" twice; the last one counts`, entry.keyNode);
      if (!before || !entry.merged) this.#entries.set(entry.key, entry);
    }
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  keys(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** The value as it stands; null counts as absent. */
  at(key: string): YamlNode | undefined {
    this.#asked.add(key);
    const value = this.#entries.get(key)?.value;
    return value === undefined || isNull(value) ? undefined : value;
  }

  keyNode(key: string): ScalarNode | undefined {
    return this.#entries.get(key)?.keyNode;
  }

  scalar(key: string): ScalarNode | undefined {
    const value = this.at(key);
    if (value === undefined || value.kind === 'scalar') return value;
    this.#wrong(key, 'a text', value);
    return undefined;
  }

  text(key: string): string | undefined {
    return this.scalar(key)?.text;
  }

  boolean(key: string): boolean | undefined {
    const scalar = this.scalar(key);
    if (!scalar) return undefined;
    if (typeof scalar.value === 'boolean') return scalar.value;
    // YAML 1.1, which several tools read, also has these.
    if (/^(yes|on|true)$/i.test(scalar.text)) return true;
    if (/^(no|off|false)$/i.test(scalar.text)) return false;
    this.#wrong(key, 'true or false', scalar);
    return undefined;
  }

  /** A number from 0. */
  number(key: string): number | undefined {
    const scalar = this.scalar(key);
    if (!scalar) return undefined;
    const value = Number(scalar.text);
    if (scalar.text.trim() !== '' && Number.isFinite(value) && value >= 0) return value;
    this.#wrong(key, 'a number', scalar);
    return undefined;
  }

  map(key: string, what = `"${key}" of ${this.what}`): Fields | undefined {
    const value = this.at(key);
    if (value === undefined) return undefined;
    if (value.kind === 'map') return new Fields(value, what, this.report);
    this.#wrong(key, 'a map', value);
    return undefined;
  }

  /** A list of texts; a single one counts as a list of one. */
  texts(key: string): readonly ScalarNode[] | undefined {
    const value = this.at(key);
    if (value === undefined) return undefined;
    if (value.kind === 'scalar') return [value];
    if (value.kind === 'list') {
      const items = value.items.filter((item): item is ScalarNode => item.kind === 'scalar');
      if (items.length < value.items.length) this.#wrong(key, 'a list of texts', value);
      return items;
    }
    this.#wrong(key, 'a list of texts', value);
    return undefined;
  }

  /** Tells that a key means nothing here. */
  leaveOut(key: string, hint?: string): void {
    const entry = this.#entries.get(key);
    this.#asked.add(key);
    if (!entry) return;
    this.report.warn(LEFT_OUT, `"${key}" of ${this.what} has no counterpart; it is left out`, entry.keyNode, {
      hint: hint === '' ? undefined : hint,
    });
  }

  /**
   * Tells of every key that was not asked for; those of which the same is to be said are told together. Keys that begin
   * with `x-` are the user's own.
   */
  rest(without: Without, known: readonly string[] = []): void {
    const together = new Map<string, Entry[]>();
    for (const entry of this.#entries.values()) {
      const { key, keyNode } = entry;
      if (this.#asked.has(key) || key.startsWith('x-')) continue;
      const said = Object.hasOwn(without, key) ? without[key]! : undefined;
      if (said !== undefined) {
        const alike = said === '' ? key : said;
        together.set(alike, [...(together.get(alike) ?? []), entry]);
        continue;
      }
      const near = nearest(key, [...this.#asked, ...Object.keys(without), ...known]);
      const hint = near === undefined ? undefined : `did you mean "${near}"?`;
      this.report.warn('import-unknown', `"${key}" of ${this.what} is not known; it is left out`, keyNode, { hint });
    }
    for (const entries of together.values()) {
      const [{ key, keyNode }, ...others] = entries as [Entry, ...Entry[]];
      if (others.length === 0) this.leaveOut(key, without[key]);
      else {
        const keys = listed(entries.map(one => `"${one.key}"`));
        const message = `${keys} of ${this.what} have no counterpart; they are left out`;
        this.report.warn(LEFT_OUT, message, keyNode, { hint: without[key] });
      }
    }
  }

  #wrong(key: string, form: string, at: YamlNode): void {
    this.report.warn('import-wrong-type', `"${key}" of ${this.what} should be ${form}; it is left out`, at);
  }
}

function listed(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

export function isNull(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

/** Variables as a map, or as a list of NAME=value; names that no environment can have are told and left out. */
export function readVariables(
  node: YamlNode | undefined,
  what: string,
  report: Report,
): readonly { readonly name: string; readonly value: string | undefined; readonly at: YamlNode }[] {
  if (node === undefined) return [];
  const found: { name: string; value: string | undefined; at: YamlNode }[] = [];
  if (node.kind === 'map')
    for (const { key, value } of node.entries) {
      if (value.kind === 'scalar') found.push({ name: key, value: isNull(value) ? undefined : value.text, at: value });
      else report.warn('import-wrong-type', `the variable ${key} of ${what} should be a text; it is left out`, value);
    }
  else
    for (const item of node.kind === 'list' ? node.items : [node]) {
      if (item.kind !== 'scalar') {
        report.warn('import-wrong-type', `variables of ${what} should be NAME=value; this one is left out`, item);
        continue;
      }
      const equals = item.text.indexOf('=');
      if (equals === -1) found.push({ name: item.text, value: undefined, at: item });
      else found.push({ name: item.text.slice(0, equals), value: item.text.slice(equals + 1), at: item });
    }
  return found.filter(({ name, at }) => {
    if (/^[^\s=\0]+$/.test(name)) return true;
    report.warn('import-wrong-type', `${JSON.stringify(name)} can't be the name of a variable; it is left out`, at);
    return false;
  });
}
