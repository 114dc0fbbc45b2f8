/** `apply` and `papply`: a command of the system's shell in the directory of every service. */
import type { Command, Exit } from '../../index.js';
import { describeExit, hasSucceeded } from '../render/state.js';
import type { Context, VerbImplementation } from '../verb.js';
import { showCommandOutput } from './command-output.js';

const applying = (isParallel: boolean): VerbImplementation => ({
  async run(context, { command: line }) {
    const { supervisor, out, signal } = context;
    const command: Command = { kind: 'shell', line, source: line };
    const places = directories(context);
    const endOutput = showCommandOutput(context);
    const failed: string[] = [];
    const runIn = async (name: string): Promise<void> => {
      if (signal.aborted) return;
      const exit: Exit = await supervisor.run(name, command, isParallel ? 'papply' : 'apply', { signal });
      if (exit.reason === 'not-started') out.diagnose(exit.problem);
      else if (!hasSucceeded(exit)) out.print(`${out.paint.red('✗')} ${name}: ${describeExit(exit)}`);
      if (!hasSucceeded(exit)) failed.push(name);
    };
    try {
      if (isParallel) await Promise.all(places.map(runIn));
      else for (const name of places) await runIn(name);
    } finally {
      endOutput();
    }
    if (places.length === 0) out.print('no service here has a directory');
    if (failed.length > 0) out.print(`failed in ${failed.length} of ${places.length}: ${failed.join(', ')}`);
    return failed.length > 0 ? 1 : 0;
  },
});

/** One service for each directory: services that share one get the command once. */
function directories({ system }: Context): string[] {
  const byDirectory = new Map<string, string>();
  for (const service of system.services.values()) {
    if (service.type !== 'process' && service.type !== 'node') continue;
    if (service.disabled === undefined && !byDirectory.has(service.cwd)) byDirectory.set(service.cwd, service.name);
  }
  return [...byDirectory.values()];
}

export const apply = applying(false);
export const papply = applying(true);
