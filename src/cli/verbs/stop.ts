/** `stop` and `kill`: ends services, and says who goes on without them. */
import { dependentsOf } from '../../index.js';
import { count, formatTook } from '../render/duration.js';
import { describeOutcome } from '../render/outcome.js';
import type { VerbImplementation } from '../verb.js';
import { showWhatHappens } from './what-happens.js';

const DOWN: ReadonlySet<string> = new Set(['stopped', 'completed', 'failed']);

const ending = (end: 'stop' | 'kill'): VerbImplementation => ({
  async run(context, { services, flags }) {
    const { supervisor, system, out } = context;
    const isRunning = (name: string) => !DOWN.has(supervisor.status(name)?.phase.id ?? 'stopped');
    const dependents = dependentsOf(system, services).filter(isRunning);
    const ended = flags.has('dependents') ? [...services, ...dependents] : services;
    const running = new Set(ended.filter(isRunning));
    const endShow = flags.has('json') ? () => {} : showWhatHappens(context);
    const outcomes = await supervisor[end](ended);
    endShow();
    const again = outcomes.filter(outcome => outcome.result === 'superseded').map(outcome => outcome.service);
    const code = again.length > 0 ? 1 : 0;
    if (flags.has('json')) {
      for (const outcome of outcomes) out.json(describeOutcome(outcome));
      return code;
    }
    const took = Math.max(0, ...outcomes.filter(({ service }) => running.has(service)).map(({ tookMs }) => tookMs));
    const verb = end === 'stop' ? 'stopped' : 'killed';
    out.print(
      running.size === 0 ? notRunning(services) : `${count(running.size, 'service')} ${verb} in ${formatTook(took)}`,
    );
    if (!flags.has('dependents') && dependents.length > 0) out.print(goOn(dependents, end, services));
    if (again.length > 0) out.print(`started again meanwhile: ${again.join(', ')}`);
    return code;
  },
});

function notRunning(services: readonly string[]): string {
  return services.length === 1 ? `${services[0]} does not run` : 'none of them runs';
}

/** What depends on the ended ones and was left alone. */
function goOn(dependents: readonly string[], end: string, services: readonly string[]): string {
  const command = `"${end} ${services.join(' ')} --dependents"`;
  return dependents.length === 1
    ? `${dependents[0]} depends on that and goes on running (${command} ends it, too)`
    : `${dependents.join(', ')} depend on that and go on running (${command} ends them, too)`;
}

export const stop = ending('stop');
export const kill = ending('kill');
