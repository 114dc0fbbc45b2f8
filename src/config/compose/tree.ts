/** Looks into a YAML tree and makes nodes that stand for others: each has the place of what it was made of. */
import type { Place } from '../source.js';
import type { Entry, ListNode, MapNode, Scalar, ScalarNode, YamlNode } from '../yaml.js';

export function isScalar(node: YamlNode): node is ScalarNode {
  return node.kind === 'scalar';
}

/** Nothing stands there, or `null`. */
export function isNull(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

/** As it stands in a `KEY=value`: `null` is the empty text. */
export function textOf(node: ScalarNode): string {
  return node.value === null ? '' : node.text;
}

/** The value of a key; undefined: no map, or it has no such key. Of a key given twice the last counts. */
export function valueAt(node: YamlNode | undefined, key: string): YamlNode | undefined {
  return node?.kind === 'map' ? node.entries.findLast(entry => entry.key === key)?.value : undefined;
}

/** The text of a key's value; undefined where it is missing, empty or no scalar. */
export function partOf(node: YamlNode, key: string): string | undefined {
  const value = valueAt(node, key);
  return value && isScalar(value) && value.value !== null ? value.text : undefined;
}

/** A text in the place of something else. */
export function textNode(text: string, at: Place, value: Scalar = text): ScalarNode {
  const { source, start, end } = at;
  return { kind: 'scalar', value, text, plain: false, source, start, end };
}

export function listNode(items: readonly YamlNode[], at: YamlNode): ListNode {
  const { source, start, end } = at;
  return { kind: 'list', items, source, start, end };
}

export function mapNode(entries: readonly Entry[], at: YamlNode): MapNode {
  const { source, start, end } = at;
  return { kind: 'map', entries, flow: at.kind === 'map' && at.flow, source, start, end };
}

export function entry(key: string, value: YamlNode, at: YamlNode): Entry {
  return { key, keyNode: textNode(key, at), value, merged: false };
}

/** The same map with one more key, or another value for it. */
export function withValue(map: MapNode, key: string, change: (value: YamlNode) => YamlNode): MapNode {
  const entries = map.entries.map(one => {
    if (one.key !== key) return one;
    const value = change(one.value);
    return value === one.value ? one : { ...one, value };
  });
  return entries.every((one, index) => one === map.entries[index]) ? map : { ...map, entries };
}

/** The same map without the key. */
export function withoutKey(map: MapNode, key: string): MapNode {
  const entries = map.entries.filter(one => one.key !== key);
  return entries.length === map.entries.length ? map : { ...map, entries };
}
