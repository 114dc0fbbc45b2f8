/** Follows `include` to Compose files and brings their services as drafts, in the order of the list. */
import path from 'node:path';
import type { Network, Volume } from '../container.js';
import type { Lookup } from '../interpolate.js';
import type { PortNumbers } from '../port-numbers.js';
import type { Draft } from './draft.js';
import { isEmpty } from './layout.js';
import { Reader } from './reader.js';
import { Report } from './report.js';
import { readSource, Source } from './source.js';
import { type Entry, parseYaml } from './yaml.js';

export interface Included {
  readonly drafts: readonly Draft[];
  readonly networks: ReadonlyMap<string, Network>;
  readonly volumes: ReadonlyMap<string, Volume>;
  /** Absolute, in the order they were read. */
  readonly files: readonly string[];
}

/**
 * Each file is a Compose project of its own, with what it includes itself.
 *
 * @param from The files that led here: the system file.
 * @param lookup Variables that win over the `.env` of each project.
 * @param replaced Services that the system file has itself: what was decided for them is of no interest.
 */
export async function readIncludes(
  entry: Entry,
  from: readonly [string],
  lookup: Lookup,
  report: Report,
  replaced: ReadonlySet<string>,
  ports: PortNumbers,
): Promise<Included> {
  const drafts = new Map<string, Draft>();
  const networks = new Map<string, Network>();
  const volumes = new Map<string, Volume>();
  const files: string[] = [];
  const result = { networks, volumes, files };
  if (isEmpty(entry.value)) return { ...result, drafts: [] };
  const { readComposeSystem } = await import('./compose/include-project.js');
  const [file] = from;
  const directory = path.dirname(file);
  const named = new Set<string>();
  const reader = new Reader(report, lookup);
  for (const { text, node } of reader.texts(entry.value, 'include', 'a list of file names')) {
    const included = path.resolve(directory, text);
    if (included === file) {
      const chain = [file, file].map(step => path.basename(step)).join(' -> ');
      report.error('include-loop', `"${text}" includes itself: ${chain}`, node);
      continue;
    }
    if (named.has(included)) {
      report.warn('include-twice', `"${text}" is included twice; the second time is ignored`, node);
      continue;
    }
    named.add(included);
    const source = readSource(included);
    if (!(source instanceof Source)) {
      report.error('include-missing', `the included file ${source.message}`, node);
      continue;
    }
    if (isSystemFile(source)) {
      report.error('include-not-compose', `"${text}" is a system file; only Compose files can be included`, node);
      continue;
    }
    const system = readComposeSystem({ files: [included], cwd: directory, lookup, replaced, ports }, report);
    files.push(...(system?.project.allFiles ?? [included]).filter(known => !files.includes(known)));
    for (const draft of system?.drafts ?? []) drafts.set(draft.name, draft);
    for (const [key, network] of system?.networks ?? []) networks.set(key, network);
    for (const [key, volume] of system?.volumes ?? []) volumes.set(key, volume);
  }
  return { ...result, drafts: [...drafts.values()] };
}

/** What is wrong with the file is told when it is read. */
function isSystemFile(source: Source): boolean {
  if (!source.text.includes('fuge_global')) return false;
  return parseYaml(source, new Report(), { mergeTags: true }).some(
    document => document.kind === 'map' && document.entries.some(({ key }) => key === 'fuge_global'),
  );
}
