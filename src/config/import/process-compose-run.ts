/** What a process of process-compose runs, what happens when it ends, and how it is stopped. */
import { constants } from 'node:os';
import { argvKeys, commandKeys, quote } from './commands.js';
import { CHANGED, LEFT_OUT } from './context.js';
import { type Key, Template } from './draft.js';
import type { Fields } from './fields.js';
import type { Reading } from './process-compose.js';
import type { GoTexts } from './process-compose-texts.js';

/** Undefined: it has none; that was told. */
export function commandKeysOf(fields: Fields, texts: GoTexts, { shell, context }: Reading): Key[] | undefined {
  const { report } = context;
  const command = fields.text('command');
  const entrypoint = fields.texts('entrypoint');
  const isElevated = fields.boolean('is_elevated') === true;
  if (isElevated)
    report.warn(
      CHANGED,
      `${fields.what} is run by sudo, and nobody can type a password here`,
      fields.keyNode('is_elevated'),
      {
        hint: 'let sudo run it without a password, or start it elsewhere and write "type: external"',
      },
    );
  if (fields.boolean('is_daemon') === true)
    report.warn(
      CHANGED,
      `${fields.what} goes into the background, where fuge does not see it`,
      fields.keyNode('is_daemon'),
      {
        hint: 'let the command stay in the foreground ("docker run" without -d), or write "type: container"',
      },
    );
  fields.at('disable_ansi_colors');
  if (command !== undefined && command.trim() !== '') {
    if (entrypoint)
      report.warn(
        CHANGED,
        `"entrypoint" of ${fields.what} is left out, since it has a "command"`,
        fields.keyNode('entrypoint'),
      );
    const text = texts.text(isElevated ? `sudo ${command}` : command, fields.scalar('command'));
    const isTemplate = text instanceof Template;
    return inShell(isTemplate ? text.text : text, isTemplate, shell);
  }
  if (entrypoint && entrypoint.length > 0) {
    const words = entrypoint.map(({ text }) => texts.text(text));
    const isTemplate = words.some(word => word instanceof Template);
    const written = words.map(word =>
      word instanceof Template ? word.text : isTemplate ? word.replaceAll('$', '$$$$') : word,
    );
    return argvKeys(isElevated ? ['sudo', ...written] : written, isTemplate);
  }
  report.warn('missing-run', `${fields.what} has no "command", so it can't be started`, fields.node);
  return undefined;
}

/** Its own default is bash, which commands.ts calls where sh won't do. */
function inShell(line: string, isTemplate: boolean, shell: Fields | undefined): Key[] {
  const program = shell?.text('shell_command');
  const argument = shell?.text('shell_argument') ?? '-c';
  if (program === undefined || /(^|\/)(ba)?sh$/.test(program)) return commandKeys(line, isTemplate);
  const run = [program, ...argument.split(' ')].map(quote).join(' ');
  return [
    { key: 'type', value: 'process' },
    { key: 'run', value: isTemplate ? new Template(`${run} ${quote(line.trim())}`) : `${run} ${quote(line.trim())}` },
  ];
}

/** It has no limit; a thousand is one that nobody reaches by mistake. */
const NO_LIMIT = 1000;

export function restartKeys(fields: Fields, isTask: boolean): Key[] {
  const availability = fields.map('availability');
  if (!availability) return [];
  const { report } = fields;
  const written = availability.text('restart') ?? 'no';
  const backoff = availability.number('backoff_seconds') ?? 1;
  const max = availability.number('max_restarts') ?? 0;
  const ends = availability.boolean('exit_on_end') === true;
  if (ends || written === 'exit_on_failure')
    report.warn(
      LEFT_OUT,
      `the end of ${fields.what} does not end the others here`,
      availability.keyNode(ends ? 'exit_on_end' : 'restart'),
    );
  availability.rest({ exit_on_skipped: 'a service whose dependency failed is not started, and the others run on' });
  const when = { always: 'always', on_failure: 'on-failure', 'on-failure': 'on-failure', 'unless-stopped': 'always' }[
    written
  ];
  if (when === undefined) {
    if (!/^(no|never|exit_on_failure|false)$/.test(written))
      report.warn(
        'import-wrong-type',
        `"restart" of ${fields.what} can't be "${written}"; it is left out`,
        availability.scalar('restart'),
      );
    return [];
  }
  const pause = `${backoff}s`;
  const limit = max === 0 ? NO_LIMIT : Math.floor(max);
  const remark = max === 0 ? 'it had no limit' : undefined;
  const value = { when: isTask ? 'on-failure' : when, max: limit, backoff: pause, backoff_max: pause };
  return [{ key: 'restart', value, remark }];
}

const SIGNALS = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name]));

export function shutdownKeys(fields: Fields, texts: GoTexts): Key[] {
  const shutdown = fields.map('shutdown');
  if (!shutdown) return [];
  const { report } = fields;
  const command = shutdown.text('command');
  const timeout = shutdown.number('timeout_seconds');
  const signal = shutdown.number('signal');
  if (shutdown.boolean('parent_only') === true)
    report.warn(
      LEFT_OUT,
      `the signal reaches all processes of ${fields.what}, not the first one alone`,
      shutdown.keyNode('parent_only'),
    );
  shutdown.rest({});
  const name = signal === undefined ? undefined : SIGNALS.get(signal);
  if (signal !== undefined && name === undefined)
    report.warn('import-wrong-type', `${signal} is no signal; it is left out`, shutdown.scalar('signal'));
  const isDaemon = fields.boolean('is_daemon') === true;
  if (command !== undefined)
    report.warn(
      isDaemon ? LEFT_OUT : CHANGED,
      isDaemon
        ? `the command that stops ${fields.what} is left out: fuge stops what it runs by a signal`
        : `fuge stops ${fields.what} by a signal; its command runs after that, as "on_exit"`,
      shutdown.keyNode('command'),
    );
  return [
    ...(name === undefined ? [] : [{ key: 'terminate', value: name }]),
    ...(timeout === undefined ? [] : [{ key: 'stop_grace_period', value: `${timeout}s` }]),
    ...(command === undefined || isDaemon ? [] : [{ key: 'on_exit', value: texts.text(command) }]),
  ];
}
