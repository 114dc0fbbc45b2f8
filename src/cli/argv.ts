/** `fuge <command> … [file]`: commander reads the arguments by the table of commands. */
import { Command, CommanderError, Option } from 'commander';
import { locateFile } from './file-operand.js';
import { findVerb, nearestVerb, readOperands } from './operands.js';
import { createOutput } from './output.js';
import { openAttached, openDashboard, openShell, runVerb, runWithoutSystem } from './run-once.js';
import type { Flag, Output, Verb } from './verb.js';
import { common } from './verbs/topics/flags.js';
import { verbs } from './verbs.js';
import { versionText } from './version.js';
import { quoteWord } from './words.js';

/** Wrong usage or configuration. */
const USAGE = 2;

/** Runs one command line (without node and script) and gives its exit code. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const out = createOutput(process);
  let code = 0;
  const program = createProgram(async call => {
    code = await run(call, out);
  });
  // After `--` nothing is a flag and nothing is the file.
  const dashes = argv.indexOf('--');
  const literal = dashes < 0 ? [] : argv.slice(dashes + 1);
  const plain = dashes < 0 ? argv : argv.slice(0, dashes);
  const first = plain.find(
    (word, i) => !word.startsWith('-') && !/^(-f|--file|--profile|--port-offset)$/.test(plain[i - 1] ?? ''),
  );
  const mistake = first === undefined ? undefined : misused(first, plain);
  if (mistake !== undefined) {
    out.complain(mistake);
    return USAGE;
  }
  program.setOptionValue('literal', literal);
  try {
    await program.parseAsync(plain, { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error instanceof HelpWanted) await printHelp(error.verb, out);
    return error.exitCode === 0 ? 0 : USAGE;
  }
}

interface Call {
  readonly verb: Verb;
  /** Before and after `--`. */
  readonly operands: readonly string[];
  readonly literal: readonly string[];
  /** Without those that every command has. */
  readonly flags: ReadonlyMap<string, string | true>;
  /** From `-f`. */
  readonly file: string | undefined;
  /** From `--profile`. */
  readonly profiles: readonly string[];
  /** From `--port-offset`. */
  readonly portOffset?: string | undefined;
}

async function run(call: Call, out: Output): Promise<number> {
  const { verb, flags } = call;
  if (verb.on === 'none') {
    const result = readOperands(verb, [...call.operands, ...call.literal], {
      system: undefined,
      verbs,
      prefix: 'fuge ',
      flags,
    });
    if (result.kind === 'problem') return refuse(out, result.message);
    return runWithoutSystem(verb, { ...result, command: '', flags }, out);
  }
  if (verb.name === 'run') {
    const located = await locateFile(call.operands, call.file, call.profiles, call.portOffset);
    const { run } = await import('./run/run.js');
    return run({ located, words: located.operands, command: call.literal, flags, profiles: call.profiles }, out);
  }
  // The words of a command are its own, files and directories too.
  const isCommand = verb.operands.at(-1)?.kind === 'command';
  const located = await locateFile(isCommand ? [] : call.operands, call.file, call.profiles, call.portOffset);
  const words = [...(isCommand ? call.operands : located.operands), ...call.literal];
  if (verb.name === 'shell') {
    if (words.length > 0) return refuse(out, `"${words[0]}" is no system file (.yml, .yaml) and no directory`);
    return openShell(located, { start: flags.has('start'), watchConfig: flags.has('watch-config') }, out);
  }
  if (verb.name === 'attach' && words.length === 0) return openAttached(located, out);
  if (verb.name === 'dashboard') {
    if (words.length > 0) return refuse(out, `"${words[0]}" is no system file (.yml, .yaml) and no directory`);
    return openDashboard(located, out);
  }
  if (verb.name === 'mcp') {
    if (words.length > 0) return refuse(out, `"${words[0]}" is no system file (.yml, .yaml) and no directory`);
    const { serve } = await import('./mcp/server.js');
    const { profiles, portOffset } = call;
    const mayControl = flags.has('allow-control');
    return serve({ located, profiles, portOffset, mayControl, isRevealing: flags.has('reveal') }, out);
  }
  if (verb.name === 'up') {
    const { up } = await import('./up.js');
    return up({ located, words, flags, profiles: call.profiles, portOffset: call.portOffset }, out);
  }
  const last = verb.operands.at(-1);
  const takesCommand = last?.kind === 'command';
  // A service may stand before its command.
  const before = takesCommand ? words.splice(0, verb.operands.length - 1) : words;
  if (takesCommand && !last.optional && words.length === 0)
    return refuse(out, `${verb.name} needs a command: fuge ${verb.examples[0]!.line}`);
  // One word is a line for the shell; several are words that were split already.
  const command = !takesCommand ? '' : words.length === 1 ? words[0]! : words.map(quoteWord).join(' ');
  return runVerb(verb, located, out, system => {
    const result = readOperands(verb, before, { system, verbs, prefix: 'fuge ', flags });
    if (result.kind === 'problem') return result;
    return { kind: 'input', input: { ...result, command, flags } };
  });
}

function refuse(out: Output, message: string): number {
  out.complain(message);
  return USAGE;
}

/** What is wrong with the first word, if it is no command of the command line. */
function misused(first: string, argv: readonly string[]): string | undefined {
  const verb = findVerb(first, verbs);
  if (verb?.where.includes('argv')) return undefined;
  if (verb) {
    const line = argv.slice(argv.indexOf(first)).join(' ');
    return `${verb.name} works at the prompt: run "fuge shell", then type "${line}"`;
  }
  if (/\.ya?ml$/i.test(first)) return `${first} is a system file; to open it, run "fuge shell ${first}"`;
  const near = nearestVerb(first, verbs);
  return `no command is called "${first}"${near === undefined ? '' : `. Did you mean "${near}"?`} ("fuge help" lists them)`;
}

function createProgram(run: (call: Call) => Promise<void>): Command {
  const program = new Command('fuge').exitOverride().enablePositionalOptions().helpCommand(false);
  program.version(versionText(), '-v, --version');
  withHelp(program, undefined);
  for (const flag of common) program.addOption(optionOf(flag));
  program.action(async () =>
    run({ verb: findVerb('help', verbs)!, operands: [], literal: [], flags: new Map(), file: undefined, profiles: [] }),
  );
  for (const verb of verbs) if (verb.where.includes('argv')) program.addCommand(createCommand(verb, program, run));
  return program;
}

function createCommand(verb: Verb, program: Command, run: (call: Call) => Promise<void>): Command {
  const command = new Command(verb.name).argument('[operands...]').exitOverride();
  for (const alias of verb.aliases ?? []) command.alias(alias);
  withHelp(command, verb);
  for (const flag of verb.flags) command.addOption(optionOf(flag));
  // The flags of `apply git status -s` are git's.
  const last = verb.operands.at(-1);
  if (last?.kind === 'command' && !last.behindDashes) command.passThroughOptions();
  command.action(async (operands: string[]) => {
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
    await run({
      verb,
      operands,
      literal: program.getOptionValue('literal') ?? [],
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

async function printHelp(verb: Verb | undefined, out: Output): Promise<void> {
  const { renderHelp, renderVerbHelp } = await import('./render/help.js');
  const style = { paint: out.paint, width: out.isTerminal ? out.width : undefined, shell: false };
  out.print(verb ? renderVerbHelp(verb, style) : renderHelp(verbs, style));
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
