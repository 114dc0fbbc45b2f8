/**
 * Ignore patterns as .dockerignore files and `develop.watch` have them.
 *
 * Rules (Docker documentation, ".dockerignore files", as moby's pattern matcher applies them):
 * - A file has a pattern a line. A line that begins with `#` is a comment; patterns are trimmed and cleaned of `.`, `..` and
 *   doubled slashes, and a slash at the beginning or end means nothing.
 * - A pattern is for a whole path relative to the root. `*` stands for any text and `?` for one character, both without
 *   slashes; `[a-z]` and `[^a-z]` for one character; a backslash takes the meaning from the next character.
 * - `**` and a slash behind it stand for any number of directories, none too; at the end for everything. A `**` directly
 *   before plain text at the beginning of a pattern stands for any text (`**.log` is for every path that ends so).
 * - A path is excluded if a pattern is for it or for a directory above it. `!` takes back; of several patterns that are for a
 *   path the last one counts.
 *
 * The matcher walks once along a path with all places of the pattern that it may stand at, so a hostile pattern costs the
 * product of both lengths at most.
 */

/** The patterns of a .dockerignore file, to be given to {@link compileIgnore}. */
export function readIgnoreFile(text: string): readonly string[] {
  const patterns: string[] = [];
  for (const line of text.replace(/^\uFEFF/, '').split('\n')) {
    if (line.startsWith('#')) continue;
    const trimmed = line.trim();
    if (trimmed === '') continue;
    const isNegated = trimmed.startsWith('!');
    const pattern = isNegated ? trimmed.slice(1).trim() : trimmed;
    const cleaned = pattern === '' ? '' : cleanPath(pattern);
    const relative = cleaned.length > 1 && cleaned.startsWith('/') ? cleaned.slice(1) : cleaned;
    patterns.push(`${isNegated ? '!' : ''}${relative}`);
  }
  return patterns;
}

export interface IgnorePatterns {
  /** Is the path (relative to the root, with slashes) excluded, itself or by a directory above it? The root never is. */
  excludes(path: string): boolean;
  /** Might a pattern with `!` take back something below the directory? If not, an excluded one need not be read. */
  mayTakeBackBelow(directory: string): boolean;
}

export type CompiledIgnore =
  | { readonly patterns: IgnorePatterns; readonly problem?: undefined }
  | { readonly problem: string; readonly pattern: string; readonly patterns?: undefined };

/** Patterns in their order (later ones win), or the first that can't be understood. Empty ones are passed over. */
export function compileIgnore(patterns: readonly string[]): CompiledIgnore {
  const rules: Rule[] = [];
  for (const pattern of patterns) {
    const trimmed = pattern.trim();
    if (trimmed === '') continue;
    const cleaned = cleanPath(trimmed);
    const isNegated = cleaned.startsWith('!');
    if (cleaned === '!') return { problem: '"!" takes back nothing', pattern };
    const tokens = tokensOf(isNegated ? cleaned.slice(1) : cleaned);
    if (typeof tokens === 'string') return { problem: `the pattern "${trimmed}" ${tokens}`, pattern };
    rules.push({ tokens, isNegated });
  }
  const takingBack = rules.filter(rule => rule.isNegated);
  return {
    patterns: {
      excludes: path => isExcluded(cleanPath(path), rules),
      mayTakeBackBelow: directory => {
        const below = `${cleanPath(directory)}/`;
        return takingBack.some(rule => walk(rule.tokens, below === './' ? '' : below) !== 'nowhere');
      },
    },
  };
}

interface Rule {
  readonly tokens: readonly Token[];
  readonly isNegated: boolean;
}

/** `star`: text without a slash. `directories`: any number of them, each with its slash. `all`: any text. */
type Token =
  | { readonly is: 'star' | 'directories' | 'all' | 'one' }
  | { readonly is: 'character'; readonly character: string }
  | Bracket;

interface Bracket {
  readonly is: 'bracket';
  readonly isNegated: boolean;
  readonly ranges: readonly (readonly [from: number, to: number])[];
}

function isExcluded(path: string, rules: readonly Rule[]): boolean {
  if (path === '.') return false;
  let excluded = false;
  for (const { tokens, isNegated } of rules)
    if (isNegated === excluded && walk(tokens, path) === 'matched') excluded = !excluded;
  return excluded;
}

/** Is the pattern for the path, for a directory above it, or might it at least be for something that begins so? */
function walk(tokens: readonly Token[], path: string): 'matched' | 'somewhere' | 'nowhere' {
  /** For each place, the step at which it was last reached. */
  const reached = new Int32Array(tokens.length + 1);
  /** The same for places within the name of a directory, where nothing else of the pattern can follow. */
  const inside = new Int32Array(tokens.length + 1);
  let step = 1;
  let places: number[] = [];
  const reach = (first: number, into: number[]) => {
    for (let place = first; reached[place] !== step; place++) {
      reached[place] = step;
      into.push(place);
      const is = tokens[place]?.is;
      if (is !== 'star' && is !== 'directories' && is !== 'all') return;
    }
  };
  reach(0, places);
  for (const c of path) {
    if (c === '/' && reached[tokens.length] === step) return 'matched';
    step++;
    const next: number[] = [];
    for (const place of places) {
      const token = tokens[place];
      if (token === undefined) continue;
      if (token.is === 'directories') {
        if (inside[place] !== step) next.push(place);
        inside[place] = step;
        if (c === '/') reach(place + 1, next);
      } else if (token.is === 'all' || (token.is === 'star' && c !== '/')) reach(place, next);
      else if (stepsOver(token, c)) reach(place + 1, next);
    }
    if (next.length === 0) return 'nowhere';
    places = next;
  }
  return reached[tokens.length] === step ? 'matched' : 'somewhere';
}

function stepsOver(token: Token, c: string): boolean {
  if (token.is === 'character') return token.character === c;
  if (token.is === 'one') return c !== '/';
  if (token.is !== 'bracket') return false;
  const code = c.codePointAt(0)!;
  return token.isNegated !== token.ranges.some(([from, to]) => from <= code && code <= to);
}

/** The tokens of a cleaned pattern; or what is wrong, to be put behind its name. */
function tokensOf(pattern: string): readonly Token[] | string {
  const characters = [...pattern];
  const tokens: Token[] = [];
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i]!;
    if (character === '*' && characters[i + 1] === '*') {
      i++;
      const isDirectories = characters[i + 1] === '/';
      if (isDirectories) i++;
      const isLast = i + 1 === characters.length;
      const isPlainEnd = tokens.length === 0 && !isDirectories && !/[*?[\]\\]/.test(pattern.slice(2));
      tokens.push({ is: isLast || isPlainEnd ? 'all' : 'directories' });
    } else if (character === '*') tokens.push({ is: 'star' });
    else if (character === '?') tokens.push({ is: 'one' });
    else if (character === '\\') {
      const next = characters[++i];
      if (next === undefined) return 'ends with a backslash, which protects nothing';
      tokens.push({ is: 'character', character: next });
    } else if (character === '[') {
      const bracket = bracketOf(characters, i + 1);
      if (typeof bracket === 'string') return bracket;
      tokens.push(bracket.token);
      i = bracket.end;
    } else tokens.push({ is: 'character', character });
  }
  return tokens;
}

/** From behind the `[` to the `]` at `end`. */
function bracketOf(characters: readonly string[], start: number): { token: Bracket; end: number } | string {
  let i = start;
  const isNegated = characters[i] === '^';
  if (isNegated) i++;
  const ranges: [number, number][] = [];
  /** One end of a range; undefined if none can stand here. */
  const take = (): number | undefined => {
    if (characters[i] === '-' || characters[i] === ']') return undefined;
    if (characters[i] === '\\') i++;
    return characters[i++]?.codePointAt(0);
  };
  while (characters[i] !== ']' || ranges.length === 0) {
    if (i >= characters.length) return 'has a "[" that is never closed by "]"';
    const from = take();
    let to = from;
    if (from !== undefined && characters[i] === '-') {
      i++;
      to = take();
    }
    if (from === undefined || to === undefined) {
      if (i >= characters.length) return 'has a "[" that is never closed by "]"';
      return 'has "-" or "]" where "[" needs a character; put a backslash before it';
    }
    if (from > to) return 'has a range that goes backwards';
    ranges.push([from, to]);
  }
  return { token: { is: 'bracket', isNegated, ranges }, end: i };
}

/** Without `.`, doubled and trailing slashes, and with `..` taken out where something stands before it. */
function cleanPath(path: string): string {
  const isRooted = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!isRooted) parts.push(part);
  }
  const joined = parts.join('/');
  return isRooted ? `/${joined}` : joined || '.';
}
