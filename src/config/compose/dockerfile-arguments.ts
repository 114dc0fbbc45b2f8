/**
 * One instruction of a Dockerfile, its lines joined: name, flags and arguments.
 *
 * Rules (Dockerfile reference, as BuildKit's parser applies them):
 * - RUN, CMD, ENTRYPOINT, SHELL and the command of HEALTHCHECK are in the exec form if they are a JSON list of texts, else
 *   one text, the shell form. COPY, ADD and VOLUME take such a list, too, else words between white space, as FROM and
 *   EXPOSE have them. A JSON list of anything but texts is an error.
 * - ENV and LABEL: `NAME=VALUE` and more of them, or, with white space after the name, `NAME VALUE` to the end of the line,
 *   a form without quotes. Their arguments are triples: name, value, and `=` or (old form) nothing. ARG: `NAME` or
 *   `NAME=VALUE`. Quotes and escape characters are left in; expanding the words takes them out.
 * - ONBUILD puts off the instruction that it has behind it.
 */
import { isSpace, trimSpace, trimStart } from './dockerfile-space.js';
import type { Escape } from './dockerfile-words.js';

export interface InstructionParts {
  /** In lower case: `from`, `run`. */
  readonly cmd: string;
  readonly args: readonly string[];
  /** The arguments were a JSON list: the exec form. */
  readonly json: boolean;
  /** `--name=value`, without quotes. */
  readonly flags: readonly string[];
  /** What ONBUILD puts off. */
  readonly onbuild?: InstructionParts;
}

const DEEPEST = 10;

/** What is wrong with an instruction, as its message. */
export class BadArguments extends Error {}

type Arguments = Pick<InstructionParts, 'args' | 'onbuild'> & { readonly json?: boolean };

/** Throws {@link BadArguments}. Of an instruction that nobody knows the arguments are left out. */
export function readInstruction(line: string, quoting: Escape, depth = 0): InstructionParts {
  const trimmed = trimSpace(line);
  const gap = /[\t\v\f\r ]+/.exec(trimmed);
  const cmd = (gap ? trimmed.slice(0, gap.index) : trimmed).toLowerCase();
  const { flags, rest } = readFlags(gap ? trimmed.slice(gap.index + gap[0].length) : '', quoting);
  const { args, json = false, onbuild } = readArguments(cmd, trimSpace(rest), quoting, depth);
  return { cmd, args, json, flags, ...(onbuild && { onbuild }) };
}

function readArguments(cmd: string, rest: string, quoting: Escape, depth: number): Arguments {
  switch (cmd) {
    case 'run':
    case 'cmd':
    case 'entrypoint':
    case 'shell':
      return readJson(rest) ?? oneText(rest);
    case 'add':
    case 'copy':
    case 'volume':
      return readJson(rest) ?? { args: splitSpace(rest) };
    case 'from':
    case 'expose':
      return { args: splitSpace(rest) };
    case 'env':
    case 'label':
      return { args: readPairs(cmd, rest, quoting) };
    case 'arg':
      return { args: readWords(rest, quoting) };
    case 'healthcheck':
      return readHealthcheck(rest);
    case 'onbuild':
      if (rest === '') return { args: [] };
      // The build refuses a second one; here it only must not go on for ever.
      if (depth > DEEPEST) throw new BadArguments(`more than ${DEEPEST} times ONBUILD in one line`);
      return { args: [], onbuild: readInstruction(rest, quoting, depth + 1) };
    case 'maintainer':
    case 'stopsignal':
    case 'user':
    case 'workdir':
      return oneText(rest);
    default:
      return { args: [] };
  }
}

function oneText(rest: string): Arguments {
  return { args: rest === '' ? [] : [rest] };
}

function splitSpace(rest: string): string[] {
  return rest === '' ? [] : rest.split(/[\t\v\f\r ]+/);
}

/** Undefined if it is no JSON list: the shell form then. */
function readJson(rest: string): Arguments | undefined {
  if (!rest.startsWith('[')) return undefined;
  let list: unknown;
  try {
    list = JSON.parse(rest);
  } catch {
    return undefined;
  }
  if (!Array.isArray(list)) return undefined;
  if (!list.every(item => typeof item === 'string'))
    throw new BadArguments('a JSON list of arguments may have texts only');
  return { args: list, json: true };
}

function readHealthcheck(rest: string): Arguments {
  let end = 0;
  while (end < rest.length && !isSpace(rest[end])) end++;
  if (end === 0) return { args: [] };
  const command = trimStart(rest.slice(end));
  const { args, json = false } = readJson(command) ?? oneText(command);
  return { args: [rest.slice(0, end), ...args], json };
}

function readPairs(cmd: string, rest: string, quoting: Escape): string[] {
  const words = readWords(rest, quoting);
  const [first] = words;
  if (first === undefined) return [];
  if (!first.includes('=')) {
    const gap = /[\t\v\f\r ]+/.exec(rest);
    if (!gap) throw new BadArguments(`${cmd.toUpperCase()} needs a name and a value`);
    return [rest.slice(0, gap.index), rest.slice(gap.index + gap[0].length), ''];
  }
  return words.flatMap(word => {
    const equals = word.indexOf('=');
    if (equals === -1) throw new BadArguments(`"${word}" must be name=value`);
    return [word.slice(0, equals), word.slice(equals + 1), '='];
  });
}

/** Words between white space; quotes and escape characters protect, and stay. */
function readWords(rest: string, quoting: Escape): string[] {
  const words: string[] = [];
  let start = -1;
  let quote = '';
  let end = rest.length;
  for (let i = 0; i < rest.length; i++) {
    const c = rest[i]!;
    if (start === -1 && isSpace(c)) continue;
    if (start === -1) start = i;
    if (c === quoting && quote !== "'") {
      // At the end of the line it protects nothing, and is none of the word.
      if (i + 1 === rest.length) end = i;
      i++;
    } else if (quote !== '') {
      if (c === quote) quote = '';
    } else if (c === "'" || c === '"') quote = c;
    else if (isSpace(c)) {
      words.push(rest.slice(start, i));
      start = -1;
    }
  }
  if (start !== -1 && start < end) words.push(rest.slice(start, end));
  return words;
}

/** The words at the beginning that begin with `--`, and what is behind them; a bare `--` ends them. */
function readFlags(text: string, quoting: Escape): { flags: string[]; rest: string } {
  const flags: string[] = [];
  let i = 0;
  for (;;) {
    while (isSpace(text[i])) i++;
    if (!text.startsWith('--', i)) return { flags, rest: text.slice(i) };
    let flag = '';
    let quote = '';
    let quoted = false;
    for (; i < text.length; i++) {
      const c = text[i]!;
      if (c === quoting) flag += text[++i] ?? '';
      else if (quote !== '') {
        if (c === quote) quote = '';
        else flag += c;
      } else if (isSpace(c)) break;
      else if (c === "'" || c === '"') {
        quote = c;
        quoted = true;
      } else flag += c;
    }
    if (flag === '--') return { flags, rest: text.slice(i) };
    if (quoted || flag !== '') flags.push(flag);
  }
}
