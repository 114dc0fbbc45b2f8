/**
 * What is said about a problem that the user can mend: what happened, where, and what to do next.
 *
 * Expected failures are values of this type; a thrown error is a bug.
 */

/** A place in a file. Lines and columns count from 1; columns are UTF-16 code units, as editors show them. */
export interface Origin {
  /** Absolute path of the file. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** One past the last column, on the same line; where it is unknown, only the start is marked. */
  readonly endColumn?: number;
}

export type Severity = 'error' | 'warning' | 'info';

export interface Diagnostic {
  readonly severity: Severity;
  /** Stable, kebab-case: what scripts may match on. */
  readonly code: string;
  /** One sentence, without a final full stop. */
  readonly message: string;
  readonly at?: Origin;
  /** The text of line `at.line`, so that formatting needs no file access. */
  readonly excerpt?: string;
  readonly related?: readonly { readonly message: string; readonly at: Origin }[];
  /** What to do next: a sentence, or a question like `did you mean "api"?`. */
  readonly hint?: string;
}

export interface DiagnosticStyle {
  /** Shortens the path that is shown; default: as it is. */
  readonly path?: (file: string) => string;
  /** Colours one part; default: as it is. */
  readonly paint?: (part: Severity | 'place' | 'excerpt' | 'mark' | 'hint', text: string) => string;
}

/** `file:line:col` of a place. */
export function formatOrigin(at: Origin, style: DiagnosticStyle = {}): string {
  return `${style.path ? style.path(at.file) : at.file}:${at.line}:${at.column}`;
}

/** The one text form of a diagnostic, several lines without a final newline. */
export function formatDiagnostic(diagnostic: Diagnostic, style: DiagnosticStyle = {}): string {
  const paint = style.paint ?? ((_part, text) => text);
  const { at, severity, code, message, excerpt, related, hint } = diagnostic;
  const place = at ? `${paint('place', formatOrigin(at, style))} ` : '';
  const lines = [`${place}${paint(severity, `${severity} ${code}`)}: ${message}`];
  if (at && excerpt !== undefined) lines.push(...squiggle(at, excerpt, paint));
  for (const other of related ?? []) lines.push(`  ${paint('place', formatOrigin(other.at, style))}: ${other.message}`);
  if (hint !== undefined) lines.push(`  ${paint('hint', `hint: ${hint}`)}`);
  return lines.join('\n');
}

const WIDEST_EXCERPT = 120;

function squiggle(at: Origin, excerpt: string, paint: NonNullable<DiagnosticStyle['paint']>): string[] {
  const flat = excerpt.replace(/[\t\u0000-\u001f]/g, ' ');
  // A very long line is shown from a little before the place.
  const from = at.column - 1 > WIDEST_EXCERPT - 20 ? at.column - 1 - 20 : 0;
  const shown = flat.slice(from, from + WIDEST_EXCERPT);
  const start = Math.min(at.column - 1 - from, shown.length);
  const width = Math.max(1, Math.min((at.endColumn ?? at.column + 1) - at.column, shown.length - start));
  const number = String(at.line);
  const gutter = ' '.repeat(number.length);
  return [
    `  ${paint('excerpt', `${number} | ${shown}`)}`,
    `  ${gutter} | ${' '.repeat(start)}${paint('mark', '~'.repeat(width))}`,
  ];
}

/** The candidate nearest to `name` by edit distance (transpositions count one), or undefined if none is near. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(name.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Damerau-Levenshtein distance (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row.push(cost);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length]!;
}
