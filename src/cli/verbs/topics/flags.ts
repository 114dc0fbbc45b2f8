/** Flags that several commands share. */
import type { Flag } from '../../verb.js';

export const json: Flag = { name: 'json', summary: 'prints one JSON object a line', argvOnly: true };
export const reveal: Flag = { name: 'reveal', summary: 'shows secrets instead of masking them' };

/** For what opens a system. */
export const watchConfig: Flag = {
  name: 'watch-config',
  summary: 'applies the system file whenever it is saved, as "reload" does',
};

/** Which lines: the same for `logs` and `grep`. */
export const choice: readonly Flag[] = [
  { name: 'since', value: 'time', summary: 'only what was printed since then: 5m, 14:05, 2026-01-31T14:05' },
  { name: 'until', value: 'time', summary: 'only what was printed until then' },
  {
    name: 'level',
    value: 'level',
    choices: ['trace', 'debug', 'info', 'warn', 'error', 'fatal'],
    summary: 'only lines that are as grave or graver: warn, error …',
  },
];

/** What every command of the command line that reads a system file has. */
export const common: readonly Flag[] = [
  { name: 'file', short: 'f', value: 'file', summary: 'the system file', argvOnly: true },
  {
    name: 'profile',
    value: 'name',
    summary: 'chooses a profile: its services take part in "all" (several: by commas or again; \'*\': every one)',
    argvOnly: true,
    repeatable: true,
  },
  {
    name: 'port-offset',
    value: 'n|auto',
    choices: ['auto'],
    summary: 'moves all ports of this machine up, for a second checkout (auto: by as many hundreds as it takes)',
    argvOnly: true,
  },
];
