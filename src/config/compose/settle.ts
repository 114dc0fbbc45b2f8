/** What remains of a Compose tree once nothing more is merged over it: no tags, and each list's entries once. */
import type { MergeTag, YamlNode } from '../yaml.js';
import type { KeyOf, MergeRules } from './merge-rules.js';
import { rulesAt } from './merge-rules.js';

/**
 * The node without what is tagged `!reset` and without `!override` (the value stays), with the later of equal entries in the
 * place of the earlier; undefined if the node itself is to be removed.
 */
export function settle(node: YamlNode, rules: MergeRules | undefined): YamlNode | undefined {
  return new Settling().settle(node, rules);
}

/** The last of the items with the same key, each in the position of the first one; those without a key all stay. */
export function uniqueBy<T>(items: readonly T[], keyOf: (item: T) => string | undefined): T[] {
  const result: T[] = [];
  const positions = new Map<string, number>();
  for (const item of items) {
    const key = keyOf(item);
    const position = key === undefined ? undefined : positions.get(key);
    if (position !== undefined) result[position] = item;
    else {
      if (key !== undefined) positions.set(key, result.length);
      result.push(item);
    }
  }
  return result;
}

class Settling {
  /** An alias makes one node stand in many places: below the last rule it is looked at once. */
  readonly #known = new Map<YamlNode, YamlNode | undefined>();

  settle(node: YamlNode, rules: MergeRules | undefined): YamlNode | undefined {
    if (rules !== undefined) return this.#settled(node, rules);
    if (this.#known.has(node)) return this.#known.get(node);
    const settled = this.#settled(node, undefined);
    this.#known.set(node, settled);
    return settled;
  }

  #settled(node: YamlNode, rules: MergeRules | undefined): YamlNode | undefined {
    if (node.tag === 'reset') return undefined;
    const untagged = node.tag === undefined ? node : withoutTag(node);
    if (untagged.kind === 'scalar') return untagged;
    if (untagged.kind === 'list') {
      const items = untagged.items.flatMap(item => this.settle(item, rules?.each) ?? []);
      const unique = rules?.unique ? uniqueItems(items, rules.unique) : items;
      return same(unique, untagged.items) ? untagged : { ...untagged, items: unique };
    }
    const entries = untagged.entries.flatMap(one => {
      const value = this.settle(one.value, rulesAt(rules, one.key));
      if (value === undefined) return [];
      return value === one.value ? one : { ...one, value };
    });
    return same(entries, untagged.entries) ? untagged : { ...untagged, entries };
  }
}

function uniqueItems(items: readonly YamlNode[], keyOf: KeyOf): YamlNode[] {
  return uniqueBy(items, keyOf);
}

function withoutTag<N extends YamlNode>(node: N): N {
  const { tag: _tag, ...rest } = node as N & { tag?: MergeTag };
  return rest as unknown as N;
}

function same<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
