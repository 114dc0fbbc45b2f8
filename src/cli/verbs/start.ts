/** `start`, `restart`, `debug`: gives the order, waits, and says in the end what came of it. */
import type { Outcome } from '../../index.js';
import { formatTook } from '../render/duration.js';
import type { Context, Input, VerbImplementation } from '../verb.js';

type Order = (context: Context, input: Input) => Promise<readonly Outcome[]>;

const ordering = (order: Order): VerbImplementation => ({
  async run(context, input) {
    const outcomes = await order(context, input);
    return summarize(context, outcomes);
  },
});

export const start = ordering(({ supervisor }, { services }) => supervisor.start(services));
export const restart = ordering(({ supervisor }, { services }) => supervisor.restart(services));
export const debug = ordering(async ({ supervisor, out }, { services }) => {
  const outcomes = await supervisor.start(services, { debug: true });
  for (const { service } of outcomes) {
    const port = supervisor.status(service)?.inspectPort;
    if (port !== undefined)
      out.print(`${service}: inspector on 127.0.0.1:${port} (chrome://inspect, or "attach" of your editor)`);
  }
  return outcomes;
});

/** Lines of a failed service that the summary repeats. */
const LAST_LINES = 5;

/** Says what failed and why, what waits for what, and one line about all; gives the exit code. */
function summarize({ supervisor, out }: Context, outcomes: readonly Outcome[]): number {
  const { paint } = out;
  const of = (result: Outcome['result']) => outcomes.filter(outcome => outcome.result === result);
  for (const { service, problem } of of('failed')) {
    if (!problem) continue;
    out.diagnose(problem);
    if (problem.code !== 'crashed') continue;
    for (const { text } of supervisor.lines(service, LAST_LINES)) out.print(`    ${paint.dim(text)}`);
  }
  for (const { service, waitingFor = [] } of of('waiting'))
    out.print(
      `${paint.yellow('waiting')} ${service} waits for ${waitingFor.join(', ')}, and goes on by itself when that is there`,
    );
  for (const { service } of of('starting'))
    out.print(`${paint.yellow('starting')} ${service} is not ready yet${portHint(supervisor.status(service)?.ports)}`);

  const took = Math.max(0, ...[...of('ready'), ...of('completed')].map(outcome => outcome.tookMs));
  const parts = [
    of('ready').length > 0 ? `${paint.green(`${of('ready').length} ready`)} in ${formatTook(took)}` : '',
    of('completed').length > 0 ? `${of('completed').length} completed` : '',
    named('failed', of('failed'), paint.red),
    named('waiting', of('waiting'), paint.yellow),
    named('still starting', of('starting'), paint.yellow),
    named('not available', of('unavailable'), paint.yellow),
    named('stopped meanwhile', of('superseded'), paint.yellow),
  ].filter(part => part !== '');
  out.print(parts.length === 0 ? 'nothing to start' : parts.join(', '));
  // What can't be started here was not asked to run here, unless it was named alone.
  const isBad = ['failed', 'waiting', 'starting', 'superseded'].some(
    result => of(result as Outcome['result']).length > 0,
  );
  return isBad || (outcomes.length > 0 && of('unavailable').length === outcomes.length) ? 1 : 0;
}

function named(what: string, outcomes: readonly Outcome[], paint: (text: string) => string): string {
  if (outcomes.length === 0) return '';
  return `${paint(`${outcomes.length} ${what}`)} (${outcomes.map(outcome => outcome.service).join(', ')})`;
}

function portHint(ports: readonly { readonly host: number; readonly automatic: boolean }[] = []): string {
  const port = ports.find(each => !each.automatic);
  return port ? `: nothing answers on port ${port.host}` : '';
}
