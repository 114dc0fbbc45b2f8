/**
 * Lets a process listen where the others look for it: in its container it listens on the target port, here on the one that
 * is published.
 *
 * The target is replaced in variables as translation.ts has it, and behind `--port` and `-p` of its command. PORT itself is
 * given to it in any case.
 */
import type { Command } from '../../../system.js';
import { translatePorts } from '../../../translation.js';
import type { DeclaredPort } from '../../ports.js';

export class OwnPorts {
  readonly #hosts: ReadonlyMap<string, number>;
  #isTold = false;

  constructor(ports: readonly DeclaredPort[]) {
    this.#hosts = new Map(
      ports.flatMap(({ target, host }) => (target === undefined || target === host ? [] : [[String(target), host]])),
    );
  }

  /** A port is another one here than in the container, and nothing of what was looked at says so to the process. */
  get isUntold(): boolean {
    return this.#hosts.size > 0 && !this.#isTold;
  }

  inVariable(name: string, value: string): string {
    return translatePorts(name, value, target => this.#take(target));
  }

  /** Of the addresses only those that stand for this machine. */
  inText(text: string): string {
    return this.inVariable('', text);
  }

  /** Ports of this machine by those of the container, where they differ. */
  get table(): Record<string, number> {
    return Object.fromEntries(this.#hosts);
  }

  inCommand(command: Command | undefined): Command | undefined {
    if (command === undefined || this.#hosts.size === 0) return command;
    if (command.kind === 'shell') {
      const line = this.inText(this.#options(command.line));
      return line === command.line ? command : { ...command, line, source: line };
    }
    const [program, ...rest] = command.argv;
    const words = rest.map((word, index) => {
      const host = /^(--port|-p|-P)$/.test(rest[index - 1] ?? '') ? this.#take(word) : undefined;
      return host === undefined ? this.inText(this.#options(word)) : String(host);
    });
    if (words.every((word, index) => word === rest[index])) return command;
    return { kind: 'argv', argv: [program, ...words], source: [program, ...words].join(' ') };
  }

  #take(target: string): number | undefined {
    const host = this.#hosts.get(target);
    if (host !== undefined) this.#isTold = true;
    return host;
  }

  #options(text: string): string {
    return text.replace(/(--port[= ]|-[pP] )(\d+)(?![\w.])/g, (whole, option: string, port: string) => {
      const host = this.#take(port);
      return host === undefined ? whole : `${option}${host}`;
    });
  }
}
