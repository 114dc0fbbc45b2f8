/** What can't be said together of a container, and names that look like a slip. */
import { isIP } from 'node:net';
import { nearest } from '../../diagnostic.js';
import type { ComposeAttachment } from '../compose/project/canonical.js';
import { valueAt } from '../compose/tree.js';
import type { Report } from '../report.js';
import type { Section } from '../section.js';
import type { Place } from '../source.js';
import type { PartReading } from './reading.js';

/** What `fuge_global` has settings for. Others are made as they are named. */
export interface Declared {
  readonly networks: ReadonlySet<string>;
  readonly volumes: ReadonlySet<string>;
}

/** What an engine takes as a name. */
export const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;
export const NAME_HINT = 'it has letters, digits, "_", "." and "-"';

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

/** What can't be done: an image that is built each time from nothing, from two Dockerfiles, a name that no engine takes. */
export function checkImageAndName(section: Section, buildsImage: boolean, report: Report): void {
  const { what } = section;
  const pull = section.entry('pull_policy');
  if (section.get('pull_policy') === 'build' && !buildsImage)
    report.error(
      'pull-without-build',
      `${what} is built each time, as "pull_policy" says, but has no "build"`,
      pull?.value,
      {
        hint: 'add "build: DIRECTORY", or write "pull_policy: always"',
      },
    );
  const build = section.entry('build')?.value;
  const two = ['dockerfile', 'dockerfile_inline'].map(key => valueAt(build, key));
  if (buildsImage && two[0] && two[1])
    report.error('two-words', `"build" of ${what} says both "dockerfile" and "dockerfile_inline"`, two[1], {
      related: [{ message: '"dockerfile" stands here', at: two[0] }],
      hint: 'keep one of them',
    });
  const name = section.get('container_name');
  if (name && !NAME.test(name.text))
    report.error('bad-name', `${JSON.stringify(name.text)} can't be the name of a container`, name.node, {
      hint: NAME_HINT,
    });
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
    if (!NAME.test(name))
      report.error('bad-name', `${JSON.stringify(name)} can't be the name of a network`, place, {
        hint: NAME_HINT,
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
