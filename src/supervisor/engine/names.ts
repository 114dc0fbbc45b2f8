/** What containers, networks and volumes of a system are called in the engine. */
import { createHash } from 'node:crypto';
import { engineName } from '../../container.js';
import type { System } from '../../system.js';

export const networkNameOf = (system: System, key: string) =>
  system.networks.get(key)?.name ?? engineName(`${system.name}_${key}`);
export const volumeNameOf = (system: System, key: string) =>
  system.volumes.get(key)?.name ?? engineName(`${system.name}_${key}`);

/** For a second checkout of a system: the names of the first one are taken. */
export function apart(name: string, systemFile: string): string {
  return `${name}-${createHash('sha256').update(systemFile).digest('hex').slice(0, 6)}`;
}
