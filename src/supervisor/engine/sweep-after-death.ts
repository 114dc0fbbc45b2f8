/**
 * Ends the containers of a fuge that was killed. Its guard runs this as a program of its own:
 *
 *     node sweep-after-death.js ADDRESS OWNER
 *
 * What it can't do (the engine is gone, too) the next start of fuge does.
 */
import { connectEngine } from './docker.js';
import { findEngine, surroundingsOf } from './find.js';
import { sweepOwner } from './sweep.js';

/** ms after which it gives up. */
const LONGEST_MS = 60_000;

const [, , url, owner] = process.argv;
setTimeout(() => process.exit(1), LONGEST_MS).unref();
if (url && owner) await sweepAt(url, owner).catch(() => {});

async function sweepAt(url: string, owner: string): Promise<void> {
  const search = findEngine(url, surroundingsOf(process.env));
  const [address] = search.problem ? [] : search.addresses;
  if (!address) return;
  const engine = await connectEngine(address);
  await sweepOwner(engine, owner);
  engine.close();
}
