/** Mounts of a container, from Compose's long form and from `tmpfs`. */
import type { Mount } from '../../container.js';
import type { ComposeMount } from '../compose/project/canonical.js';
import { parseBytes } from '../quantities.js';

/**
 * @param createSource Whether a missing directory is made where the mount does not say it itself.
 * @returns Undefined: an engine of ours has no such mount (`npipe`, `cluster`, `image`).
 */
export function mountOf(long: ComposeMount, createSource: boolean): Mount | undefined {
  const { target, read_only: readOnly = false } = long;
  switch (long.type) {
    case 'bind':
      return {
        type: 'bind',
        source: long.source!,
        target,
        readOnly,
        createSource: long.bind?.create_host_path ?? createSource,
        propagation: long.bind?.propagation,
        selinux: selinuxOf(long.bind?.selinux),
      };
    case 'volume':
      return {
        type: 'volume',
        source: long.source,
        target,
        readOnly,
        noCopy: long.volume?.nocopy ?? false,
        subpath: long.volume?.subpath,
      };
    case 'tmpfs':
      return { type: 'tmpfs', target, size: bytesOf(long.tmpfs?.size), mode: long.tmpfs?.mode };
    default:
      return undefined;
  }
}

/** Bytes of what the canonical form of a Compose file has as decimal text. */
export function bytesOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseBytes(text);
}

function selinuxOf(label: string | undefined): 'z' | 'Z' | undefined {
  return label === 'z' || label === 'Z' ? label : undefined;
}

/** `PATH[:size=64m,mode=1777]`; other options of mount(8) are the engine's own. Or what is wrong with it. */
export function parseTmpfs(text: string): { mount: Extract<Mount, { type: 'tmpfs' }> } | { problem: string } {
  const colon = text.indexOf(':');
  const target = colon === -1 ? text : text.slice(0, colon);
  const options = colon === -1 ? [] : text.slice(colon + 1).split(',');
  if (target === '') return { problem: 'a tmpfs needs a path in the container' };
  let size: number | undefined;
  let mode: number | undefined;
  for (const option of options) {
    const [name, value = ''] = option.split('=');
    if (name === 'size') {
      size = parseBytes(value);
      if (size === undefined || size < 0) return { problem: `"${value}" in "${text}" is no size like 64m` };
    } else if (name === 'mode') {
      if (!/^[0-7]{1,5}$/.test(value)) return { problem: `"${value}" in "${text}" is no mode like 1777` };
      mode = Number.parseInt(value, 8);
    }
  }
  return { mount: { type: 'tmpfs', target, size, mode } };
}

/** Of several mounts at one place the last one counts. */
export function lastOfEachTarget(mounts: readonly Mount[]): Mount[] {
  return [...new Map(mounts.map(mount => [mount.target, mount])).values()];
}
