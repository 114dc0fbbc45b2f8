/** Gives each service that is debugged an inspector port of its own, the same over restarts. */

/** Node's own default port. */
const FIRST_PORT = 9229;

export class Inspectors {
  readonly #ports = new Map<string, number>();
  readonly #on = new Set<string>();

  turnOn(name: string): void {
    this.#on.add(name);
    if (!this.#ports.has(name)) this.#ports.set(name, FIRST_PORT + this.#ports.size);
  }

  turnOff(name: string): void {
    this.#on.delete(name);
  }

  /** Undefined: debugging is off for this service. */
  portFor(name: string): number | undefined {
    return this.#on.has(name) ? this.#ports.get(name) : undefined;
  }
}
