/** Tools that wait for services, and, with --allow-control, those that start and stop them. */
import { down } from '../../verbs/down.js';
import { reload } from '../../verbs/reload.js';
import { restart, start } from '../../verbs/start.js';
import { kill, stop } from '../../verbs/stop.js';
import { wait } from '../../verbs/wait.js';
import { objectOf, servicesArgument, servicesOfWords } from '../arguments.js';
import { JSON_FLAG, said } from '../said.js';
import { type Call, defineTool, type Tool } from '../tool.js';
import { standingsOf } from './see.js';

interface ServicesGiven {
  readonly services: readonly string[];
}

const LONGEST_WAIT_S = 600;

const timeoutArgument = (default_: number) =>
  ({
    type: 'integer',
    minimum: 1,
    maximum: LONGEST_WAIT_S,
    description: `Seconds to wait at most. Default: ${default_}.`,
  }) as const;

const reasonText = ({ name, state, reason }: ReturnType<typeof standingsOf>[number]) =>
  `${name} ${state}${reason === null ? '' : `: ${reason}`}`;

const waitUntilReady = defineTool<Partial<ServicesGiven> & { readonly timeout_seconds?: number }>({
  name: 'wait_until_ready',
  title: 'Wait until services are ready',
  description:
    'Waits until services are ready (tasks: completed) and returns at once if they are, or as soon as one has failed for good. Use it after an edit that restarts a service, or after a start, before anything is sent to it.',
  input: objectOf({
    services: servicesArgument('all that were started'),
    timeout_seconds: timeoutArgument(30),
  }),
  on: 'running',
  effect: 'reads',
  async run(call, given) {
    const asked = given.services !== undefined && given.services.length > 0;
    const names = servicesOfWords(call, given.services).filter(
      name => asked || (call.system.services.get(name)?.type !== 'external' && wasStarted(call, name)),
    );
    const seconds = given.timeout_seconds ?? 30;
    const { rows } = await said(call, wait, { services: names, flags: [...JSON_FLAG, ['timeout', `${seconds}s`]] });
    const reached = new Map((rows as { service: string; reached: boolean }[]).map(row => [row.service, row.reached]));
    const services = standingsOf(call, names).map(each => ({ ...each, isReady: reached.get(each.name) === true }));
    const missing = services.filter(({ isReady }) => !isReady);
    const text =
      services.length === 0
        ? 'nothing was started, so there is nothing to wait for'
        : missing.length === 0
          ? `ready: ${names.join(', ')}`
          : [`not ready (waited ${seconds} s at most):`, ...missing.map(each => `  ${reasonText(each)}`)].join('\n');
    return { text, data: { isReady: missing.length === 0, services } };
  },
});

/** What nobody has started is not waited for. */
function wasStarted({ supervisor }: Call, name: string): boolean {
  const status = supervisor.status(name);
  return status !== undefined && !(status.phase.id === 'stopped' && status.cause?.type !== 'exit');
}

/** Runs a command that steers, and tells how the services stand then. */
async function steer(call: Call, names: readonly string[], run: () => Promise<{ code: number; text: string }>) {
  const { code, text } = await run();
  return { text, data: { isDone: code === 0, told: text, services: standingsOf(call, names) } };
}

const servicesInput = objectOf({ services: servicesArgument(undefined) }, ['services']);

const startTool = defineTool<ServicesGiven>({
  name: 'start',
  title: 'Start services',
  description:
    'Starts services and everything they need, and returns when each is ready, has failed, or is still starting after 15 s. What runs already is left alone. `isDone` is false where one failed; explain_crash tells why.',
  input: servicesInput,
  on: 'running',
  effect: 'changes',
  isIdempotent: true,
  run(call, given) {
    const names = servicesOfWords(call, given.services, true);
    return steer(call, names, () => said(call, start, { services: names }));
  },
});

const restartTool = defineTool<ServicesGiven>({
  name: 'restart',
  title: 'Restart services',
  description:
    'Stops services and starts them again (one that does not run is started), and returns when each is ready, has failed, or is still starting after 15 s. Not needed after an edit of a watched file: that restarts the service by itself.',
  input: servicesInput,
  on: 'running',
  effect: 'ends',
  run(call, given) {
    const names = servicesOfWords(call, given.services, true);
    return steer(call, names, () => said(call, restart, { services: names }));
  },
});

const stopTool = defineTool<ServicesGiven & { readonly dependents?: boolean; readonly kill?: boolean }>({
  name: 'stop',
  title: 'Stop services',
  description:
    'Stops services, and returns when their whole process groups are gone. Services that depend on them go on running unless `dependents` is given.',
  input: objectOf(
    {
      services: servicesArgument(undefined),
      dependents: { type: 'boolean', description: 'Also what depends on them. Default: false.' },
      kill: { type: 'boolean', description: 'By SIGKILL at once, without their time to end. Default: false.' },
    },
    ['services'],
  ),
  on: 'running',
  effect: 'ends',
  isIdempotent: true,
  run(call, given) {
    const names = servicesOfWords(call, given.services);
    const flags = given.dependents ? [['dependents', true] as const] : [];
    return steer(call, names, () => said(call, given.kill ? kill : stop, { services: names, flags }));
  },
});

const reloadTool = defineTool({
  name: 'reload',
  title: 'Apply the edited system file',
  description:
    'Reads the system file again and applies it to the running system: only what changed restarts, added services appear (stopped), removed ones stop. A file with errors changes nothing; its problems are told.',
  input: objectOf({}),
  on: 'running',
  effect: 'ends',
  isIdempotent: true,
  run: call => steer(call, [], () => said(call, reload)),
});

const downTool = defineTool({
  name: 'down',
  title: 'Stop the whole system',
  description:
    'Stops all services and the fuge that runs them, and returns when nothing is left. Volumes of containers are kept. `up` starts the system again.',
  input: objectOf({}),
  on: 'running',
  effect: 'ends',
  isIdempotent: true,
  async run(call) {
    const { name, file } = call.system;
    await said(call, down, { flags: JSON_FLAG });
    return { text: `${name} is stopped: nothing of it runs any more`, data: { system: name, file, isDone: true } };
  },
});

const upTool = defineTool<Partial<ServicesGiven> & { readonly timeout_seconds?: number }>({
  name: 'up',
  title: 'Start the system in the background',
  description:
    'Starts the system of the system file in the background, as "fuge up -d" does, and returns when its services are ready, or tells which failed, with their last lines. A system that runs already gets the services that it lacks. It goes on running when this server ends; `down` stops it.',
  input: objectOf({ services: servicesArgument('all'), timeout_seconds: timeoutArgument(45) }),
  on: 'none',
  effect: 'changes',
  isIdempotent: true,
  async run(call, given) {
    const { code, text } = await call.startInBackground(given.services ?? [], `${given.timeout_seconds ?? 45}s`);
    return { text, data: { isDone: code === 0, told: text } };
  },
});

export const steering: readonly Tool[] = [
  waitUntilReady,
  upTool,
  startTool,
  restartTool,
  stopTool,
  reloadTool,
  downTool,
];
