/** Commands about what services print. */
import type { Verb } from '../../verb.js';
import { choice, json } from './flags.js';

export const logs: readonly Verb[] = [
  {
    name: 'tail',
    topic: 'logs',
    summary: 'shows the lines of services as they come',
    details:
      'Structured log records (JSON of pino, bunyan, winston and others, logfmt) are shown for people: level, message, fields. With --raw they are shown as they were written, until the next "tail" without it.',
    operands: [{ kind: 'services', optional: false }],
    flags: [{ name: 'raw', summary: 'shows structured records as they were written' }],
    examples: [
      { line: 'tail api', says: 'one service' },
      { line: 'tail api --raw', says: 'its JSON as JSON' },
    ],
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
      'The lines of several services are merged by time. Without a running system they are read from the log files, one service after the other, -n of each; a line then has the time that is written in it, or in the nearest one before it.\n\nStructured log records (JSON of pino, bunyan, winston and others, logfmt) are shown for people: level, message, fields, and the stack of an error below.\n\n--since and --until take how long ago (90s, 5m, 1h30m, 2d), a time of day, the latest that has been (14:05, 14:05:30), or a date (2026-01-31, 2026-01-31T14:05, 2026-01-31T14:05:30Z). --level takes trace, debug, info, warn, error or fatal. A stack trace is as grave as its error; lines without a level are left out, those of standard error too.\n\n-f goes on until Ctrl-C (exit code 130), and tells of starts and crashes as the prompt does.',
    operands: [{ kind: 'services', optional: true }],
    flags: [
      { name: 'lines', short: 'n', value: 'N', summary: 'how many lines (default 50; with --since or --until all)' },
      { name: 'follow', short: 'f', summary: 'goes on with what is printed from now on' },
      ...choice,
      {
        name: 'timestamps',
        short: 't',
        summary: 'shows date and time to the millisecond: those of the record, if it has any',
      },
      { name: 'raw', summary: 'shows lines as they were written; those of one service with nothing before them' },
      json,
    ],
    examples: [
      { line: 'logs api', says: 'the newest 50 lines' },
      { line: 'logs api web -n 200', says: 'two services by time' },
      { line: 'logs --since 5m --level warn', says: 'what went wrong lately' },
      { line: 'logs api -f', says: 'what it prints from now on' },
    ],
    on: 'either',
    where: ['shell', 'argv'],
    load: async () => (await import('../logs.js')).logs,
  },
  {
    name: 'grep',
    topic: 'logs',
    summary: 'searches the log files of services',
    details:
      'By a JavaScript regular expression. Prints service:line: text as it was written, older runs included. --since, --until and --level are those of "logs"; a time is the one that is written in the line, or in the nearest one before it. Exit code 1 if nothing is found. Without quotes the expression is taken as typed, backslashes too.\n\nAt the prompt, "!grep …" runs the system\'s grep; so does grep with a flag that this one does not have.',
    operands: [
      { kind: 'word', name: 'regex', optional: false },
      { kind: 'services', optional: true },
    ],
    flags: [{ name: 'ignore-case', short: 'i', summary: 'upper and lower case are the same' }, ...choice, json],
    examples: [
      { line: 'grep error', says: 'in all services' },
      { line: "grep -i 'time(d)? out' api", says: 'in one, any case' },
    ],
    on: 'either',
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
