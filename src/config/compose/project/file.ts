/** Reads one Compose file into trees, and holds what YAML itself asks of it: unique text keys, and no alias bombs. */
import type { Report } from '../../report.js';
import type { Source } from '../../source.js';
import { parseYaml, type YamlNode } from '../../yaml.js';

/**
 * An alias bomb is told from a file that uses many aliases by the share of what aliases bring: all of it may come from them
 * in a small file, a tenth in one of millions of values. (The rule of the reference's YAML parser.)
 */
const SMALL = 400_000;
const LARGE = 4_000_000;

/** The file's documents that are not empty. */
export function readDocuments(source: Source, report: Report): YamlNode[] {
  const before = report.hasErrors;
  const documents = parseYaml(source, report, { mergeTags: true });
  return documents.filter(document => {
    if (document.kind === 'scalar' && document.value === null) return false;
    if (isAliasBomb(document)) {
      const message = 'the aliases of this file stand for too many values';
      report.error('yaml-alias', message, { source, start: 0, end: 1 });
      return false;
    }
    checkKeys(document, report);
    if (document.kind === 'map') return true;
    if (!before || document.kind === 'list')
      report.error('not-a-map', 'a Compose file is a map, with "services:" and the services below it', document);
    return false;
  });
}

function isAliasBomb(root: YamlNode): boolean {
  const sizes = new Map<YamlNode, number>();
  const sizeOf = (node: YamlNode): number => {
    if (node.kind === 'scalar') {
      sizes.set(node, 1);
      return 1;
    }
    const known = sizes.get(node);
    if (known !== undefined) return known;
    let size = 1;
    if (node.kind === 'list') for (const item of node.items) size += sizeOf(item);
    else for (const entry of node.entries) size += 1 + sizeOf(entry.value);
    sizes.set(node, size);
    return size;
  };
  const all = sizeOf(root);
  let own = 0;
  for (const node of sizes.keys()) own += node.kind === 'map' ? 1 + node.entries.length : 1;
  const aliased = all - own;
  if (all <= 1000 || aliased <= 100) return false;
  const share = all <= SMALL ? 0.99 : all >= LARGE ? 0.1 : 0.99 - 0.89 * ((all - SMALL) / (LARGE - SMALL));
  return aliased / all > share;
}

function checkKeys(root: YamlNode, report: Report): void {
  const seen = new Set<YamlNode>();
  const visit = (node: YamlNode): void => {
    if (node.kind === 'scalar' || seen.has(node)) return;
    seen.add(node);
    if (node.kind === 'list') {
      for (const item of node.items) visit(item);
      return;
    }
    const first = new Map<string, (typeof node.entries)[number]>();
    for (const entry of node.entries) {
      const { key, keyNode, merged } = entry;
      const twin = first.get(key);
      if (keyNode.plain && typeof keyNode.value !== 'string' && !merged)
        report.error('bad-key', `the key ${keyNode.text === '' ? 'that is empty' : keyNode.text} is no text`, keyNode, {
          hint: `write it in quotes: "${keyNode.text}"`,
        });
      if (!twin) first.set(key, entry);
      else if (!merged) {
        const related = [{ message: 'the first one is here', at: twin.keyNode }];
        report.error('duplicate-key', `the key "${key}" is defined twice`, keyNode, { related });
      }
      visit(entry.value);
    }
  };
  visit(root);
}
