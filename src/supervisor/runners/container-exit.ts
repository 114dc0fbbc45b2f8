/** How a container ended, from what the engine says of it. */
import { constants } from 'node:os';
import type { Exit } from '../../event.js';
import type { ContainerFacts } from '../engine/engine.js';

/** For no fault of its own: whatever its restart policy says, it is started again. */
export const ENGINE_RESTARTED: Exit = { reason: 'lost', problem: 'the container engine was restarted' };

/** The last thing that its health check said. */
export function healthProblem({ healthOutput }: ContainerFacts): string {
  const said = healthOutput?.trim().split('\n').at(-1)?.trim();
  return said ? `its health check fails: ${said}` : 'its health check fails';
}

const SIGNALS = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

/**
 * A code above 128 names the signal that ended it, as a shell does.
 *
 * @param facts Undefined: it is gone. @param told The code that the event of its end brought.
 */
export function exitOf(facts: ContainerFacts | undefined, told: number | undefined): Exit {
  const isTold = told !== undefined && Number.isSafeInteger(told);
  if (!facts && !isTold) return { reason: 'signal', signal: 'SIGKILL' }; // somebody removed it
  const code = isTold ? told : (facts?.exitCode ?? 0);
  if (facts?.outOfMemory) return { reason: 'code', code, outOfMemory: true };
  const signal = code > 128 ? SIGNALS.get(code - 128) : undefined;
  return signal === undefined ? { reason: 'code', code } : { reason: 'signal', signal };
}
