/** Entrypoint and command, of a Compose service and of a Dockerfile's stage, as the one command that results. */
import type { Command } from '../../system.js';
import { parseCommand } from '../../words.js';
import type { CommandForm } from './dockerfile-stages.js';

/** Words in exec form; a line for the shell in shell form. */
export type Invocation =
  | { readonly form: 'exec'; readonly words: readonly string[] }
  | { readonly form: 'shell'; readonly line: string };

/** Programs that only run what follows them, as pid 1 of a container. */
const WRAPPERS = new Set(['tini', 'dumb-init', 'docker-init', 'catatonit', 'docker-entrypoint.sh']);

/**
 * The words of an exec form, or the line of a shell form. The shell form of an entrypoint ignores the command; a command in
 * shell form is `/bin/sh -c` to an entrypoint. (Docker.)
 */
export function combine(entrypoint: Invocation | undefined, command: Invocation | undefined): Invocation | undefined {
  if (entrypoint === undefined || (entrypoint.form === 'exec' && entrypoint.words.length === 0)) return command;
  if (entrypoint.form === 'shell') return entrypoint;
  const words = withoutWrappers(entrypoint.words);
  if (command === undefined) return words.length === 0 ? undefined : { form: 'exec', words };
  if (words.length === 0) return command;
  const rest = command.form === 'shell' ? ['/bin/sh', '-c', command.line] : command.words;
  return { form: 'exec', words: [...words, ...rest] };
}

/** A process of this machine needs no init around it. */
function withoutWrappers(words: readonly string[]): readonly string[] {
  let rest = words;
  while (rest.length > 0 && WRAPPERS.has(rest[0]!.split('/').at(-1)!)) {
    rest = rest.slice(1);
    // The wrapper's own options, up to the `--` that ends them.
    const end = rest.indexOf('--');
    const options = rest.findIndex(word => !word.startsWith('-'));
    rest = rest.slice(
      end !== -1 && (options === -1 || end < options) ? end + 1 : options === -1 ? rest.length : options,
    );
  }
  return rest;
}

export function execForm(words: readonly string[] | null | undefined): Invocation | undefined {
  return words === null || words === undefined ? undefined : { form: 'exec', words };
}

/** As a stage has it. A shell of its own (SHELL) is part of the words. Undefined: it says nothing. */
export function invocationIn(form: CommandForm | undefined, shell: readonly string[]): Invocation | undefined {
  if (form === undefined || form.args.length === 0) return undefined;
  if (form.form === 'exec') return { form: 'exec', words: form.args };
  const [line = ''] = form.args;
  return shell.join(' ') === '/bin/sh -c' ? { form: 'shell', line } : { form: 'exec', words: [...shell, line] };
}

/** Undefined if nothing is left to run. */
export function commandOf(invocation: Invocation | undefined): Command | undefined {
  if (invocation === undefined) return undefined;
  if (invocation.form === 'shell') return shellCommand(invocation.line);
  const [first, ...rest] = invocation.words;
  return first === undefined ? undefined : { kind: 'argv', argv: [first, ...rest], source: shown([first, ...rest]) };
}

/** Docker runs it with `sh -c`; without anything that a shell would expand, the words alone do the same. */
function shellCommand(line: string): Command | undefined {
  const command = parseCommand(line, /[$*?~[\]]/.test(line) ? true : undefined);
  return command && 'problem' in command ? { kind: 'shell', line, source: line } : command;
}

/** As one would type it. */
function shown(words: readonly string[]): string {
  return words.map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
}
