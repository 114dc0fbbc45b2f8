/** The version of Node. */
import { type Check, ok, problem } from '../finding.js';

/** As "engines" of package.json has it. */
export const OLDEST_NODE = '20.19';

export const node: Check = {
  name: 'node',
  subject: 'Node',
  async run({ nodeVersion }) {
    const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
    const [leastMajor = 0, leastMinor = 0] = OLDEST_NODE.split('.').map(Number);
    if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return [ok(`Node ${nodeVersion}`)];
    return [problem(`Node ${nodeVersion} is too old: fuge needs ${OLDEST_NODE} or newer`, 'nvm install --lts')];
  },
};
