/** `start`, `restart`, `debug`: gives the order, waits, and says in the end what came of it. */
import { formatOrigin, type Outcome } from '../../index.js';
import { shortenPath } from '../output.js';
import { formatTook } from '../render/duration.js';
import { describeOutcome } from '../render/outcome.js';
import { describeState, formatError, formatState } from '../render/state.js';
import type { Context, VerbImplementation } from '../verb.js';
import { showWhatHappens } from './what-happens.js';

const ordering = (order: 'start' | 'restart'): VerbImplementation => ({
  async run(context, { services, flags }) {
    const isJson = flags.has('json');
    const endCancelling = cancelImages(context);
    const endShow = isJson ? () => {} : showWhatHappens(context);
    try {
      const outcomes = await context.supervisor[order](services);
      if (!isJson) return await summarize(context, outcomes);
      for (const outcome of outcomes) context.out.json(describeOutcome(outcome));
      return exitCodeOf(outcomes);
    } finally {
      endCancelling();
      endShow();
    }
  },
});

export const start = ordering('start');
export const restart = ordering('restart');
export const debug: VerbImplementation = {
  async run(context, { services, flags }) {
    const { supervisor, system, out } = context;
    const isJson = flags.has('json');
    const others = services.filter(name => system.services.get(name)?.type !== 'node');
    if (others.length > 0) out.complain(`no inspector for ${others.join(', ')}: only services of type node have one`);
    const nodes = services.filter(name => !others.includes(name));
    if (nodes.length === 0) return 1;
    const endShow = isJson ? () => {} : showWhatHappens(context);
    const outcomes = await supervisor.start(nodes, { debug: true });
    endShow();
    if (isJson) {
      for (const outcome of outcomes)
        out.json({ ...describeOutcome(outcome), inspectPort: supervisor.status(outcome.service)?.inspectPort ?? null });
      return exitCodeOf(outcomes);
    }
    for (const { service } of outcomes) {
      const port = supervisor.status(service)?.inspectPort;
      if (port !== undefined)
        out.print(`${service}: inspector on 127.0.0.1:${port} (chrome://inspect, or "attach" of your editor)`);
    }
    return summarize(context, outcomes);
  },
};

/** Ctrl-C gives up the images that are being fetched or built for this command, and the starts that wait for them. */
function cancelImages({ supervisor, out, signal }: Context): () => void {
  const waiting = new Set<string>();
  const unsubscribe = supervisor.subscribe(
    event => {
      if (event.type !== 'progress') return;
      if (event.state === 'done' || event.state === 'failed') waiting.delete(event.service);
      else waiting.add(event.service);
    },
    { lines: false },
  );
  const cancel = () => {
    if (waiting.size === 0) return;
    const names = [...waiting];
    out.print(`given up: the image${names.length === 1 ? '' : 's'} of ${names.join(', ')}`);
    void supervisor.stop(names);
  };
  signal.addEventListener('abort', cancel, { once: true });
  return () => {
    unsubscribe();
    signal.removeEventListener('abort', cancel);
  };
}

/** What a summary needs. */
type Told = Pick<Context, 'supervisor' | 'system' | 'out' | 'shell'>;

/** Lines of a failed service that the summary repeats where nothing tells the error itself. */
export const LAST_LINES = 5;

/** Says what failed and why, what waits for what, and one line about all; gives the exit code. */
export async function summarize(context: Told, outcomes: readonly Outcome[]): Promise<number> {
  const { supervisor, system, out } = context;
  const { paint } = out;
  const of = (...results: Outcome['result'][]) => outcomes.filter(({ result }) => results.includes(result));
  const isExternal = ({ service }: Outcome) => system.services.get(service)?.type === 'external';
  const unavailable = of('unavailable').filter(outcome => !isExternal(outcome));

  // At the prompt everything of a single service was said when it happened, right above.
  // What keeps everything from starting (another fuge runs the system) is told once.
  if (outcomes.length > 1 || !context.shell) {
    const failures = await Promise.all(of('failed').map(outcome => failure(context, outcome)));
    for (const text of new Set(failures)) out.print(text);
  }
  for (const [need, services] of waitsOf(context, of('waiting'))) {
    const [wait, go] = services.length === 1 ? ['waits', 'it goes on by itself'] : ['wait', 'they go on by themselves'];
    out.print(`${paint.yellow('…')} ${services.join(', ')} ${wait} for ${need}; ${go}`);
  }
  for (const { service } of of('starting')) {
    out.print(`${paint.yellow('…')} ${service} is not ready yet${portHint(supervisor.status(service)?.ports)}`);
    if (!context.shell) for (const line of await lastLines(context, service)) out.print(line);
  }
  if (of('unavailable').length === outcomes.length)
    for (const { service } of outcomes) {
      const why = supervisor.status(service)?.unavailable;
      out.print(`${paint.yellow('!')} ${service} can't be started here${why === undefined ? '' : `: ${why}`}`);
    }

  const up = of('ready', 'completed');
  const took = formatTook(Math.max(0, ...up.map(outcome => outcome.tookMs)));
  const parts = [
    of('ready').length > 0 ? paint.green(`${of('ready').length} ready`) : '',
    of('completed').length > 0 ? `${of('completed').length} completed` : '',
  ].filter(part => part !== '');
  if (parts.length > 0) parts.push(`${parts.pop()!} in ${took}`);
  parts.push(
    ...[
      named('failed', of('failed'), paint.red),
      named('waiting', of('waiting'), paint.yellow),
      named('still starting', of('starting'), paint.yellow),
      named('not available', unavailable, paint.yellow),
      named('elsewhere', of('unavailable').filter(isExternal), paint.dim),
      named('stopped meanwhile', of('superseded'), paint.yellow),
    ].filter(part => part !== ''),
  );
  out.print(parts.length === 0 ? 'nothing to start' : parts.join(', '));
  return exitCodeOf(outcomes);
}

/** 1 where something that was asked for did not come up. */
export function exitCodeOf(outcomes: readonly Outcome[]): number {
  const bad: readonly Outcome['result'][] = ['failed', 'waiting', 'starting', 'superseded'];
  if (outcomes.some(({ result }) => bad.includes(result))) return 1;
  // What can't be started here was not asked to run here, unless nothing else was asked for.
  return outcomes.length > 0 && outcomes.every(({ result }) => result === 'unavailable') ? 1 : 0;
}

/** `✗ api crashed, code 1: ReferenceError: … (api/server.js:14:9)`, or its last lines where no error is known; or why it never ran. */
async function failure(context: Told, { service, problem }: Outcome): Promise<string> {
  const { supervisor, system, out } = context;
  const { paint } = out;
  const status = supervisor.status(service);
  const mark = paint.red('✗');
  if (problem !== undefined && problem.code !== 'crashed') {
    const { message, at, hint } = problem;
    const head = `${mark} ${message}${at === undefined ? '' : ` (${formatOrigin(at, { path: shortenPath })})`}`;
    return hint === undefined ? head : `${head}\n  hint: ${hint}`;
  }
  const name = paint.bold(paint.service([...system.services.keys()].indexOf(service), service));
  const state = status && formatState(describeState(status, Date.now()));
  const head = `${mark} ${name} ${state ?? 'failed'}`;
  if (status?.error !== undefined) return `${head}: ${formatError(status.error)}`;
  return [head, ...(await lastLines(context, service))].join('\n');
}

async function lastLines({ supervisor, out }: Told, service: string): Promise<string[]> {
  const lines = (await supervisor.lines(service)).filter(({ text }) => text.trim() !== '');
  return lines.slice(-LAST_LINES).map(({ text }) => `    ${out.paint.dim(text)}`);
}

/** The waiting services by what they wait for, so that many that wait for one thing are told once. */
function waitsOf(context: Told, outcomes: readonly Outcome[]): Map<string, string[]> {
  const waits = new Map<string, string[]>();
  for (const { service, waitingFor = [] } of outcomes) {
    // What was there in the meantime is no longer waited for.
    const now = context.supervisor.status(service)?.waitingFor ?? [];
    const needs = (now.length > 0 ? now : waitingFor).map(name => describeNeed(context, name));
    const need = needs.length > 0 ? needs.join(', ') : 'its start';
    waits.set(need, [...(waits.get(need) ?? []), service]);
  }
  return waits;
}

/** `db (crashed, code 1)`. */
function describeNeed({ supervisor }: Told, name: string): string {
  const status = supervisor.status(name);
  return status === undefined ? name : `${name} (${formatState(describeState(status, Date.now()))})`;
}

function named(what: string, outcomes: readonly Outcome[], paint: (text: string) => string): string {
  if (outcomes.length === 0) return '';
  return `${paint(`${outcomes.length} ${what}`)} (${outcomes.map(outcome => outcome.service).join(', ')})`;
}

function portHint(ports: readonly { readonly host: number; readonly automatic: boolean }[] = []): string {
  const port = ports.find(each => !each.automatic);
  return port ? `: nothing answers on port ${port.host}` : '';
}
