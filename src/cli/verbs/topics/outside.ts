/** Commands of the command line about systems that run without a prompt, or at another one. */
import type { Verb } from '../../verb.js';
import { json, reveal, watchConfig } from './flags.js';

const timeout = {
  name: 'timeout',
  value: 'duration',
  summary: 'how long to wait, like 90s or 2m (default 60s)',
} as const;

/** What opens something itself, instead of being one command among others. */
const opensItself = (name: string) => async () => {
  throw new Error(`${name} is no command of the prompt`);
};

export const outside: readonly Verb[] = [
  {
    name: 'up',
    topic: 'run',
    summary: 'runs the system without a prompt',
    details:
      'Starts services (all, if none is named) and prints what they print, until Ctrl-C stops them all, or until nothing runs any more.\n\nWith -d the system runs in the background, and the command returns as soon as the services are ready: exit code 0. Where one is not, it is named with its last lines, the rest goes on, and the exit code is 1. A system that runs already gets the services that it lacks. What fuge itself says goes to fuge.log beside the log files.',
    operands: [{ kind: 'services', optional: true, active: true }],
    flags: [
      { name: 'detach', short: 'd', summary: 'runs it in the background, and returns when the services are ready' },
      { name: 'wait', summary: 'the same' },
      { name: 'ui', summary: 'shows it on one screen, as "fuge dashboard" does' },
      timeout,
      { name: 'no-watch', summary: 'restarts nothing when files are saved' },
      watchConfig,
      json,
    ],
    examples: [
      { line: 'up', says: 'the whole system, here' },
      { line: 'up -d --timeout 2m', says: 'in the background; for scripts' },
      { line: 'up -d api web', says: 'two services and what they need' },
    ],
    where: ['argv'],
    load: opensItself('up'),
  },
  {
    name: 'run',
    topic: 'run',
    summary: 'brings the system up for one command: npm test',
    details:
      "Starts the system, runs the command when all is ready, and stops the system again. The command is told where the services are, as they are told of each other, and gets the environment that the system file says for all; its standard input and output are the terminal's. The exit code is its own; 1 if a service does not come up, and the command is not run then. What fuge says goes to standard error.\n\nWhere another fuge runs the system already, that one gets the services that it lacks, and goes on afterwards. Nothing restarts when files are saved, unless --watch is given.\n\nThe last lines of failed services are printed at the end; with --artifacts the logs are saved instead.",
    operands: [
      { kind: 'services', optional: true, active: true },
      { kind: 'command', behindDashes: true },
    ],
    flags: [
      { name: 'until', value: 'state', summary: 'ready (default) or started' },
      timeout,
      {
        name: 'services',
        value: 'names',
        summary: 'services or groups, by commas: the same as before the "--"',
        repeatable: true,
      },
      { name: 'report', value: 'file.xml', summary: 'writes what became of each service, in the form of JUnit' },
      { name: 'artifacts', value: 'directory', summary: 'saves the logs of the services and summary.json there' },
      { name: 'logs', summary: 'shows what services print, on standard error' },
      { name: 'watch', summary: 'restarts services when their files are saved' },
      { name: 'fresh', summary: 'refuses where the system runs already' },
    ],
    examples: [
      { line: 'run -- npm test', says: 'the tests' },
      { line: 'run api --report fuge.xml -- npm test', says: 'for CI' },
      { line: "run -- 'npm run a && npm run b'", says: 'a shell line' },
    ],
    where: ['argv'],
    load: opensItself('run'),
  },
  {
    name: 'down',
    topic: 'run',
    summary: 'stops the system that runs, and its fuge',
    details:
      'Whoever runs it: a shell in another terminal ends, too. Returns when nothing is left. Ctrl-C meanwhile kills what still runs. With --volumes the volumes of its containers are removed, with what is in them.',
    operands: [],
    flags: [
      { name: 'volumes', summary: 'removes the volumes of its containers, too' },
      { name: 'force', summary: 'kills at once' },
      json,
    ],
    examples: [
      { line: 'down', says: 'the system of the file here or above' },
      { line: 'down --volumes', says: 'with its data' },
    ],
    on: 'either',
    where: ['shell', 'argv'],
    load: async () => (await import('../down.js')).down,
  },
  {
    name: 'attach',
    topic: 'run',
    summary: 'types into a service; or a prompt on a system',
    details:
      'A service with "tty: true" has a terminal of its own: everything that is typed goes to it, Ctrl-C too, until Ctrl-] leaves it; it goes on.\n\nWithout a service, on the command line: a prompt. All commands work as in the shell that runs the system. "exit" leaves it as it is, "down" stops it.',
    operands: [{ kind: 'service', optional: true }],
    flags: [],
    examples: [
      { line: 'attach api', says: 'types into one service' },
      { line: 'attach', says: 'on the command line: a prompt on the system here or above' },
    ],
    on: 'running',
    where: ['shell', 'argv'],
    load: async () => (await import('../attach.js')).attach,
  },
  {
    name: 'wait',
    topic: 'run',
    summary: 'waits until services are ready, or have stopped',
    details:
      'Exit code 1 if they are not in time, or as soon as one has failed for good. Without names: every service that was started.',
    operands: [{ kind: 'services', optional: true }],
    flags: [
      { name: 'until', value: 'state', choices: ['ready', 'stopped'], summary: 'ready (default) or stopped' },
      timeout,
      json,
    ],
    examples: [
      { line: 'wait', says: 'until all that was started is ready' },
      { line: 'wait api --until stopped', says: 'until it has ended' },
    ],
    on: 'running',
    where: ['shell', 'argv'],
    load: async () => (await import('../wait.js')).wait,
  },
  {
    name: 'ls',
    topic: 'see',
    summary: 'lists the systems that run on this machine',
    operands: [],
    flags: [json],
    examples: [{ line: 'ls', says: 'all that fuge runs for you' }],
    on: 'none',
    where: ['argv'],
    load: async () => (await import('../ls.js')).ls,
  },
  {
    name: 'mcp',
    topic: 'run',
    summary: 'serves coding agents (Model Context Protocol)',
    details:
      'For an agent that starts it (docs/mcp.md says how it is told to), not for typing. The agent sees services, states, logs, crashes and the dependencies of the system of the file, running or not; with --allow-control it may start and stop them, too. Secrets are masked unless --reveal is given.',
    operands: [],
    flags: [
      { name: 'allow-control', summary: 'offers to start, stop and restart services, and the whole system' },
      reveal,
    ],
    examples: [
      { line: 'mcp', says: 'the system of the file here or above' },
      { line: 'mcp --allow-control fuge/fuge.yml', says: 'one that the agent may start and stop' },
    ],
    where: ['argv'],
    load: opensItself('mcp'),
  },
];
