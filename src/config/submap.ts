/** Maps inside a key's value: their entries by name, unknown ones told. */
import { nearest } from '../diagnostic.js';
import type { Report } from './report.js';
import type { MapNode, YamlNode } from './yaml.js';

/** Values by key; of duplicates (which are reported elsewhere) the first. `x-` keys are the user's own. */
export function entriesOf(node: MapNode): Map<string, YamlNode> {
  const values = new Map<string, YamlNode>();
  for (const { key, value } of node.entries) if (!values.has(key) && !key.startsWith('x-')) values.set(key, value);
  return values;
}

/** Tells of every key that is not among `known`. `what` names the map in messages. */
export function checkKeys(node: MapNode, what: string, known: readonly string[], report: Report): void {
  for (const { key, keyNode } of node.entries) {
    if (known.includes(key) || key.startsWith('x-')) continue;
    const near = nearest(key, known);
    const hint = near ? `did you mean "${near}"?` : `known are ${known.join(', ')}`;
    report.error('unknown-key', `${what} has the unknown key "${key}"`, keyNode, { hint });
  }
}
