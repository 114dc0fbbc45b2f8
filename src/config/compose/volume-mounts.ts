/**
 * Volumes of a Compose service in their short form.
 *
 * Rules (Compose Specification, "volumes", short syntax):
 * - `[SOURCE:]TARGET[:OPTION,OPTION...]`; a single letter before a colon is a Windows drive, not a part; a colon inside of
 *   `${...}` separates nothing.
 * - A source that begins with `.`, `/`, `~`, `\\` or a drive is a path of the host, and so a bind mount, whose path is made
 *   when it is missing; any other source names a volume, and none is an anonymous volume.
 * - Options: ro, rw, nocopy, z and Z (SELinux), and the propagations shared, slave, private, rshared, rslave, rprivate;
 *   unknown ones (`cached`, `delegated`, `RW`) are without effect.
 */

/** A mount in the long form, under the keys of a Compose file. */
export interface VolumeMount {
  readonly type: 'bind' | 'volume' | 'tmpfs' | 'npipe' | 'cluster' | 'image';
  readonly source?: string;
  readonly target: string;
  readonly read_only?: boolean;
  readonly bind?: {
    readonly create_host_path: boolean;
    readonly propagation?: string;
    readonly selinux?: 'z' | 'Z';
  };
  readonly volume?: { readonly nocopy?: boolean };
}

export type ParsedVolume =
  | {
      readonly mount: VolumeMount;
      /** Options that mean nothing, for a warning. */
      readonly unknown: readonly string[];
      readonly problem?: undefined;
    }
  | { readonly problem: string; readonly mount?: undefined };

/** The long form of one short entry, its source as it is written; or what is wrong with it. */
export function parseVolumeMount(text: string): ParsedVolume {
  if (text === '') return { problem: 'a volume must not be empty' };
  // Too short for a source and a target: `.`, `d:`.
  if (byteLength(text) <= 2) return { mount: { type: 'volume', target: text }, unknown: [] };
  const sections = sectionsOf(text);
  if (sections.some(section => section === ''))
    return { problem: `"${text}" has nothing between two colons: a volume is [source:]target[:options]` };
  const [first = '', second, options, ...more] = sections;
  if (more.length > 0) return { problem: `"${text}" has too many colons: a volume is [source:]target[:options]` };
  const source = second === undefined ? undefined : first;
  const read = readOptions(options?.split(',') ?? []);
  const bound = source !== undefined && isHostPath(source);
  const mount: VolumeMount = {
    type: bound ? 'bind' : 'volume',
    ...(source !== undefined && { source }),
    target: second ?? first,
    ...(read.readOnly && { read_only: true }),
    ...((bound || read.bind) && { bind: { create_host_path: bound, ...read.bind } }),
    ...((!bound || read.nocopy) && { volume: read.nocopy ? { nocopy: true } : {} }),
  };
  return { mount, unknown: read.unknown };
}

/** Is the source of a short entry a path of the host, and no volume's name? */
export function isHostPath(source: string): boolean {
  return /^[./~]/.test(source) || source.startsWith('\\\\') || /^\p{L}:/u.test(source);
}

/** The parts between colons that separate. */
function sectionsOf(text: string): string[] {
  const sections: string[] = [];
  let start = 0;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '$' && text[i + 1] === '{') depth++;
    else if (c === '}' && depth > 0) depth--;
    else if (c === ':' && depth === 0 && !isDrive(text.slice(start, i))) {
      sections.push(text.slice(start, i));
      start = i + 1;
    }
  }
  sections.push(text.slice(start));
  return sections;
}

function isDrive(text: string): boolean {
  return text.length <= 2 && /^\p{L}$/u.test(text);
}

function readOptions(options: readonly string[]) {
  let readOnly = false;
  let nocopy = false;
  let bind: { propagation?: string; selinux?: 'z' | 'Z' } | undefined;
  const unknown: string[] = [];
  for (const option of options) {
    if (option === 'ro' || option === 'rw') readOnly = option === 'ro';
    else if (option === 'nocopy') nocopy = true;
    else if (option === 'z' || option === 'Z') bind = { ...bind, selinux: option };
    else if (/^r?(private|shared|slave)$/.test(option)) bind = { ...bind, propagation: option };
    else unknown.push(option);
  }
  return { readOnly, nocopy, bind, unknown };
}

function byteLength(text: string): number {
  return text.length > 2 ? text.length : Buffer.byteLength(text);
}
