/** Walks over the text of a JavaScript file: white space, comments, and what stands between brackets and quotes. */

export class Scanner {
  at = 0;

  constructor(readonly text: string) {}

  /** Passes over white space and comments; gives where it is then. */
  space(): number {
    this.match(/(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y);
    return this.at;
  }

  match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text) ?? undefined;
    if (found) this.at += found[0].length;
    return found;
  }

  /** To the next of these characters outside of brackets and quotes, and behind it unless told otherwise. */
  skip(end: RegExp, behind = true): void {
    let depth = 0;
    while (this.at < this.text.length) {
      const c = this.text[this.at]!;
      if (depth === 0 && end.test(c)) {
        if (behind) this.at++;
        return;
      }
      if (
        this.match(
          /"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'|`(?:[^`\\]|\\[\s\S])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//y,
        )
      )
        continue;
      if (/[([{]/.test(c)) depth++;
      else if (/[)\]}]/.test(c)) depth = Math.max(0, depth - 1);
      this.at++;
    }
  }
}

/** The text of a string literal without its quotes. */
export function withoutEscapes(text: string): string {
  const known: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v', 0: '\0' };
  return text.replace(
    /\\(?:u\{([\da-fA-F]{1,6})\}|u([\da-fA-F]{4})|x([\da-fA-F]{2})|(\r?\n)|([\s\S]))/g,
    (_, braced, four, two, line, c) => {
      const code = braced ?? four ?? two;
      if (code !== undefined)
        return Number.parseInt(code, 16) > 0x10ffff ? '' : String.fromCodePoint(Number.parseInt(code, 16));
      return line === undefined ? (known[c] ?? c) : '';
    },
  );
}
