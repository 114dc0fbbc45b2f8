/** The command that ends it all. */
import type { Verb } from '../../verb.js';

export const leave: readonly Verb[] = [
  {
    name: 'exit',
    aliases: ['quit'],
    topic: 'leave',
    summary: 'stops all services and leaves',
    details: 'Ctrl-D does the same; so does Ctrl-C twice. Another Ctrl-C while services stop kills them at once.',
    operands: [],
    flags: [],
    examples: [{ line: 'exit', says: 'stops everything cleanly' }],
    where: ['shell'],
    load: async () => (await import('../exit.js')).exit,
  },
];
