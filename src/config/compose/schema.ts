/**
 * Which keys a Compose file may have, and of which form their values are: the table of schema-file.ts against a tree.
 *
 * Only forms are looked at here: whether a duration is one, or a network is defined, is seen where it is read.
 */
import { nearest } from '../../diagnostic.js';
import { shown } from '../reader.js';
import type { Report } from '../report.js';
import type { Entry, ListNode, MapNode, ScalarNode, YamlNode } from '../yaml.js';
import { COMPOSE_FILE } from './schema-file.js';
import type { ListShape, MapShape, ScalarShape, ScalarType, Shape } from './schema-shapes.js';

/**
 * Tells of every unknown key (with the one that was probably meant) and every value of a wrong form, at its place. The
 * tree may have its variables replaced or not: a text with a `$` that was not replaced is no error where a number is
 * wanted, and a replaced one (`interpolated`) counts as text and as what it reads as. True if nothing was wrong.
 */
export function checkComposeSchema(document: YamlNode, report: Report): boolean {
  const check = new Check(report);
  check.node(document, COMPOSE_FILE, '');
  return check.problems === 0;
}

/** What more than this says nobody reads. */
const MOST_PROBLEMS = 100;
/** Known keys are listed in a hint only if they are few. */
const MOST_LISTED = 12;

class Check {
  problems = 0;
  /** Trees that aliases put in several places are looked at once. */
  readonly #seen = new Map<Shape, Set<YamlNode>>();

  constructor(private readonly report: Report) {}

  node(node: YamlNode, shape: Shape, path: string): void {
    if (this.problems >= MOST_PROBLEMS) return;
    const seen = this.#seen.get(shape) ?? new Set();
    if (seen.has(node)) return;
    this.#seen.set(shape, seen.add(node));
    if (node.kind === 'scalar' && shape.scalar) this.#scalar(node, shape, shape.scalar, path);
    else if (node.kind === 'list' && shape.list) this.#list(node, shape.list, path);
    else if (node.kind === 'map' && shape.map) this.#map(node, shape.map, path);
    else if (node.kind !== 'scalar' || !node.broken) this.#wrongForm(node, shape, path);
  }

  #scalar(node: ScalarNode, shape: Shape, scalar: ScalarShape, path: string): void {
    if (node.broken || isOpenText(node)) return;
    const type = typesOf(node).find(candidate => scalar.types.includes(candidate));
    if (type === undefined) {
      this.#wrongForm(node, shape, path);
      return;
    }
    const { words, pattern, min, max } = scalar;
    if (type === 'text') {
      if (words && !words.includes(node.text)) {
        const near = nearest(node.text, words);
        this.#error(
          node,
          `${named(path)} must be ${listed(words)}, not ${shown(node)}`,
          near && `did you mean "${near}"?`,
        );
      } else if (pattern && !pattern.test.test(node.text))
        this.#error(node, `${named(path)} must be ${pattern.form}, not ${shown(node)}`);
    } else if (
      typeof node.value === 'number' &&
      !(node.value >= (min ?? -Infinity) && node.value <= (max ?? Infinity))
    ) {
      const bounds = max === undefined ? `${min} or more` : `from ${min} to ${max}`;
      this.#error(node, `${named(path)} must be ${bounds}, not ${shown(node)}`);
    }
  }

  #list(node: ListNode, { items, unique }: ListShape, path: string): void {
    const seen = new Set<string>();
    for (const [index, item] of node.items.entries()) {
      this.node(item, items, `${path}[${index}]`);
      if (!unique || item.kind !== 'scalar') continue;
      const value = `${typeof item.value} ${item.text}`;
      if (seen.has(value)) this.#error(item, `${named(path)} has ${shown(item)} twice`);
      seen.add(value);
    }
  }

  #map(node: MapNode, map: MapShape, path: string): void {
    for (const entry of node.entries) {
      const inner = path === '' ? entry.key : `${path}.${entry.key}`;
      const shape = shapeOfKey(map, entry.key);
      if (shape) this.node(entry.value, shape, inner);
      else if (shape === undefined) this.#unknown(entry, node, map, path);
      if (this.problems >= MOST_PROBLEMS) return;
    }
    for (const key of map.required ?? []) {
      if (node.entries.some(entry => entry.key === key)) continue;
      this.#error(node, `${named(path)} must have the key "${key}"`, undefined, 'missing-key');
    }
  }

  #unknown(entry: Entry, node: MapNode, map: MapShape, path: string): void {
    const { key, keyNode } = entry;
    if (map.names) {
      this.#error(keyNode, `${JSON.stringify(key)} can't be a name in ${named(path)}`, NAME_HINT, 'bad-name');
      return;
    }
    const own = Object.keys(map.keys);
    const near = nearest(key, own);
    const within = own.find(outer => Object.hasOwn(map.keys[outer]?.map?.keys ?? {}, key));
    const hint = near
      ? `did you mean "${near}"?`
      : within
        ? `"${key}" belongs into "${within}"`
        : path === '' && looksLikeService(entry.value) && !node.entries.some(other => other.key === 'services')
          ? 'services stand under "services:"'
          : own.length <= MOST_LISTED
            ? `known are ${own.join(', ')}`
            : 'begin the names of keys of your own with "x-"';
    this.#error(keyNode, `${pathOrFile(path)} has the unknown key "${key}"`, hint, 'unknown-key');
  }

  #wrongForm(node: YamlNode, shape: Shape, path: string): void {
    const given = node.kind === 'scalar' ? shown(node) : `a ${node.kind}`;
    this.#error(node, `${named(path)} must be ${formOf(shape)}, not ${given}`, hintFor(node, shape), 'wrong-type');
  }

  #error(at: YamlNode, message: string, hint?: string, code = 'wrong-value'): void {
    this.problems++;
    this.report.error(code, message, at, { hint });
  }
}

const NAME_HINT = 'use letters, digits, "-", "_" and "."';

/** Undefined: the key is unknown. Null: it is none of the table's business. */
function shapeOfKey(map: MapShape, key: string): Shape | null | undefined {
  if (Object.hasOwn(map.keys, key)) return map.keys[key];
  if (map.names && (map.names.test?.test(key) ?? key !== '')) return map.names.value;
  if (map.open || ((map.extensions ?? true) && key.startsWith('x-'))) return null;
  return undefined;
}

/** A variable that was not replaced may stand for anything. */
function isOpenText(node: ScalarNode): boolean {
  return typeof node.value === 'string' && node.value.includes('$') && !node.interpolated;
}

/** What the scalar may count as, the preferred first. */
function typesOf(node: ScalarNode): readonly ScalarType[] {
  const { value } = node;
  const own: readonly ScalarType[] =
    value === null
      ? ['null']
      : typeof value === 'boolean'
        ? ['boolean']
        : typeof value !== 'number'
          ? ['text']
          : Number.isInteger(value)
            ? ['integer', 'number']
            : Number.isFinite(value)
              ? ['number']
              : [];
  return node.interpolated ? [...own, 'text'] : own;
}

const TYPE_FORMS: Readonly<Record<ScalarType, string>> = {
  text: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'empty',
};

/** What a value may be, in words. */
function formOf({ scalar, list, map }: Shape): string {
  const words = scalar?.words;
  const scalars = words ? words.map(word => `"${word}"`) : (scalar?.types ?? []).map(type => TYPE_FORMS[type]);
  const forms = [...scalars, ...(list ? ['a list'] : []), ...(map ? ['a map'] : [])];
  return forms.length > 1 ? `${forms.slice(0, -1).join(', ')} or ${forms.at(-1)}` : (forms[0] ?? 'nothing');
}

function hintFor(node: YamlNode, shape: Shape): string | undefined {
  if (node.kind !== 'scalar' || node.value === null) return undefined;
  if (typeof node.value !== 'string' && shape.scalar?.types.includes('text')) return `write "${node.text}" in quotes`;
  if (shape.list && !shape.scalar) return `write [${node.text}] for a list of one`;
  return undefined;
}

function listed(words: readonly string[]): string {
  return words.length === 1 ? `"${words[0]}"` : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function named(path: string): string {
  return path === '' ? 'a Compose file' : `"${path}"`;
}

function pathOrFile(path: string): string {
  return path === '' ? 'the Compose file' : `"${path}"`;
}

function looksLikeService(node: YamlNode): boolean {
  return node.kind === 'map' && node.entries.some(({ key }) => key === 'image' || key === 'build');
}
