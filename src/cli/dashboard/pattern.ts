/**
 * What is searched and filtered by: a JavaScript regular expression as in `grep`, any case unless a capital is typed. What is
 * no expression (`a(`) is taken literally.
 */
import { makeSafe } from '../terminal/safe-text.js';

const SPECIAL = /[\\^$.*+?()[\]{}|]/;
const SGR = /\x1b\[[\d;:]*m/g;

export interface Pattern {
  readonly source: string;
  /** Global: for highlighting. */
  readonly expression: RegExp;
  /** Numbers of the lines that match in a text without escape sequences, ascending. */
  matching(text: string): number[];
}

/** Undefined for the empty text. */
export function readPattern(source: string): Pattern | undefined {
  if (source === '') return undefined;
  const anyCase = !/\p{Lu}/u.test(source.replace(/\\./g, ''));
  const flags = anyCase ? 'gi' : 'g';
  if (SPECIAL.test(source)) {
    try {
      const expression = new RegExp(source, flags);
      return { source, expression, matching: text => matchingLines(text, expression) };
    } catch {
      // taken literally
    }
  }
  const expression = new RegExp(source.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), flags);
  const wanted = anyCase ? source.toLowerCase() : source;
  return {
    source,
    expression,
    matching: text => containingLines(anyCase ? text.toLowerCase() : text, wanted),
  };
}

/** Text as it is matched: escape sequences never do. Nearly all are colours, and those go cheaply. */
export function withoutColours(text: string): string {
  if (!text.includes('\x1b')) return text;
  const rest = text.replace(SGR, '');
  return rest.includes('\x1b') ? makeSafe(rest, false) : rest;
}

function matchingLines(text: string, expression: RegExp): number[] {
  const found: number[] = [];
  let start = 0;
  for (let line = 0; ; line++) {
    const end = text.indexOf('\n', start);
    expression.lastIndex = 0;
    if (expression.test(end < 0 ? text.slice(start) : text.slice(start, end))) found.push(line);
    if (end < 0) return found;
    start = end + 1;
  }
}

/** Jumps from hit to hit; the lines between are only counted. */
function containingLines(text: string, wanted: string): number[] {
  const found: number[] = [];
  let [line, start] = [0, 0];
  for (;;) {
    const hit = text.indexOf(wanted, start);
    if (hit < 0) return found;
    for (let end = text.indexOf('\n', start); end >= 0 && end < hit; end = text.indexOf('\n', start)) {
      line++;
      start = end + 1;
    }
    found.push(line);
    const end = text.indexOf('\n', hit);
    if (end < 0) return found;
    line++;
    start = end + 1;
  }
}
