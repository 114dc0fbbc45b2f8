/** Follows `include` to Compose files and brings their services as drafts, in the order of the list. */
import path from 'node:path';
import type { Lookup } from '../interpolate.js';
import type { Draft } from './draft.js';
import { readDotenvBeside } from './env-files.js';
import { isEmpty } from './layout.js';
import { Reader } from './reader.js';
import type { Report } from './report.js';
import { readSource, Source } from './source.js';
import { type Entry, parseYaml } from './yaml.js';

export interface Included {
  readonly drafts: readonly Draft[];
  /** Absolute, in the order they were read. */
  readonly files: readonly string[];
}

/** `from` are the files that led here, the system file first. */
export async function readIncludes(
  entry: Entry,
  from: readonly string[],
  lookup: Lookup,
  report: Report,
  seen = new Set<string>(),
): Promise<Included> {
  const drafts = new Map<string, Draft>();
  const files: string[] = [];
  const reader = new Reader(report, lookup);
  if (isEmpty(entry.value)) return { drafts: [], files };
  for (const { text, node } of reader.texts(entry.value, 'include', 'a list of file names')) {
    const file = path.resolve(path.dirname(from.at(-1)!), text);
    if (from.includes(file)) {
      const chain = [...from.slice(from.indexOf(file)), file].map(step => path.basename(step)).join(' -> ');
      report.error('include-loop', `"${text}" includes itself: ${chain}`, node);
      continue;
    }
    if (files.includes(file)) {
      report.warn('include-twice', `"${text}" is included twice; the second time is ignored`, node);
      continue;
    }
    // What another branch has brought is in already; reading it for every branch could take for ever.
    if (seen.has(file)) continue;
    seen.add(file);
    const source = readSource(file);
    if (!(source instanceof Source)) {
      report.error('include-missing', `the included file ${source.message}`, node);
      continue;
    }
    files.push(file);
    const dotenv = readDotenvBeside(path.join(path.dirname(file), '.env'), lookup, report);
    const inner = new Reader(report, name => lookup(name) ?? dotenv.get(name));
    for (const document of parseYaml(source, report)) {
      const global = document.kind === 'map' && document.entries.find(inside => inside.key === 'fuge_global');
      if (global) {
        report.error('include-not-compose', `"${text}" is a system file; only Compose files can be included`, node);
        break;
      }
      const { readCompose } = await import('./compose/read.js');
      const compose = readCompose(document, inner);
      if (compose.include) {
        const further = await readIncludes(compose.include, [...from, file], inner.lookup, report, seen);
        files.push(...further.files.filter(known => !files.includes(known)));
        for (const draft of further.drafts) drafts.set(draft.name, draft);
      }
      for (const draft of await compose.drafts()) drafts.set(draft.name, draft);
    }
  }
  return { drafts: [...drafts.values()], files };
}
