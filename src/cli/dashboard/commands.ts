/** The commands that run inside the dashboard, one at a time, and where what they say is shown. */
import { createPaint } from '../render/paint.js';
import type { Output } from '../verb.js';
import { CollectedOutput } from './collected-output.js';
import type { Effect, Message } from './message.js';

export interface CommandsOptions {
  /** Gives the exit code and never throws. */
  readonly runLine: (line: string, out: Output, signal: AbortSignal) => Promise<number>;
  readonly tell: (message: Message) => void;
  /** Of the whole screen. */
  readonly columns: () => number;
  readonly hasColours: boolean;
}

/** ms between two looks at what a command has said so far. */
const LOOK_MS = 400;
/** Columns that an overlay's border and margins take. */
const OVERLAY_MARGIN = 6;
const LEAST_COLUMNS = 20;

export class Commands {
  readonly #options: CommandsOptions;
  /** Aborts the command that runs. */
  #command: AbortController | undefined;
  /** Aborts what is only looked up. */
  readonly #end = new AbortController();

  constructor(options: CommandsOptions) {
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#command !== undefined;
  }

  abort(): void {
    this.#command?.abort();
  }

  /** One line is said in the last row; more are shown above all, and as they come where that takes a while. */
  async run(line: string): Promise<void> {
    if (this.#command) return this.#say('a command is still running: Ctrl-C ends it', true);
    const command = new AbortController();
    this.#command = command;
    const out = this.#collector();
    let shown = 0;
    const show = () => {
      if (out.lines.length === shown) return;
      shown = out.lines.length;
      this.#options.tell({ type: 'overlay', title: line, lines: [...out.lines] });
    };
    const timer = setInterval(() => {
      if (out.lines.length > 1) show();
    }, LOOK_MS);
    let code: number;
    try {
      code = await this.#options.runLine(line, out, command.signal);
    } finally {
      clearInterval(timer);
      this.#command = undefined;
    }
    if (shown > 0 || out.lines.length > 1) show();
    else if (out.lines.length === 1) this.#say(out.lines[0]!, out.hasProblem);
    else if (code !== 0 && !command.signal.aborted) this.#say(`${line}: exit code ${code}`, true);
  }

  async showFacts(what: Extract<Effect, { type: 'overlay' }>['what'], services: readonly string[]): Promise<void> {
    const names = services.join(' ');
    const out = this.#collector();
    await this.#options.runLine(`${what === 'environment' ? 'env' : what} ${names}`.trim(), out, this.#end.signal);
    const title = what === 'environment' ? `environment of ${names}` : what === 'info' ? names : 'what needs what';
    this.#options.tell({ type: 'overlay', title, lines: out.lines });
  }

  #say(text: string, isProblem: boolean): void {
    this.#options.tell({ type: 'said', text, isProblem });
  }

  #collector(): CollectedOutput {
    const { columns, hasColours } = this.#options;
    return new CollectedOutput(createPaint(hasColours), Math.max(LEAST_COLUMNS, columns() - OVERLAY_MARGIN));
  }
}
