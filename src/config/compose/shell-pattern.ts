/**
 * Patterns of `${NAME#pattern}` and the like: `*` stands for any text within a line, `?` for one character, and a
 * backslash takes the meaning from `*`, `?` and itself (and may stand before `}` and `/`, which would end the pattern).
 *
 * Matching goes once over text and pattern for each other, so its time is bounded by the product of their lengths.
 */

/** One character, `ANY` or `ONE`. */
export type Pattern = readonly (string | typeof ANY | typeof ONE)[];

const ANY = Symbol('*');
const ONE = Symbol('?');

/** The tokens of a pattern, or what is wrong with it, to be put behind its name. */
export function parsePattern(
  text: string,
): { pattern: Pattern; problem?: undefined } | { problem: string; pattern?: undefined } {
  const pattern: (string | typeof ANY | typeof ONE)[] = [];
  const characters = [...text];
  for (let i = 0; i < characters.length; i++) {
    const c = characters[i]!;
    if (c === '*') pattern.push(ANY);
    else if (c === '?') pattern.push(ONE);
    else if (c !== '\\') pattern.push(c);
    else {
      const next = characters[++i];
      if (next === undefined || !'*?\\}/'.includes(next)) return { problem: 'has a backslash that protects nothing' };
      pattern.push(next);
    }
  }
  return { pattern };
}

export function reversePattern(pattern: Pattern): Pattern {
  return pattern.toReversed();
}

/** For each place of the text, the end of the longest (else the shortest) match that begins there; -1: there is none. */
export function matchEnds(pattern: Pattern, text: readonly string[], longest: boolean): Int32Array {
  const ends = new Int32Array(text.length + 1).fill(-1);
  const width = pattern.length + 1;
  // row[j]: the end of a match of the pattern from its token j, beginning at place i of the text.
  let next = new Int32Array(width).fill(-1);
  let row = new Int32Array(width);
  for (let i = text.length; i >= 0; i--) {
    const c = text[i];
    row[width - 1] = i;
    for (let j = width - 2; j >= 0; j--) {
      const token = pattern[j];
      const within = c !== undefined && c !== '\n';
      if (token === ANY) {
        const [stop, go] = [row[j + 1]!, within ? next[j]! : -1];
        row[j] = stop === -1 || go === -1 ? Math.max(stop, go) : longest ? Math.max(stop, go) : Math.min(stop, go);
      } else row[j] = (token === ONE ? within : c === token) ? next[j + 1]! : -1;
    }
    ends[i] = row[0]!;
    [next, row] = [row, next];
  }
  return ends;
}
