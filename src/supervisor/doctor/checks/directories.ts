/** Where fuge keeps what must outlive it: whether it can write there, and nobody else can read. */
import { access, constants, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { registryDirectory } from '../../registry.js';
import { type Check, ok, type Patient, problem, shellWord, type Told, warning } from '../finding.js';

export const directories: Check = {
  name: 'directories',
  subject: "fuge's own directories",
  async run({ environment }) {
    const state = path.join(
      environment.XDG_STATE_HOME || path.join(environment.HOME || homedir(), '.local', 'state'),
      'fuge',
    );
    const both = [...new Set([registryDirectory(environment), state])];
    const told = [...missingRuntime(environment), ...(await Promise.all(both.map(lookAt))).flat()];
    return told.length > 0 ? told : [ok(`fuge can write to ${both.join(' and ')}`)];
  },
};

function missingRuntime({ XDG_RUNTIME_DIR: runtime, ...environment }: Patient['environment']): Told[] {
  const instead = registryDirectory({ ...environment, XDG_RUNTIME_DIR: runtime });
  if (!runtime || instead.startsWith(path.join(runtime, 'fuge'))) return [];
  return [
    warning(`XDG_RUNTIME_DIR names "${runtime}", which does not exist; ${instead} is used`, 'unset XDG_RUNTIME_DIR'),
  ];
}

async function lookAt(directory: string): Promise<Told[]> {
  let there = directory;
  while (!(await stat(there).catch(() => undefined)) && there !== path.dirname(there)) there = path.dirname(there);
  const { mode, uid } = await stat(there);
  const own = process.getuid?.();
  const isWritable = await access(there, constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!isWritable)
    return [
      problem(
        `fuge can't write to ${directory}, so running systems are not found from other terminals`,
        `sudo chown -R "$USER" ${shellWord(there)}`,
      ),
    ];
  if (there !== directory || own === undefined) return [];
  if (uid !== own && own !== 0)
    return [problem(`${directory} belongs to another user`, `sudo chown -R "$USER" ${shellWord(directory)}`)];
  if ((mode & 0o022) !== 0) return [problem(`others can write to ${directory}`, `chmod 700 ${shellWord(directory)}`)];
  return [];
}
