/** `build` and `test`: the commands that services define for that, one service after the other. */
import type { Command, Service } from '../../index.js';
import { formatTook } from '../render/duration.js';
import { describeExit, hasSucceeded } from '../render/state.js';
import type { VerbImplementation } from '../verb.js';
import { showCommandOutput } from './command-output.js';

type Key = 'build' | 'test';

const running = (key: Key): VerbImplementation => ({
  async run(context, { services, named }) {
    const { supervisor, system, out, signal } = context;
    const { paint } = out;
    const passed: string[] = [];
    const failed: string[] = [];
    const begun = new Set<string>();
    const startedAt = Date.now();
    const endOutput = showCommandOutput(context);
    try {
      for (const name of services) {
        const service = system.services.get(name)!;
        const command = commandOf(service, key);
        if (!command || service.disabled !== undefined) {
          if (named || service.disabled !== undefined)
            out.print(`${name}: ${service.disabled ?? `it has no ${key} command`}`);
          continue;
        }
        const work = workOf(service, command);
        if (work !== undefined && begun.has(work)) continue;
        if (work !== undefined) begun.add(work);
        out.print(paint.bold(`${name}: ${command.source}`));
        const exit = await supervisor.run(name, command, key, { signal });
        if (exit.reason === 'not-started') out.diagnose(exit.problem);
        else if (!hasSucceeded(exit)) out.print(`${paint.red('✗')} ${name}: ${key} failed: ${describeExit(exit)}`);
        (hasSucceeded(exit) ? passed : failed).push(name);
        if (signal.aborted) break;
      }
    } finally {
      endOutput();
    }
    if (passed.length + failed.length === 0) {
      out.print(`no ${key} command is defined`);
      return named ? 1 : 0;
    }
    const failures = failed.length > 0 ? `, ${paint.red(`${failed.length} failed`)} (${failed.join(', ')})` : '';
    out.print(
      `${paint.green(`${passed.length} ${key === 'test' ? 'passed' : 'built'}`)}${failures} in ${formatTook(Date.now() - startedAt)}`,
    );
    return failed.length > 0 ? 1 : 0;
  },
});

function commandOf(service: Service, key: Key): Command | undefined {
  return service.type === 'process' || service.type === 'node' ? service[key] : undefined;
}

/** What instances of one service have in common: it is done once. */
function workOf(service: Service, { source }: Command): string | undefined {
  return service.instance && 'cwd' in service ? JSON.stringify([service.instance.of, service.cwd, source]) : undefined;
}

export const build = running('build');
export const test = running('test');
