/** What reading a merged Compose tree needs and leaves behind: the report, the scopes, and the place of every value. */
import type { Origin } from '../../../diagnostic.js';
import { placeOf, type Report } from '../../report.js';
import type { Place } from '../../source.js';
import type { YamlNode } from '../../yaml.js';
import type { Scope, Scopes } from './scopes.js';

/** Keys and list positions from the top of the project. */
export type Path = readonly (string | number)[];

export class Reading {
  readonly #places = new Map<string, Place>();

  constructor(
    readonly report: Report,
    readonly scopes: Scopes,
    /** The user's home directory, for `~`. */
    readonly home: string,
  ) {}

  scope(node: YamlNode): Scope {
    return this.scopes.of(node);
  }

  /** Remembers where the value at a path was said. */
  record(path: Path, place: Place): void {
    this.#places.set(keyOf(path), place);
  }

  place(path: Path): Place | undefined {
    return this.#places.get(keyOf(path));
  }

  /** Where the value was said, or else what it is a part of; undefined: nobody said it, it is a default. */
  origin(path: Path): Origin | undefined {
    const place = this.place(path);
    return place && placeOf(place);
  }

  /** A value that can't be what it must be; undefined, as what is read then. */
  wrong(path: Path, node: Place, message: string, hint?: string): undefined {
    // The form of a value was looked at before.
    if (this.report.hasErrorAt(node)) return undefined;
    this.report.error('compose-value', `"${pathText(path)}" ${message}`, node, { hint });
    return undefined;
  }
}

/** `services.web.ports[0].target`. */
export function pathText(path: Path): string {
  return path.reduce<string>(
    (text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`),
    '',
  );
}

function keyOf(path: Path): string {
  return path.join('\0');
}
