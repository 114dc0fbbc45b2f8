/** Commands that start and stop services. */
import type { Operand, Verb } from '../../verb.js';
import { json, watchConfig } from './flags.js';

const services: readonly Operand[] = [{ kind: 'services', optional: false }];
/** What starts something: `all` is then what takes part by the chosen profiles. */
const active: readonly Operand[] = [{ kind: 'services', optional: false, active: true }];

export const run: readonly Verb[] = [
  {
    name: 'shell',
    topic: 'run',
    summary: 'opens the prompt over the system',
    details:
      'Everything else is typed there. Without a file it looks for fuge.yml, fuge.yaml, system.yml and fuge/fuge.yml, here and then upwards. When commands come from a pipe or a file, each runs to its end, and the exit code is 1 if one failed.',
    operands: [],
    flags: [{ name: 'start', summary: 'starts all services at once' }, watchConfig],
    examples: [
      { line: 'shell', says: 'the system file here or above' },
      { line: 'shell fuge/fuge.yml --start', says: 'this one, started' },
    ],
    where: ['argv'],
    // The command line opens the shell itself: it outlives a single command.
    load: async () => {
      throw new Error('shell is no command of the prompt');
    },
  },
  {
    name: 'start',
    topic: 'run',
    summary: 'starts services and waits until they are ready',
    details:
      'Services that run already are left alone. All start in parallel, and what they depend on with them; each starts when what it depends on is there. Services of profiles that are not chosen are no part of "all"; named, they start.',
    operands: active,
    flags: [json],
    examples: [
      { line: 'start all', says: 'the whole system' },
      { line: 'start api web', says: 'two services' },
      { line: 'start backend', says: 'a group' },
      { line: "start 'api-*'", says: 'every service whose name begins so' },
    ],
    on: 'running',
    where: ['shell', 'argv'],
    load: async () => (await import('../start.js')).start,
  },
  {
    name: 'stop',
    topic: 'run',
    summary: 'stops services and waits until they are gone',
    details:
      'Signal, grace, SIGKILL, until the whole process group is gone. What depends on them goes on running, and is named; --dependents stops it too.',
    operands: services,
    flags: [{ name: 'dependents', summary: 'stops what depends on them too' }, json],
    examples: [
      { line: 'stop api', says: 'one service' },
      { line: 'stop all', says: 'the whole system; fuge stays' },
    ],
    on: 'running',
    where: ['shell', 'argv'],
    load: async () => (await import('../stop.js')).stop,
  },
  {
    name: 'restart',
    topic: 'run',
    summary: 'stops and starts services',
    details: 'What is not running is started.',
    operands: active,
    flags: [json],
    examples: [
      { line: 'restart api', says: 'one service' },
      { line: 'restart backend', says: 'a group' },
    ],
    on: 'running',
    where: ['shell', 'argv'],
    load: async () => (await import('../start.js')).restart,
  },
  {
    name: 'kill',
    topic: 'run',
    summary: 'ends services with SIGKILL at once',
    operands: services,
    flags: [{ name: 'dependents', summary: 'ends what depends on them too' }, json],
    examples: [{ line: 'kill api', says: 'one service that does not listen' }],
    on: 'running',
    where: ['shell', 'argv'],
    load: async () => (await import('../stop.js')).kill,
  },
  {
    name: 'debug',
    topic: 'run',
    summary: "starts services with Node's inspector",
    details:
      'For services of type node. Each service has an inspector port of its own that stays the same over restarts; "info" shows it. A running service is restarted.',
    operands: active,
    flags: [json],
    examples: [{ line: 'debug api', says: 'one service, then attach the debugger to the port shown' }],
    on: 'running',
    where: ['shell', 'argv'],
    load: async () => (await import('../start.js')).debug,
  },
  {
    name: 'exec',
    topic: 'run',
    summary: 'runs a command inside a service',
    details:
      "In a running container; or, for a process, in its directory with its environment. Without a command: a shell. The keyboard is the command's until it ends, Ctrl-C too.",
    operands: [{ kind: 'service' }, { kind: 'command', optional: true }],
    flags: [],
    examples: [
      { line: 'exec db redis-cli', says: 'a client inside the container' },
      { line: 'exec api npm ls', says: "in the service's directory" },
      { line: 'exec db', says: 'a shell in the container' },
    ],
    on: 'running',
    where: ['shell', 'argv'],
    load: async () => (await import('../exec.js')).exec,
  },
  {
    name: 'switch',
    topic: 'run',
    summary: 'turns a process into a container, or back',
    details:
      'For services that have both "run" and "image". Name and ports stay the same; what runs is stopped and started in its other form.',
    operands: services,
    flags: [json],
    examples: [{ line: 'switch api', says: 'the other form of one service' }],
    on: 'running',
    where: ['shell', 'argv'],
    load: async () => (await import('../switch.js')).switchForm,
  },
  {
    name: 'set',
    topic: 'run',
    summary: 'sets variables that apply on the next start',
    details:
      'They are above everything that the files say. NAME= sets an empty value, --unset takes back what was set.',
    operands: [{ kind: 'services', optional: false }, { kind: 'assignments' }],
    flags: [{ name: 'unset', short: 'u', value: 'NAME', summary: 'takes back a variable that was set here' }, json],
    examples: [
      { line: 'set api LOG_LEVEL=debug', says: 'one variable' },
      { line: 'set api -u LOG_LEVEL', says: 'as the files say again' },
    ],
    on: 'running',
    where: ['shell', 'argv'],
    load: async () => (await import('../set.js')).set,
  },
  {
    name: 'reload',
    topic: 'run',
    summary: 'applies the edited system file',
    details:
      'What changed restarts, what was added appears, what was removed stops. If the file has errors they are shown, and everything goes on as it was.',
    operands: [],
    flags: [json],
    examples: [{ line: 'reload', says: 'after an edit of the system file' }],
    on: 'running',
    where: ['shell', 'argv'],
    load: async () => (await import('../reload.js')).reload,
  },
];
