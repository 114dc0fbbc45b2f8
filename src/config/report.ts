/** Collects what is wrong with a configuration, so that all of it is told at once. */
import { type Diagnostic, formatOrigin, type Origin, type Severity } from '../diagnostic.js';
import type { Place } from './source.js';

export interface Extra {
  readonly hint?: string | undefined;
  readonly related?: readonly { readonly message: string; readonly at: Place }[] | undefined;
}

export class Report {
  readonly #diagnostics: Diagnostic[] = [];
  readonly #told = new Set<string>();
  readonly #errorPlaces = new Set<string>();

  error(code: string, message: string, at?: Place, extra: Extra = {}): void {
    this.add('error', code, message, at, extra);
  }

  warn(code: string, message: string, at?: Place, extra: Extra = {}): void {
    this.add('warning', code, message, at, extra);
  }

  add(severity: Severity, code: string, message: string, at?: Place, extra: Extra = {}): void {
    const origin = at && placeOf(at);
    const diagnostic: Diagnostic = {
      severity,
      code,
      message,
      ...(at && origin && { at: origin, excerpt: at.source.line(origin.line) }),
      ...(extra.related && {
        related: extra.related.map(other => ({ message: other.message, at: placeOf(other.at) })),
      }),
      ...(extra.hint !== undefined && { hint: extra.hint }),
    };
    // One place reached twice (through a YAML alias, or in the second pass over a value) is told once.
    const key = `${code}\n${message}\n${origin ? `${origin.file}:${origin.line}:${origin.column}` : ''}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#diagnostics.push(diagnostic);
    if (severity === 'error' && origin) this.#errorPlaces.add(formatOrigin(origin));
  }

  /** Something was already said to be wrong at the very place: a second message would be about the same. */
  hasErrorAt(place: Place): boolean {
    return this.#errorPlaces.has(formatOrigin(placeOf(place)));
  }

  get hasErrors(): boolean {
    return this.errorCount > 0;
  }

  /** Of two moments the later has more if there was an error between them. */
  get errorCount(): number {
    return this.#diagnostics.filter(diagnostic => diagnostic.severity === 'error').length;
  }

  /** In the order of `files`, then by place; those without a place first. */
  inOrder(files: readonly string[]): Diagnostic[] {
    const rank = (at: Origin | undefined) => (at ? files.indexOf(at.file) + 1 || files.length + 1 : 0);
    return this.#diagnostics.toSorted(
      (a, b) =>
        rank(a.at) - rank(b.at) || (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0),
    );
  }
}

export function placeOf(place: Place): Origin {
  return place.source.origin(place.start, place.end);
}
