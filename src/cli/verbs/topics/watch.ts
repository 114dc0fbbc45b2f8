/** Commands about restarting services when their files are saved. */
import type { Verb } from '../../verb.js';
import { json } from './flags.js';

export const watch: readonly Verb[] = [
  {
    name: 'watch',
    topic: 'watch',
    summary: 'restarts services when their files are saved',
    details:
      'This is on at first unless the system file says "monitor: false". A save also revives what has crashed, but never what was stopped.',
    operands: [{ kind: 'services', optional: false }],
    flags: [json],
    examples: [{ line: 'watch api', says: 'one service' }],
    on: 'running',
    where: ['shell', 'argv'],
    load: async () => (await import('../watch.js')).watch,
  },
  {
    name: 'unwatch',
    topic: 'watch',
    summary: 'leaves services alone when their files are saved',
    operands: [{ kind: 'services', optional: false }],
    flags: [json],
    examples: [
      { line: 'unwatch api', says: 'one service' },
      { line: 'unwatch all', says: 'before a git checkout, say' },
    ],
    on: 'running',
    where: ['shell', 'argv'],
    load: async () => (await import('../watch.js')).unwatch,
  },
];
