/** What can't be said together of a container, and names that look like a slip. */
import { isIP } from 'node:net';
import { nearest } from '../../diagnostic.js';
import type { ComposeAttachment } from '../compose/project/canonical.js';
import type { Report } from '../report.js';
import type { Section } from '../section.js';
import type { Place } from '../source.js';
import type { PartReading } from './reading.js';

/** What `fuge_global` has settings for. Others are made as they are named. */
export interface Declared {
  readonly networks: ReadonlySet<string>;
  readonly volumes: ReadonlySet<string>;
}

/** Keys of which each says what the other does. */
const TWO_WORDS = [
  ['args', 'command'],
  ['mem_limit', 'memory'],
  ['stop_signal', 'terminate'],
] as const;

export function checkTwoWords(section: Section, report: Report): void {
  for (const [ours, theirs] of TWO_WORDS) {
    const [first, second] = [section.entry(ours), section.entry(theirs)];
    if (!first || !second) continue;
    const [earlier, later] = first.keyNode.start < second.keyNode.start ? [first, second] : [second, first];
    report.error(
      'two-words',
      `${section.what} says both "${earlier.key}" and "${later.key}", which mean the same`,
      later.keyNode,
      { related: [{ message: `"${earlier.key}" stands here`, at: earlier.keyNode }], hint: 'keep one of them' },
    );
  }
}

export function checkNetworks(
  networks: readonly (readonly [string, ComposeAttachment | null])[],
  section: Section,
  reading: PartReading,
  declared: Declared,
): void {
  const { report } = reading;
  const mode = section.entry('network_mode');
  const said = section.entry('networks');
  if (mode && said)
    report.error(
      'two-words',
      `${section.what} says both "network_mode" and "networks", of which only one can hold`,
      mode.keyNode,
      { related: [{ message: '"networks" stands here', at: said.keyNode }] },
    );
  for (const [name, use] of networks) {
    const place = reading.place(['networks', name]) ?? said!.value;
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name))
      report.error('bad-name', `${JSON.stringify(name)} can't be the name of a network`, place, {
        hint: 'it has letters, digits, "_", "." and "-"',
      });
    else if (name !== 'default') warnOfNear('network', name, declared.networks, place, reading);
    for (const [key, version] of [
      ['ipv4_address', 4],
      ['ipv6_address', 6],
    ] as const) {
      const address = use?.[key];
      if (address === undefined || isIP(address) === version) continue;
      const at = reading.place(['networks', name, key]) ?? place;
      reading.wrong(['networks', name, key], at, `must be an IPv${version} address, not "${address}"`);
    }
  }
}

/** One that nobody declares is made, yet where others are declared a near name is hardly meant. */
export function warnOfNear(
  kind: 'network' | 'volume',
  name: string,
  declared: ReadonlySet<string>,
  place: Place,
  { report }: PartReading,
): void {
  if (declared.has(name)) return;
  const near = nearest(name, [...declared]);
  if (near === undefined) return;
  report.warn(`unknown-${kind}`, `the ${kind} "${name}" is not among those of fuge_global, so it is a new one`, place, {
    hint: `did you mean "${near}"?`,
  });
}
