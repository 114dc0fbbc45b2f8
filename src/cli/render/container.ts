/** What `info` says of a container: what it is made of, and how it is reached. */
import { containerNameOf, type Mount, type Service, type System } from '../../index.js';
import { shortenPath } from '../output.js';
import { formatBytes, formatTook } from './duration.js';

type ContainerService = Extract<Service, { type: 'container' }>;

/** Label and text of each row; '' where there is nothing to say. */
export function describeContainer(service: ContainerService, system: System): [string, string][] {
  const { image, args, entrypoint, mounts, networks, networkMode, keep } = service;
  return [
    ['image', image],
    ['built from', describeBuild(service.build)],
    ['runs', [...(entrypoint ?? []), ...(args ?? [])].map(quote).join(' ')],
    [
      'named',
      `${service.containerName ?? containerNameOf(system.name, service.name)}${keep ? ', kept when it stops' : ''}`,
    ],
    ['mounts', mounts.map(describeMount).join(', ')],
    [
      'networks',
      networkMode ?? (networks.map(({ network, aliases }) => network + alsoAs(aliases)).join(', ') || 'default'),
    ],
    ['health', describeHealth(service.healthcheck)],
  ];
}

function describeBuild(build: ContainerService['build']): string {
  if (build === undefined) return '';
  const { context, dockerfile, dockerfileInline, target } = build;
  const details = [
    ...(dockerfileInline === undefined
      ? dockerfile === 'Dockerfile'
        ? []
        : [shortenPath(dockerfile)]
      : ['a Dockerfile in the file']),
    ...(target === undefined ? [] : [`target ${target}`]),
  ];
  return [shortenPath(context), ...details].join(', ');
}

/** What the file says of it; the image's own is the engine's to know. */
function describeHealth(healthcheck: ContainerService['healthcheck']): string {
  if (healthcheck === undefined) return '';
  if (healthcheck === 'none') return "not looked at: the image's own test is turned off";
  const { test, intervalMs } = healthcheck;
  const what = test === undefined ? "the image's own test succeeds" : `"${test.source}" succeeds inside`;
  return intervalMs === undefined ? what : `${what}, every ${formatTook(intervalMs)}`;
}

function describeMount(mount: Mount): string {
  switch (mount.type) {
    case 'bind':
      return `${shortenPath(mount.source)} at ${mount.target}${mount.readOnly ? ' (read-only)' : ''}`;
    case 'volume': {
      const what = mount.source === undefined ? 'a new volume' : `volume ${mount.source}`;
      return `${what} at ${mount.target}${mount.readOnly ? ' (read-only)' : ''}`;
    }
    case 'tmpfs':
      return `memory at ${mount.target}${mount.size === undefined ? '' : ` (${formatBytes(mount.size)})`}`;
  }
}

const alsoAs = (aliases: readonly string[]) => (aliases.length === 0 ? '' : ` (as ${aliases.join(', ')})`);
const quote = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word));
