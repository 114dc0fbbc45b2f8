/**
 * What a Compose file's values are read against: the directory that its relative paths start from, and its variables.
 *
 * Files differ in this (an included file has its own directory and `.env`, one that is extended its own directory), and their
 * values end up in one tree. Since every node knows its source, so does it know its scope: paths need not be rewritten when
 * trees are merged. A file that is read twice, for two reasons, is two sources.
 */
import type { Lookup } from '../../../interpolate.js';
import type { Place, Source } from '../../source.js';

export interface Scope {
  /** Absolute. */
  readonly directory: string;
  /** The project's environment, as this file sees it. */
  readonly lookup: Lookup;
}

export class Scopes {
  readonly #bySource = new WeakMap<Source, Scope>();

  set(source: Source, scope: Scope): void {
    this.#bySource.set(source, scope);
  }

  of(place: Place): Scope {
    const scope = this.#bySource.get(place.source);
    if (!scope) throw new Error(`no scope for ${place.source.file}`);
    return scope;
  }
}
