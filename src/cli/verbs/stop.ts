/** `stop` and `kill`: ends services, and says who goes on without them. */
import { dependentsOf } from '../../index.js';
import { count, formatTook } from '../render/duration.js';
import type { Context, VerbImplementation } from '../verb.js';

const isRunning = ({ supervisor }: Context, name: string) => {
  const id = supervisor.status(name)?.phase.id;
  return id !== undefined && !['stopped', 'completed', 'failed'].includes(id);
};

const ending = (end: 'stop' | 'kill'): VerbImplementation => ({
  async run(context, { services, flags }) {
    const { supervisor, system, out } = context;
    const dependents = dependentsOf(system, services).filter(name => isRunning(context, name));
    const isAll = flags.has('dependents');
    const ended = isAll ? [...services, ...dependents] : services;
    const running = ended.filter(name => isRunning(context, name));
    const outcomes = await supervisor[end](ended);
    if (!isAll && dependents.length > 0) {
      const depend = dependents.length === 1 ? 'depends' : 'depend';
      const it = dependents.length === 1 ? 'it goes on' : 'they go on';
      out.print(
        `${dependents.join(', ')} ${depend} on ${services.join(', ')}; ${it} running ("${end} ${services.join(' ')} --dependents" ends ${dependents.length === 1 ? 'it' : 'them'} too)`,
      );
    }
    const took = Math.max(
      0,
      ...outcomes.filter(({ service }) => running.includes(service)).map(({ tookMs }) => tookMs),
    );
    const again = outcomes.filter(outcome => outcome.result === 'superseded').map(outcome => outcome.service);
    if (running.length === 0)
      out.print(
        `${services.length === 1 ? `${services[0]} does` : 'none of them'} not run`.replace(
          'none of them not run',
          'none of them runs',
        ),
      );
    else out.print(`${count(running.length, 'service')} stopped in ${formatTook(took)}`);
    if (again.length > 0) out.print(`started again meanwhile: ${again.join(', ')}`);
    return again.length > 0 ? 1 : 0;
  },
});

export const stop = ending('stop');
export const kill = ending('kill');
