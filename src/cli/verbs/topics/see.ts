/** Commands that show how the system stands. */
import type { Verb } from '../../verb.js';
import { json, reveal } from './flags.js';

export const see: readonly Verb[] = [
  {
    name: 'dashboard',
    aliases: ['ui'],
    topic: 'see',
    summary: 'shows the whole system on one screen',
    details:
      'Services on the left, their lines on the right; "?" shows the keys, "q" leaves.\n\nOn the command line it opens the system that runs already, which goes on when the dashboard is left. Where none runs it opens the file as "fuge shell" does, and starts nothing by itself ("fuge up --ui" does); leaving it then stops what runs, and asks first.',
    operands: [],
    flags: [],
    examples: [{ line: 'dashboard', says: 'the system that runs, or the one of the file here or above' }],
    on: 'either',
    where: ['shell', 'argv'],
    load: async () => (await import('../dashboard.js')).dashboard,
  },
  {
    name: 'ps',
    topic: 'see',
    summary: 'lists services: state, pid, ports, uptime, memory',
    details:
      "CPU (100% is one core) and memory are those of the whole process tree of a service. RST counts restarts since the system was opened. Columns are left out and cells are cut where the terminal is narrow; in a pipe everything is shown.\n\nAt the prompt, ps with arguments that are no services is the system's ps.",
    operands: [{ kind: 'services', optional: true }],
    flags: [json],
    examples: [
      { line: 'ps', says: 'all services' },
      { line: 'ps api backend', says: 'one service and one group' },
    ],
    on: 'either',
    where: ['shell', 'argv'],
    load: async () => (await import('../ps.js')).ps,
  },
  {
    name: 'info',
    topic: 'see',
    summary: 'shows all about a service',
    details:
      'Command, state and cause, addresses, log file, what is watched, what it depends on. With "full" the environment of the next start is shown too, with where each value comes from.',
    operands: [
      { kind: 'services', optional: false },
      { kind: 'choice', words: ['full'], optional: true },
    ],
    flags: [reveal, json],
    examples: [
      { line: 'info api', says: 'one service' },
      { line: 'info api full', says: 'with its environment' },
    ],
    on: 'either',
    where: ['shell', 'argv'],
    load: async () => (await import('../info.js')).info,
  },
  {
    name: 'env',
    topic: 'see',
    summary: 'shows the environment that the next start gets',
    details:
      "Each value stands with where it comes from. What fuge itself inherited is left out unless --all is given. Values of names like PASSWORD, SECRET, TOKEN or KEY and passwords in URLs are masked unless --reveal is given.\n\nAt the prompt, env with arguments that are no services is the system's env.",
    operands: [{ kind: 'services', optional: false }],
    flags: [reveal, { name: 'all', short: 'a', summary: 'shows inherited variables too' }, json],
    examples: [
      { line: 'env api', says: 'what is set for one service' },
      { line: 'env api --reveal', says: 'secrets too' },
    ],
    on: 'either',
    where: ['shell', 'argv'],
    load: async () => (await import('../env.js')).env,
  },
  {
    name: 'graph',
    topic: 'see',
    summary: 'shows which services need which',
    details:
      'Below a service stands what it needs. At the prompt each is shown with its state.\n\nText is for reading; mermaid and dot (Graphviz) are drawn by other programs; json is one object a line for each service.',
    operands: [{ kind: 'services', optional: true }],
    flags: [
      {
        name: 'format',
        value: 'format',
        choices: ['text', 'mermaid', 'dot', 'json'],
        summary: 'text (default), mermaid, dot or json',
      },
      json,
    ],
    examples: [
      { line: 'graph', says: 'all services' },
      { line: 'graph web', says: 'one service and all that it needs' },
      { line: 'graph --format mermaid', says: 'for a page of Markdown' },
    ],
    on: 'either',
    where: ['shell', 'argv'],
    load: async () => (await import('../graph.js')).graph,
  },
  {
    name: 'zone',
    topic: 'see',
    summary: 'lists the DNS records of the services',
    operands: [],
    flags: [json],
    examples: [{ line: 'zone', says: 'all records' }],
    on: 'either',
    where: ['shell', 'argv'],
    load: async () => (await import('../zone.js')).zone,
  },
  {
    name: 'check',
    topic: 'see',
    summary: 'shows every problem of the system file',
    details:
      'Each comes with its place. Exit code 2 if there are errors, 0 if there are none (warnings alone are no errors). Nothing is started.',
    operands: [],
    flags: [json],
    examples: [
      { line: 'check', says: 'the system file here or above' },
      { line: 'check fuge/system.yml', says: 'this one' },
    ],
    loadsItself: true,
    where: ['argv'],
    load: async () => (await import('../check.js')).check,
  },
  {
    name: 'config',
    topic: 'see',
    summary: 'prints the resolved system, every value',
    details:
      'What was said and what holds by default, after variables, includes and Compose files are worked in; as YAML it is a system file that means the same. With --origin each value stands with where it comes from: a place in a file (and the variables there), or a default. Values whose names look secret are masked unless --reveal is given.',
    operands: [],
    flags: [
      { name: 'origin', summary: 'says behind each value where it comes from' },
      {
        name: 'format',
        value: 'compose',
        choices: ['compose'],
        summary: 'prints a Compose file in its canonical form, as JSON',
      },
      reveal,
      json,
    ],
    examples: [
      { line: 'config', says: 'the system file here or above' },
      { line: 'config --origin fuge/system.yml', says: 'with where each value comes from' },
      { line: 'config --format compose compose.yaml', says: 'as docker compose config shows it' },
    ],
    where: ['argv'],
    load: async () => (await import('../config.js')).config,
  },
  {
    name: 'version',
    topic: 'see',
    summary: 'prints the version of fuge',
    operands: [],
    flags: [],
    examples: [{ line: 'version', says: 'fuge, Node and the platform' }],
    on: 'none',
    where: ['argv'],
    load: async () => (await import('../version.js')).version,
  },
  {
    name: 'help',
    topic: 'see',
    summary: 'lists the commands, or explains one',
    operands: [{ kind: 'verb', optional: true }],
    flags: [],
    examples: [
      { line: 'help', says: 'all commands' },
      { line: 'help start', says: 'one command, with examples' },
    ],
    on: 'none',
    where: ['shell', 'argv'],
    load: async () => (await import('../help.js')).help,
  },
];
