/** Ends what a fuge left behind that was killed together with its guard. */

import type { Registration, Registry } from './registry.js';
import { MARK } from './runners/owner.js';
import { isAnyMarked, signalMarked } from './runners/process-group.js';

/** ms between SIGTERM and SIGKILL. */
const GRACE_MS = 1000;
const LOOK_EVERY_MS = 25;

/** Sweeps after every dead owner; returns whose processes had to be ended. */
export async function sweepLeftovers(registry: Registry): Promise<Registration[]> {
  const dead = registry.all().filter(({ isAlive }) => !isAlive);
  const swept = await Promise.all(
    dead.map(async ({ registration }) => {
      const had = await sweep(`${MARK}=${registration.id}:`);
      registry.remove(registration.id);
      return had ? [registration] : [];
    }),
  );
  return swept.flat();
}

async function sweep(markStart: string): Promise<boolean> {
  if (!signalMarked(markStart, 'SIGTERM')) return false;
  for (let waited = 0; waited < GRACE_MS; waited += LOOK_EVERY_MS) {
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
    if (!isAnyMarked(markStart)) return true;
  }
  signalMarked(markStart, 'SIGKILL');
  return true;
}
