/**
 * `fuge complete -- WORD…`: what a shell's completion asks. The words are those after `fuge`, up to the one being typed.
 *
 * It prints a candidate a line, with what it is after a tab where that is known. What is wrong is passed over in silence: a
 * message would stand in the middle of what the user types.
 */
import { loadSystem } from '../../index.js';
import { takesFile } from '../operands.js';
import { files, isWithinCommand, offers } from '../shell/completion.js';
import type { Flag, Verb } from '../verb.js';
import { common } from '../verbs/topics/flags.js';
import { verbs } from '../verbs.js';

const ALL = verbs.filter(verb => verb.where.includes('argv'));
const SYSTEM_FILE = /\.ya?ml$/i;

export async function answerCompletion(given: readonly string[], cwd: string): Promise<readonly string[]> {
  // Bash gives `--flag=value` as three words, others as one.
  const words = given.flatMap((word, i) => (word !== '=' ? word : i === given.length - 1 ? '' : []));
  const [, flag, value] = /^(--[^=]+)=(.*)$/.exec(words.at(-1) ?? '') ?? [];
  if (flag !== undefined && value !== undefined) {
    const candidates = await answerCompletion([...words.slice(0, -1), flag, value], cwd);
    return candidates.map(candidate => `${flag}=${candidate}`);
  }
  const last = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const place = before.findIndex((word, i) => !word.startsWith('-') && !takesValue(common, before[i - 1]));
  const verb = ALL.find(({ name, aliases }) => name === before[place] || aliases?.includes(before[place] ?? ''));
  const flags = verb ? verb.flags : common;
  if (place >= 0 && !verb) return [];
  const previous = takesValue(flags, before.at(-1));
  if (previous && !before.includes('--')) return matching(await valuesOf(previous, before, last, cwd), last);
  if (!verb)
    return last.startsWith('-')
      ? matching([...common.map(told), '--help\tsays how a command is used', '--version\tprints the version'], last)
      : matching(
          ALL.map(({ name, summary }) => `${name}\t${summary}`),
          last,
        );
  const typed = before.slice(place + 1);
  const literal = typed.includes('--');
  const operands = typed.filter((word, i) => !word.startsWith('-') && !takesValue(flags, typed[i - 1]));
  if (isWithinCommand(verb, operands.length + 1)) return filesFor(last, cwd, () => true);
  if (last.startsWith('-') && !literal) return matching([...flags.map(told), '--help\tsays how it is used'], last);
  return matching(await operandsOf(verb, operands, before, last, cwd), last);
}

async function operandsOf(
  verb: Verb,
  operands: readonly string[],
  before: readonly string[],
  last: string,
  cwd: string,
): Promise<string[]> {
  const needsSystem = verb.operands.some(({ kind }) => ['service', 'services', 'assignments'].includes(kind));
  const system = needsSystem ? await systemOf(verb, before, cwd) : undefined;
  const named = operands.filter(word => !SYSTEM_FILE.test(word));
  const offered = verb.operands.flatMap((operand, i) =>
    offers(operand, named, verb.operands.slice(0, i), { verbs: ALL, system, cwd }),
  );
  const word = verb.operands.find(({ kind }) => kind === 'word');
  const takesPath = word?.kind === 'word' && /^(file|directory)$/.test(word.name);
  const isFileNamed = operands.some(operand => SYSTEM_FILE.test(operand));
  if (takesPath && operands.length === 0) offered.push(...filesFor(last, cwd, () => true));
  // Directories only where one is being typed: a service is meant more often.
  else if (takesFile(verb) && !isFileNamed) offered.push(...filesFor(last, cwd, SYSTEM_FILE.test.bind(SYSTEM_FILE)));
  return [...new Set(offered)];
}

async function valuesOf(flag: Flag, before: readonly string[], last: string, cwd: string): Promise<string[]> {
  if (flag.choices) return [...flag.choices];
  if (flag.name === 'profile') {
    const system = await systemOf(undefined, before, cwd);
    return [...new Set([...(system?.services.values() ?? [])].flatMap(({ profiles }) => profiles))];
  }
  if (flag.name === 'file') return filesFor(last, cwd, SYSTEM_FILE.test.bind(SYSTEM_FILE));
  return flag.value === 'file' || flag.value === 'dir' ? filesFor(last, cwd, () => true) : [];
}

/** That of `-f`, or of a system file among the words, or what is found from here upwards. Every profile counts. */
async function systemOf(verb: Verb | undefined, words: readonly string[], cwd: string) {
  const flag = words.findIndex(word => word === '--file' || (word === '-f' && !isOwnShort(verb)));
  const file = flag >= 0 ? words[flag + 1] : words.find(word => SYSTEM_FILE.test(word));
  return (await loadSystem(file, { cwd })).system;
}

/** `logs -f` follows. */
function isOwnShort(verb: Verb | undefined): boolean {
  return verb?.flags.some(({ name, short }) => short === 'f' && name !== 'file') === true;
}

function takesValue(flags: readonly Flag[], word: string | undefined): Flag | undefined {
  return flags.find(
    ({ name, short, value }) =>
      value !== undefined && (word === `--${name}` || (short !== undefined && word === `-${short}`)),
  );
}

function told({ name, summary }: Flag): string {
  return `--${name}\t${summary}`;
}

/** Directories, too: what is meant may lie in them. */
function filesFor(word: string, cwd: string, isMeant: (name: string) => boolean): string[] {
  return files(word, cwd)
    .map(file => file.trimEnd())
    .filter(file => file.endsWith('/') || isMeant(file));
}

const matching = (candidates: readonly string[], start: string) => candidates.filter(one => one.startsWith(start));
