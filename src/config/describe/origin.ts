/** Where a value of a description comes from: a place in a file, the variables in it, or nobody said anything. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Origin } from '../../diagnostic.js';
import { parseDotenv } from '../../dotenv.js';
import { variablesIn } from '../../interpolate.js';
import type { System } from '../../system.js';

export type ValueOrigin =
  | {
      readonly kind: 'file';
      readonly at: Origin;
      /** Variables that the text there names, and where each has its value. */
      readonly variables: readonly {
        readonly name: string;
        readonly from: 'environment' | '.env' | 'default' | 'nowhere';
      }[];
    }
  | { readonly kind: 'default' };

/** Other words in which a file may say what a description says. */
const OTHER_WORDS: Readonly<Record<string, readonly string[]>> = {
  command: ['args'],
  run: ['command', 'build'],
  path: ['build'],
  mem_limit: ['memory'],
  terminate: ['stop_signal'],
  environment: ['env_file'],
  restart: ['restart_on_error', 'max_restarts'],
  ready: ['healthcheck'],
};

/** Looks values up by their path in the description. */
export class Origins {
  readonly #system: System;
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #lines = new Map<string, readonly string[]>();

  /** @param env fuge's own environment, which goes before `.env`. */
  constructor(system: System, env: Readonly<Record<string, string | undefined>>) {
    this.#system = system;
    this.#env = env;
  }

  of(keys: readonly string[]): ValueOrigin {
    const at = this.#at(keys);
    return at ? { kind: 'file', at, variables: this.#variablesAt(at) } : { kind: 'default' };
  }

  #at([top, ...keys]: readonly string[]): Origin | undefined {
    const service = this.#system.services.get(top!);
    if (!service) return lookUp(this.#system.origins, top === 'fuge_global' ? keys : [top!]);
    const said = lookUp(service.origins, keys) ?? lookUp(this.#system.origins, keys);
    // What a Compose file makes of a service is decided by the whole of it.
    return said ?? (keys[0] === 'type' ? service.at : undefined);
  }

  #variablesAt({ file, line, column, endColumn }: Origin) {
    const text = this.#linesOf(file)[line - 1]?.slice(column - 1, endColumn === undefined ? undefined : endColumn - 1);
    if (!text?.includes('$')) return [];
    return variablesIn(text).map(({ name, operator }) => ({ name, from: this.#sourceOf(name, operator) }));
  }

  #sourceOf(name: string, operator: string): 'environment' | '.env' | 'default' | 'nowhere' {
    if (this.#env[name] !== undefined) return 'environment';
    const dotenv = this.#linesOf(path.join(this.#system.directory, '.env')).join('\n');
    if (parseDotenv(dotenv, variable => this.#env[variable]).entries.some(entry => entry.name === name)) return '.env';
    return operator.includes('-') ? 'default' : 'nowhere';
  }

  #linesOf(file: string): readonly string[] {
    let lines = this.#lines.get(file);
    if (!lines) {
      try {
        lines = readFileSync(file, 'utf8').split(/\r\n|\r|\n/);
      } catch {
        lines = [];
      }
      this.#lines.set(file, lines);
    }
    return lines;
  }
}

/** The place of a value, or of the nearest thing around it that has one. */
function lookUp(origins: Readonly<Record<string, Origin>>, keys: readonly string[]): Origin | undefined {
  const [first = '', ...rest] = keys;
  for (const word of [first, ...(OTHER_WORDS[first] ?? [])])
    for (let depth = rest.length; depth >= 0; depth--) {
      const at = origins[[word, ...rest.slice(0, depth)].join('.')];
      if (at) return at;
    }
  return undefined;
}
