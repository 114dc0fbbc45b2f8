/** How many files fuge and its services may have open. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { type Check, ok, warning } from '../finding.js';

/** Pipes and files of one service in fuge, with room. */
const EACH = 12;
const OWN = 256;

export const files: Check = {
  name: 'files',
  subject: 'the limit on open files',
  async run({ system }, signal) {
    const limit = await softLimit(signal);
    if (limit === undefined) return [];
    const needed = OWN + EACH * (system?.services.size ?? 0);
    if (limit >= needed) return [ok(`${limit === Infinity ? 'any number of' : limit} files may be open in a process`)];
    return [
      warning(
        `only ${limit} files may be open in a process; ${needed} are advisable here`,
        `ulimit -n ${Math.max(4096, needed)}`,
      ),
    ];
  },
};

/** Of this process: services take it over. Undefined: the system does not tell. */
async function softLimit(signal: AbortSignal): Promise<number | undefined> {
  const table = await readFile('/proc/self/limits', 'utf8').catch(() => undefined);
  const said = table === undefined ? await shellLimit(signal) : /^Max open files\s+(\S+)/m.exec(table)?.[1];
  if (said === undefined) return undefined;
  const limit = said === 'unlimited' ? Infinity : Number(said);
  return Number.isNaN(limit) ? undefined : limit;
}

function shellLimit(signal: AbortSignal): Promise<string | undefined> {
  return new Promise(resolve => {
    execFile('sh', ['-c', 'ulimit -n'], { signal }, (error, stdout) => resolve(error ? undefined : stdout.trim()));
  });
}
