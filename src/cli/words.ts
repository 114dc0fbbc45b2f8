/** Splits a typed line into words by POSIX quoting rules, and joins words back. Nothing is expanded. */

export interface Word {
  /** Without quotes and escapes. */
  readonly text: string;
  /** As typed. */
  readonly raw: string;
  /** Where it begins and ends (exclusive) in the line. */
  readonly start: number;
  readonly end: number;
  /** Whether any of it is in quotes. */
  readonly quoted: boolean;
}

export interface Words {
  readonly words: readonly Word[];
  /** The quote that is never closed, or undefined. */
  readonly open: "'" | '"' | undefined;
}

/** Words of a line: single quotes keep all, double quotes know `\"`, `\\`, `` \` `` and `\$`, a backslash elsewhere keeps the next character. */
export function splitWords(line: string): Words {
  const words: Word[] = [];
  let at = 0;
  while (at < line.length) {
    if (/\s/.test(line[at]!)) {
      at++;
      continue;
    }
    const start = at;
    let text = '';
    let quote: "'" | '"' | undefined;
    let quoted = false;
    for (; at < line.length; at++) {
      const char = line[at]!;
      const next = line[at + 1];
      if (quote === undefined && /\s/.test(char)) break;
      if (quote === undefined && (char === "'" || char === '"')) [quote, quoted] = [char, true];
      else if (char === quote) quote = undefined;
      else if (
        char === '\\' &&
        quote !== "'" &&
        next !== undefined &&
        (quote === undefined || '"\\`$'.includes(next))
      ) {
        text += next;
        at++;
      } else text += char;
    }
    words.push({ text, raw: line.slice(start, at), start, end: at, quoted });
    if (quote !== undefined) return { words, open: quote };
  }
  return { words, open: undefined };
}

/** One word as the system's shell must read it to get the same text. */
export function quoteWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
