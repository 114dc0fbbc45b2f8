/** Gives the orders of the dashboard's keys to the supervisor, and says what went wrong. */
import { type Diagnostic, formatDiagnostic, type Outcome, type Supervisor } from '../../index.js';
import { shortenPath } from '../output.js';
import type { Effect } from './message.js';

export type Order = Extract<Effect, { type: 'order' }>;

/** Gives a sentence where something is wrong. The rest is seen on the services themselves. */
export async function carryOut(supervisor: Supervisor, { order, services }: Order): Promise<string | undefined> {
  try {
    switch (order) {
      case 'watch':
      case 'unwatch':
        await supervisor.watch(services, order === 'watch');
        return undefined;
      case 'tail':
      case 'untail':
        await supervisor.tail(services, order === 'tail');
        return undefined;
      case 'debug':
        return await debug(supervisor, services);
      default:
        return problemOf(await supervisor[order](services));
    }
  } catch (error) {
    return describe(error);
  }
}

async function debug(supervisor: Supervisor, services: readonly string[]): Promise<string | undefined> {
  const nodes = services.filter(name => supervisor.system.services.get(name)?.type === 'node');
  const others = services.filter(name => !nodes.includes(name));
  if (nodes.length === 0) return `no inspector for ${others.join(', ')}: only services of type node have one`;
  const outcomes = await supervisor.start(nodes, { debug: true });
  const ports = nodes.flatMap(name => {
    const port = supervisor.status(name)?.inspectPort;
    return port === undefined ? [] : [`${name}: inspector on 127.0.0.1:${port}`];
  });
  return problemOf(outcomes) ?? (ports.length === 0 ? undefined : ports.join(', '));
}

/** The first one that is no crash: those are seen, with their lines. */
function problemOf(outcomes: readonly Outcome[]): string | undefined {
  const problem = outcomes.find(
    outcome => outcome.problem !== undefined && outcome.problem.code !== 'crashed',
  )?.problem;
  return problem && describe(problem);
}

/** One line of what went wrong. */
export function describe(error: unknown): string {
  if (!isDiagnostic(error)) return error instanceof Error ? error.message : String(error);
  return formatDiagnostic({ ...error, severity: 'error' }, { path: shortenPath }).split('\n')[0]!;
}

function isDiagnostic(error: unknown): error is Diagnostic {
  return typeof error === 'object' && error !== null && 'severity' in error && 'message' in error;
}
