/** What Tab offers: commands, then whatever the command's operands are by the table; files for the system's shell. */
import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { System } from '../../index.js';
import { findVerb } from '../operands.js';
import { nameable } from '../select.js';
import type { Operand, Verb } from '../verb.js';

export interface CompletionOptions {
  readonly verbs: readonly Verb[];
  /** Undefined: names of services are not known. */
  readonly system: System | undefined;
  /** Where the system's shell runs. */
  readonly cwd: string;
}

/** Candidates for what stands before the cursor, and the part of the line that they replace. */
export function complete(line: string, options: CompletionOptions): [string[], string] {
  const start = /^\s*!?\s*/.exec(line)![0];
  const forced = start.includes('!');
  const words = splitTyped(line.slice(start.length));
  const last = words.pop() ?? '';
  const verbs = options.verbs.filter(verb => verb.where.includes('shell'));
  if (forced) return [files(last, options.cwd), last];
  if (words.length === 0) {
    const names = matching(
      verbs.flatMap(verb => [verb.name, ...(verb.aliases ?? [])]),
      last,
    );
    return [names.length > 0 || last === '' ? finish(names) : files(last, options.cwd), last];
  }
  const verb = findVerb(words[0]!, verbs);
  if (!verb || isWithinCommand(verb, words.length - 1)) return [files(last, options.cwd), last];
  const flags = verb.flags.filter(flag => !flag.argvOnly);
  if (last.startsWith('-'))
    return [
      finish(
        matching(
          flags.map(flag => `--${flag.name}`),
          last,
        ),
      ),
      last,
    ];
  const previous = words.at(-1)!;
  const valued = flags.find(flag => flag.value !== undefined && isFlag(previous, flag.name, flag.short));
  if (words.length > 1 && valued) return [finish(matching(valued.choices ?? [], last)), last];
  const operands = words.slice(1).filter(word => !word.startsWith('-'));
  const candidates = verb.operands.flatMap((operand, place) =>
    offers(operand, operands, verb.operands.slice(0, place), { ...options, verbs }),
  );
  return [finish(matching([...new Set(candidates)], last)), last];
}

/** Whether what follows so many words is a part of the verb's command. */
export function isWithinCommand(verb: Verb, words: number): boolean {
  return verb.operands.at(-1)?.kind === 'command' && words >= verb.operands.length - 1;
}

/** What one operand offers after these words. */
export function offers(
  operand: Operand,
  typed: readonly string[],
  before: readonly Operand[],
  { system, verbs }: CompletionOptions,
): readonly string[] {
  switch (operand.kind) {
    case 'services':
      return before.some(other => other.kind === 'word') && typed.length === 0
        ? []
        : (system ? nameable(system) : []).filter(name => !typed.includes(name));
    case 'service':
      return typed.length === 0 ? [...(system?.services.keys() ?? [])] : [];
    case 'choice':
      // One that follows names waits for the first of them.
      return typed.length > 0 === before.length > 0 && !typed.some(word => operand.words.includes(word))
        ? operand.words
        : [];
    case 'verb':
      return typed.length === 0 ? verbs.map(verb => verb.name) : [];
    case 'assignments':
      return typed.flatMap(name => {
        const service = system?.services.get(name);
        return service && 'environment' in service ? Object.keys(service.environment).map(key => `${key}=`) : [];
      });
    default:
      return [];
  }
}

/** Names of files that go on with a word, quoted where a shell needs it; directories end in `/`, others in a blank. */
export function files(word: string, cwd: string): string[] {
  const slash = word.lastIndexOf('/') + 1;
  const [directory, base] = [word.slice(0, slash), unquoted(word.slice(slash))];
  const path = unquoted(directory).replace(/^~(?=\/)/, homedir());
  try {
    return readdirSync(resolve(cwd, path === '' ? '.' : path), { withFileTypes: true })
      .filter(entry => entry.name.startsWith(base) && (base.startsWith('.') || !entry.name.startsWith('.')))
      .map(entry => `${directory}${quoted(entry.name)}${isDirectory(entry, join(cwd, path)) ? '/' : ' '}`)
      .sort();
  } catch {
    return [];
  }
}

function isDirectory(entry: import('node:fs').Dirent, parent: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  try {
    readdirSync(resolve(parent, entry.name));
    return true;
  } catch {
    return false;
  }
}

/** Blanks protected by a backslash do not end a word. The last word is the one being typed, maybe empty. */
function splitTyped(text: string): string[] {
  return text.split(/(?<!\\)\s+/);
}

const matching = (candidates: readonly string[], start: string) => candidates.filter(word => word.startsWith(start));
/** A word that is complete is followed by a blank, unless its value follows. */
const finish = (words: readonly string[]) => words.map(word => (word.endsWith('=') ? word : `${word} `));
const isFlag = (word: string, name: string, short: string | undefined) => word === `--${name}` || word === `-${short}`;
const quoted = (name: string) => name.replace(/[\s'"\\$&|;<>()*?[\]`!#]/g, '\\$&');
const unquoted = (text: string) => text.replace(/\\(.)/g, '$1');
