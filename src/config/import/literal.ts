/**
 * Reads what a JavaScript file exports as far as it is written down, without running anything: literals, constants of
 * the file, joined texts, `__dirname`, `path.join` and `process.env.NAME`. All other code is told and left out.
 */
import path from 'node:path';
import type { Report } from '../report.js';
import type { Place, Source } from '../source.js';
import type { Entry, Scalar, ScalarNode, YamlNode } from '../yaml.js';
import { Scanner, withoutEscapes } from './literal-scanner.js';

export interface Literal {
  /** Undefined: the file exports nothing that could be read; that was reported. */
  readonly root: YamlNode | undefined;
  /** Texts in which `${NAME}` stands for a variable of the environment. */
  readonly templates: ReadonlySet<YamlNode>;
}

const DEEPEST = 100;
/** Values in one file, against constants that spread each other again and again. */
const MOST_VALUES = 20_000;

/** Of `module.exports = …` or `export default …`, or of a text that is nothing but a value (JSON with comments). */
export function readLiteral(source: Source, report: Report): Literal {
  const reader = new LiteralReader(source, report);
  return { root: reader.readFile(), templates: reader.templates };
}

/** Thrown inside of the reader where something is no value; caught where it can be passed over. */
class NoValue extends Error {
  constructor(
    readonly offset: number,
    /** Nothing around it is passed over either. */
    readonly isTooMuch = false,
  ) {
    super(isTooMuch ? `this is nested deeper than ${DEEPEST} levels, or too large` : 'no value can be read here');
  }
}

class LiteralReader {
  readonly templates = new Set<YamlNode>();
  readonly #text: string;
  readonly #scan: Scanner;
  readonly #constants = new Map<string, YamlNode>();
  #depth = 0;
  #values = 0;

  constructor(
    private readonly source: Source,
    private readonly report: Report,
  ) {
    this.#text = source.text;
    this.#scan = new Scanner(source.text);
  }

  readFile(): YamlNode | undefined {
    let exported: YamlNode | undefined;
    try {
      exported = this.#readStatements();
    } catch (error) {
      if (!(error instanceof NoValue)) throw error;
      this.#complain('import-syntax', error.message, error.offset);
      return undefined;
    }
    if (!exported && !this.report.hasErrors)
      this.#complain('import-syntax', 'the file exports nothing that can be read without running it', 0, EVALUATE);
    return exported;
  }

  #readStatements(): YamlNode | undefined {
    let exported: YamlNode | undefined;
    this.#scan.space();
    if (/[{[(]/.test(this.#text[this.#scan.at] ?? '')) return this.#value();
    while (this.#scan.space() < this.#text.length) {
      const name = this.#scan.match(/(?:export\s+)?(?:const|let|var)\s+([\w$]+)\s*(?::[^=]+)?=(?!=)/y)?.[1];
      if (name !== undefined) {
        const value = this.#attempt(() => this.#value());
        if (value) this.#constants.set(name, value);
        this.#scan.skip(/[;\n]/);
      } else if (
        this.#scan.match(/module\s*\.\s*exports\s*=(?!=)|exports\s*\.\s*default\s*=|export\s+default\b|export\s*=/y)
      ) {
        exported = this.#value();
        this.#scan.skip(/[;\n]/);
      } else if (this.#scan.match(/(?:module\s*\.\s*)?exports\s*\.\s*apps\s*=/y)) {
        const start = this.#scan.at;
        const value = this.#value();
        const keyNode = this.#scalar('apps', start, start + 1);
        exported = {
          kind: 'map',
          flow: true,
          entries: [{ key: 'apps', keyNode, value, merged: false }],
          ...this.#place(start),
        };
      } else this.#scan.skip(/[;\n]/);
    }
    return exported;
  }

  /** Undefined, and back where it began, if it is no value. */
  #attempt(read: () => YamlNode): YamlNode | undefined {
    const start = this.#scan.at;
    const depth = this.#depth;
    try {
      return read();
    } catch (error) {
      if (!(error instanceof NoValue) || error.isTooMuch) throw error;
      this.#scan.at = start;
      this.#depth = depth;
      return undefined;
    }
  }

  /** One value with what is joined to it by `+`, `||` and `??`. */
  #value(): YamlNode {
    if (++this.#depth > DEEPEST || ++this.#values > MOST_VALUES) throw new NoValue(this.#scan.at, true);
    this.#scan.space();
    const start = this.#scan.at;
    let value = this.#single();
    for (this.#scan.space(); ; this.#scan.space()) {
      if (this.#scan.match(/\+(?![+=])/y)) value = this.#joined(value, this.#single(), start);
      else if (this.#scan.match(/\|\||\?\?/y)) value = this.#orElse(value, this.#single(), start);
      else if (this.#scan.match(/(?:as\s+const|satisfies\s+[\w.<>[\]]+|as\s+[\w.<>[\]]+)/y)) continue;
      else break;
    }
    if (!/^($|[,\]});\n])/.test(this.#text.slice(this.#scan.at, this.#scan.at + 1)) && !this.#newLineBefore())
      throw new NoValue(start);
    this.#depth--;
    return value;
  }

  #newLineBefore(): boolean {
    return /\n\s*$/.test(this.#text.slice(Math.max(0, this.#scan.at - 200), this.#scan.at));
  }

  #single(): YamlNode {
    this.#scan.space();
    const start = this.#scan.at;
    const c = this.#text[start];
    if (c === '{') return this.#map(start);
    if (c === '[') return this.#list(start);
    if (c === '"' || c === "'") return this.#string(c, start);
    if (c === '`') return this.#templateString(start);
    if (c === '(') {
      this.#scan.at++;
      const value = this.#value();
      this.#expect(')');
      return value;
    }
    const number = this.#scan.match(
      /[-+]?(?:0[xX][\da-fA-F]+|0[oO][0-7]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?![\w.])/y,
    );
    if (number) {
      const value = Number(number[0].replaceAll('_', ''));
      return this.#scalar(value, start, this.#scan.at, String(value));
    }
    if (this.#scan.match(/path\s*\.\s*(?:join|resolve)\s*\(/y)) return this.#joinedPath(start);
    if (this.#scan.match(/process\s*\.\s*cwd\s*\(\s*\)|__dirname\b|import\s*\.\s*meta\s*\.\s*dirname\b/y))
      return this.#scalar(path.dirname(this.source.file), start, this.#scan.at);
    const variable = this.#scan.match(/process\s*\.\s*env\s*(?:\.\s*(\w+)|\[\s*['"](\w+)['"]\s*\])/y);
    if (variable) {
      const node = this.#scalar(`\${${variable[1] ?? variable[2]}}`, start, this.#scan.at);
      this.templates.add(node);
      return node;
    }
    const word = this.#scan.match(/[A-Za-z_$][\w$]*(?![\w$.([`])/y)?.[0];
    if (word === undefined) throw new NoValue(start);
    const constants: Readonly<Record<string, Scalar>> = { true: true, false: false, null: null, undefined: null };
    if (Object.hasOwn(constants, word))
      return this.#scalar(constants[word]!, start, this.#scan.at, word === 'undefined' ? '' : word);
    const known = this.#constants.get(word);
    if (!known) throw new NoValue(start);
    return known;
  }

  #map(start: number): YamlNode {
    const entries: Entry[] = [];
    this.#scan.at++;
    for (;;) {
      this.#scan.space();
      if (this.#scan.match(/\}/y)) break;
      if (this.#scan.match(/\.\.\./y)) {
        const spread = this.#element();
        if (spread?.kind === 'map') entries.push(...spread.entries);
      } else entries.push(...this.#entry());
      this.#scan.space();
      if (this.#text[this.#scan.at] === ',') this.#scan.at++;
      else if (this.#text[this.#scan.at] !== '}') throw new NoValue(this.#scan.at);
    }
    // What comes later replaces what was spread before.
    const last = new Map(entries.map(entry => [entry.key, entry]));
    return { kind: 'map', entries: [...last.values()], flow: true, ...this.#place(start) };
  }

  #entry(): Entry[] {
    const start = this.#scan.at;
    const quoted = /["']/.test(this.#text[start] ?? '')
      ? (this.#string(this.#text[start]!, start) as ScalarNode)
      : undefined;
    const name = quoted?.text ?? this.#scan.match(/[A-Za-z_$][\w$]*|\d+/y)?.[0];
    if (name === undefined) throw new NoValue(start);
    const keyNode = this.#scalar(name, start, this.#scan.at);
    this.#scan.space();
    if (/[,}]/.test(this.#text[this.#scan.at] ?? '')) {
      // `{ cwd }` is short for `{ cwd: cwd }`.
      const known = this.#constants.get(name);
      if (!known) this.#code(start, this.#scan.at);
      return known ? [{ key: name, keyNode, value: known, merged: false }] : [];
    }
    this.#expect(':');
    const value = this.#element();
    return value ? [{ key: name, keyNode, value, merged: false }] : [];
  }

  #list(start: number): YamlNode {
    const items: YamlNode[] = [];
    this.#scan.at++;
    for (;;) {
      this.#scan.space();
      if (this.#scan.match(/\]/y)) break;
      const isSpread = this.#scan.match(/\.\.\./y) !== undefined;
      const item = this.#element();
      if (isSpread && item?.kind === 'list') items.push(...item.items);
      else if (item) items.push(item);
      this.#scan.space();
      if (this.#text[this.#scan.at] === ',') this.#scan.at++;
      else if (this.#text[this.#scan.at] !== ']') throw new NoValue(this.#scan.at);
    }
    return { kind: 'list', items, ...this.#place(start) };
  }

  /** A value inside of a map or list; code is told and passed over, so that the rest can be read. */
  #element(): YamlNode | undefined {
    this.#scan.space();
    const start = this.#scan.at;
    const value = this.#attempt(() => this.#value());
    if (value) return value;
    this.#scan.skip(/[,\]}]/, false);
    if (this.#scan.at === start) throw new NoValue(start);
    this.#code(start, this.#scan.at);
    return undefined;
  }

  #joinedPath(start: number): YamlNode {
    const parts: string[] = [];
    let isTemplate = false;
    for (this.#scan.space(); !this.#scan.match(/\)/y); this.#scan.space()) {
      const part = this.#value();
      if (part.kind !== 'scalar') throw new NoValue(start);
      isTemplate ||= this.templates.has(part);
      parts.push(part.text);
      this.#scan.space();
      if (this.#text[this.#scan.at] === ',') this.#scan.at++;
    }
    const node = this.#scalar(path.join(...parts), start, this.#scan.at);
    if (isTemplate) this.templates.add(node);
    return node;
  }

  #joined(left: YamlNode, right: YamlNode, start: number): YamlNode {
    if (left.kind !== 'scalar' || right.kind !== 'scalar') throw new NoValue(start);
    if (typeof left.value === 'number' && typeof right.value === 'number')
      return this.#scalar(left.value + right.value, start, this.#scan.at, String(left.value + right.value));
    return this.#textOf([left, right], start);
  }

  /** `process.env.PORT || 3000`. */
  #orElse(left: YamlNode, right: YamlNode, start: number): YamlNode {
    const name = this.templates.has(left) && left.kind === 'scalar' ? /^\$\{(\w+)\}$/.exec(left.text)?.[1] : undefined;
    if (name === undefined || right.kind !== 'scalar') throw new NoValue(start);
    const fallback = this.templates.has(right) ? right.text : right.text.replaceAll('$', '$$$$');
    const node = this.#scalar(`\${${name}:-${fallback}}`, start, this.#scan.at);
    this.templates.add(node);
    return node;
  }

  #textOf(parts: readonly ScalarNode[], start: number): YamlNode {
    const isTemplate = parts.some(part => this.templates.has(part));
    const texts = parts.map(part =>
      isTemplate && !this.templates.has(part) ? part.text.replaceAll('$', '$$$$') : part.text,
    );
    const node = this.#scalar(texts.join(''), start, this.#scan.at);
    if (isTemplate) this.templates.add(node);
    return node;
  }

  #templateString(start: number): YamlNode {
    const parts: ScalarNode[] = [];
    this.#scan.at++;
    for (;;) {
      const from = this.#scan.at;
      const piece = this.#scan.match(/(?:[^`\\$]|\\[\s\S]|\$(?!\{))*/y)![0];
      parts.push(this.#scalar(withoutEscapes(piece), from, this.#scan.at));
      if (this.#scan.match(/`/y)) return this.#textOf(parts, start);
      if (!this.#scan.match(/\$\{/y)) throw new NoValue(start);
      const inner = this.#value();
      if (inner.kind !== 'scalar') throw new NoValue(start);
      parts.push(inner);
      this.#expect('}');
    }
  }

  #string(quote: string, start: number): YamlNode {
    const pattern = quote === '"' ? /"((?:[^"\\\n]|\\[\s\S])*)"/y : /'((?:[^'\\\n]|\\[\s\S])*)'/y;
    const found = this.#scan.match(pattern);
    if (!found) throw new NoValue(start);
    return this.#scalar(withoutEscapes(found[1]!), start, this.#scan.at);
  }

  #scalar(value: Scalar, start: number, end: number, text = String(value ?? '')): ScalarNode {
    return { kind: 'scalar', value, text, plain: typeof value !== 'string', source: this.source, start, end };
  }

  #place(start: number): Place {
    return { source: this.source, start, end: this.#scan.at };
  }

  #expect(c: string): void {
    this.#scan.space();
    if (this.#text[this.#scan.at] !== c) throw new NoValue(this.#scan.at);
    this.#scan.at++;
  }

  #code(start: number, end: number): void {
    const text = this.#text.slice(start, end).trim().replace(/\s+/g, ' ');
    const shown = text.length > 60 ? `${text.slice(0, 57)}...` : text;
    const place = { source: this.source, start, end };
    this.report.warn('import-code', `\`${shown}\` is code, which is not run; it is left out`, place, {
      hint: EVALUATE,
    });
  }

  #complain(code: string, message: string, offset: number, hint?: string): void {
    this.report.error(code, message, { source: this.source, start: offset, end: offset + 1 }, { hint });
  }
}

const EVALUATE = '"fuge import --evaluate" runs the file with Node and takes what it exports';
