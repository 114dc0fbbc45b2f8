/** `depends_on` of process-compose, in fuge's conditions; who is waited for until its end is a task. */
import { findCycle } from '../../graph.js';
import type { Report } from '../report.js';
import type { ScalarNode, YamlNode } from '../yaml.js';
import { CHANGED, LEFT_OUT } from './context.js';
import type { Key } from './draft.js';
import { Fields } from './fields.js';

export interface Waits {
  /** By the names of the file. */
  readonly of: ReadonlyMap<string, readonly { readonly services: readonly string[]; readonly condition: string }[]>;
  isTask(given: string): boolean;
}

const CONDITIONS: Readonly<Record<string, string>> = {
  process_started: 'started',
  process_healthy: 'ready',
  process_log_ready: 'ready',
  process_completed: 'completed',
  process_completed_successfully: 'completed',
};

interface ProcessEntry {
  readonly given: string;
  readonly fields: Fields;
}

/** @param names The services that each process became. */
export function readDependencies(
  entries: readonly ProcessEntry[],
  names: ReadonlyMap<string, readonly string[]>,
  report: Report,
): Waits {
  const tasks = new Set<string>();
  const graph = new Map<string, string[]>();
  const found = new Map<string, { services: readonly string[]; condition: string }[]>();
  for (const { given, fields } of entries) {
    const node = fields.at('depends_on');
    for (const { name, at, value } of targetsOf(node)) {
      const services = names.get(name) ?? (([...names.values()].flat().includes(name) && [name]) || undefined);
      if (!services || name === given) {
        const why = name === given ? 'itself' : `"${name}", which the file does not have`;
        report.warn(LEFT_OUT, `${fields.what} depends on ${why}; that is left out`, at);
        continue;
      }
      const needed = entries.find(entry => entry.given === name);
      const edges = [...(graph.get(given) ?? []), name];
      if (needed && findCycle(new Map([...graph, [given, edges]]))) {
        report.warn(
          LEFT_OUT,
          `${fields.what} and "${name}" wait for each other; that it depends on "${name}" is left out`,
          at,
        );
        continue;
      }
      graph.set(given, edges);
      const condition = conditionOf(value, needed, fields.what, report);
      if (condition === 'completed' && needed) tasks.add(needed.given);
      found.set(given, [...(found.get(given) ?? []), { services, condition }]);
    }
  }
  return { of: found, isTask: given => tasks.has(given) };
}

export function dependencyKeys(given: string, waits: Waits): Key[] {
  const all = waits.of.get(given) ?? [];
  if (all.length === 0) return [];
  const value = Object.fromEntries(all.flatMap(({ services, condition }) => services.map(name => [name, condition])));
  return [{ key: 'depends_on', value }];
}

function targetsOf(node: YamlNode | undefined): { name: string; at: ScalarNode; value: YamlNode | undefined }[] {
  if (node?.kind === 'map') return node.entries.map(({ key, keyNode, value }) => ({ name: key, at: keyNode, value }));
  const items = node?.kind === 'list' ? node.items : node ? [node] : [];
  return items.flatMap(item => (item.kind === 'scalar' ? [{ name: item.text, at: item, value: undefined }] : []));
}

function conditionOf(
  value: YamlNode | undefined,
  needed: ProcessEntry | undefined,
  what: string,
  report: Report,
): string {
  const fields = value?.kind === 'map' ? new Fields(value, `"depends_on" of ${what}`, report) : undefined;
  const scalar = fields
    ? fields.scalar('condition')
    : value?.kind === 'scalar' && value.value !== null
      ? value
      : undefined;
  fields?.rest({});
  if (!scalar) return 'started';
  const condition = Object.hasOwn(CONDITIONS, scalar.text) ? CONDITIONS[scalar.text]! : undefined;
  if (condition === undefined) {
    report.warn(
      'import-wrong-type',
      `"${scalar.text}" is no condition; "${what.replaceAll('"', '')}" waits for the start`,
      scalar,
    );
    return 'started';
  }
  if (condition !== 'completed') return condition;
  if (needed?.fields.map('availability')?.text('restart') === 'always') {
    report.warn(
      CHANGED,
      `"${needed.given}" is started again whenever it ends, so ${what} waits for its start alone`,
      scalar,
    );
    return 'started';
  }
  if (scalar.text === 'process_completed')
    report.warn(
      CHANGED,
      `${what} waits until "${needed?.given}" has succeeded; that it has failed is not enough here`,
      scalar,
    );
  return condition;
}
