/** Names of services: what another tool allows may be no name here, and no two may become the same. */
import type { Report } from '../report.js';
import type { Place } from '../source.js';

/** These mean something else at the top of a system file, or in commands. */
const RESERVED = /^(fuge_global|include|name|all|x-.*)$/;

/** The nearest name that a service can have: no spaces, no `/`, no brackets and globs, no `-` in front. */
export function usableName(given: string): string {
  const plain = given
    .replace(/[\s/\\,*?[\]{}:#&!|>'"%@`\x00-\x1f\x7f]+/g, '-')
    .replace(/^[-.]+|-+$/g, '')
    .slice(0, 100);
  if (plain === '') return 'service';
  return RESERVED.test(plain) ? `${plain}-service` : plain;
}

/** Gives every service of one file a name of its own. */
export class Names {
  readonly #byGiven = new Map<string, string[]>();
  readonly #taken = new Set<string>();

  /** A name that is free; one that differs from the given one is told at `at`. */
  take(given: string, report?: Report, at?: Place): string {
    const base = usableName(given);
    let name = base;
    for (let n = 2; this.#taken.has(name); n++) name = `${base}-${n}`;
    this.#taken.add(name);
    this.#byGiven.set(given, [...(this.#byGiven.get(given) ?? []), name]);
    if (name !== given && report)
      report.warn(
        'import-renamed',
        `${JSON.stringify(given)} can't be the name of a service here: it is called "${name}"`,
        at,
      );
    return name;
  }

  /** What was taken for a given name; empty: nothing of that name. */
  of(given: string): readonly string[] {
    return this.#byGiven.get(given) ?? [];
  }

  isTaken(name: string): boolean {
    return this.#taken.has(name);
  }
}
