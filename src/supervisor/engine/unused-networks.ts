/**
 * Removes networks that nobody needs any more.
 *
 * A container that is kept remembers its networks by their ids, and the engine refuses to start it once they are gone; while it
 * is stopped no network tells of it. So the networks of a system that keeps a container stay.
 */
import type { Engine, NetworkFacts } from './engine.js';
import { LABEL } from './labels.js';

/** One that the engine does not give up (somebody has just come in) stays. */
export async function removeUnused(engine: Engine, networks: readonly NetworkFacts[]): Promise<void> {
  const empty = networks.filter(network => network.containers.length === 0);
  if (empty.length === 0) return;
  const kept = await engine.containers([`${LABEL.keep}=true`]);
  const keeping = new Set(kept.map(({ labels }) => labels[LABEL.systemFile]));
  await Promise.allSettled(
    empty
      .filter(({ labels }) => !keeping.has(labels[LABEL.systemFile]))
      .map(async network => engine.removeNetwork(network.id)),
  );
}
