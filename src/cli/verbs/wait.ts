/** `wait`: until services are ready, or have stopped. */
import type { ServiceStatus } from '../../index.js';
import { readDuration } from '../moment.js';
import { formatAge } from '../render/duration.js';
import { describeState, formatState } from '../render/state.js';
import type { VerbImplementation } from '../verb.js';

/** What can be waited for: whether a service is there, and whether it can't get there by itself any more. */
const GOALS: Readonly<
  Record<string, { isThere(status: ServiceStatus): boolean; isHopeless(status: ServiceStatus): boolean }>
> = {
  ready: {
    isThere: ({ phase }) => phase.id === 'ready' || phase.id === 'completed',
    // A save may revive it, but nobody waits for a person here.
    isHopeless: ({ phase, type, unavailable }) =>
      phase.id === 'failed' || phase.id === 'stopped' || type === 'external' || unavailable !== undefined,
  },
  stopped: {
    isThere: ({ phase }) => ['stopped', 'completed', 'failed'].includes(phase.id),
    isHopeless: () => false,
  },
};

export const wait: VerbImplementation = {
  async run({ supervisor, system, out, signal }, { services, named, flags }) {
    const word = String(flags.get('until') ?? 'ready');
    const goal = GOALS[word];
    if (!goal) {
      out.complain(`--until takes ${Object.keys(GOALS).join(' or ')}, not "${word}"`);
      return 2;
    }
    const given = String(flags.get('timeout') ?? '60s');
    const timeoutMs = readDuration(given);
    if (timeoutMs === undefined) {
      out.complain(`--timeout takes a duration like 60s or 2m, not "${given}"`);
      return 2;
    }
    const isWanted = (name: string) =>
      named ||
      word === 'stopped' ||
      (system.services.get(name)?.type !== 'external' && wasAsked(supervisor.status(name)));
    const wanted = services.filter(isWanted);
    const missing = () =>
      wanted.flatMap(name => {
        const status = supervisor.status(name);
        return status === undefined || goal.isThere(status) ? [] : [status];
      });
    const began = Date.now();
    const isOver = () => {
      const left = missing();
      return left.length === 0 || left.some(goal.isHopeless);
    };
    const isTimely = await new Promise<boolean>(resolve => {
      const done = (result: boolean) => {
        clearTimeout(timer);
        end();
        resolve(result);
      };
      const timer = setTimeout(() => done(false), timeoutMs);
      const end = supervisor.subscribe(() => isOver() && done(true), { lines: false });
      signal.addEventListener('abort', () => done(true), { once: true });
      if (isOver()) done(true);
    });
    if (signal.aborted) return 130;
    const left = missing();
    if (flags.has('json'))
      for (const name of wanted) {
        const status = supervisor.status(name)!;
        out.json({ service: name, state: describeState(status, Date.now()).word, reached: goal.isThere(status) });
      }
    else if (left.length === 0)
      out.print(`${wanted.join(', ') || 'nothing'} ${word} after ${formatAge(Date.now() - began)}`);
    else {
      out.complain(isTimely ? `not ${word}:` : `not ${word} within ${given}:`);
      for (const status of left) out.complain(`  ${status.name} ${formatState(describeState(status, Date.now()))}`);
    }
    return left.length === 0 ? 0 : 1;
  },
};

/** What nobody has started is not waited for when "all" is meant. */
function wasAsked(status: ServiceStatus | undefined): boolean {
  return status !== undefined && !(status.phase.id === 'stopped' && status.cause?.type !== 'exit');
}
