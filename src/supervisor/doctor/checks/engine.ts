/** The container engine: which one, where it was looked for, and why it does not answer. */
import type { Engine } from '../../engine/engine.js';
import type { EngineUnavailable } from '../../engine/open.js';
import { Registry, registryDirectory } from '../../registry.js';
import { type Check, ok, problem, type Told, warning } from '../finding.js';

export const engine: Check = {
  name: 'engine',
  subject: 'the container engine',
  async run({ system, environment }) {
    const needs =
      system?.runContainers === true && [...system.services.values()].some(({ type }) => type === 'container');
    const { EngineUnavailable, openEngine } = await import('../../engine/open.js');
    try {
      const opened = await openEngine(system?.containerEngine, environment);
      try {
        const { product, version, apiVersion, platform } = await opened.info();
        const left = await leftContainers(opened, new Registry(registryDirectory(environment)));
        return [ok(`${product} ${version} (API ${apiVersion}, ${platform}) at ${opened.address}`), ...left];
      } finally {
        opened.close();
      }
    } catch (error) {
      if (!(error instanceof EngineUnavailable)) throw error;
      return [unavailable(error, needs)];
    }
  },
};

function unavailable({ problem: { code, message, hint } }: EngineUnavailable, needs: boolean): Told {
  if (needs) return problem(message, hint);
  if (code === 'no-engine') return ok(`${message}; nothing here needs one`);
  return warning(`${message} (nothing here needs it)`, hint);
}

/** Of fuges that were killed. A kept one that does not run is where it should be. */
export async function leftContainers(opened: Pick<Engine, 'containers'>, registry: Registry): Promise<Told[]> {
  const [{ LABEL, ownerOf }, { isAlive }, { machineId }] = await Promise.all([
    import('../../engine/labels.js'),
    import('../../registry.js'),
    import('../../runners/process-identity.js'),
  ]);
  const left = (await opened.containers([LABEL.owner])).filter(({ labels, state }) => {
    const owner = ownerOf(labels);
    if (!owner || owner.machine !== machineId() || isAlive(owner)) return false;
    if (labels[LABEL.keep] === 'true' && state !== 'running') return false;
    return owner.systemFile === null || registry.findOwner(owner.systemFile) === undefined;
  });
  if (left.length === 0) return [];
  const names = left.map(({ name }) => name);
  const are = names.length === 1 ? 'a container was' : `${names.length} containers were`;
  return [
    warning(
      `${are} left by a fuge that was killed: ${names.join(', ')}; the next start clears them`,
      `docker rm -f ${names.join(' ')}`,
    ),
  ];
}
