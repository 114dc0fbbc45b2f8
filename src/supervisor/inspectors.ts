/** Gives each service that is debugged an inspector port of its own, the same over restarts. */
/** Node's own default port. */
const FIRST_PORT = 9229;

export class Inspectors {
  readonly #ports = new Map<string, number>();
  readonly #on = new Set<string>();
  readonly #isTaken: (port: number) => Promise<boolean>;

  /** @param isTaken Whether somebody listens on a port of loopback. */
  constructor(isTaken: (port: number) => Promise<boolean>) {
    this.#isTaken = isTaken;
  }

  /** Gives ports to these services, if they have none yet: none that is declared by a service or listened on now. */
  async reserve(names: readonly string[], declared: ReadonlySet<number>): Promise<void> {
    for (const name of names) {
      if (this.#ports.has(name)) continue;
      const given = new Set(this.#ports.values());
      let port = FIRST_PORT;
      while (given.has(port) || declared.has(port) || (await this.#isTaken(port))) port++;
      this.#ports.set(name, port);
    }
  }

  /** Needs a port that was reserved. */
  turnOn(name: string): void {
    this.#on.add(name);
  }

  turnOff(name: string): void {
    this.#on.delete(name);
  }

  /** Undefined: debugging is off for this service. */
  portFor(name: string): number | undefined {
    return this.#on.has(name) ? this.#ports.get(name) : undefined;
  }
}
