/** Reads a command line that has flags: commander does, by the table of commands. */
import { Command, CommanderError, Option } from 'commander';
import type { Call } from './argv.js';
import { findVerb } from './operands.js';
import type { Flag, Verb } from './verb.js';
import { common } from './verbs/topics/flags.js';
import { verbs } from './verbs.js';
import { versionText } from './version.js';

export type ParsedFlags =
  | { readonly kind: 'call'; readonly call: Call }
  /** Help is wanted: of one command, or (undefined) of all. */
  | { readonly kind: 'help'; readonly verb: Verb | undefined }
  /** All was said: the version, or what is wrong. */
  | { readonly kind: 'ended'; readonly isRefused: boolean };

/** @param literal What stands after `--`: nothing of it is a flag. */
export function parseFlags(plain: readonly string[], literal: readonly string[]): ParsedFlags {
  let call: Call | undefined;
  const program = createProgram(plain, literal, read => {
    call = read;
  });
  try {
    program.parse(plain, { from: 'user' });
    return { kind: 'call', call: call! };
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error instanceof HelpWanted) return { kind: 'help', verb: error.verb };
    return { kind: 'ended', isRefused: error.exitCode !== 0 };
  }
}

function createProgram(plain: readonly string[], literal: readonly string[], take: (call: Call) => void): Command {
  const program = new Command('fuge').exitOverride().enablePositionalOptions().helpCommand(false);
  program.version(versionText(), '-v, --version');
  withHelp(program, undefined);
  for (const flag of common) program.addOption(optionOf(flag));
  program.action(() =>
    take({
      verb: findVerb('help', verbs)!,
      operands: [],
      literal: [],
      flags: new Map(),
      file: undefined,
      profiles: [],
    }),
  );
  // Commands that nobody named need not be made.
  for (const verb of verbs.filter(verb => verb.where.includes('argv')))
    if ([verb.name, ...(verb.aliases ?? [])].some(name => plain.includes(name)))
      program.addCommand(createCommand(verb, program, literal, take));
  return program;
}

function createCommand(verb: Verb, program: Command, literal: readonly string[], take: (call: Call) => void): Command {
  const command = new Command(verb.name).argument('[operands...]').exitOverride();
  for (const alias of verb.aliases ?? []) command.alias(alias);
  withHelp(command, verb);
  for (const flag of verb.flags) command.addOption(optionOf(flag));
  // The flags of `apply git status -s` are git's.
  const last = verb.operands.at(-1);
  if (last?.kind === 'command' && !last.behindDashes) command.passThroughOptions();
  command.action((operands: string[]) => {
    const value = (flag: Flag): string | true | undefined => {
      const value = command.getOptionValue(attributeOf(flag));
      // Of `--no-watch` commander makes an option `watch` that is true unless it is given.
      if (flag.name.startsWith('no-')) return value === false ? true : undefined;
      return value;
    };
    const given = (name: string) => {
      const flag = common.find(flag => flag.name === name)!;
      return (value(flag) ?? program.getOptionValue(attributeOf(flag))) as string | undefined;
    };
    const flags = new Map(
      verb.flags
        .filter(flag => !common.includes(flag))
        .flatMap(flag => (value(flag) === undefined ? [] : [[flag.name, value(flag)!]])),
    );
    take({
      verb,
      operands,
      literal,
      flags,
      file: given('file'),
      portOffset: given('port-offset'),
      profiles: (given('profile') ?? '').split(',').filter(profile => profile !== ''),
    });
  });
  return command;
}

function optionOf(flag: Flag): Option {
  const short = flag.short === undefined ? '' : `-${flag.short}, `;
  const value = flag.value === undefined ? '' : ` <${flag.value}>`;
  const option = new Option(`${short}--${flag.name}${value}`);
  if (flag.repeatable)
    option.argParser((value: string, before: string | undefined) => (before ? `${before},${value}` : value));
  return option;
}

/** Where commander keeps the flag's value: `ignore-case` is `ignoreCase`. */
function attributeOf(flag: Flag): string {
  return optionOf(flag).attributeName();
}

/** Thrown by commander's hook for help, so that what renders help is loaded only then. */
class HelpWanted extends CommanderError {
  constructor(readonly verb: Verb | undefined) {
    super(0, 'fuge.help', 'help');
  }
}

/** Our help instead of commander's, and commander's errors in our words. */
function withHelp(command: Command, verb: Verb | undefined): void {
  command.helpOption('-h, --help');
  command.helpInformation = () => {
    throw new HelpWanted(verb);
  };
  command.configureOutput({
    outputError: (text, write) => {
      const message = text
        .replace(/^error: /, '')
        .trim()
        .replace(/\n\(Did you mean (.*)\?\)$/, '. Did you mean $1?');
      const see = verb ? `fuge help ${verb.name}` : 'fuge help';
      write(`${message.replace(/^./, first => first.toLowerCase())} ("${see}" shows the forms)\n`);
    },
  });
}
