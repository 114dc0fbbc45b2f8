/** Gives the orders of the dashboard's keys to the supervisor, and says what went wrong. */
import { type Diagnostic, formatDiagnostic, type Outcome, type Supervisor } from '../../index.js';
import { shortenPath } from '../output.js';
import type { Effect } from './message.js';

export type Order = Extract<Effect, { type: 'order' }>;

export interface Answer {
  readonly text: string;
  readonly isProblem: boolean;
}

/** What is seen on the services themselves is not said. */
export async function carryOut(supervisor: Supervisor, { order, services }: Order): Promise<Answer | undefined> {
  const names = services.length > 3 ? `${services.length} services` : services.join(', ');
  try {
    switch (order) {
      case 'watch':
      case 'unwatch':
        await supervisor.watch(services, order === 'watch');
        return said(`${order === 'watch' ? 'watched' : 'watched no more'}: ${names}`);
      case 'tail':
      case 'untail':
        await supervisor.tail(services, order === 'tail');
        return said(order === 'tail' ? `shown among all: ${names}` : `shown only by themselves: ${names}`);
      case 'debug':
        return await debug(supervisor, services);
      default:
        return problemOf(await supervisor[order](services));
    }
  } catch (error) {
    return problem(error);
  }
}

const said = (text: string): Answer => ({ text, isProblem: false });
const problem = (error: unknown): Answer => ({ text: describe(error), isProblem: true });

async function debug(supervisor: Supervisor, services: readonly string[]): Promise<Answer | undefined> {
  const nodes = services.filter(name => supervisor.system.services.get(name)?.type === 'node');
  const others = services.filter(name => !nodes.includes(name));
  if (nodes.length === 0)
    return { text: `no inspector for ${others.join(', ')}: only services of type node have one`, isProblem: true };
  const outcomes = await supervisor.start(nodes, { debug: true });
  const ports = nodes.flatMap(name => {
    const port = supervisor.status(name)?.inspectPort;
    return port === undefined ? [] : [`${name}: inspector on 127.0.0.1:${port}`];
  });
  return problemOf(outcomes) ?? (ports.length === 0 ? undefined : said(ports.join(', ')));
}

/** The first one that is no crash: those are seen, with their lines. */
function problemOf(outcomes: readonly Outcome[]): Answer | undefined {
  const found = outcomes.find(outcome => outcome.problem !== undefined && outcome.problem.code !== 'crashed')?.problem;
  return found && problem(found);
}

/** One line of what went wrong. */
export function describe(error: unknown): string {
  if (!isDiagnostic(error)) return error instanceof Error ? error.message : String(error);
  return formatDiagnostic({ ...error, severity: 'error' }, { path: shortenPath }).split('\n')[0]!;
}

function isDiagnostic(error: unknown): error is Diagnostic {
  return typeof error === 'object' && error !== null && 'severity' in error && 'message' in error;
}
