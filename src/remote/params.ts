/** Reads the parameters of a request, which come from anybody: what is not as it should be is told, by name. */
import type { Command } from '../system.js';

/** A parameter is missing or of the wrong kind. */
export class InvalidParams extends Error {}

export class Params {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: unknown) {
    if (values === undefined) this.#values = {};
    else if (isObject(values)) this.#values = values;
    else throw new InvalidParams('params must be an object');
  }

  text(name: string): string {
    const value = this.#values[name];
    if (typeof value === 'string') return value;
    throw this.#wrong(name, 'a string');
  }

  optionalText(name: string): string | undefined {
    return this.#isAbsent(name) ? undefined : this.text(name);
  }

  texts(name: string): readonly string[] {
    const value = this.#values[name];
    if (Array.isArray(value) && value.every(each => typeof each === 'string')) return value;
    throw this.#wrong(name, 'a list of strings');
  }

  flag(name: string): boolean {
    const value = this.#values[name];
    if (typeof value === 'boolean') return value;
    throw this.#wrong(name, 'true or false');
  }

  optionalFlag(name: string): boolean {
    return this.#isAbsent(name) ? false : this.flag(name);
  }

  /** A whole number, not negative. */
  count(name: string): number {
    const value = this.#values[name];
    if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
    throw this.#wrong(name, 'a whole number');
  }

  optionalCount(name: string): number | undefined {
    return this.#isAbsent(name) ? undefined : this.count(name);
  }

  bytes(name: string): Buffer {
    return Buffer.from(this.text(name), 'base64');
  }

  object(name: string): Readonly<Record<string, unknown>> {
    const value = this.#values[name];
    if (isObject(value)) return value;
    throw this.#wrong(name, 'an object');
  }

  optionalObject(name: string): Params | undefined {
    return this.#isAbsent(name) ? undefined : new Params(this.object(name));
  }

  optionalTextMap(name: string): Readonly<Record<string, string>> | undefined {
    if (this.#isAbsent(name)) return undefined;
    const value = this.object(name);
    if (Object.values(value).every(each => typeof each === 'string')) return value as Record<string, string>;
    throw this.#wrong(name, 'an object of strings');
  }

  command(name: string): Command {
    const { kind, argv, line, source } = this.object(name);
    if (typeof source === 'string') {
      if (kind === 'shell' && typeof line === 'string') return { kind, line, source };
      const [program, ...rest] = Array.isArray(argv) && argv.every(each => typeof each === 'string') ? argv : [];
      if (kind === 'argv' && program !== undefined) return { kind, argv: [program, ...rest], source };
    }
    throw this.#wrong(name, 'a command: {kind: "argv", argv, source} or {kind: "shell", line, source}');
  }

  #isAbsent(name: string): boolean {
    return this.#values[name] === undefined || this.#values[name] === null;
  }

  #wrong(name: string, wanted: string): InvalidParams {
    return new InvalidParams(`"${name}" must be ${wanted}`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
