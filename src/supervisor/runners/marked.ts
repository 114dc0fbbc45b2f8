/** Ends every process that carries a mark, whatever group it is in or who its parent is. Linux only. */
import { isAnyMarked, type StartTime, signalMarked } from './process-group.js';

/** ms between SIGTERM and SIGKILL. */
const GRACE_MS = 1000;
/** ms that SIGKILL is repeated: a process may fork while the others are struck. */
const KILL_MS = 1000;
const LOOK_EVERY_MS = 25;

/**
 * Returns whether there was any.
 *
 * @param markStart `NAME=…`: how the entry of the environment begins.
 * @param since When whoever marked them began, where that is known: it saves looking at what is older.
 */
export async function endMarked(markStart: string, since?: StartTime): Promise<boolean> {
  if (!signalMarked(markStart, 'SIGTERM', since)) return false;
  for (let waited = 0; waited < GRACE_MS; waited += LOOK_EVERY_MS) {
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
    if (!isAnyMarked(markStart, since)) return true;
  }
  for (let waited = 0; waited < KILL_MS && signalMarked(markStart, 'SIGKILL', since); waited += LOOK_EVERY_MS)
    await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
  return true;
}
