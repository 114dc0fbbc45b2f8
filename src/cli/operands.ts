/** Checks a verb's operands against the table and the system: the same for the prompt and the command line. */
import { nearest, type System } from '../index.js';
import { selectServices } from './select.js';
import type { Operand, Verb } from './verb.js';

export interface Operands {
  readonly services: readonly string[];
  readonly named: boolean;
  readonly words: readonly string[];
}

export type OperandsResult =
  | ({ readonly kind: 'operands' } & Operands)
  /** `word` is the operand that is wrong, undefined if one is missing. */
  | { readonly kind: 'problem'; readonly message: string; readonly word: string | undefined; readonly near?: string };

export interface OperandsOptions {
  /** Undefined for verbs that need no system: services are then not looked at. */
  readonly system: System | undefined;
  readonly verbs: readonly Verb[];
  /** What is put before a command in messages: nothing at the prompt, `fuge ` on the command line. */
  readonly prefix: string;
  /** Flags that were given, by long name. */
  readonly flags: ReadonlyMap<string, string | true>;
}

const ASSIGNMENT = /^[A-Za-z_][A-Za-z0-9_]*=/;

/** Distributes words over the verb's operands. A `command` operand takes no words here: it is cut from the line as typed. */
export function readOperands(verb: Verb, given: readonly string[], options: OperandsOptions): OperandsResult {
  const rest = [...given];
  let services: readonly string[] = [];
  let named = false;
  const words: string[] = [];
  const problem = (message: string, word?: string, near?: string): OperandsResult => ({
    kind: 'problem',
    message,
    word,
    ...(near === undefined ? {} : { near }),
  });

  for (const [place, operand] of verb.operands.entries()) {
    switch (operand.kind) {
      case 'service':
      case 'services': {
        const taken = takeNames(rest, operand, verb.operands.slice(place + 1), options.system);
        if (taken.length === 0 && !operand.optional) return problem(missingNames(verb, operand, options.prefix));
        named = taken.length > 0;
        if (options.system === undefined) break;
        const selection = selectServices(
          named ? taken : ['all'],
          options.system,
          operand.kind === 'services' && operand.active,
        );
        if (selection.kind === 'unknown') {
          if (!named) break; // no services at all
          return problem(unknownName(selection, options), selection.word, selection.near);
        }
        services = selection.services;
        break;
      }
      case 'choice': {
        const word = rest[0];
        if (word !== undefined && operand.words.includes(word)) words.push(rest.shift()!);
        else if (!operand.optional) return problem(`${verb.name} needs one of: ${operand.words.join(', ')}`, word);
        break;
      }
      case 'word': {
        const word = rest.shift();
        if (word !== undefined) words.push(word);
        else if (!operand.optional)
          return problem(`${verb.name} needs a ${operand.name}: ${example(verb, options.prefix)}`);
        break;
      }
      case 'assignments': {
        if (rest.length === 0 && options.flags.size === 0)
          return problem(`${verb.name} needs NAME=value: ${example(verb, options.prefix)}`);
        for (const word of rest.splice(0)) {
          if (!ASSIGNMENT.test(word)) return problem(`"${word}" is not of the form NAME=value`, word);
          words.push(word);
        }
        break;
      }
      case 'verb': {
        const word = rest.shift();
        if (word === undefined) break;
        const found = findVerb(word, options.verbs);
        if (!found) return problem(unknownVerb(word, options.verbs), word);
        words.push(found.name);
        break;
      }
      case 'command':
        return { kind: 'operands', services, named, words };
    }
  }
  if (rest.length > 0) return problem(tooMany(verb, rest[0]!, options.prefix), rest[0]);
  return { kind: 'operands', services, named, words };
}

/** Whether the command reads a system file. */
export function takesFile(verb: Verb): boolean {
  return verb.on !== 'none';
}

/** The verb of that name or alias. */
export function findVerb(word: string, verbs: readonly Verb[]): Verb | undefined {
  return verbs.find(verb => verb.name === word || verb.aliases?.includes(word));
}

/** The name of the verb that was probably meant. */
export function nearestVerb(word: string, verbs: readonly Verb[]): string | undefined {
  return nearest(
    word,
    verbs.flatMap(verb => [verb.name, ...(verb.aliases ?? [])]),
  );
}

/** How a verb is written, without its flags: `info <service…> [full]`. */
export function usageOf(verb: Verb): string {
  return [verb.name, ...verb.operands.map(usageOfOperand)].join(' ');
}

function usageOfOperand(operand: Operand): string {
  const bracket = (text: string, optional: boolean) => (optional ? `[${text}]` : `<${text}>`);
  switch (operand.kind) {
    case 'services':
      return bracket('service…', operand.optional);
    case 'service':
      return bracket('service', operand.optional ?? false);
    case 'choice':
      return operand.optional ? `[${operand.words.join('|')}]` : operand.words.join('|');
    case 'word':
      return bracket(operand.name, operand.optional);
    case 'assignments':
      return 'NAME=value…';
    case 'command':
      if (operand.behindDashes) return '-- <command>';
      return operand.optional ? '[command]' : '<command>';
    case 'verb':
      return bracket('command', operand.optional);
  }
}

/** Takes the leading words that are names of services from `rest`: those that no later operand claims. */
function takeNames(rest: string[], operand: Operand, later: readonly Operand[], system: System | undefined): string[] {
  if (operand.kind === 'service') return rest.splice(0, 1);
  const next = later[0];
  const claimed = (word: string, last: boolean) => {
    if (system?.services.has(word)) return false;
    if (next?.kind === 'assignments') return word.includes('=');
    return next?.kind === 'choice' && last && next.words.includes(word);
  };
  const end = rest.findIndex((word, i) => claimed(word, i === rest.length - 1));
  return rest.splice(0, end < 0 ? rest.length : end);
}

function missingNames(verb: Verb, operand: Operand, prefix: string): string {
  if (operand.kind === 'service') return `${verb.name} needs a service: ${example(verb, prefix)}`;
  return `${verb.name} needs services: names, groups, patterns or "all", as in ${example(verb, prefix)}`;
}

function unknownName(selection: { word: string; near: string | undefined }, options: OperandsOptions): string {
  const { word, near } = selection;
  const list = `"${options.prefix}ps" lists them`;
  if (/[*?]/.test(word)) return `no service matches "${word}" (${list})`;
  if (near !== undefined) return `no service or group is called "${word}". Did you mean "${near}"? (${list})`;
  return `no service or group is called "${word}" (${list})`;
}

/** What is said of a word that should be a verb. */
export function unknownVerb(word: string, verbs: readonly Verb[]): string {
  const near = nearestVerb(word, verbs);
  return `no command is called "${word}"${near === undefined ? '' : `. Did you mean "${near}"?`}`;
}

function tooMany(verb: Verb, word: string, prefix: string): string {
  return verb.operands.length === 0
    ? `${verb.name} takes no operands, but got "${word}"`
    : `"${word}" is one too many: ${prefix}${usageOf(verb)}`;
}

function example(verb: Verb, prefix: string): string {
  const line = verb.examples[0]?.line;
  return line === undefined ? `${prefix}${usageOf(verb)}` : `"${prefix}${line}"`;
}
