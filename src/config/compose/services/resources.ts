/** Networks and volumes of a Compose project in the words of the system. */
import type { Network, Volume } from '../../../container.js';
import { networkOf, volumeOf } from '../../container/networks.js';
import type { ComposeProject } from '../project/canonical.js';

export function networksOf({ name, networks = {} }: ComposeProject): Map<string, Network> {
  return new Map(
    Object.entries(networks).map(([key, network]) => [key, networkOf(key, withOwnName(network, `${name}_${key}`))]),
  );
}

export function volumesOf({ name, volumes = {} }: ComposeProject): Map<string, Volume> {
  return new Map(
    Object.entries(volumes).map(([key, volume]) => [key, volumeOf(key, withOwnName(volume, `${name}_${key}`))]),
  );
}

/** @param usual The name that it gets without one of its own: then the system's name is put before it. */
function withOwnName<T extends { readonly name: string }>(said: T, usual: string): Omit<T, 'name'> & { name?: string } {
  const { name, ...settings } = said;
  return name === usual ? settings : said;
}
