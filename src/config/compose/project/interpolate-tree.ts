/**
 * Replaces the variables in the values of one Compose file, before it is merged with others.
 *
 * Rules (Compose Specification, "Interpolation"): values only, never keys; after parsing, so that what comes in can't change
 * the structure. The result is text, and then cast where the place wants a number or a boolean; quoted texts too.
 */
import { interpolate } from '../../../interpolate.js';
import { placeOfFragment } from '../../reader.js';
import type { Report } from '../../report.js';
import type { Entry, ScalarNode, YamlNode } from '../../yaml.js';
import { resolveCore } from '../../yaml.js';
import { PROJECT } from './project-kinds.js';
import type { Scope } from './scopes.js';
import { booleanOf, type Cast, type Kind } from './values.js';

export function interpolateTree(tree: YamlNode, scope: Scope, report: Report): YamlNode {
  return new Interpolation(scope, report).node(tree, PROJECT);
}

class Interpolation {
  /** An alias makes one node stand in many places; it is replaced once for each kind of place. */
  readonly #known = new Map<YamlNode, Map<Kind | undefined, YamlNode>>();

  constructor(
    private readonly scope: Scope,
    private readonly report: Report,
  ) {}

  node(node: YamlNode, kind: Kind | undefined): YamlNode {
    if (node.kind === 'scalar') return this.#scalar(node, kind?.cast);
    const known = this.#known.get(node) ?? new Map<Kind | undefined, YamlNode>();
    this.#known.set(node, known);
    const before = known.get(kind);
    if (before) return before;
    const result = this.#children(node, kind);
    known.set(kind, result);
    return result;
  }

  #children(node: Exclude<YamlNode, ScalarNode>, kind: Kind | undefined): YamlNode {
    if (node.kind === 'list') {
      const items = node.items.map(item => this.node(item, kind?.each));
      return items.every((item, index) => item === node.items[index]) ? node : { ...node, items };
    }
    const entries = node.entries.map((entry): Entry => {
      const field = kind?.fields && Object.hasOwn(kind.fields, entry.key) ? kind.fields[entry.key] : undefined;
      const value = this.node(entry.value, field ?? kind?.each);
      return value === entry.value ? entry : { ...entry, value };
    });
    return entries.every((entry, index) => entry === node.entries[index]) ? node : { ...node, entries };
  }

  #scalar(node: ScalarNode, cast: Cast | undefined): ScalarNode {
    if (typeof node.value !== 'string') return node;
    if (!node.value.includes('$')) return cast ? castTo(cast, node, node.value) : node;
    const { text, problems } = interpolate(node.value, this.scope.lookup);
    for (const problem of problems) {
      const place = placeOfFragment(node, problem.offset, problem.fragment);
      if (problem.kind === 'unset') {
        const hint = `set it, give a default as in \${${problem.name}:-default}, or write $$ for a "$" that is meant`;
        this.report.warn('unset-variable', problem.message, place, { hint });
      } else if (problem.kind === 'required') this.report.error('required-variable', problem.message, place);
      else this.report.error('bad-variable', problem.message, place, { hint: 'write $$ for a "$" that is meant' });
    }
    const replaced: ScalarNode = { ...node, value: text, text, interpolated: true };
    return cast ? castTo(cast, replaced, text) : replaced;
  }
}

/** Unchanged if the text does not read as the type: what checks the type tells of it. */
function castTo(cast: Cast, node: ScalarNode, text: string): ScalarNode {
  const value = cast === 'boolean' ? booleanOf(text) : resolveCore(text);
  const fits = cast === 'boolean' ? value !== undefined : typeof value === 'number';
  return fits ? { ...node, value: value as number | boolean } : node;
}
