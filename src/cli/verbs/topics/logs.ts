/** Commands about what services print. */
import type { Verb } from '../../verb.js';
import { json } from './flags.js';

export const logs: readonly Verb[] = [
  {
    name: 'tail',
    topic: 'logs',
    summary: 'shows the lines of services as they come',
    operands: [{ kind: 'services', optional: false }],
    flags: [],
    examples: [{ line: 'tail api', says: 'one service' }],
    where: ['shell'],
    load: async () => (await import('../tail.js')).tail,
  },
  {
    name: 'untail',
    topic: 'logs',
    summary: 'hides the lines of services',
    details: 'Standard error too. They are still kept: "logs" shows them.',
    operands: [{ kind: 'services', optional: false }],
    flags: [],
    examples: [
      { line: 'untail api', says: 'one service' },
      { line: 'untail all', says: 'silence' },
    ],
    where: ['shell'],
    load: async () => (await import('../tail.js')).untail,
  },
  {
    name: 'logs',
    topic: 'logs',
    summary: 'prints the newest lines of services',
    details:
      'The lines of several services are merged by time. On the command line they are read from the log files, one service after the other.',
    operands: [{ kind: 'services', optional: true }],
    flags: [{ name: 'lines', short: 'n', value: 'N', summary: 'how many lines (default 50)' }, json],
    examples: [
      { line: 'logs api', says: 'the newest 50 lines' },
      { line: 'logs api web -n 200', says: 'two services by time' },
    ],
    where: ['shell', 'argv'],
    load: async () => (await import('../logs.js')).logs,
  },
  {
    name: 'grep',
    topic: 'logs',
    summary: 'searches the log files of services',
    details:
      'By a JavaScript regular expression. Prints service:line: text, older runs included. Exit code 1 if nothing is found. Without quotes the expression is taken as typed, backslashes too.\n\nAt the prompt, "!grep …" runs the system\'s grep; so does grep with a flag that this one does not have.',
    operands: [
      { kind: 'word', name: 'regex', optional: false },
      { kind: 'services', optional: true },
    ],
    flags: [{ name: 'ignore-case', short: 'i', summary: 'upper and lower case are the same' }, json],
    examples: [
      { line: 'grep error', says: 'in all services' },
      { line: "grep -i 'time(d)? out' api", says: 'in one, any case' },
    ],
    where: ['shell', 'argv'],
    load: async () => (await import('../grep.js')).grep,
  },
  {
    name: 'clear',
    topic: 'logs',
    summary: 'empties the screen; nothing else is lost',
    operands: [],
    flags: [],
    examples: [{ line: 'clear', says: 'an empty screen' }],
    where: ['shell'],
    load: async () => (await import('../clear.js')).clear,
  },
];
