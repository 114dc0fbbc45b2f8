/**
 * The terminal of one run of a service, and those who look at it and type into it, any number at a time.
 *
 * Who joins sees first the modes that the service has set and the line that is not finished (most often a prompt); then the
 * terminal takes the size of theirs, by which a program with a whole screen draws it anew. Whoever resized last decides.
 */
import type { ExecSession, TerminalOptions } from '../control.js';
import type { Exit } from '../event.js';
import { TerminalModes } from '../terminal-modes.js';
import type { TerminalInput } from './runners/runner.js';

/** Bytes of an unfinished line that are kept. */
const LONGEST_PROMPT = 4096;
const NEWLINE = 10;
const RETURN = 13;

interface Viewer {
  readonly onOutput: TerminalOptions['onOutput'];
  readonly end: (exit: Exit) => void;
}

export class ServiceTerminal {
  readonly #input: () => TerminalInput | undefined;
  readonly #viewers = new Set<Viewer>();
  readonly #modes = new TerminalModes();
  #prompt: Buffer = Buffer.alloc(0);
  #endsWithReturn = false;

  /** @param input Undefined until the run is launched. */
  constructor(input: () => TerminalInput | undefined) {
    this.#input = input;
  }

  /** Shows what the service wrote to its viewers, and gives it as it is logged: the terminal has made `\r\n` of each `\n`. */
  take(chunk: Buffer): Buffer {
    this.#modes.see(chunk.toString('latin1'));
    const newline = chunk.lastIndexOf(NEWLINE) + 1;
    this.#prompt = newline > 0 ? chunk.subarray(newline) : Buffer.concat([this.#prompt, chunk]);
    if (this.#prompt.length > LONGEST_PROMPT) this.#prompt = this.#prompt.subarray(-LONGEST_PROMPT);
    for (const { onOutput } of [...this.#viewers]) onOutput('stdout', chunk);
    return this.#withoutReturns(chunk);
  }

  /** Undefined: the run has no terminal, not yet or not any more. */
  open({ columns, rows, onOutput }: TerminalOptions): ExecSession | undefined {
    const input = this.#input();
    if (!input) return undefined;
    let end!: (exit: Exit) => void;
    const exit = new Promise<Exit>(resolve => {
      end = resolve;
    });
    const viewer: Viewer = { onOutput, end };
    this.#viewers.add(viewer);
    const before = Buffer.concat([Buffer.from(this.#modes.restoring()), this.#prompt]);
    if (before.length > 0) onOutput('stdout', before);
    // Programs are told of a change only: with the size that it has already nobody would draw anything.
    if (rows > 1) input.resize(columns, rows - 1);
    input.resize(columns, rows);
    return {
      exit,
      write: data => input.write(data),
      end: () => {}, // others may still type
      resize: (width, height) => void (width > 0 && height > 0 && input.resize(width, height)),
      close: () => {
        this.#viewers.delete(viewer);
        end({ reason: 'lost', problem: 'left' });
      },
    };
  }

  /** The run has ended. */
  end(exit: Exit): void {
    for (const viewer of this.#viewers) viewer.end(exit);
    this.#viewers.clear();
  }

  #withoutReturns(chunk: Buffer): Buffer {
    let bytes = this.#endsWithReturn ? Buffer.concat([Buffer.from('\r'), chunk]) : chunk;
    this.#endsWithReturn = bytes.at(-1) === RETURN; // whether a newline follows is not known yet
    if (this.#endsWithReturn) bytes = bytes.subarray(0, -1);
    if (!bytes.includes(RETURN)) return bytes;
    return Buffer.from(bytes.toString('latin1').replace(/\r+\n/g, '\n'), 'latin1');
  }
}
