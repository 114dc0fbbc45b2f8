/** Commands that make a system file. */
import type { Verb } from '../../verb.js';

export const begin: readonly Verb[] = [
  {
    name: 'init',
    topic: 'begin',
    summary: 'writes a system file for what lies in a directory',
    details:
      'Looks at package.json files (some levels deep, and workspaces), a Procfile, Compose files, .env and the files of process-compose, mprocs and pm2, and writes a commented fuge.yml that can be started. What can not be run stands in it as a comment, with the reason. Nothing is run, nothing is asked, and a system file that is there is never overwritten.',
    operands: [{ kind: 'word', name: 'directory', optional: true }],
    flags: [{ name: 'print', summary: 'prints the file instead of writing it' }],
    examples: [
      { line: 'init', says: 'for this directory' },
      { line: 'init shop --print', says: 'for another one, to look at' },
    ],
    on: 'none',
    where: ['argv'],
    load: async () => (await import('../init.js')).init,
  },
  {
    name: 'import',
    topic: 'begin',
    summary: 'makes a system file of a file of another tool',
    details:
      'Reads a Procfile, a Compose file, package.json, .env, and the files of process-compose, mprocs and pm2, and prints a commented system file; docs/migrating.md says what becomes of what. Whatever has no counterpart is told on standard error, with its place. The paths in the result are relative to the file that is written with -o, else to the file that is read.\n\nA JavaScript file is read, not run: code in it is told and left out. With --evaluate Node runs it, and what it exports is taken.',
    operands: [{ kind: 'word', name: 'file', optional: false }],
    flags: [
      { name: 'output', short: 'o', value: 'file', summary: 'writes this file, which must not exist' },
      {
        name: 'as',
        value: 'form',
        choices: ['procfile', 'compose', 'process-compose', 'mprocs', 'pm2', 'dotenv', 'package'],
        summary: 'says what it is: procfile, compose, process-compose, mprocs, pm2, dotenv or package',
      },
      { name: 'evaluate', summary: 'runs a JavaScript file with Node to know what it exports' },
    ],
    examples: [
      { line: 'import Procfile', says: 'prints it' },
      { line: 'import ecosystem.config.js -o fuge.yml', says: 'writes it' },
    ],
    on: 'none',
    where: ['argv'],
    load: async () => (await import('../import.js')).importFile,
  },
];
