/** Commands about the code of services: fetch, look, build, test, run anything in each directory. */
import type { Verb } from '../../verb.js';
import { json } from './flags.js';

export const code: readonly Verb[] = [
  {
    name: 'pull',
    topic: 'code',
    summary: 'pulls or clones the repositories of services',
    details: 'Those that have a repository_url; what is missing is cloned.',
    operands: [{ kind: 'services', optional: true }],
    flags: [],
    examples: [
      { line: 'pull', says: 'every repository' },
      { line: 'pull api', says: 'one' },
    ],
    where: ['shell', 'argv'],
    load: async () => (await import('../pull.js')).pull,
  },
  {
    name: 'status',
    topic: 'code',
    summary: 'shows branches and changes of repositories',
    details: 'A line for each repository of services that have a repository_url, and its changes below.',
    operands: [{ kind: 'services', optional: true }],
    flags: [json],
    examples: [{ line: 'status', says: 'every repository' }],
    where: ['shell', 'argv'],
    load: async () => (await import('../status.js')).status,
  },
  {
    name: 'build',
    topic: 'code',
    summary: 'runs the build commands of services',
    details: 'One after the other.',
    operands: [{ kind: 'services', optional: true }],
    flags: [],
    examples: [{ line: 'build api', says: 'one service' }],
    where: ['shell', 'argv'],
    load: async () => (await import('../tasks.js')).build,
  },
  {
    name: 'test',
    topic: 'code',
    summary: 'runs the test commands of services',
    details:
      "One after the other. Exit code 1 if one fails.\n\nAt the prompt, test with a flag (test -f x) is the system's.",
    operands: [{ kind: 'services', optional: true }],
    flags: [],
    examples: [
      { line: 'test', says: 'every service that has a test command' },
      { line: 'test api', says: 'one service' },
    ],
    where: ['shell', 'argv'],
    load: async () => (await import('../tasks.js')).test,
  },
  {
    name: 'apply',
    topic: 'code',
    summary: 'runs a command in the directory of every service',
    details: "By the system's shell, one after the other; services that share a directory get it once.",
    operands: [{ kind: 'command' }],
    flags: [],
    examples: [
      { line: 'apply git status -s', says: 'in every directory' },
      { line: 'apply npm ci && npm test', says: 'the rest of the line belongs to the command' },
    ],
    where: ['shell', 'argv'],
    load: async () => (await import('../apply.js')).apply,
  },
  {
    name: 'papply',
    topic: 'code',
    summary: 'runs it in all directories at once',
    details: 'As apply, in parallel.',
    operands: [{ kind: 'command' }],
    flags: [],
    examples: [{ line: 'papply npm ci', says: 'in every directory at once' }],
    where: ['shell', 'argv'],
    load: async () => (await import('../apply.js')).papply,
  },
];
