/** What fuges left that were killed: registrations, and processes that still run. Containers are told by the engine's check. */
import { Registry, registryDirectory } from '../../registry.js';
import { MARK } from '../../runners/owner.js';
import { pidsOfMarked } from '../../runners/process-group.js';
import { type Check, ok, shellWord, type Told, warning } from '../finding.js';

export const leftovers: Check = {
  name: 'leftovers',
  subject: 'what killed fuges left',
  async run({ environment }) {
    const registry = new Registry(registryDirectory(environment));
    const told = registry.dead().map(({ id, registration }): Told => {
      const of = registration ? ` of "${registration.systemName}"` : '';
      const pids = pidsOfMarked(`${MARK}=${id}:`);
      if (pids.length === 0)
        return warning(
          `a fuge${of} was killed and is still registered; the next start clears it`,
          `rm ${shellWord(registry.pathOf(id))}`,
        );
      const run = pids.length === 1 ? 'a process runs' : `${pids.length} processes run`;
      return warning(`${run} that a killed fuge${of} left; the next start ends it all`, `kill ${pids.join(' ')}`);
    });
    return told.length > 0 ? told : [ok('no killed fuge left anything')];
  },
};
