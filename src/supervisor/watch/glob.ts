/**
 * Translates one glob into a regular expression, by the rules of git's wildmatch with slashes kept apart.
 *
 * `*` and `?` stop at slashes and match dots; `**` that is a whole segment spans any number of them; `[a-z]`, `[!a]`,
 * `[^a]` and `[[:alpha:]]` match one character that is no slash; a backslash makes the next character plain.
 */

const CLASSES: Readonly<Record<string, string>> = {
  alnum: 'a-zA-Z0-9',
  alpha: 'a-zA-Z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '\\x21-\\x7e',
  lower: 'a-z',
  print: '\\x20-\\x7e',
  punct: '\\x21-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7e',
  space: '\\s',
  upper: 'A-Z',
  xdigit: '0-9a-fA-F',
};

/** The expression for a whole path, or undefined: a malformed glob (open bracket, trailing backslash) matches nothing. */
export function compileGlob(glob: string): RegExp | undefined {
  let source = '';
  for (let i = 0; i < glob.length; i++) {
    const char = glob[i]!;
    if (char === '\\') {
      const next = glob[++i];
      if (next === undefined) return undefined;
      source += plain(next);
    } else if (char === '?') source += '[^/]';
    else if (char === '*') {
      let end = i;
      while (glob[end] === '*') end++;
      const isSegment = (i === 0 || glob[i - 1] === '/') && (end === glob.length || glob[end] === '/');
      if (end - i < 2 || !isSegment) source += '[^/]*';
      else if (end === glob.length) source += '.*';
      else {
        source += '(?:.*/)?';
        end++;
      }
      i = end - 1;
    } else if (char === '[') {
      const bracket = compileBracket(glob, i);
      if (!bracket) return undefined;
      source += bracket.source;
      i = bracket.end;
    } else source += plain(char);
  }
  return new RegExp(`^${source}$`, 's');
}

/** A bracket expression from its `[`; `end` is the index of its `]`. */
function compileBracket(glob: string, start: number): { source: string; end: number } | undefined {
  let i = start + 1;
  const isNegated = glob[i] === '!' || glob[i] === '^';
  if (isNegated) i++;
  let set = '';
  let previous = '';
  // A `]` right at the beginning is plain, so the end is looked for only from the second character on.
  do {
    let char = glob[i];
    if (char === undefined) return undefined;
    if (char === '-' && previous !== '' && glob[i + 1] !== undefined && glob[i + 1] !== ']') {
      let last = glob[++i];
      if (last === '\\') last = glob[++i];
      if (last === undefined) return undefined;
      if (previous <= last) set += `${hex(previous)}-${hex(last)}`;
      char = '';
    } else if (char === '[' && glob[i + 1] === ':') {
      const close = glob.indexOf(']', i + 2);
      if (close < 0) return undefined;
      if (close - 1 > i + 1 && glob[close - 1] === ':') {
        const members = CLASSES[glob.slice(i + 2, close - 1)];
        if (members === undefined) return undefined;
        set += members;
        i = close;
        char = '';
      } else set += hex('[');
    } else {
      if (char === '\\') char = glob[++i];
      if (char === undefined) return undefined;
      set += hex(char);
    }
    previous = char;
    i++;
  } while (glob[i] !== ']');
  return { source: isNegated ? `[^/${set}]` : set === '' ? '(?!)' : `(?!/)[${set}]`, end: i };
}

function plain(char: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}

function hex(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** `a{b,c}` as `ab` and `ac`, nested ones too; braces without a comma, or open ones, are plain characters. */
export function expandBraces(glob: string): string[] {
  for (let start = 0; start < glob.length; start++) {
    if (glob[start] === '\\') start++;
    else if (glob[start] === '{') {
      const parts = splitBraces(glob, start);
      if (!parts) continue;
      const [head, tail] = [glob.slice(0, start), glob.slice(parts.end + 1)];
      return parts.choices.flatMap(choice => expandBraces(`${head}${choice}${tail}`));
    }
  }
  return [glob];
}

function splitBraces(glob: string, start: number): { choices: string[]; end: number } | undefined {
  const choices: string[] = [];
  let depth = 0;
  let from = start + 1;
  for (let i = start; i < glob.length; i++) {
    const char = glob[i];
    if (char === '\\') i++;
    else if (char === '{') depth++;
    else if (char === ',' && depth === 1) {
      choices.push(glob.slice(from, i));
      from = i + 1;
    } else if (char === '}' && --depth === 0) {
      if (choices.length === 0) return undefined;
      return { choices: [...choices, glob.slice(from, i)], end: i };
    }
  }
  return undefined;
}
