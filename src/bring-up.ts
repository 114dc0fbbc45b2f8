/** Starts services for somebody who needs them: until all are ready, or at least until all were started. */
import type { Outcome, ServiceStatus, Supervisor } from './control.js';
import { withDependencies } from './graph.js';

/** ms that whoever needs a system waits for it, if nothing else is said. */
export const BRING_UP_MS = 60_000;

export interface BringUpOptions {
  /** `ready` (default): as `start` says. `started`: everything was launched, whether or not it answers yet. */
  readonly until?: Until;
  /** ms to wait; default {@link BRING_UP_MS}. Pulls and builds of images don't count. */
  readonly timeoutMs?: number;
}

export type Until = 'ready' | 'started';

/** Starts these services and what they need. What each of them came to is told as `start` tells it. */
export async function bringUp(
  supervisor: Supervisor,
  names: readonly string[],
  { until = 'ready', timeoutMs = BRING_UP_MS }: BringUpOptions = {},
): Promise<readonly Outcome[]> {
  if (until === 'ready') return supervisor.start(names, { patienceMs: timeoutMs });
  const begun = performance.now();
  const wanted = withDependencies(supervisor.system, names);
  const launched = new Set<string>();
  let end = () => {};
  const allLaunched = new Promise<readonly Outcome[]>(resolve => {
    const review = () => {
      const statuses = wanted.map(name => supervisor.status(name)!);
      if (!statuses.every(status => launched.has(status.name) || hasBegun(status))) return;
      const tookMs = Math.round(performance.now() - begun);
      resolve(statuses.map(status => ({ service: status.name, tookMs, ...standing(status) })));
    };
    end = supervisor.subscribe(
      event => {
        if (event.type === 'launched') launched.add(event.service);
        if (event.type === 'launched' || event.type === 'phase') review();
      },
      { lines: false },
    );
  });
  try {
    return await Promise.race([supervisor.start(names, { patienceMs: timeoutMs }), allLaunched]);
  } finally {
    end();
  }
}

/** Whether this is what was waited for. What can't be started here, or runs elsewhere, is nobody's failure. */
export function cameUp({ result }: Outcome, until: Until = 'ready'): boolean {
  if (result === 'starting') return until === 'started';
  return result === 'ready' || result === 'completed' || result === 'unavailable';
}

function hasBegun({ phase, unavailable, run }: ServiceStatus): boolean {
  if (unavailable !== undefined || run !== undefined) return true;
  return phase.id === 'completed' || phase.id === 'failed';
}

function standing({ phase, unavailable }: ServiceStatus): Pick<Outcome, 'result' | 'problem'> {
  if (unavailable !== undefined) return { result: 'unavailable' };
  if (phase.id === 'ready' || phase.id === 'completed') return { result: phase.id };
  if (phase.id !== 'failed') return { result: 'starting' };
  return { result: 'failed', ...(phase.exit.reason === 'not-started' && { problem: phase.exit.problem }) };
}
