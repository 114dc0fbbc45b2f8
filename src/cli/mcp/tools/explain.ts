/** The tool that tells why a service does not run: exit, error, last lines, what waits for it. */
import { dependentsOf, formatOrigin, type Service, type ServiceStatus } from '../../../index.js';
import { describeExit, describeState, formatState, formatWholeState } from '../../render/state.js';
import { objectOf, servicesArgument, servicesOfWords } from '../arguments.js';
import { LINES_BUDGET, newestWithin } from '../bounds.js';
import { hintsOf } from '../hints.js';
import { type Call, defineTool, type Tool } from '../tool.js';
import { instant, readable } from './logs.js';

const DEFAULT_LINES = 30;
/** With this many in trouble at once, the lines of each are fewer. */
const MANY = 5;
const LINES_OF_MANY = 8;

interface ExplainGiven {
  readonly services?: readonly string[];
  readonly lines?: number;
}

/** Failed, does not answer, tried again, or up again after a crash; not what only waits for such a one. */
export function isInTrouble({ phase, unavailable, type, error, crashes, lastExit, cause }: ServiceStatus): boolean {
  if (type === 'external') return false;
  if (unavailable !== undefined || ['failed', 'unhealthy', 'backoff'].includes(phase.id)) return true;
  if (phase.id === 'stopped') return cause?.type === 'exit' && lastExit !== undefined && !isGood(lastExit);
  return error !== undefined && crashes > 0;
}

const isGood = (exit: NonNullable<ServiceStatus['lastExit']>) => exit.reason === 'code' && exit.code === 0;

const explainCrash = defineTool<ExplainGiven>({
  name: 'explain_crash',
  title: 'Why services do not run',
  description:
    'Explains what is wrong with services: how they ended (exit code, signal, or why they never ran), the recognised error with file:line, the last lines before it, restarts, which services wait for them, where they are defined, and hints (port taken, connection refused, module missing …). Without services: everything that is in trouble now.',
  input: objectOf({
    services: servicesArgument('all that have crashed, do not answer or can not start'),
    lines: {
      type: 'integer',
      minimum: 0,
      maximum: 200,
      description: `Last lines of each. Default: ${DEFAULT_LINES} (${LINES_OF_MANY} with more than ${MANY} services).`,
    },
  }),
  on: 'running',
  effect: 'reads',
  async run(call, given) {
    const { supervisor } = call;
    const asked = given.services !== undefined && given.services.length > 0;
    const names = asked
      ? servicesOfWords(call, given.services)
      : supervisor
          .statuses()
          .filter(isInTrouble)
          .map(({ name }) => name);
    const most = given.lines ?? (names.length > MANY ? LINES_OF_MANY : DEFAULT_LINES);
    const budget = LINES_BUDGET / Math.max(1, names.length);
    const explained = await Promise.all(names.map(name => explain(call, name, most, budget)));
    if (explained.length > 0) return { text: explained.map(textOf).join('\n\n'), data: { services: explained } };
    const waiting = supervisor.statuses().filter(({ phase }) => phase.id === 'waiting' || phase.id === 'starting');
    const ready = supervisor.statuses().filter(({ phase }) => phase.id === 'ready' || phase.id === 'completed');
    const slow = waiting.map(status => `${status.name} ${formatWholeState(describeState(status, Date.now()))}`);
    return {
      text: [`no service is in trouble: ${ready.length} ready or completed`, ...slow].join('\n'),
      data: { services: [], notReady: slow },
    };
  },
});

type Explained = Awaited<ReturnType<typeof explain>>;

async function explain({ supervisor, system }: Call, name: string, most: number, budget: number) {
  const status = supervisor.status(name)!;
  const service = system.services.get(name)!;
  const kept = await supervisor.lines(name);
  // What came before the crash: of a service that runs again, what the run before said.
  const live = ['ready', 'starting'].includes(status.phase.id) && status.crashes > 0 ? status.run?.id : undefined;
  const run = kept.findLast(line => live === undefined || line.run < live)?.run;
  const lines = kept.filter(line => line.run === run && line.text.trim() !== '');
  const lastLines = lines
    .slice(lines.length - Math.min(most, lines.length))
    .map(({ text, stream, at }) => ({ at: instant(at), stream, text: readable(text) }));
  const { phase, error } = status;
  const exit = 'exit' in phase && phase.exit !== undefined ? phase.exit : status.lastExit;
  const now = Date.now();
  const state = (each: ServiceStatus) => formatWholeState(describeState(each, now));
  const dependents = dependentsOf(system, [name]).flatMap(each => supervisor.status(each) ?? []);
  const directory = 'cwd' in service ? service.cwd : undefined;
  const neverRan = exit?.reason === 'not-started' ? exit.problem : undefined;
  return {
    service: name,
    state: describeState(status, now).word,
    summary: formatState(describeState(status, now)),
    since: status.since === 0 ? null : instant(status.since),
    exit: exit === undefined ? null : describeExit(exit),
    problem:
      neverRan === undefined
        ? (status.unavailable ?? null)
        : `${neverRan.message}${neverRan.at === undefined ? '' : ` (${formatOrigin(neverRan.at)})`}`,
    error:
      error === undefined
        ? null
        : {
            message: error.message,
            file: error.at?.file ?? null,
            line: error.at?.line ?? null,
            column: error.at?.column ?? null,
          },
    crashes: status.crashes,
    restarts: status.restarts,
    waitingFor: status.waitingFor.map(each => {
      const other = supervisor.status(each);
      return { service: each, state: other === undefined ? null : state(other) };
    }),
    waitForIt: dependents.filter(each => each.phase.id === 'waiting').map(each => each.name),
    needIt: dependents.map(each => each.name),
    command: 'command' in service ? (service.command?.source ?? null) : null,
    directory: directory ?? null,
    definedAt: formatOrigin(service.at),
    hints: [
      ...hintsOf({ service: name, exit, lines: lines.slice(-200).map(({ text }) => text), directory }, supervisor),
      ...silentPort(status, service),
    ],
    lastLines: newestWithin(lastLines, each => Buffer.byteLength(JSON.stringify(each)), budget),
  };
}

/** What a service that does not get ready is waited for, where the file says nothing else than its ports. */
function silentPort({ phase }: ServiceStatus, service: Service): string[] {
  const port = service.ports.find(({ automatic, protocol }) => !automatic && protocol === 'tcp');
  if (phase.id !== 'starting' || port === undefined || !('ready' in service) || service.ready !== undefined) return [];
  return [`nothing answers on port ${port.host} yet: it is ready as soon as it listens there (PORT tells it)`];
}

const placeText = ({ file, line, column }: NonNullable<Explained['error']>) =>
  file === null ? '' : [file, line, column].filter(part => part !== null).join(':');

function textOf(told: Explained): string {
  const rows: [string, string][] = [];
  const add = (label: string, text: string | null) => void (text !== null && text !== '' && rows.push([label, text]));
  const { error } = told;
  add('error', error && [error.message, placeText(error)].filter(Boolean).join('\n    at '));
  add('problem', told.problem);
  add('exit', told.exit);
  add('since', told.since);
  add('restarts', told.restarts > 0 ? String(told.restarts) : null);
  add(
    'waits for',
    told.waitingFor.map(({ service, state }) => (state === null ? service : `${service} (${state})`)).join(', '),
  );
  add('is waited for by', told.waitForIt.join(', '));
  add('is needed by', told.needIt.filter(name => !told.waitForIt.includes(name)).join(', '));
  add('command', told.command);
  add('directory', told.directory);
  add('defined', told.definedAt);
  for (const hint of told.hints) add('hint', hint);
  const lines = told.lastLines.map(({ stream, text }) => `  ${stream === 'stderr' ? '!' : '|'} ${text}`);
  return [
    `${told.service}: ${told.summary}`,
    ...rows.map(([label, text]) => `  ${label}: ${text}`),
    ...(lines.length > 0 ? [`  last ${lines.length === 1 ? 'line' : 'lines'}:`, ...lines] : []),
  ].join('\n');
}

export const explainTools: readonly Tool[] = [explainCrash];
