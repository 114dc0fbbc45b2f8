/** Reads a line typed at the prompt: a verb of ours with its input, or something for the system's shell. */
import { existsSync } from 'node:fs';
import type { System } from '../index.js';
import { findVerb, nearestVerb, type Operands, readOperands } from './operands.js';
import { servicesOf } from './select.js';
import type { Flag, Input, Verb } from './verb.js';
import { splitWords, type Word } from './words.js';

export type Parsed =
  | { readonly kind: 'verb'; readonly verb: Verb; readonly input: Input }
  | { readonly kind: 'empty' }
  /** One sentence that says what to type instead. */
  | { readonly kind: 'problem'; readonly message: string }
  /** For the system's shell, exactly as typed. `near` is the verb that may have been meant, should the shell not know it. */
  | { readonly kind: 'passthrough'; readonly line: string; readonly near?: string };

export interface ParseOptions {
  /** Whether a path exists, relative to where the system's shell would run; default: looks. */
  readonly exists?: (path: string) => boolean;
}

/**
 * Verbs that are also programs, and when a line that is no use to ours goes to the program instead of being refused.
 * A flag that ours does not have always does.
 */
const PROGRAMS: Readonly<Record<string, (operands: readonly string[], isPath: (word: string) => boolean) => boolean>> =
  {
    ps: () => true,
    test: operands => operands.some(word => /^(!|=|==|!=|<|>)$/.test(word)),
    kill: operands => operands.some(word => /^%?-?\d+$/.test(word)),
    env: operands => operands.length === 0 || operands.length > 1 || operands[0]!.includes('='),
    tail: (operands, isPath) => operands.some(isPath),
    watch: operands => operands.length > 1,
    grep: () => false,
    clear: () => true,
    info: () => false,
  };

/** Words by which a shell joins commands. At the prompt they only make sense for the system's shell. */
const OPERATOR = /^(\|\|?|&&?|;|\d?>>?.*|<.*)$/;

/** Signals after `kill` that mean what our `kill` does anyway. */
const KILL_SIGNALS = new Set(['-9', '-KILL', '-SIGKILL']);

/** See {@link Parsed}. A `command` operand keeps the rest of the line as typed; lines that begin with `#` are comments. */
export function parseLine(line: string, verbs: readonly Verb[], system: System, options: ParseOptions = {}): Parsed {
  const typed = line.trim();
  if (typed === '' || typed.startsWith('#')) return { kind: 'empty' };
  if (typed.startsWith('!')) {
    const rest = typed.slice(1).trim();
    return rest === ''
      ? { kind: 'problem', message: '! needs a command for the system\'s shell: "!git log"' }
      : pass(rest);
  }
  const { words, open } = splitWords(typed);
  const first = words[0]!;
  const offered = verbs.filter(verb => verb.where.includes('shell'));
  const verb = first.quoted ? undefined : findVerb(first.text, offered);
  if (!verb) {
    const near = nearestVerb(first.text, offered);
    return { ...pass(typed), ...(near === undefined ? {} : { near }) };
  }
  const last = verb.operands.at(-1);
  if (last?.kind === 'command') {
    // Before the command stand as many words as the verb has other operands.
    const given = words.slice(1, verb.operands.length);
    const start = given.at(-1)?.end ?? first.end;
    const texts = given.map(word => word.text);
    const result = readOperands(verb, texts, { system, verbs: offered, prefix: '', flags: new Map() });
    if (result.kind === 'problem') return { kind: 'problem', message: result.message };
    return parseCommand(verb, typed.slice(start).trim(), result, last.optional ?? false);
  }

  const program = PROGRAMS[verb.name];
  const isPath = (word: string) => word.includes('/') || (options.exists ?? existsSync)(word);
  if (open !== undefined) return { kind: 'problem', message: `a ${open} is never closed` };
  const operator = words.slice(1).find(word => !word.quoted && OPERATOR.test(word.raw));
  if (operator && program && verb.name !== 'grep') return pass(typed);
  if (operator)
    return {
      kind: 'problem',
      message: `"${operator.raw}" does not work with fuge's ${verb.name}: one command a line, output stays here. In a terminal, "fuge ${verb.name} …" can be piped`,
    };

  const read = readFlags(verb, words.slice(1), system);
  if (read.kind === 'unknown') {
    if (program) return pass(typed);
    return { kind: 'problem', message: `${verb.name} has no ${read.word}: see "help ${verb.name}"` };
  }
  if (read.kind === 'problem') return read;
  const texts = read.operands.map((word, i) =>
    verb.operands[i]?.kind === 'word' && !word.quoted ? word.raw : word.text,
  );
  const result = readOperands(verb, texts, { system, verbs: offered, prefix: '', flags: read.flags });
  if (result.kind === 'operands')
    return {
      kind: 'verb',
      verb,
      input: { services: result.services, named: result.named, words: result.words, command: '', flags: read.flags },
    };
  // `ps gatway` is a slip, `ps aux` is not: a near name makes it ours.
  const slip = verb.name === 'ps' && result.near !== undefined;
  if (program?.(texts, isPath) && !slip) return pass(typed);
  if (program && result.word !== undefined)
    return { kind: 'problem', message: `${result.message}; "!${typed}" runs the system's ${verb.name}` };
  return { kind: 'problem', message: result.message };
}

function parseCommand(verb: Verb, command: string, operands: Operands, isOptional: boolean): Parsed {
  if (command === '' && !isOptional) {
    const example = verb.examples[0]?.line ?? verb.name;
    return { kind: 'problem', message: `${verb.name} needs a command for the system's shell: "${example}"` };
  }
  const { services, named, words } = operands;
  return { kind: 'verb', verb, input: { services, named, words, command, flags: new Map() } };
}

function pass(line: string): { kind: 'passthrough'; line: string } {
  return { kind: 'passthrough', line };
}

type FlagsResult =
  | { readonly kind: 'flags'; readonly flags: ReadonlyMap<string, string | true>; readonly operands: readonly Word[] }
  | { readonly kind: 'unknown'; readonly word: string }
  | { readonly kind: 'problem'; readonly message: string };

/** Takes flags from anywhere among the words: `-n 5`, `-n5`, `--lines 5`, `--lines=5`; after `--` all are operands. */
function readFlags(verb: Verb, words: readonly Word[], system: System): FlagsResult {
  const flags = new Map<string, string | true>();
  const operands: Word[] = [];
  const offered = verb.flags.filter(flag => !flag.argvOnly);
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word.quoted || !/^-./.test(word.text)) {
      operands.push(word);
      continue;
    }
    if (word.text === '--') {
      operands.push(...words.slice(i + 1));
      break;
    }
    const { name, value } = splitFlag(word.text);
    const flag = offered.find(flag =>
      name.startsWith('--') ? flag.name === name.slice(2) : flag.short === name.slice(1),
    );
    if (!flag) {
      const others = words.filter(other => other !== word);
      const names = others.length > 0 && others.every(other => servicesOf(other.text, system).length > 0);
      if (verb.name === 'kill' && KILL_SIGNALS.has(word.text) && names) continue;
      return { kind: 'unknown', word: word.text };
    }
    if (flag.value === undefined) {
      if (value !== undefined) return { kind: 'unknown', word: word.text };
      flags.set(flag.name, true);
      continue;
    }
    const given = value ?? words[++i]?.text;
    if (given === undefined)
      return { kind: 'problem', message: `${verb.name} ${name} needs a value: ${usageOfFlag(flag)}` };
    flags.set(flag.name, given);
  }
  return { kind: 'flags', flags, operands };
}

function splitFlag(text: string): { name: string; value: string | undefined } {
  if (!text.startsWith('--')) return { name: text.slice(0, 2), value: text.length > 2 ? text.slice(2) : undefined };
  const equals = text.indexOf('=');
  return equals < 0 ? { name: text, value: undefined } : { name: text.slice(0, equals), value: text.slice(equals + 1) };
}

/** `-n, --lines <N>`. */
export function usageOfFlag(flag: Flag): string {
  const long = `--${flag.name}${flag.value === undefined ? '' : ` <${flag.value}>`}`;
  return flag.short === undefined ? long : `-${flag.short}, ${long}`;
}
