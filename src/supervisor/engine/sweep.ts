/** Ends and removes what fuges left in an engine that were killed: only what carries their labels, and only where they are dead. */
import type { Diagnostic } from '../../diagnostic.js';
import { isAlive, type Registration, type Registry } from '../registry.js';
import { machineId } from '../runners/process-identity.js';
import type { ContainerFacts, Engine } from './engine.js';
import { LABEL, type Labels, ownerOf } from './labels.js';
import { removeUnused } from './unused-networks.js';

/** ms between two looks whether a container has ended. */
const LOOK_MS = 50;
const DEFAULT_GRACE_S = 10;

/**
 * Sweeps after every dead owner but `ownId`; returns what was cleared, for people. What can't be removed is left to the next
 * sweep: it must keep nobody from starting anything.
 */
export async function sweep(engine: Engine, registry: Registry, ownId: string): Promise<Diagnostic[]> {
  const isLeft = (labels: Labels) => {
    const owner = ownerOf(labels);
    return owner !== undefined && owner.id !== ownId && isDead(owner, registry, ownId);
  };
  const containers = (await engine.containers([LABEL.owner])).filter(each => isLeft(each.labels));
  // A kept one that does not run is where it should be.
  const left = containers.filter(each => each.labels[LABEL.keep] !== 'true' || each.state === 'running');
  const ended = await endAll(engine, left);
  const networks = await engine.networks([LABEL.owner]);
  await removeUnused(
    engine,
    networks.filter(each => isLeft(each.labels)),
  );
  return cleared(ended);
}

/** Ends everything of one owner: its own guard does this when it was killed. */
export async function sweepOwner(engine: Engine, owner: string): Promise<void> {
  const label = [`${LABEL.owner}=${owner}`];
  await endAll(engine, await engine.containers(label));
  await removeUnused(engine, await engine.networks(label));
}

/** Nobody lives who could still want it: neither its owner, nor another fuge that runs the same system now. */
function isDead(owner: Registration, registry: Registry, ownId: string): boolean {
  if (owner.machine !== machineId() || isAlive(owner)) return false;
  return owner.systemFile === null || registry.findOwner(owner.systemFile, ownId) === undefined;
}

/** Gives those that were ended. One that the engine refuses to end keeps the others from nothing. */
async function endAll(engine: Engine, containers: readonly ContainerFacts[]): Promise<readonly ContainerFacts[]> {
  const ends = await Promise.allSettled(containers.map(each => endContainer(engine, each)));
  return containers.filter((_, i) => ends[i]!.status === 'fulfilled');
}

/** By its stop signal, and by force after its grace. What is not kept is removed. */
export async function endContainer(engine: Engine, { id, labels, state }: ContainerFacts): Promise<void> {
  if (state === 'running') {
    const grace = Number(labels[LABEL.stopGrace] ?? DEFAULT_GRACE_S) * 1000;
    // A signal that the engine does not know must not save it from the next one.
    await engine.signalContainer(id, labels[LABEL.stopSignal] || 'SIGTERM').catch(() => {});
    for (const until = Date.now() + grace; Date.now() < until && (await isRunning(engine, id)); )
      await new Promise(resolve => setTimeout(resolve, LOOK_MS));
  }
  if (labels[LABEL.keep] !== 'true') await engine.removeContainer(id);
  else if (await isRunning(engine, id)) await engine.signalContainer(id, 'SIGKILL');
}

async function isRunning(engine: Engine, id: string): Promise<boolean> {
  return (await engine.inspectContainer(id))?.state === 'running';
}

function cleared(containers: readonly ContainerFacts[]): Diagnostic[] {
  const bySystem = new Map<string, number>();
  for (const { labels } of containers) {
    const system = labels[LABEL.system] ?? '';
    bySystem.set(system, (bySystem.get(system) ?? 0) + 1);
  }
  return [...bySystem].map(([system, count]) => ({
    severity: 'info',
    code: 'leftovers-cleared',
    message: `${count === 1 ? 'a container' : `${count} containers`} of "${system}" ${count === 1 ? 'was' : 'were'} left by a fuge that was killed: ${count === 1 ? 'it is' : 'they are'} ended`,
  }));
}
