/** Which value a variable in a text has: fuge's environment, `.env`, then (as in fuge 2) the services' own environments. */
import { interpolate, type Lookup } from '../interpolate.js';
import type { MapNode, YamlNode } from './yaml.js';

export class Variables {
  readonly #own = new Map<MapNode, ReadonlyMap<string, string>>();
  #any: ReadonlyMap<string, string> | undefined;

  constructor(
    private readonly env: Readonly<Record<string, string | undefined>>,
    private readonly dotenv: ReadonlyMap<string, string>,
    /** All services of the system, for the last resort. */
    private readonly services: readonly MapNode[],
  ) {}

  /** Process environment, even an empty value, over `.env`. */
  readonly base: Lookup = name => this.env[name] ?? this.dotenv.get(name);

  /** For texts of one service. */
  forService(service: MapNode): Lookup {
    return name => this.base(name) ?? this.#ownOf(service).get(name) ?? this.#anyOf().get(name);
  }

  /** For the global settings. */
  readonly forGlobals: Lookup = name => this.base(name) ?? this.#anyOf().get(name);

  #ownOf(service: MapNode): ReadonlyMap<string, string> {
    const known = this.#own.get(service);
    if (known) return known;
    const own = new Map<string, string>();
    for (const entry of service.entries) {
      if (entry.key !== 'environment') continue;
      for (const [name, value] of rawVariables(entry.value)) own.set(name, interpolate(value, this.base).text);
    }
    this.#own.set(service, own);
    return own;
  }

  /** The last service that defines it wins, as in fuge 2. */
  #anyOf(): ReadonlyMap<string, string> {
    if (this.#any) return this.#any;
    const any = new Map<string, string>();
    for (const service of this.services) for (const [name, value] of this.#ownOf(service)) any.set(name, value);
    this.#any = any;
    return any;
  }
}

function* rawVariables(node: YamlNode): Generator<[string, string]> {
  if (node.kind === 'map') {
    for (const { key, value } of node.entries) if (value.kind === 'scalar') yield [key, value.text];
  } else if (node.kind === 'list') {
    for (const item of node.items) {
      const equals = item.kind === 'scalar' ? item.text.indexOf('=') : -1;
      if (item.kind === 'scalar' && equals > 0) yield [item.text.slice(0, equals), item.text.slice(equals + 1)];
    }
  }
}
