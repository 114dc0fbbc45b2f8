/** The one-off commands of services that run now: build, test, hooks, probes. */
import type { Exit } from '../event.js';
import { type CommandOrder, OneOff } from './one-off.js';

export class OneOffs {
  readonly #running = new Set<OneOff>();
  #isHeld = false;
  #isClosed = false;

  /** Runs one to its end. */
  async run(order: CommandOrder): Promise<Exit> {
    const command = new OneOff(order);
    this.#running.add(command);
    if (this.#isHeld) command.hold(true);
    if (this.#isClosed) command.giveUp();
    try {
      return await command.exit;
    } finally {
      this.#running.delete(command);
    }
  }

  /** Pauses or goes on reading what they print. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    for (const command of this.#running) command.hold(isHeld);
  }

  /** Asks those that run to end, or (`force`) ends them. */
  end(force: boolean): void {
    for (const command of this.#running) force ? command.kill() : command.giveUp();
  }

  /** Settles when none runs any more; what comes later is given up at once. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.end(false);
    await Promise.all([...this.#running].map(command => command.exit));
  }
}
