/** Ends what a fuge left behind that was killed together with its guard. */
import type { Leftover, Registry } from './registry.js';
import { endMarked } from './runners/marked.js';
import { MARK } from './runners/owner.js';

/** Sweeps after every dead owner; returns those whose processes had to be ended. */
export async function sweepLeftovers(registry: Registry): Promise<Leftover[]> {
  const swept = await Promise.all(
    registry.dead().map(async leftover => {
      const had = await endMarked(`${MARK}=${leftover.id}:`);
      registry.remove(leftover.id);
      return had ? [leftover] : [];
    }),
  );
  return swept.flat();
}
