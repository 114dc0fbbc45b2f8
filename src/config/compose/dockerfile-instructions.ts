/**
 * A Dockerfile's text as instructions.
 *
 * Rules (Dockerfile reference, as BuildKit's parser applies them):
 * - A line is an instruction; leading white space is ignored, and a line that begins with `#` is a comment. The first
 *   comments may be directives: `# escape=` and a backslash or backtick, `# syntax=`, `# check=`, each once.
 * - A line that ends with the escape character, and white space after it, goes on in the next one; doubled, it ends the
 *   line. Comments and empty lines between the parts are left out, and so is the line break.
 * - An instruction is a word in any case, then flags (`--name=value`, to a bare `--`), then arguments, which
 *   dockerfile-arguments.ts reads.
 * - `<<NAME` in RUN, COPY and ADD (and in ONBUILD with one of them), unless in the exec form, begins a here-document that
 *   ends with a line NAME; `<<-` allows tabs before it. With quotes around NAME, its variables are not replaced.
 */
import { BadArguments, type InstructionParts, readInstruction } from './dockerfile-arguments.js';
import { trimEnd, trimSpace, trimStart } from './dockerfile-space.js';
import { type Escape, splitDockerfileWords } from './dockerfile-words.js';

export interface Instruction extends InstructionParts {
  readonly heredocs: readonly Heredoc[];
  /** Lines count from 1. */
  readonly line: number;
  /** The last line, that of a here-document's end included. */
  readonly endLine: number;
}

export interface Heredoc {
  readonly name: string;
  /** With its line breaks, and as it is written, even where `chomp` says that leading tabs are none of it. */
  readonly content: string;
  /** Variables in it are replaced: its name was not quoted. */
  readonly expand: boolean;
  readonly chomp: boolean;
}

export type ParsedDockerfile =
  | { readonly instructions: readonly Instruction[]; readonly escape: Escape; readonly problem?: undefined }
  | { readonly problem: string; readonly line: number; readonly instructions?: undefined };

/** BuildKit's bound. */
const LONGEST_LINE = 65_535;
/** Real ones have some dozens. */
const MOST_INSTRUCTIONS = 10_000;

/** The instructions in their order; or the first thing that is wrong, and its line. Unknown instructions are none of it. */
export function parseDockerfile(text: string): ParsedDockerfile {
  return new Reader(text.startsWith('\uFEFF') ? text.slice(1) : text).readAll();
}

class Reader {
  readonly #instructions: Instruction[] = [];
  readonly #lines: readonly string[];
  #line = 0;
  #escape: Escape = '\\';
  /** The names of the directives so far; undefined once there can be no more. */
  #directives: Set<string> | undefined = new Set();

  constructor(text: string) {
    // With their line breaks, which belong to here-documents.
    this.#lines = text.split(/(?<=\n)/);
  }

  readAll(): ParsedDockerfile {
    while (this.#line < this.#lines.length) {
      const start = this.#line + 1;
      const problem = this.#readInstruction();
      if (problem !== undefined) return { problem, line: start };
      if (this.#instructions.length > MOST_INSTRUCTIONS)
        return { problem: `it has more than ${MOST_INSTRUCTIONS} instructions`, line: start };
    }
    if (this.#instructions.length === 0) return { problem: 'it has no instructions', line: 1 };
    return { instructions: this.#instructions, escape: this.#escape };
  }

  /** One instruction, comment or empty line; gives what is wrong with it. */
  #readInstruction(): string | undefined {
    const whole = this.#lines[this.#line++]!;
    const line = this.#line;
    if (whole.length > LONGEST_LINE) return `a line has more than ${LONGEST_LINE} characters`;
    const first = trimStart(withoutBreak(whole));
    const wrong = this.#readDirective(first);
    if (wrong !== undefined) return wrong;
    if (first === '' || first.startsWith('#')) return undefined;
    const logical = this.#readContinuations(first);
    if (trimSpace(logical) === '') return undefined;
    try {
      const parts = readInstruction(logical, this.#escape);
      const heredocs = this.#readHeredocs(parts, logical);
      if (typeof heredocs === 'string') return heredocs;
      this.#instructions.push({ ...parts, heredocs, line, endLine: this.#line });
      return undefined;
    } catch (error) {
      if (error instanceof BadArguments) return error.message;
      throw error;
    }
  }

  #readDirective(line: string): string | undefined {
    if (!this.#directives) return undefined;
    const [, name, value] = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(\S.*)$/.exec(line) ?? [];
    const directive = name?.toLowerCase();
    if (directive === undefined || !['escape', 'syntax', 'check'].includes(directive)) {
      this.#directives = undefined;
      return undefined;
    }
    if (this.#directives.has(directive)) return `"# ${directive}=" stands there twice`;
    this.#directives.add(directive);
    if (directive !== 'escape') return undefined;
    const quoting = trimEnd(value!);
    if (quoting !== '\\' && quoting !== '`')
      return `the escape character must be \\ or \`, not ${JSON.stringify(quoting)}`;
    this.#escape = quoting;
    return undefined;
  }

  #readContinuations(first: string): string {
    let part = this.#continued(first);
    if (part === undefined) return first;
    const parts = [part];
    while (this.#line < this.#lines.length) {
      const next = withoutBreak(this.#lines[this.#line++]!);
      const start = trimStart(next);
      if (start === '' || start.startsWith('#')) continue;
      part = this.#continued(next);
      parts.push(part ?? next);
      if (part === undefined) break;
    }
    return parts.join('');
  }

  /** The line without its escape character at the end; undefined if it has none. */
  #continued(line: string): string | undefined {
    let end = line.length;
    while (line[end - 1] === ' ' || line[end - 1] === '\t') end--;
    if (line[end - 1] !== this.#escape || line[end - 2] === this.#escape) return undefined;
    return line.slice(0, end - 1);
  }

  /** The here-documents that the line begins, in their order; or what is wrong with them. */
  #readHeredocs(parts: InstructionParts, line: string): readonly Heredoc[] | string {
    const inner = parts.cmd === 'onbuild' ? (parts.onbuild ?? parts) : parts;
    if (!['run', 'copy', 'add'].includes(inner.cmd) || inner.json || !line.includes('<<')) return [];
    const heredocs: Heredoc[] = [];
    const words = splitDockerfileWords(line, () => undefined, '\\', RAW).words ?? [];
    for (const word of words) {
      const begun = beginningOf(word);
      if (typeof begun === 'string') return begun;
      if (!begun) continue;
      const content = this.#readHeredoc(begun.name, begun.chomp);
      if (content === undefined) return `the here-document "${begun.name}" is never closed`;
      heredocs.push({ ...begun, content });
    }
    return heredocs;
  }

  #readHeredoc(name: string, chomp: boolean): string | undefined {
    const start = this.#line;
    while (this.#line < this.#lines.length) {
      const line = withoutBreak(this.#lines[this.#line++]!);
      if ((chomp ? withoutTabs(line) : line) === name) return this.#lines.slice(start, this.#line - 1).join('');
    }
    return undefined;
  }
}

const RAW = { rawQuotes: true, rawEscapes: true, keepUnset: true };

/** What `<<NAME` or `3<<-'NAME'` begins; undefined if the word begins nothing. */
function beginningOf(word: string): { name: string; expand: boolean; chomp: boolean } | string | undefined {
  const match = /^[0-9]*<<(-?)([^<]+)$/.exec(word);
  if (!match) return undefined;
  const { words, problem } = splitDockerfileWords(match[2]!, () => undefined, '\\', { keepUnset: true });
  if (problem !== undefined) return `the name of the here-document ${word}: ${problem}`;
  if (words.length !== 1) return undefined;
  const name = words[0]!;
  return { name, expand: countQuotes(name) === countQuotes(match[2]!), chomp: match[1] === '-' };
}

function countQuotes(text: string): number {
  return text.split(/['"]/).length;
}

function withoutTabs(line: string): string {
  let start = 0;
  while (line[start] === '\t') start++;
  return line.slice(start);
}

function withoutBreak(line: string): string {
  let end = line.length;
  while (line[end - 1] === '\n' || line[end - 1] === '\r') end--;
  return line.slice(0, end);
}
