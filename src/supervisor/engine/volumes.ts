/** Removes the volumes of a system, with all that is in them: only ever because somebody asked for just that. */
import type { System } from '../../system.js';
import { type Engine, EngineError } from './engine.js';
import { LABEL } from './labels.js';
import { volumeNameOf } from './names.js';

export interface RemovedVolumes {
  /** Names in the engine. */
  readonly removed: readonly string[];
  /** Those that the engine did not give up, such as one that a container still has, and why. */
  readonly refused: readonly { readonly name: string; readonly problem: string }[];
}

/**
 * Of the volumes that the system names, those that were made for this system file. External ones, and ones that somebody else
 * made under such a name, stay.
 *
 * @param systemFile Absolute, without links, as the labels have it.
 */
export async function removeVolumes(engine: Engine, system: System, systemFile: string): Promise<RemovedVolumes> {
  const removed: string[] = [];
  const refused: { name: string; problem: string }[] = [];
  await Promise.all(
    volumeNamesOf(system).map(async name => {
      const volume = await engine.volume(name);
      if (volume?.labels[LABEL.systemFile] !== systemFile) return;
      try {
        await engine.removeVolume(name);
        removed.push(name);
      } catch (error) {
        if (!(error instanceof EngineError) || error.isUnreachable) throw error;
        refused.push({ name, problem: error.message });
      }
    }),
  );
  return { removed: removed.toSorted(), refused };
}

/** Of all forms of its services, chosen or not. */
function volumeNamesOf(system: System): string[] {
  const keys = new Set(system.volumes.keys());
  for (const service of [...system.services.values(), ...system.alternatives.values()]) {
    if (service.type !== 'container') continue;
    for (const mount of service.mounts)
      if (mount.type === 'volume' && mount.source !== undefined) keys.add(mount.source);
  }
  return [...keys].filter(key => !system.volumes.get(key)?.external).map(key => volumeNameOf(system, key));
}
