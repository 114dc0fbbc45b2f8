/** Variables in text by the Compose rules: `$V ${V} ${V-d} ${V:-d} ${V?e} ${V:?e} ${V+a} ${V:+a}`, nested, `$$` for `$`. */

/** A variable's value, or undefined where it is not set. */
export type Lookup = (name: string) => string | undefined;

export interface InterpolationProblem {
  /** `invalid`: no variable can be read here. `required`: `?` found none. `unset`: replaced by nothing. */
  readonly kind: 'invalid' | 'required' | 'unset';
  /** The variable, empty where none could be read. */
  readonly name: string;
  /** One sentence without a full stop. */
  readonly message: string;
  /** Where in the text, in UTF-16 units. */
  readonly offset: number;
  /** What stands there, as written. */
  readonly fragment: string;
}

export interface Interpolated {
  readonly text: string;
  readonly problems: readonly InterpolationProblem[];
}

/** A use of a variable, for listing what a file needs. */
export interface VariableUse {
  readonly name: string;
  readonly operator: '' | '-' | ':-' | '?' | ':?' | '+' | ':+';
  /** What follows the operator, not interpolated. */
  readonly argument: string;
}

/** Nobody nests defaults this deep; it keeps hostile text from exhausting the stack. */
const DEEPEST = 50;
const NAME = /[_a-zA-Z][_a-zA-Z0-9]*/y;
const OPERATORS = [':-', ':?', ':+', '-', '?', '+'] as const;

type Piece =
  | { readonly literal: string }
  | { readonly use: VariableUse; readonly offset: number; readonly argumentOffset: number; readonly fragment: string }
  | { readonly invalid: string; readonly offset: number };

/** Replaces every variable; what can't be replaced is a problem and stays out of the text. */
export function interpolate(text: string, lookup: Lookup): Interpolated {
  if (!text.includes('$')) return { text, problems: [] };
  const problems: InterpolationProblem[] = [];
  return { text: expand(text, 0, lookup, problems, 0), problems };
}

/** Every variable that the text uses, in order; those inside of a default or message follow the variable that has it. */
export function variablesIn(text: string): VariableUse[] {
  return usesIn(text, 0);
}

function usesIn(text: string, depth: number): VariableUse[] {
  if (depth > DEEPEST) return [];
  return read(text).flatMap(piece => ('use' in piece ? [piece.use, ...usesIn(piece.use.argument, depth + 1)] : []));
}

function expand(text: string, base: number, lookup: Lookup, problems: InterpolationProblem[], depth: number): string {
  let result = '';
  for (const piece of read(text)) {
    if ('literal' in piece) result += piece.literal;
    else if ('invalid' in piece)
      problems.push({
        kind: 'invalid',
        name: '',
        message: `"${shortened(piece.invalid)}" is no variable`,
        offset: base + piece.offset,
        fragment: piece.invalid,
      });
    else result += substitute(piece, base, lookup, problems, depth);
  }
  return result;
}

function substitute(
  piece: Extract<Piece, { use: VariableUse }>,
  base: number,
  lookup: Lookup,
  problems: InterpolationProblem[],
  depth: number,
): string {
  const { name, operator, argument } = piece.use;
  const value = lookup(name);
  const counts = operator.startsWith(':') ? value !== undefined && value !== '' : value !== undefined;
  const problem = (kind: InterpolationProblem['kind'], message: string) => {
    problems.push({ kind, name, message, offset: base + piece.offset, fragment: piece.fragment });
    return '';
  };
  const evaluate = () =>
    depth < DEEPEST
      ? expand(argument, base + piece.argumentOffset, lookup, problems, depth + 1)
      : problem('invalid', `variables nest deeper than ${DEEPEST} levels`);
  switch (operator) {
    case '':
      return (
        value ?? problem('unset', `"${shortened(piece.fragment)}" is replaced by nothing, because ${name} is not set`)
      );
    case '-':
    case ':-':
      return counts ? value! : evaluate();
    case '+':
    case ':+':
      return counts ? evaluate() : '';
    default: {
      if (counts) return value!;
      const why = evaluate();
      return problem('required', `${name} must be set${why === '' ? '' : `: ${why}`}`);
    }
  }
}

/** A `$` before anything but a name, `{` or `$` is itself, as `$5`, `$(`, `$}` and a lone one. */
function read(text: string): Piece[] {
  const pieces: Piece[] = [];
  let i = 0;
  while (i < text.length) {
    const dollar = text.indexOf('$', i);
    if (dollar === -1) break;
    if (dollar > i) pieces.push({ literal: text.slice(i, dollar) });
    const next = text[dollar + 1];
    NAME.lastIndex = dollar + 1;
    const plain = NAME.exec(text)?.[0];
    if (next === '$') {
      pieces.push({ literal: '$' });
      i = dollar + 2;
    } else if (plain !== undefined) {
      i = dollar + 1 + plain.length;
      const use: VariableUse = { name: plain, operator: '', argument: '' };
      pieces.push({ use, offset: dollar, argumentOffset: i, fragment: text.slice(dollar, i) });
    } else if (next === '{') {
      const [piece, end] = readBraced(text, dollar);
      pieces.push(piece);
      i = end;
    } else {
      pieces.push({ literal: '$' });
      i = dollar + 1;
    }
  }
  if (i < text.length) pieces.push({ literal: text.slice(i) });
  return pieces;
}

function readBraced(text: string, dollar: number): [Piece, number] {
  const close = closingBrace(text, dollar + 2);
  const end = close === -1 ? text.length : close + 1;
  const invalid = (): [Piece, number] => [{ invalid: text.slice(dollar, end), offset: dollar }, end];
  if (close === -1) return invalid();
  NAME.lastIndex = dollar + 2;
  const name = NAME.exec(text)?.[0];
  if (name === undefined) return invalid();
  const rest = text.slice(dollar + 2 + name.length, close);
  const operator = rest === '' ? '' : OPERATORS.find(candidate => rest.startsWith(candidate));
  if (operator === undefined) return invalid();
  const use: VariableUse = { name, operator, argument: rest.slice(operator.length) };
  const argumentOffset = dollar + 2 + name.length + operator.length;
  return [{ use, offset: dollar, argumentOffset, fragment: text.slice(dollar, end) }, end];
}

/** Braces nest, whether a `$` stands before them or not, so that a default may be JSON. */
function closingBrace(text: string, from: number): number {
  let depth = 1;
  for (let i = from; i < text.length; i++) {
    if (text[i] === '{') depth++;
    else if (text[i] === '}' && --depth === 0) return i;
  }
  return -1;
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
