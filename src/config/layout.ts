/** What is wrong with the shape of a file, before its keys are read: duplicates, and keys that lost their indentation. */
import { keySpec } from './keys.js';
import { placeOf, type Report } from './report.js';
import type { Entry, MapNode, YamlNode } from './yaml.js';

/** Reports keys that stand twice in one map, anywhere below the node. `passed` entries are passed over. */
export function reportDuplicateKeys(root: YamlNode, report: Report, passed: ReadonlySet<Entry>): void {
  const seen = new Set<YamlNode>();
  // Document order: what an alias names was seen before it, so the depth stays that of the text.
  const visit = (node: YamlNode, top: boolean): void => {
    if (node.kind === 'scalar' || seen.has(node)) return;
    seen.add(node);
    if (node.kind === 'list') {
      for (const item of node.items) visit(item, false);
      return;
    }
    const first = new Map<string, Entry>();
    for (const entry of node.entries) {
      const twin = first.get(entry.key);
      if (!twin) first.set(entry.key, entry);
      else if (!passed.has(entry) && !entry.merged) {
        const what = top ? (entry.key === 'fuge_global' || entry.key === 'include' ? 'key' : 'service') : 'key';
        const related = [{ message: 'the first one is here', at: twin.keyNode }];
        report.error('duplicate-key', `the ${what} "${entry.key}" is defined twice`, entry.keyNode, { related });
      }
      visit(entry.value, false);
    }
  };
  visit(root, true);
}

/**
 * Finds settings of a service (or of `fuge_global`) that stand at the top level, reports each run of them once, and
 * returns them, together with the empty service above that they were meant for.
 */
export function reportMisindented(root: MapNode, report: Report): Set<Entry> {
  const stray = new Set<Entry>();
  const isStray = (entry: Entry, previous: Entry | undefined) => {
    if (entry.merged || keySpec(entry.key) === undefined) return false;
    // Compose has these two at the top.
    if (entry.value.kind === 'map' && (entry.key === 'networks' || entry.key === 'volumes'))
      return !entry.value.entries.some(inner => inner.key === 'type');
    if (entry.value.kind === 'map')
      return entry.key === 'environment' && previous !== undefined && (stray.has(previous) || isEmpty(previous.value));
    if (entry.key === 'name') return previous !== undefined && (stray.has(previous) || isEmpty(previous.value));
    return !isEmpty(entry.value) || (previous !== undefined && stray.has(previous));
  };
  for (let i = 0; i < root.entries.length; ) {
    const owner = root.entries[i - 1];
    const run: Entry[] = [];
    for (; i < root.entries.length && isStray(root.entries[i]!, run.at(-1) ?? owner); i++) {
      run.push(root.entries[i]!);
      stray.add(root.entries[i]!);
    }
    if (run.length === 0) i++;
    else reportRun(run, owner, report, stray);
  }
  return stray;
}

function reportRun(run: readonly Entry[], owner: Entry | undefined, report: Report, stray: Set<Entry>): void {
  const keys = listed(run.map(entry => `"${entry.key}"`));
  const verb = run.length > 1 ? 'stand' : 'stands';
  const pronoun = run.length > 1 ? 'they look' : 'it looks';
  const first = run[0]!;
  if (owner && isEmpty(owner.value)) {
    stray.add(owner);
    const from = placeOf(first.keyNode).line;
    const last = run.at(-1)!.value;
    const to = last.source.origin(Math.max(last.start, last.end - 1), last.end).line;
    const lines = from === to ? `line ${from}` : `lines ${from} to ${to}`;
    report.error(
      'mis-indented',
      `${keys} ${verb} at the top level, where only services do; ${pronoun} mis-indented under "${owner.key}"`,
      first.keyNode,
      {
        related: [{ message: `"${owner.key}" has nothing below it`, at: owner.keyNode }],
        hint: `indent ${lines} to stand below "${owner.key}:"`,
      },
    );
    return;
  }
  const global = run.every(entry => keySpec(entry.key)?.global);
  const where = global ? 'in fuge_global' : 'in a service';
  const below =
    owner && !global && owner.value.kind === 'map' ? `; to belong to "${owner.key}" it must be indented` : '';
  report.error('mis-indented', `${keys} ${verb} at the top level, where only services do`, first.keyNode, {
    hint: `${keys} ${run.length > 1 ? 'belong' : 'belongs'} ${where}${below}`,
  });
}

export function isEmpty(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

/** `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
