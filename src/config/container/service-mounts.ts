/** `volumes` and `tmpfs` of a service of a system file. */
import type { Mount } from '../../container.js';
import { nearest } from '../../diagnostic.js';
import type { ComposeMount } from '../compose/project/canonical.js';
import type { Path } from '../compose/project/reading.js';
import { isScalar, partOf, valueAt } from '../compose/tree.js';
import { parseVolumeMount } from '../compose/volume-mounts.js';
import type { Section } from '../section.js';
import type { YamlNode } from '../yaml.js';
import { type Declared, NAME, NAME_HINT, warnOfNear } from './checks.js';
import { MOUNT, TMPFS } from './kinds.js';
import { mountOf, parseTmpfs } from './mounts.js';
import type { PartReading } from './reading.js';

const TYPES = ['bind', 'volume', 'tmpfs'];
const OPTIONS = ['ro', 'rw', 'nocopy', 'z', 'Z', 'shared', 'slave', 'private', 'rshared', 'rslave', 'rprivate'];
/** Of Docker Desktop of old, without effect since. */
const OBSOLETE = ['cached', 'delegated', 'consistent'];

interface PlacedMount {
  readonly mount: Mount;
  readonly node: YamlNode;
}

export function readMounts(section: Section, reading: PartReading, declared: Declared): Mount[] {
  const placed = [...readVolumes(section, reading, declared), ...readTmpfs(section, reading)];
  const byTarget = new Map<string, PlacedMount>();
  for (const one of placed) {
    const { mount, node } = one;
    const twin = byTarget.get(mount.target);
    byTarget.set(mount.target, one);
    if (!mount.target.startsWith('/'))
      reading.report.error(
        'bad-mount',
        `"${mount.target}" can't be where ${section.what} has a mount: it must be an absolute path in the container`,
        node,
        { hint: targetHint(mount, node) },
      );
    else if (twin)
      reading.report.error('bad-mount', `${section.what} has two mounts at ${mount.target}`, node, {
        related: [{ message: 'the first one is here', at: twin.node }],
      });
  }
  return placed.map(({ mount }) => mount);
}

function targetHint({ type, target }: Mount, node: YamlNode): string | undefined {
  if (type !== 'volume' || !isScalar(node)) return undefined;
  if (/^[a-z]:/i.test(node.text))
    return 'a single letter before a colon is a drive of Windows: give the volume a longer name';
  return target === node.text ? 'write source:target' : undefined;
}

function readVolumes(section: Section, reading: PartReading, declared: Declared): PlacedMount[] {
  const node = section.entry('volumes')?.value;
  if (!node) return [];
  if (node.kind === 'map')
    return reading.wrong(['volumes'], node, 'must be a list, not a map', hintOf(node.entries[0])) ?? [];
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((written, index): PlacedMount[] => {
    const path = ['volumes', index];
    const item = reading.replaced(written, path);
    const type = item && partOf(item, 'type');
    if (item && type !== undefined && !TYPES.includes(type)) return wrongType(type, item, path, reading);
    const long = item && reading.read<ComposeMount>(MOUNT, item, path);
    if (!item || !long) return [];
    if (isScalar(item)) warnOfOptions(item.text, item, reading);
    const asked = valueAt(valueAt(item, 'bind'), 'create_host_path');
    const says = asked !== undefined && long.bind?.create_host_path === true;
    const isShort = isScalar(item);
    if (long.type === undefined || long.target === undefined)
      return reading.wrong(path, item, `has no "${long.type === undefined ? 'type' : 'target'}"`) ?? [];
    const mount = mountOf(
      isShort || !long.bind ? long : { ...long, bind: { ...long.bind, create_host_path: says } },
      isShort,
    );
    if (!mount) return wrongType(long.type, item, path, reading);
    if (mount.type === 'volume' && mount.source !== undefined && !isVolumeName(mount.source, item, reading)) return [];
    if (mount.type === 'volume' && mount.source !== undefined)
      warnOfNear('volume', mount.source, declared.volumes, item, reading);
    return [{ mount, node: item }];
  });
}

function readTmpfs(section: Section, reading: PartReading): PlacedMount[] {
  const entry = section.entry('tmpfs');
  if (!entry) return [];
  const items = entry.value.kind === 'list' ? entry.value.items : [entry.value];
  const texts = reading.part<readonly string[]>(TMPFS, entry.value, ['tmpfs']) ?? [];
  return texts.flatMap((text, index): PlacedMount[] => {
    const parsed = parseTmpfs(text);
    if ('mount' in parsed) return [{ mount: parsed.mount, node: items[index]! }];
    reading.report.error('bad-mount', parsed.problem, items[index]);
    return [];
  });
}

function wrongType(type: string, node: YamlNode, path: Path, reading: PartReading): [] {
  const near = nearest(type, TYPES);
  reading.wrong(
    [...path, 'type'],
    valueAt(node, 'type') ?? node,
    `must be bind, volume or tmpfs, not "${type}"`,
    near && `did you mean "${near}"?`,
  );
  return [];
}

function hintOf(first: { readonly key: string; readonly value: YamlNode } | undefined): string | undefined {
  return first && isScalar(first.value) ? `write - ${first.key}:${first.value.text}` : undefined;
}

function isVolumeName(name: string, node: YamlNode, reading: PartReading): boolean {
  if (NAME.test(name)) return true;
  const hint = name.includes('/') ? `a path begins with "./": ./${name}` : NAME_HINT;
  reading.report.error('bad-mount', `"${name}" can't be the name of a volume`, node, { hint });
  return false;
}

function warnOfOptions(text: string, node: YamlNode, reading: PartReading): void {
  for (const option of parseVolumeMount(text).mount ? unknownOptions(text) : []) {
    const near = nearest(option, OPTIONS);
    const hint = near ? `did you mean "${near}"?` : `options are ${OPTIONS.join(', ')}`;
    reading.report.warn('unknown-option', `"${option}" in "${text}" is no option of a mount`, node, { hint });
  }
}

function unknownOptions(text: string): readonly string[] {
  const parsed = parseVolumeMount(text);
  return parsed.mount ? parsed.unknown.filter(option => option !== '' && !OBSOLETE.includes(option)) : [];
}
