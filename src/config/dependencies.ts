/** `depends_on`: what must be there before a service is started. */
import { nearest } from '../diagnostic.js';
import { findCycle } from '../graph.js';
import type { Dependency, Service } from '../system.js';
import type { Draft } from './draft.js';
import { isFurtherCopy } from './instances.js';
import type { Reader } from './reader.js';
import { placeOf, type Report } from './report.js';
import type { Place } from './source.js';
import { checkKeys, entriesOf } from './submap.js';
import type { ScalarNode, YamlNode } from './yaml.js';

export interface DraftDependency extends Omit<Dependency, 'at'> {
  /** The name. */
  readonly node: ScalarNode;
}

/** Our words, and Compose's. */
const CONDITIONS: Readonly<Record<string, Dependency['condition']>> = {
  started: 'started',
  ready: 'ready',
  completed: 'completed',
  service_started: 'started',
  service_healthy: 'ready',
  service_completed_successfully: 'completed',
};
/** As they may be written. */
export const CONDITION_WORDS = Object.keys(CONDITIONS);
export const DEPENDENCY_KEYS = ['condition', 'required', 'restart'] as const;
const FORM = 'a list of services, or a map with condition, required and restart for each';

/** @param short The condition of the list form: `ready` in a system file, `started` in a Compose file. */
export function readDependencies(
  node: YamlNode,
  key: string,
  reader: Reader,
  short: Dependency['condition'] = 'ready',
): DraftDependency[] {
  if (node.kind !== 'map')
    return reader
      .texts(node, key, FORM)
      .map(({ text, node: at }) => ({ service: text, condition: short, required: true, restart: false, node: at }));
  return node.entries.flatMap(({ key: service, keyNode, value }): DraftDependency[] => {
    if (service.startsWith('x-')) return [];
    const base = { service, condition: short, required: true, restart: false, node: keyNode };
    if (value.kind === 'scalar' && value.value === null) return [base];
    if (value.kind !== 'map') {
      // `db: ready` says it as well.
      const condition = readCondition(value, reader);
      return condition ? [{ ...base, condition }] : [];
    }
    checkKeys(value, `"${key}.${service}"`, DEPENDENCY_KEYS, reader.report);
    const values = entriesOf(value);
    const condition = values.get('condition');
    const flag = (name: 'required' | 'restart', absent: boolean) => {
      const given = values.get(name);
      return given ? (reader.boolean(given, name) ?? absent) : absent;
    };
    return [
      {
        ...base,
        condition: (condition && readCondition(condition, reader)) ?? short,
        required: flag('required', true),
        restart: flag('restart', false),
      },
    ];
  });
}

function readCondition(node: YamlNode, reader: Reader): Dependency['condition'] | undefined {
  const word = reader.choice(node, 'condition', CONDITION_WORDS, 'started, ready or completed');
  return word === undefined ? undefined : CONDITIONS[word];
}

/** Unknown names, a service that waits for itself, and cycles. Gives each service's dependencies that hold. */
export function checkDependencies(drafts: readonly Draft[], report: Report): Map<Draft, readonly Dependency[]> {
  const byName = new Map(drafts.map(draft => [draft.name, draft]));
  const held = new Map<Draft, readonly Dependency[]>();
  for (const draft of drafts) {
    const seen = new Set<string>();
    const dependencies = (draft.dependsOn ?? []).filter(({ service, node, required }) => {
      if (seen.has(service)) return false;
      seen.add(service);
      if (service === draft.name) {
        if (isFurtherCopy(draft)) return false;
        report.error('dependency-cycle', `"${draft.name}" depends on itself`, node);
        return false;
      }
      const needed = byName.get(service);
      if (!needed) {
        // Compose passes over an optional service that is not there.
        if (required && !isFurtherCopy(draft)) reportUnknown(draft, service, node, byName, report);
        return false;
      }
      return true;
    });
    held.set(
      draft,
      dependencies.map(({ node, ...dependency }) => ({ ...dependency, at: placeOf(node) })),
    );
  }
  reportCycle(drafts, held, report);
  return held;
}

function reportUnknown(
  draft: Draft,
  service: string,
  node: ScalarNode,
  byName: ReadonlyMap<string, Draft>,
  report: Report,
): void {
  const near = nearest(
    service,
    [...byName.keys()].filter(name => name !== draft.name),
  );
  const place = near === undefined ? undefined : byName.get(near)?.place;
  const origin = place && placeOf(place);
  const isHere = place?.source === node.source;
  const where = origin ? ` (${isHere ? `line ${origin.line}` : `${origin.file}:${origin.line}:${origin.column}`})` : '';
  const hint = near === undefined ? undefined : `did you mean "${near}"${where}?`;
  report.error('unknown-dependency', `"${draft.name}" depends on "${service}", which is not defined`, node, { hint });
}

/** A dependency on the end of what never ends for good. Needs the policies that hold. */
export function reportNeverCompleted(
  drafts: readonly Draft[],
  services: ReadonlyMap<string, Service>,
  restartPlaceOf: (name: string) => Place | undefined,
  report: Report,
): void {
  for (const draft of drafts) {
    if (isFurtherCopy(draft)) continue;
    for (const { service: name, condition, node } of draft.dependsOn ?? []) {
      const needed = services.get(name);
      if (condition !== 'completed' || !needed || needed.type === 'external') continue;
      // That a task never completes is told of the task.
      if (needed.once || needed.restart.when !== 'always') continue;
      const place = restartPlaceOf(name);
      report.error(
        'never-completed',
        `"${draft.name}" waits until "${name}" has completed, but "${name}" is started again whenever it ends`,
        node,
        {
          related: place && [{ message: `"${name}" is restarted because of this`, at: place }],
          hint: `write "${name}: ready", or make "${name}" a task`,
        },
      );
    }
  }
}

function reportCycle(drafts: readonly Draft[], held: ReadonlyMap<Draft, readonly Dependency[]>, report: Report): void {
  const needs = new Map(drafts.map(draft => [draft.name, (held.get(draft) ?? []).map(({ service }) => service)]));
  const byName = new Map(drafts.map(draft => [draft.name, draft]));
  // Each cycle is told once; cutting it where it was told shows the next one.
  for (let cycle = findCycle(needs); cycle; cycle = findCycle(needs)) {
    const edges = cycle.slice(0, -1).map((name, i) => ({
      name,
      needed: cycle[i + 1]!,
      node: byName.get(name)?.dependsOn?.find(({ service }) => service === cycle[i + 1])?.node,
    }));
    const [first, ...others] = edges;
    report.error('dependency-cycle', `services wait for each other: ${cycle.join(' → ')}`, first?.node, {
      related: others.flatMap(({ name, needed, node }) =>
        node ? [{ message: `"${name}" depends on "${needed}"`, at: node }] : [],
      ),
      hint: 'take one of these dependencies out',
    });
    needs.set(
      first!.name,
      needs.get(first!.name)!.filter(name => name !== first!.needed),
    );
  }
}
