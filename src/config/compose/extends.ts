/**
 * Resolves `extends`: a service that begins as another one, of the same file or of another.
 *
 * Everything is taken over, and the extending service is merged over it as a later file would be. What the other one
 * refers to (depends_on, networks, volumes …) has to be defined here, too. Paths are relative to the file that says them,
 * which each value's place tells. (Compose Specification, "extends".)
 */
import path from 'node:path';
import { nearest } from '../../diagnostic.js';
import type { Report } from '../report.js';
import type { MapNode, ScalarNode, YamlNode } from '../yaml.js';
import { mergeService } from './merge.js';
import { isNull, isScalar, valueAt, withoutKey, withValue } from './tree.js';

/** A file that `extends` names. */
export interface ExtendedFile {
  /** Its top level, interpolated, its documents merged; `extends` in it not yet resolved. */
  readonly tree: YamlNode;
  /** Absolute path of the file; what it extends itself is relative to its directory. */
  readonly file: string;
}

export interface ExtendsOptions {
  /** Absolute path of the file that the tree is from; cycles are found by it. */
  readonly file: string;
  /** Absolute; `extends: {file}` in this tree is relative to it. */
  readonly directory: string;
  /** Parses and interpolates a file, given its absolute path. Undefined: it can't be read, which was reported at `at`. */
  readonly load: (file: string, at: ScalarNode) => ExtendedFile | undefined;
  readonly report: Report;
}

/**
 * The same top level with every service that extends another one replaced by what comes of it. Its tags `!reset` and
 * `!override` remain, for the merge over an earlier file.
 */
export function resolveExtends(tree: YamlNode, options: ExtendsOptions): YamlNode {
  const services = valueAt(tree, 'services');
  if (tree.kind !== 'map' || services?.kind !== 'map') return tree;
  if (!services.entries.some(one => valueAt(one.value, 'extends'))) return tree;
  const resolver = new Resolver(options);
  const scope: Scope = { services, file: options.file, directory: options.directory };
  const entries = services.entries.map(one => {
    const value = resolver.resolve(one.key, one.value, scope, []);
    return value === one.value ? one : { ...one, value };
  });
  return withValue(tree, 'services', () => ({ ...services, entries }));
}

/** The services of one file. */
interface Scope {
  readonly services: MapNode;
  readonly file: string;
  readonly directory: string;
}

/** A service that is being resolved. */
interface Step {
  readonly file: string;
  readonly service: string;
  /** Where it names the one that it extends. */
  readonly at: ScalarNode;
}

interface Reference {
  readonly service: ScalarNode;
  readonly file: ScalarNode | undefined;
}

/** Nobody writes this by hand; each step takes some of the stack. */
const LONGEST_CHAIN = 500;

class Resolver {
  /** By the service's own tree: many may extend one. */
  readonly #resolved = new Map<YamlNode, YamlNode>();
  readonly #scopes = new Map<string, Scope | undefined>();

  constructor(private readonly options: ExtendsOptions) {}

  resolve(name: string, service: YamlNode, scope: Scope, chain: readonly Step[]): YamlNode {
    const reference = valueAt(service, 'extends');
    if (service.kind !== 'map' || reference === undefined) return service;
    const known = this.#resolved.get(service);
    if (known) return known;
    const resolved = this.#extend(name, service, reference, scope, chain);
    this.#resolved.set(service, resolved);
    return resolved;
  }

  #extend(name: string, own: MapNode, node: YamlNode, scope: Scope, chain: readonly Step[]): YamlNode {
    const alone = withoutKey(own, 'extends');
    const reference = this.#read(name, node);
    if (!reference) return alone;
    const step: Step = { file: scope.file, service: name, at: reference.service };
    if (this.#isCycle(step, chain)) return alone;
    if (chain.length === LONGEST_CHAIN) {
      const message = `more than ${LONGEST_CHAIN} services extend one another in a row`;
      this.options.report.error('compose-extends', message, chain[0]!.at);
      return alone;
    }
    const base = reference.file ? this.#load(reference.file, scope.directory) : scope;
    if (!base) return alone;
    const { text: wanted } = reference.service;
    const found = base.services.entries.findLast(one => one.key === wanted);
    if (!found) {
      this.#reportMissing(name, reference, base);
      return alone;
    }
    const resolved = this.resolve(wanted, found.value, base, [...chain, step]);
    // A service without a single key has nothing to give.
    if (isNull(resolved)) return own;
    const merged = mergeService(resolved, alone, name, this.options.report);
    return merged.kind === 'map' ? withoutKey(merged, 'extends') : merged;
  }

  #read(name: string, node: YamlNode): Reference | undefined {
    const { report } = this.options;
    if (isScalar(node) && !isNull(node)) return { service: node, file: undefined };
    if (node.kind !== 'map') {
      report.error('compose-extends', `"extends" of "${name}" must name a service`, node, {
        hint: 'write extends: NAME, or extends: {file: FILE, service: NAME}',
      });
      return undefined;
    }
    const [service, file] = [valueAt(node, 'service'), valueAt(node, 'file')];
    if (!service || !isScalar(service) || isNull(service)) {
      report.error('compose-extends', `"extends" of "${name}" says no service`, service ?? node, {
        hint: 'add service: NAME',
      });
      return undefined;
    }
    if (file && !isScalar(file)) {
      report.error('compose-extends', `"extends.file" of "${name}" must be a file name, not a ${file.kind}`, file);
      return undefined;
    }
    return { service, file: file && !isNull(file) ? (file as ScalarNode) : undefined };
  }

  #load(node: ScalarNode, directory: string): Scope | undefined {
    const file = path.resolve(directory, node.text);
    if (this.#scopes.has(file)) return this.#scopes.get(file);
    const loaded = this.options.load(file, node);
    const scope = loaded && this.#scopeOf(loaded, node);
    this.#scopes.set(file, scope);
    return scope;
  }

  #scopeOf({ tree, file }: ExtendedFile, at: ScalarNode): Scope | undefined {
    const services = valueAt(tree, 'services');
    if (services?.kind === 'map') return { services, file, directory: path.dirname(file) };
    this.options.report.error('compose-extends', `${file} has no services`, at);
    return undefined;
  }

  #isCycle(step: Step, chain: readonly Step[]): boolean {
    const first = chain.findIndex(other => other.file === step.file && other.service === step.service);
    if (first === -1) return false;
    const cycle = chain.slice(first);
    const names = [...cycle.map(({ service }) => service), step.service].join(' → ');
    this.options.report.error('compose-extends-cycle', `services extend each other: ${names}`, cycle[0]!.at, {
      hint: 'remove one of these "extends"',
      related: cycle.slice(1).map(({ service, at }) => ({ message: `"${service}" extends "${at.text}" here`, at })),
    });
    return true;
  }

  #reportMissing(name: string, { service, file }: Reference, { services, file: base }: Scope): void {
    const where = file ? `which ${base} does not define` : 'which is not defined in this file';
    const near = nearest(
      service.text,
      services.entries.map(one => one.key),
    );
    this.options.report.error('compose-extends', `"${name}" extends "${service.text}", ${where}`, service, {
      hint: near === undefined ? undefined : `did you mean "${near}"?`,
    });
  }
}
