/** Reads .env files by the rules of Compose's dotenv dialect. */
import { type InterpolationProblem, interpolate, type Lookup } from './interpolate.js';

export interface DotenvEntry {
  readonly name: string;
  /** Undefined: a bare name that neither the environment nor the file gives a value. */
  readonly value: string | undefined;
  /** Line of the name, from 1. */
  readonly line: number;
}

export interface DotenvProblem {
  /** `error`: the line was passed over. `warning`: something of it was ignored. `unset`: a variable without a value. */
  readonly kind: 'error' | 'warning' | 'unset';
  readonly line: number;
  readonly column: number;
  /** One sentence without a full stop. */
  readonly message: string;
}

export interface Dotenv {
  /** By name, the last definition wins. A bare name without a value anywhere is absent. */
  readonly values: ReadonlyMap<string, string>;
  /** Every definition in file order. */
  readonly entries: readonly DotenvEntry[];
  readonly problems: readonly DotenvProblem[];
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

/**
 * Parses the text of a .env file. Variables in values are looked up in `lookup` first, then among the file's earlier
 * keys. All problems are reported, and a line with one is passed over.
 */
export function parseDotenv(text: string, lookup: Lookup = () => undefined): Dotenv {
  const source = (text.startsWith('\uFEFF') ? text.slice(1) : text).replace(/\r\n?/g, '\n');
  const reader = new Reader(source, lookup);
  reader.readAll();
  return { values: reader.values, entries: reader.entries, problems: reader.problems };
}

/**
 * `format: raw` (Compose): everything after the first `=` is the value, as it is. Blank lines and those that begin with
 * `#` are ignored; a bare name takes its value from `lookup`. A name has no white space, not even after it.
 */
export function parseRawEnv(text: string, lookup: Lookup = () => undefined): Dotenv {
  const values = new Map<string, string>();
  const entries: DotenvEntry[] = [];
  const problems: DotenvProblem[] = [];
  const lines = (text.startsWith('\uFEFF') ? text.slice(1) : text).split('\n');
  for (const [index, whole] of lines.entries()) {
    const line = whole.replace(/\r$/, '').trimStart();
    if (line === '' || line.startsWith('#')) continue;
    const equals = line.indexOf('=');
    const name = equals === -1 ? line : line.slice(0, equals);
    if (name === '' || /\s/.test(name)) {
      const message = name === '' ? 'there is no name before "="' : `"${name}" contains a space, names can't`;
      problems.push({ kind: 'error', line: index + 1, column: whole.length - whole.trimStart().length + 1, message });
      continue;
    }
    const value = equals === -1 ? lookup(name) : line.slice(equals + 1);
    entries.push({ name, value, line: index + 1 });
    if (value !== undefined) values.set(name, value);
  }
  return { values, entries, problems };
}

class Reader {
  readonly values = new Map<string, string>();
  readonly entries: DotenvEntry[] = [];
  readonly problems: DotenvProblem[] = [];
  #at = 0;
  #line = 1;
  #lineStart = 0;

  constructor(
    private readonly source: string,
    private readonly lookup: Lookup,
  ) {}

  readAll(): void {
    while (this.#at < this.source.length) {
      this.#skip(/[^\S\n]*/y);
      const c = this.source[this.#at];
      if (c === undefined) break;
      if (c === '\n') this.#newline();
      else if (c === '#') this.#restOfLine();
      else this.#readEntry();
    }
  }

  #readEntry(): void {
    this.#skip(/export[^\S\n]+/y);
    const line = this.#line;
    const start = this.#at;
    const head = this.#skip(/[^=:\n]*/y);
    const separator = this.source[this.#at];
    const bare = separator !== '=' && separator !== ':';
    // A comment after a bare name is none of the name.
    const name = (bare ? head.replace(/\s#.*$/s, '') : head).trimEnd();
    const wrong = nameProblem(name);
    if (wrong) {
      this.#complain('error', start + wrong.offset, wrong.message);
      this.#restOfLine();
      return;
    }
    if (bare) {
      this.#define(name, this.lookup(name) ?? this.values.get(name), line);
      return;
    }
    this.#at++;
    this.#skip(/[^\S\n]*/y);
    const quote = this.source[this.#at];
    const value = quote === '"' || quote === "'" ? this.#readQuoted(quote) : this.#readPlain();
    if (value !== undefined) this.#define(name, value, line);
  }

  /** To the end of the line; a comment begins at a `#` after white space. No escapes. */
  #readPlain(): string {
    const start = this.#at;
    const line = this.#restOfLine();
    const comment = line.startsWith('#') ? 0 : line.search(/\s#/);
    return this.#expand(comment === -1 ? line.trimEnd() : line.slice(0, comment).trimEnd(), start);
  }

  #readQuoted(quote: '"' | "'"): string | undefined {
    const start = this.#at;
    let end = start + 1;
    while (end < this.source.length && this.source[end] !== quote) end += this.source[end] === '\\' ? 2 : 1;
    if (end >= this.source.length) {
      this.#complain('error', start, `the quote ${quote} is never closed`);
      this.#restOfLine();
      return undefined;
    }
    const inner = this.source.slice(start + 1, end);
    const value = quote === "'" ? inner.replaceAll("\\'", "'") : this.#expand(protectDollars(inner), start + 1);
    for (let i = this.source.indexOf('\n', start); i !== -1 && i < end; i = this.source.indexOf('\n', i + 1)) {
      this.#line++;
      this.#lineStart = i + 1;
    }
    this.#at = end + 1;
    const after = this.#at;
    const rest = this.#restOfLine();
    if (/\S/.test(rest) && !rest.trimStart().startsWith('#'))
      this.#complain('warning', after, `"${rest.trim()}" after the closing quote is ignored`);
    return value;
  }

  #define(name: string, value: string | undefined, line: number): void {
    this.entries.push({ name, value, line });
    if (value !== undefined) this.values.set(name, value);
  }

  #expand(text: string, start: number): string {
    const result = interpolate(text, name => this.lookup(name) ?? this.values.get(name));
    for (const problem of result.problems) this.#complainOf(problem, start);
    return result.text;
  }

  #complainOf(problem: InterpolationProblem, start: number): void {
    const kind = problem.kind === 'unset' ? 'unset' : 'error';
    this.#complain(kind, start + Math.max(0, this.source.slice(start).indexOf(problem.fragment)), problem.message);
  }

  #complain(kind: DotenvProblem['kind'], offset: number, message: string): void {
    const before = this.source.slice(this.#lineStart, offset).split('\n');
    const column = before.at(-1)!.length + 1;
    this.problems.push({ kind, line: this.#line + before.length - 1, column, message });
  }

  #skip(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.source)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  #restOfLine(): string {
    return this.#skip(/[^\n]*/y);
  }

  #newline(): void {
    this.#at++;
    this.#line++;
    this.#lineStart = this.#at;
  }
}

function nameProblem(name: string): { offset: number; message: string } | undefined {
  if (name === '') return { offset: 0, message: 'there is no name before "="' };
  const bad = /[^\p{L}\p{N}_.\-[\]]/u.exec(name);
  if (!bad) return undefined;
  if (/\s/.test(bad[0])) return { offset: bad.index, message: `"${name}" contains a space, names can't` };
  return { offset: bad.index, message: `"${bad[0]}" can't be part of a name, as in "${name}"` };
}

/** Resolves the escapes of a double-quoted value, leaving `$$` for an escaped `$` so that interpolation gives it back. */
function protectDollars(inner: string): string {
  return inner.replace(/\\(0[0-7]{1,3}|[\s\S])/g, (whole, code: string) => {
    if (code === '$') return '$$';
    if (/^0[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8));
    return ESCAPES[code] ?? whole;
  });
}
