/** Reads values of a system file by the kinds of Compose's values, with a system file's own variables, checks and words. */
import { nearest } from '../../diagnostic.js';
import { type Path, pathText, Reading } from '../compose/project/reading.js';
import { Scopes } from '../compose/project/scopes.js';
import type { Kind } from '../compose/project/values.js';
import type { Reader } from '../reader.js';
import type { Place } from '../source.js';
import type { YamlNode } from '../yaml.js';

export class PartReading extends Reading {
  readonly reader: Reader;
  /** `"db"`, or `fuge_global`. */
  readonly what: string;

  constructor(reader: Reader, what: string, place: Place, directory: string, home: string) {
    const scopes = new Scopes();
    scopes.set(place.source, { directory, lookup: reader.lookup });
    super(reader.report, scopes, home);
    this.reader = reader;
    this.what = what;
  }

  /** The value of a key; undefined: something of it is wrong, which was told. */
  part<T>(kind: Kind, node: YamlNode, path: Path): T | undefined {
    const replaced = this.replaced(node, path);
    return replaced && this.read<T>(kind, replaced, path);
  }

  /** As {@link part}, of a tree whose variables are replaced. */
  read<T>(kind: Kind, node: YamlNode, path: Path): T | undefined {
    const isKnown = this.#hasKnownKeys(kind, node, path);
    // Read in any case: all that is wrong is told at once.
    const value = kind.read(node, path, this) as T | undefined;
    return isKnown ? value : undefined;
  }

  override wrong(path: Path, node: Place, message: string, hint?: string): undefined {
    this.report.error('wrong-type', `"${pathText(path)}" of ${this.what} ${message}`, node, { hint });
    return undefined;
  }

  /** The tree with its variables replaced; undefined where that failed, which was told. */
  replaced(node: YamlNode, path: Path): YamlNode | undefined {
    if (node.kind === 'scalar') {
      if (node.value === null || node.broken) return node.broken ? undefined : node;
      return this.reader.scalar(node, pathText(path), 'text');
    }
    if (node.kind === 'list') {
      const items = node.items.map((item, index) => this.replaced(item, [...path, index]));
      return items.includes(undefined) ? undefined : { ...node, items: items as YamlNode[] };
    }
    const entries = node.entries.flatMap(entry => {
      const value = this.replaced(entry.value, [...path, entry.key]);
      return value ? { ...entry, value } : [];
    });
    return entries.length === node.entries.length ? { ...node, entries } : undefined;
  }

  #hasKnownKeys(kind: Kind, node: YamlNode, path: Path): boolean {
    if (node.kind === 'scalar') return true;
    if (node.kind === 'list')
      return node.items.every((item, index) => !kind.each || this.#hasKnownKeys(kind.each, item, [...path, index]));
    let isKnown = true;
    for (const { key, keyNode, value } of node.entries) {
      if (key.startsWith('x-')) continue;
      const inner = kind.fields ? kind.fields[key] : kind.each;
      if (inner) isKnown = this.#hasKnownKeys(inner, value, [...path, key]) && isKnown;
      else if (kind.fields) {
        const known = Object.keys(kind.fields);
        const near = nearest(key, known);
        const hint = near ? `did you mean "${near}"?` : `known are ${known.join(', ')}`;
        const message = `"${pathText(path)}" of ${this.what} has the unknown key "${key}"`;
        this.report.error('unknown-key', message, keyNode, { hint });
        isKnown = false;
      }
    }
    return isKnown;
  }
}
