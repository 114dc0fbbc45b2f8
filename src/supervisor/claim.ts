/** What one supervisor has registered: that it runs a system, or at least commands of it. */
import type { Diagnostic } from '../diagnostic.js';
import type { System } from '../system.js';
import { sweepLeftovers } from './leftovers.js';
import { alreadyRunning, type Leftover, ownRegistration, type Registry } from './registry.js';
import type { Owner } from './runners/owner.js';

/** Makes this fuge reachable from other terminals. */
export interface Door {
  /**
   * Opens a socket and gives its path; undefined: it can't be reached, which `tell` has been told.
   *
   * @param directory Where registrations lie.
   */
  open(directory: string, id: string, tell: (notice: Diagnostic) => void): Promise<string | undefined>;
  close(): Promise<void>;
}

export class Claim {
  readonly #registry: Registry;
  readonly #owner: Owner;
  readonly #makeDoor: (() => Promise<Door>) | undefined;
  #door: Door | undefined;
  #isRegistered = false;
  #hasClaimed = false;
  #followsDeath = false;

  constructor(registry: Registry, owner: Owner, makeDoor?: () => Promise<Door>) {
    this.#registry = registry;
    this.#owner = owner;
    this.#makeDoor = makeDoor;
  }

  /** Whether it is registered as the one that runs the system. */
  get isTaken(): boolean {
    return this.#hasClaimed;
  }

  /** Whether a fuge had been killed together with its guard when this one began. */
  get followsDeath(): boolean {
    return this.#followsDeath;
  }

  /**
   * Before the first start: sees that nobody else runs this system file, writes down that this one does now, and clears
   * what a killed fuge left behind. Gives the reason why it must not start.
   */
  async take(system: System, now: number, tell: (notice: Diagnostic) => void): Promise<Diagnostic | undefined> {
    if (this.#hasClaimed) return undefined;
    const earlier = this.#registry.findOwner(system.file, this.#owner.id);
    if (earlier) return alreadyRunning(earlier);
    // Whoever finds the registration finds the socket open.
    this.#door = await this.#makeDoor?.();
    const socket = await this.#door?.open(this.#registry.directory, this.#owner.id, tell);
    const own = ownRegistration(this.#owner.id, system.file, system.name, now, socket);
    const other = this.#registry.claim({ ...own, portOffset: system.portOffset });
    if (other) {
      await this.#door?.close();
      return alreadyRunning(other);
    }
    this.#hasClaimed = true;
    this.#registered();
    if (socket !== undefined) this.#owner.removeAtEnd(socket);
    this.#followsDeath = this.#registry.dead().length > 0;
    for (const leftover of await sweepLeftovers(this.#registry)) tell(cleared(leftover));
    return undefined;
  }

  /** Should fuge and its guard be killed, what a command leaves is found by this. It keeps nobody off. */
  takeForCommands(system: System, now: number): void {
    if (this.#isRegistered) return;
    this.#registry.add(ownRegistration(this.#owner.id, null, system.name, now));
    this.#registered();
  }

  /** Nothing that was started is left. */
  async release(): Promise<void> {
    if (this.#isRegistered) this.#registry.remove(this.#owner.id);
    await this.#door?.close();
  }

  #registered(): void {
    this.#isRegistered = true;
    this.#owner.removeAtEnd(this.#registry.pathOf(this.#owner.id));
  }
}

function cleared({ id, registration }: Leftover): Diagnostic {
  const file = registration?.systemFile ? ` (${registration.systemFile})` : '';
  const whose = registration ? `"${registration.systemName}"${file}` : 'some system';
  const pid = id.split('-')[0];
  return {
    severity: 'info',
    code: 'leftovers-cleared',
    message: `processes of ${whose} were left by fuge ${pid}, which was killed: they are ended`,
  };
}
