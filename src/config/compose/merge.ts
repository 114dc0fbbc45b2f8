/**
 * Merges Compose files: a later one over an earlier one.
 *
 * Maps merge key by key, lists append, anything else is replaced; merge-rules.ts says where it is otherwise. Keys that begin
 * with `x-` are replaced whole. `!reset` removes what the earlier file has and `!override` puts its value in that one's place.
 * A key without a value adds nothing to a map or list. (Compose Specification, "Merge and override".)
 */
import type { Report } from '../report.js';
import type { Entry, MapNode, YamlNode } from '../yaml.js';
import { COMPOSE_RULES, type MergeRules, rulesAt } from './merge-rules.js';
import { settle } from './settle.js';
import { entry, isNull, isScalar, listNode, mapNode, partOf, textNode, textOf } from './tree.js';

/**
 * The tree of a later file over that of an earlier one, both from the top level of a Compose file, interpolated, and
 * parsed with `mergeTags`. Every node of the result keeps the place in the file that said it. What can't be merged (a map
 * over a list) is reported and left as the earlier file has it. Neither `!reset` nor `!override` remains.
 */
export function mergeTrees(base: YamlNode, over: YamlNode, report: Report): YamlNode {
  return settleTree(new Merge(report).merge(settleTree(base), over, COMPOSE_RULES, ''));
}

/**
 * One service over another that it extends. The tags of the later one remain, since they also mean what a file that is
 * merged afterwards lies over.
 */
export function mergeService(base: YamlNode, over: YamlNode, name: string, report: Report): YamlNode {
  const rules = rulesAt(rulesAt(COMPOSE_RULES, 'services'), name);
  const settled = settle(base, rules);
  if (!settled) return over;
  // A tag on the whole service is about the earlier file alone.
  const { tag, ...plain } = over;
  const merged = new Merge(report).merge(settled, plain, rules, `services.${name}`);
  return tag ? { ...merged, tag } : merged;
}

/**
 * A file that no other is merged with, as {@link mergeTrees} would leave it: without what is tagged `!reset`, and with
 * the last only of what a list names twice.
 */
export function settleTree(tree: YamlNode): YamlNode {
  return settle(tree, COMPOSE_RULES) ?? textNode('', tree, null);
}

class Merge {
  constructor(private readonly report: Report) {}

  merge(base: YamlNode, over: YamlNode, rules: MergeRules | undefined, path: string): YamlNode {
    if (over.tag !== undefined) return over;
    switch (rules?.merge) {
      case 'replace':
        return over;
      case 'sequence':
        return listNode([...remaining(base, over), ...toSequence(over)], over);
      case 'hosts': {
        const earlier = remaining(base, over);
        const known = new Set(earlier.map(wordOf));
        return listNode([...earlier, ...toSequence(over).filter(item => !known.has(wordOf(item)))], over);
      }
      case 'names':
        return this.#plain(toNames(base, nothing), toNames(over, nothing), rules, path);
      case 'dependencies':
        return this.#plain(toNames(base, startedAndRequired), toNames(over, startedAndRequired), rules, path);
      case 'build':
        return this.#plain(toBuild(base), toBuild(over), rules, path);
      case 'logging': {
        const [before, after] = [partOf(base, 'driver'), partOf(over, 'driver')];
        if (before !== undefined && after !== undefined && before !== after) return over;
        return this.#plain(base, over, rules, path);
      }
      case 'subnets':
        return this.#subnets(base, over, rules, path);
      default:
        return this.#plain(base, over, rules, path);
    }
  }

  #plain(base: YamlNode, over: YamlNode, rules: MergeRules | undefined, path: string): YamlNode {
    if (isScalar(base)) return over;
    if (isNull(over)) return base;
    if (base.kind === 'map' && over.kind === 'map') return this.#maps(base, over, rules, path);
    if (base.kind === 'list' && over.kind === 'list') return listNode([...base.items, ...over.items], over);
    const [kind, other] = [base.kind, isScalar(over) ? 'text' : over.kind];
    this.report.error('compose-merge', `"${path}" is a ${other} here, which can't be merged with a ${kind}`, over, {
      hint: `write a ${kind}, or put !override before the value to replace the earlier one`,
      related: [{ message: `the ${kind} is here`, at: base }],
    });
    return base;
  }

  #maps(base: MapNode, over: MapNode, rules: MergeRules | undefined, path: string): MapNode {
    const entries = new Map<string, Entry>(base.entries.map(one => [one.key, one]));
    for (const later of over.entries) {
      const earlier = entries.get(later.key);
      if (earlier === undefined || later.key.startsWith('x-')) entries.set(later.key, later);
      else {
        const inner = path === '' ? later.key : `${path}.${later.key}`;
        const value = this.merge(earlier.value, later.value, rulesAt(rules, later.key), inner);
        // The key's place is where a message about the whole points to: the later file, unless it added nothing.
        entries.set(later.key, value === earlier.value ? earlier : { ...later, value });
      }
    }
    return mapNode([...entries.values()], over);
  }

  #subnets(base: YamlNode, over: YamlNode, rules: MergeRules | undefined, path: string): YamlNode {
    if (base.kind !== 'list' || over.kind !== 'list') return this.#plain(base, over, rules, path);
    const items = [...base.items];
    for (const later of over.items) {
      const subnet = partOf(later, 'subnet');
      const index = items.findIndex(earlier => subnet !== undefined && partOf(earlier, 'subnet') === subnet);
      if (index === -1) items.push(later);
      else items[index] = this.merge(items[index]!, later, undefined, `${path}[${index}]`);
    }
    return listNode(items, over);
  }
}

/** The earlier sequence without the keys that the later one resets or overrides. */
function remaining(base: YamlNode, over: YamlNode): readonly YamlNode[] {
  const items = toSequence(base);
  const cleared = new Set(toSequence(over).flatMap(item => (item.tag === undefined ? [] : [keyOf(item)])));
  return cleared.size === 0 ? items : items.filter(item => !cleared.has(keyOf(item)));
}

function keyOf(item: YamlNode): string {
  return wordOf(item).split('=', 1)[0]!;
}

/** A map's pairs as `KEY=value`, one for each item of a list, in the order of their text; a key without value stays alone. */
function toSequence(node: YamlNode): readonly YamlNode[] {
  if (node.kind === 'list') return node.items;
  if (isScalar(node)) return isNull(node) ? [] : [node];
  const items = node.entries.flatMap(one =>
    one.value.kind === 'list' ? one.value.items.map(item => toPair(one, item)) : [toPair(one, one.value)],
  );
  return items.toSorted((a, b) => (wordOf(a) < wordOf(b) ? -1 : wordOf(a) > wordOf(b) ? 1 : 0));
}

function toPair({ key, keyNode }: Entry, value: YamlNode): YamlNode {
  // What is neither text nor empty is an error, told where the list is read.
  if (!isScalar(value)) return value;
  const at =
    value.source === keyNode.source && value.start >= keyNode.start ? { ...value, start: keyNode.start } : value;
  const text = isNull(value) && !value.interpolated ? key : `${key}=${textOf(value)}`;
  // The tag stays, for it speaks of the key.
  return value.tag ? { ...textNode(text, at), tag: value.tag } : textNode(text, at);
}

function wordOf(node: YamlNode): string {
  return isScalar(node) ? textOf(node) : '';
}

function toNames(node: YamlNode, settings: (name: YamlNode) => YamlNode): YamlNode {
  if (node.kind !== 'list' || !node.items.every(isScalar)) return node;
  const items = node.items.filter(item => item.tag !== 'reset');
  return mapNode(
    items.map(item => entry(textOf(item), settings(item), item)),
    node,
  );
}

function nothing(name: YamlNode): YamlNode {
  return textNode('', name, null);
}

function startedAndRequired(name: YamlNode): YamlNode {
  const condition = textNode('service_started', name);
  return mapNode([entry('condition', condition, name), entry('required', textNode('true', name, true), name)], name);
}

function toBuild(node: YamlNode): YamlNode {
  return isScalar(node) && !isNull(node) ? mapNode([entry('context', node, node)], node) : node;
}
