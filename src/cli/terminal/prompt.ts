/** The line being typed: node:readline, with an output that can be silenced and a terminal that can be lent out. */
import { EventEmitter } from 'node:events';
import type { Interface } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import type { Bottom } from './writer.js';

export interface PromptOptions {
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
  readonly text: string;
  /** Newest first. */
  readonly history: readonly string[];
  /** Candidates for what stands before the cursor, and the part of it that they replace. */
  complete(line: string): [string[], string];
  /** A line was ended. `wasVisible`: it stands on the screen; it was typed ahead otherwise. The prompt is hidden now. */
  line(line: string, wasVisible: boolean): void;
  /** Ctrl-C. */
  interrupt(): void;
  /** Ctrl-D on an empty line, or the input is gone. */
  end(): void;
}

/** Lines that the arrow keys reach. */
const HISTORY_SIZE = 1000;

/** What readline is given for its output: it says nothing while the prompt is hidden. */
class SilenceableOutput extends EventEmitter {
  readonly isTTY = true;
  isSilent = true;
  readonly #stdout: WriteStream;

  constructor(stdout: WriteStream) {
    super();
    this.#stdout = stdout;
  }

  get columns(): number {
    return this.#stdout.columns;
  }

  get rows(): number {
    return this.#stdout.rows;
  }

  write(text: string): boolean {
    return this.isSilent || this.#stdout.write(text);
  }
}

type KeyListener = (...args: unknown[]) => void;

export class Prompt implements Bottom {
  readonly #stdin: ReadStream;
  readonly #stdout: WriteStream;
  readonly #output: SilenceableOutput;
  readonly #readline: Interface & { prevRows?: number };
  readonly #resized: () => void;
  #isClosed = false;
  /** Readline's, while the terminal is lent. */
  #listeners: KeyListener[] = [];
  #isPasting = false;

  constructor(options: PromptOptions) {
    this.#stdin = options.stdin;
    this.#stdout = options.stdout;
    this.#output = new SilenceableOutput(options.stdout);
    this.#resized = () => {
      // Terminals wrap what they show anew, so the cursor's row is the one by the new width.
      this.#readline.prevRows = this.#readline.getCursorPos().rows;
      this.#output.emit('resize');
    };
    options.stdout.on('resize', this.#resized);
    // `fuge up` has no prompt, and does not wait for this.
    this.#readline = process.getBuiltinModule('node:readline').createInterface({
      input: options.stdin,
      output: this.#output as unknown as NodeJS.WritableStream, // it has all that readline uses
      terminal: true,
      prompt: options.text,
      history: [...options.history],
      historySize: HISTORY_SIZE,
      tabSize: 4,
      completer: (line: string): [string[], string] => (this.#isPasting ? [[], line] : options.complete(line)),
    });
    // readline turns completion off while it works through what arrived at once (a paste), and then appends every
    // character to the end, wherever the cursor is. It is told that completion is on; Tab still completes nothing.
    Object.defineProperty(this.#readline, 'isCompletionEnabled', {
      get: () => true,
      set: (isEnabled: boolean) => {
        this.#isPasting = !isEnabled;
      },
    });
    this.#readline.on('line', line => {
      const wasVisible = this.isVisible;
      // At once: the rest of a paste is worked through before anyone else has a turn.
      this.hide();
      options.line(line, wasVisible);
    });
    this.#readline.on('SIGINT', () => options.interrupt());
    // readline passes on what its input says of a terminal that is gone. Whoever owns the input hears that, too.
    this.#readline.on('error', () => {});
    this.#readline.on('close', () => {
      if (this.#isClosed) return;
      this.#isClosed = true;
      if (this.isVisible) this.#stdout.write('\r\n');
      this.hide();
      this.#stdout.off('resize', this.#resized);
      options.end();
    });
  }

  get line(): string {
    return this.#readline.line;
  }

  get isVisible(): boolean {
    return !this.#output.isSilent;
  }

  rowsAbove(): number {
    return this.#readline.getCursorPos().rows;
  }

  draw(): void {
    if (this.#isClosed) return;
    // The old rows are gone already: readline must not go up to erase them again.
    this.#readline.prevRows = 0;
    this.#readline.prompt(true);
  }

  show(): void {
    this.#output.isSilent = false;
    this.draw();
  }

  /** From now on typing is kept and not shown. The line must have been ended or erased. */
  hide(): void {
    this.#output.isSilent = true;
  }

  /** Leaves what was typed on the screen, followed by `mark`, and goes to the next row. */
  abandonLine(mark: string): void {
    if (this.#isClosed) return;
    if (this.isVisible) {
      this.#readline.write(null, { ctrl: true, name: 'e' });
      this.#stdout.write(`${mark}\r\n`);
    }
    this.hide();
  }

  clearLine(): void {
    this.#readline.write(null, { ctrl: true, name: 'e' });
    this.#readline.write(null, { ctrl: true, name: 'u' });
  }

  /** Lends the terminal to another program: input is not read, the terminal is as a shell would leave it. */
  lend(): void {
    this.hide();
    this.#readline.pause();
    // A program may read our input through us: readline must not hear it as well.
    this.#listeners = this.#stdin.rawListeners('keypress') as KeyListener[];
    this.#stdin.removeAllListeners('keypress');
    this.#stdin.setRawMode(false);
  }

  takeBack(): void {
    for (const listener of this.#listeners.splice(0)) this.#stdin.on('keypress', listener);
    if (this.#isClosed) return;
    this.#stdin.setRawMode(true);
    this.#readline.resume();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.hide();
    this.#stdout.off('resize', this.#resized);
    this.#readline.close();
  }
}
