/**
 * Words of a Dockerfile: quotes removed and variables replaced.
 *
 * Rules (Dockerfile reference, "Environment replacement", as BuildKit applies them):
 * - The escape character protects the next character; at the end of a word it vanishes. In single quotes nothing is
 *   special; in double quotes `$` is, and the escape character protects only `"`, `$` and itself.
 * - `$NAME`, `$1` (all digits) and the shell's special parameters (`$@`, `$$` …) are replaced, an unset one by nothing; a `$`
 *   before anything else stays.
 * - `${NAME}`; `${NAME-w}` w if unset; `${NAME+w}` w if set; `${NAME?w}` an error if unset; a colon before the sign counts
 *   an empty value as unset. `${NAME#p}` and `${NAME##p}` cut the shortest and longest prefix that matches the pattern p,
 *   `%` and `%%` a suffix; `${NAME/p/r}` replaces the first longest match, `${NAME//p/r}` every one. w, p and r may themselves
 *   have quotes and variables.
 * - Words are divided at white space outside of quotes, after the variables were replaced.
 */
import type { Lookup } from '../../interpolate.js';
import { matchEnds, type Pattern, parsePattern, reversePattern } from './shell-pattern.js';

export type Escape = '\\' | '`';

export interface WordStyle {
  /** Quotes are kept in the text; default false. */
  readonly rawQuotes?: boolean;
  /** The escape character is kept in the text; default false. */
  readonly rawEscapes?: boolean;
  /** Variables without a value stay as they are written; default false. */
  readonly keepUnset?: boolean;
  /** Shared by the words of one file, so that hostile patterns in many of them end, too; default: enough for one word. */
  readonly work?: Work;
}

/** Characters of patterns times characters of values that may still be compared. */
export interface Work {
  left: number;
}

export type DockerfileWord =
  | { readonly text: string; readonly problem?: undefined }
  | { readonly problem: string; readonly text?: undefined };

export type DockerfileWords =
  | { readonly words: readonly string[]; readonly problem?: undefined }
  | { readonly problem: string; readonly words?: undefined };

/** One argument of FROM, ENV, COPY, WORKDIR …, expanded. `quoting` is the file's escape character. */
export function expandDockerfileWord(
  word: string,
  lookup: Lookup,
  quoting: Escape = '\\',
  style: WordStyle = {},
): DockerfileWord {
  return orProblem(() => ({ text: new Lexer(word, lookup, quoting, style).readAll() }));
}

/** The same where an argument may stand for several (EXPOSE), divided into them. */
export function splitDockerfileWords(
  text: string,
  lookup: Lookup,
  quoting: Escape = '\\',
  style: WordStyle = {},
): DockerfileWords {
  return orProblem(() => {
    const splitter = new Splitter();
    new Lexer(text, lookup, quoting, style).readAll(splitter);
    return { words: splitter.end() };
  });
}

function orProblem<T>(read: () => T): T | { problem: string } {
  try {
    return read();
  } catch (error) {
    if (error instanceof BadWord) return { problem: error.message };
    throw error;
  }
}

/** Deeper nesting of `${…}` is no Dockerfile that anyone wrote. */
const DEEPEST = 100;
/** Characters of a word; values that contain each other double with every line. */
const LONGEST = 1_000_000;
const ENOUGH_WORK = 20_000_000;

/** Ends the reading of one word; never leaves this module. */
class BadWord extends Error {}

class Lexer {
  #at = 0;
  #depth = 0;
  #rawEscapes: boolean;
  readonly #work: Work;

  constructor(
    private readonly source: string,
    private readonly lookup: Lookup,
    private readonly quoting: Escape,
    private readonly style: WordStyle,
  ) {
    this.#rawEscapes = style.rawEscapes ?? false;
    this.#work = style.work ?? { left: ENOUGH_WORK };
  }

  readAll(splitter?: Splitter): string {
    return this.#readUntil(undefined, this.#rawEscapes, splitter);
  }

  /** To the stop character, which is left out, or to the end. */
  #readUntil(stop: string | undefined, rawEscapes: boolean, splitter?: Splitter): string {
    const before = this.#rawEscapes;
    this.#rawEscapes = rawEscapes;
    let text = '';
    for (;;) {
      const c = this.#next();
      if (c === undefined) {
        if (stop === undefined) break;
        throw new BadWord(`"\${" is never closed by "}"`);
      }
      if (c === stop) break;
      if (c === '$') {
        const value = this.#readVariable();
        text = appended(text, value);
        splitter?.addDivisible(value);
      } else if (c === "'" || c === '"') {
        const value = c === "'" ? this.#readSingleQuoted() : this.#readDoubleQuoted();
        text += value;
        splitter?.addWhole(value);
      } else if (c === this.quoting) {
        const value = (this.#rawEscapes ? c : '') + (this.#next() ?? '');
        text += value;
        splitter?.addWhole(value);
      } else {
        text += c;
        splitter?.addDivisible(c);
      }
    }
    this.#rawEscapes = before;
    return text;
  }

  #readSingleQuoted(): string {
    const end = this.source.indexOf("'", this.#at);
    if (end === -1) throw new BadWord("the quote ' is never closed");
    const text = this.source.slice(this.#at, end);
    this.#at = end + 1;
    return this.style.rawQuotes ? `'${text}'` : text;
  }

  #readDoubleQuoted(): string {
    let text = '';
    for (;;) {
      const c = this.#next();
      if (c === undefined) throw new BadWord('the quote " is never closed');
      if (c === '"') return this.style.rawQuotes ? `"${text}"` : text;
      if (c === '$') text = appended(text, this.#readVariable());
      else if (c !== this.quoting) text += c;
      else {
        const protectedOne = this.source[this.#at];
        if (this.#rawEscapes) text += c;
        if (protectedOne === '"' || protectedOne === '$' || protectedOne === this.quoting) text += this.#next();
        else if (protectedOne !== undefined) text += c;
      }
    }
  }

  /** After the `$`. */
  #readVariable(): string {
    if (this.source[this.#at] !== '{') {
      const name = this.#readName();
      if (name === '') return '$';
      return this.lookup(name) ?? (this.style.keepUnset ? `$${name}` : '');
    }
    if (++this.#depth > DEEPEST) throw new BadWord(`"\${" stands more than ${DEEPEST} deep`);
    this.#at++;
    const value = this.#readBraced();
    this.#depth--;
    return value;
  }

  #readBraced(): string {
    const first = this.source[this.#at];
    if (first === undefined) throw new BadWord(`"\${" is never closed by "}"`);
    if (first === '{' || first === '}' || first === ':') throw new BadWord(`"\${" is not followed by a name`);
    const name = this.#readName();
    const value = this.lookup(name);
    const kept = (rest: string) => (value === undefined && this.style.keepUnset ? `\${${name}${rest}}` : undefined);
    let sign = this.#next();
    if (sign === '}') return value ?? kept('') ?? '';
    if (sign === '/') return this.#readReplacement(value, kept);
    const colon = sign === ':' ? ':' : '';
    if (colon !== '') sign = this.#next();
    if (sign === undefined) throw new BadWord(`"\${${name}" is never closed by "}"`);
    if (!'-+?#%'.includes(sign)) throw new BadWord(`"\${${name}${colon}${sign}" means nothing`);
    const word = this.#readUntil('}', sign === '#' || sign === '%');
    const unset = value === undefined || (colon !== '' && value === '');
    const asWritten = kept(`${colon}${sign}${word}`);
    if (asWritten !== undefined) return asWritten;
    switch (sign) {
      case '-':
        return unset ? word : value;
      case '+':
        return unset ? '' : word;
      case '?':
        if (unset) throw new BadWord(`${name}: ${word || `it must not be ${value === undefined ? 'unset' : 'empty'}`}`);
        return value;
      default:
        return cut(value ?? '', sign, word, this.#work);
    }
  }

  /** After `${NAME/`. */
  #readReplacement(value: string | undefined, kept: (rest: string) => string | undefined): string {
    const all = this.source[this.#at] === '/';
    if (all) this.#at++;
    const pattern = this.#readUntil('/', true);
    const replacement = this.#readUntil('}', true);
    return kept(`/${pattern}/${replacement}`) ?? replace(value ?? '', pattern, replacement, all, this.#work);
  }

  /** A name, a number or one special parameter; empty if there is none. */
  #readName(): string {
    const pattern = /\p{Nd}+|[@*#?$!-]|[\p{L}_][\p{L}\p{Nd}_]*/uy;
    pattern.lastIndex = this.#at;
    const name = pattern.exec(this.source)?.[0] ?? '';
    this.#at += name.length;
    return name;
  }

  #next(): string | undefined {
    return this.source[this.#at++];
  }
}

function appended(text: string, value: string): string {
  if (text.length + value.length > LONGEST) throw new BadWord(`it would become longer than ${LONGEST} characters`);
  return text + value;
}

function cut(value: string, sign: string, word: string, work: Work): string {
  const greedy = word.startsWith(sign);
  const pattern = patternOf(greedy ? word.slice(1) : word, value, work);
  const prefix = sign === '#';
  const text = prefix ? [...value] : [...value].reverse();
  const end = matchEnds(prefix ? pattern : reversePattern(pattern), text, greedy)[0]!;
  if (end === -1) return value;
  return (prefix ? text.slice(end) : text.slice(end).reverse()).join('');
}

function replace(value: string, word: string, replacement: string, all: boolean, work: Work): string {
  const text = [...value];
  const ends = matchEnds(patternOf(word, value, work), text, true);
  const parts: string[] = [];
  let copied = 0;
  for (let at = 0; at <= text.length; at++) {
    const end = ends[at]!;
    if (end === -1) continue;
    parts.push(text.slice(copied, at).join(''));
    // Nothing right behind a match is no second match.
    if (end > copied || at === 0) parts.push(replacement);
    if (parts.length * replacement.length > LONGEST * 2)
      throw new BadWord(`it would become longer than ${LONGEST} characters`);
    copied = end;
    if (!all) break;
    at = Math.max(at, end - 1);
  }
  return parts.join('') + text.slice(copied).join('');
}

function patternOf(word: string, value: string, work: Work): Pattern {
  const { pattern, problem } = parsePattern(word);
  if (pattern === undefined) throw new BadWord(`the pattern "${word}" ${problem}`);
  // Matching takes time with both lengths.
  work.left -= pattern.length * value.length;
  if (work.left < 0) throw new BadWord('its patterns and values are too long');
  return pattern;
}

/** Divides at white space that came from outside of quotes. */
class Splitter {
  readonly #words: string[] = [];
  #word = '';

  addWhole(text: string): void {
    this.#word += text;
  }

  addDivisible(text: string): void {
    const [first = '', ...rest] = text.split(/[\s\x85]/);
    this.#word += first;
    for (const part of rest) {
      this.#finish();
      this.#word = part;
    }
  }

  end(): readonly string[] {
    this.#finish();
    return this.#words;
  }

  #finish(): void {
    if (this.#word !== '') this.#words.push(this.#word);
    this.#word = '';
  }
}
