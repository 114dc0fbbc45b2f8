/** `fuge shell`: one prompt over the whole system, or commands from a pipe; stops the system whatever way it ends. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ReadStream } from 'node:tty';
import {
  type AttachedSupervisor,
  createSupervisor,
  type Diagnostic,
  type LoadResult,
  type ServiceStatus,
  type Supervisor,
  type System,
} from '../index.js';
import { compileLater } from './compile-later.js';
import { parseLine } from './parse.js';
import { stopSystem } from './shell/closing.js';
import { complete } from './shell/completion.js';
import { History, historyFile } from './shell/history.js';
import { createScreen, headerText, type Screen } from './shell/screen.js';
import { SystemShell } from './shell/system-shell.js';
import { Prompt } from './terminal/prompt.js';
import { tellingOnce } from './told-once.js';
import type { Context, Input, LentTerminal, Verb } from './verb.js';
import type { DashboardCall } from './verbs/dashboard.js';
import { verbs } from './verbs.js';
import { fugeVersion } from './version.js';

export interface ShellOptions {
  readonly system: System;
  /** Warnings that loading brought: shown below the header. */
  readonly diagnostics: readonly Diagnostic[];
  /** Loads the system file again. */
  readonly reload: () => Promise<LoadResult>;
  /** Applies the system file whenever it is saved. Default false: says that it was. */
  readonly reloadsOnSave?: boolean;
  /** A command that is run before anything else: `start all`. */
  readonly first?: string;
  /** Default: one for {@link system}, which others can attach to. It is closed at the end. */
  readonly supervisor?: Supervisor;
  /** The system of another fuge: it goes on when this shell is left. */
  readonly attached?: AttachedSupervisor;
  /** Opens the dashboard at once, and ends with it. */
  readonly dashboard?: DashboardCall;
  /** Without a prompt, and nothing is read: runs until it is interrupted, or until nothing of the system runs any more. */
  readonly isUnattended?: boolean;
  readonly stdin?: NodeJS.ReadStream;
  readonly stdout?: NodeJS.WriteStream;
  readonly stderr?: NodeJS.WriteStream;
  readonly env?: NodeJS.ProcessEnv;
}

const PROMPT = 'fuge> ';
/** Exit codes of shells for what a signal ended. */
const HUNG_UP = 129;
const INTERRUPTED = 130;
const READER_GONE = 141;
const TERMINATED = 143;
/** ms that a command gets to end by itself after Ctrl-C; then the prompt comes back without it. */
const ABORT_PATIENCE_MS = 500;
/** ms after which leftovers (a command that ignores its abort) no longer keep fuge alive. */
const EXIT_PATIENCE_MS = 1000;
/** ms within which a SIGINT still belongs to the program that has just ended. */
const ECHO_OF_INTERRUPT_MS = 100;

/** Runs until the user leaves; gives the exit code. */
export async function runShell(options: ShellOptions): Promise<number> {
  compileLater();
  const load = tellingOnce(options.reload, options.diagnostics);
  const supervisor =
    options.supervisor ??
    options.attached ??
    (await createSupervisor(options.system, {
      load,
      reachableAs: fugeVersion(),
      reloadsOnSave: options.reloadsOnSave ?? false,
    }));
  const code = await new Shell(supervisor, options).run();
  if (options.stdin === undefined) setTimeout(() => process.exit(code), EXIT_PATIENCE_MS).unref();
  return code;
}

class Shell {
  readonly #supervisor: Supervisor;
  readonly #options: ShellOptions;
  readonly #stdin: NodeJS.ReadStream;
  readonly #stdout: NodeJS.WriteStream;
  readonly #stderr: NodeJS.WriteStream;
  readonly #env: NodeJS.ProcessEnv;
  readonly #screen: Screen;
  readonly #systemShell: SystemShell;
  readonly #history: History;
  #prompt: Prompt | undefined;
  /** Lines typed (or piped) that wait for the command before them. */
  readonly #lines: { readonly line: string; readonly isShown: boolean }[] = [];
  #wake: () => void = () => {};
  #inputEnded = false;
  /** Aborts the command that runs now. */
  #command: AbortController | undefined;
  /** Until when Ctrl-C is another program's, which has the terminal: what `performance.now()` says. */
  #lentUntil = 0;
  #leaving: number | undefined;
  #isClosing = false;
  /** The fuge that runs the system has gone. */
  #isGone = false;
  #undo: (() => void)[] = [];

  constructor(supervisor: Supervisor, options: ShellOptions) {
    this.#supervisor = supervisor;
    this.#options = options;
    this.#stdin = options.stdin ?? process.stdin;
    this.#stdout = options.stdout ?? process.stdout;
    this.#stderr = options.stderr ?? process.stderr;
    this.#env = options.env ?? process.env;
    this.#screen = createScreen({ supervisor, stdout: this.#stdout, stderr: this.#stderr, env: this.#env });
    this.#systemShell = new SystemShell(process.cwd(), this.#env);
    this.#history = new History(historyFile(this.#env));
  }

  async run(): Promise<number> {
    const isInteractive = this.#stdin.isTTY === true && this.#stdout.isTTY === true;
    this.#listen();
    this.#greet();
    const { isUnattended = false, first } = this.#options;
    if (isUnattended) this.#stayAlive();
    else if (isInteractive) this.#openPrompt();
    else this.#readLines();
    let failed = false;
    if (first !== undefined) failed = (await this.#execute(first)) !== 0;
    if (this.#options.dashboard) await this.#openDashboard(this.#options.dashboard);
    if (isUnattended) this.#leaveWhenDone();
    for (;;) {
      if (this.#leaving !== undefined) break;
      const next = this.#lines.shift();
      if (next === undefined) {
        if (this.#inputEnded) break;
        await this.#nextLine();
        continue;
      }
      // What was typed ahead while another command ran is shown when its turn has come.
      if (!next.isShown) this.#screen.writer.print(PROMPT + next.line);
      if ((await this.#execute(next.line)) !== 0) failed = true;
    }
    await this.#close();
    const code = this.#leaving ?? 0;
    return code === 0 && failed && !isInteractive ? 1 : code;
  }

  /** Nothing else may keep this process alive while the services rest. */
  #stayAlive(): void {
    const timer = setInterval(() => {}, 2 ** 30);
    this.#undo.push(() => clearInterval(timer));
  }

  /** What has ended for good, and what nobody can bring back here, keeps nobody waiting. */
  #leaveWhenDone(): void {
    const review = () => {
      const statuses = this.#supervisor.statuses();
      const isOver = ({ phase, watching }: ServiceStatus) =>
        phase.id === 'completed' || phase.id === 'stopped' || (phase.id === 'failed' && watching !== 'on');
      if (statuses.every(isOver)) this.#leave(statuses.some(({ phase }) => phase.id === 'failed') ? 1 : 0);
    };
    this.#undo.push(this.#supervisor.subscribe(review, { lines: false }));
    review();
  }

  #greet(): void {
    const { writer, out } = this.#screen;
    writer.print(headerText(this.#supervisor, fugeVersion(), out.paint));
    for (const diagnostic of this.#options.diagnostics) out.diagnose(diagnostic);
  }

  #openPrompt(): void {
    this.#prompt = new Prompt({
      stdin: this.#stdin as ReadStream,
      stdout: this.#stdout as NodeJS.WriteStream & import('node:tty').WriteStream,
      text: PROMPT,
      history: this.#history.load(),
      complete: line => complete(line, { verbs, system: this.#supervisor.system, cwd: this.#systemShell.cwd }),
      line: (line, wasVisible) => {
        if (wasVisible) this.#screen.writer.endBottom(PROMPT + line);
        this.#history.add(line);
        this.#lines.push({ line, isShown: wasVisible });
        this.#wake();
      },
      interrupt: () => this.#interrupt(),
      end: () => this.#leave(0),
    });
  }

  #readLines(): void {
    const { createInterface } = process.getBuiltinModule('node:readline');
    const reader = createInterface({ input: this.#stdin, terminal: false });
    reader.on('line', line => {
      this.#lines.push({ line, isShown: true });
      this.#wake();
    });
    reader.on('close', () => {
      this.#inputEnded = true;
      this.#wake();
    });
    this.#undo.push(() => reader.close());
  }

  /** Shows the prompt and settles when there is something to do. */
  async #nextLine(): Promise<void> {
    const { writer } = this.#screen;
    const more = new Promise<void>(wake => {
      this.#wake = wake;
    });
    if (this.#prompt && this.#leaving === undefined) {
      writer.flush();
      writer.setBottom(this.#prompt);
      this.#prompt.show();
    }
    await more;
    writer.setBottom(undefined);
    this.#prompt?.hide();
  }

  /** Runs one line to its end and gives its exit code. */
  async #execute(line: string): Promise<number> {
    const { out } = this.#screen;
    const { system } = this.#supervisor;
    const shell = this.#systemShell;
    const parsed = parseLine(line, verbs, system, { exists: path => existsSync(resolve(shell.cwd, path)) });
    switch (parsed.kind) {
      case 'empty':
        return 0;
      case 'problem':
        out.complain(parsed.message);
        return 2;
      case 'passthrough': {
        if (shell.isChangeOfDirectory(parsed.line)) return this.#complain(shell.changeDirectory(parsed.line));
        const isForced = line.trimStart().startsWith('!');
        const refusal = isForced ? undefined : shell.refusal(parsed.line, parsed.near, system);
        return refusal === undefined ? this.#passThrough(parsed.line) : this.#complain(refusal);
      }
      case 'verb':
        return this.#runVerb(parsed.verb, parsed.input);
    }
  }

  #runVerb(verb: Verb, input: Input): Promise<number> {
    return this.#run(async context => (await verb.load()).run(context, input));
  }

  async #openDashboard(call: DashboardCall): Promise<void> {
    const { openDashboard } = await import('./verbs/dashboard.js');
    this.#leave(await this.#run(context => openDashboard(context, call)));
  }

  async #run(task: (context: Context) => Promise<number>): Promise<number> {
    const command = new AbortController();
    this.#command = command;
    const supervisor = this.#supervisor;
    const context: Context = {
      supervisor,
      get system() {
        return supervisor.system;
      },
      out: this.#screen.out,
      signal: command.signal,
      shell: true,
      isRunning: true,
      live: this.#screen.live,
      reload: this.#options.reload,
      lendTerminal: program => this.#lendTerminal(program),
      leave: () => this.#leave(0),
    };
    const work = async () => {
      try {
        return await task(context);
      } catch (error) {
        if (command.signal.aborted) return INTERRUPTED;
        // A bug in one command is no reason to stop the user's system.
        this.#reportBug(error as Error);
        return 1;
      }
    };
    try {
      return await Promise.race([work(), abandoned(command.signal)]);
    } finally {
      this.#command = undefined;
    }
  }

  #complain(message: string | undefined): number {
    if (message === undefined) return 0;
    this.#screen.out.complain(message);
    return 1;
  }

  async #passThrough(line: string): Promise<number> {
    const { out } = this.#screen;
    const command = new AbortController();
    this.#command = command;
    let code: number;
    try {
      code = await this.#lendTerminal(({ isInteractive }) =>
        this.#systemShell.run(line, isInteractive ? 'inherit' : 'ignore', command.signal),
      );
    } catch (error) {
      out.complain(`the system's shell does not start: ${(error as Error).message}`);
      code = 127;
    } finally {
      this.#command = undefined;
    }
    // 130: the user pressed Ctrl-C, and knows.
    if (code !== 0 && code !== INTERRUPTED) out.print(out.paint.dim(`exit code ${code}`));
    return code;
  }

  async #lendTerminal(program: (terminal: LentTerminal) => Promise<number>): Promise<number> {
    const { writer } = this.#screen;
    const prompt = this.#prompt;
    const isInteractive = prompt !== undefined;
    if (isInteractive) {
      writer.suspend();
      prompt.lend();
      this.#lentUntil = Number.POSITIVE_INFINITY;
    } else await writer.drained();
    try {
      const stdin = isInteractive ? this.#stdin : undefined;
      return await program({ stdin, stdout: this.#stdout, stderr: this.#stderr, isInteractive });
    } finally {
      if (isInteractive) {
        // The Ctrl-C that ended the program is heard by us as well, maybe a moment later.
        this.#lentUntil = performance.now() + ECHO_OF_INTERRUPT_MS;
        prompt.takeBack();
        this.#stdout.write(endOfForeignOutput(this.#stdout.columns ?? 80));
        writer.resume();
      }
    }
  }

  /** Ctrl-C: the nearest thing that can be interrupted. */
  #interrupt(): void {
    if (this.#isClosing) return void (this.#options.attached ?? this.#supervisor.close({ force: true }));
    if (this.#command && !this.#command.signal.aborted && this.#prompt) return this.#command.abort();
    if (!this.#command && this.#prompt && this.#prompt.line !== '') return this.#prompt.clearLine();
    this.#leave(INTERRUPTED);
  }

  /** Ends after the command that runs now (which is told), with this exit code; the first one counts. */
  #leave(code: number): void {
    if (this.#leaving !== undefined) return;
    this.#leaving = code;
    this.#screen.stopProgress();
    this.#prompt?.abandonLine(code === INTERRUPTED ? '^C' : '');
    this.#screen.writer.setBottom(undefined);
    if (code !== 0) this.#command?.abort();
    this.#wake();
  }

  async #close(): Promise<void> {
    this.#isClosing = true;
    const { writer } = this.#screen;
    this.#prompt?.abandonLine('');
    writer.setBottom(undefined);
    this.#prompt?.close();
    const restoreKeyboard = this.#keepQuiet();
    const { attached } = this.#options;
    try {
      if (!attached) await stopSystem(this.#supervisor, writer);
      else if (!this.#isGone) writer.print(`left: the system goes on (fuge attach comes back, fuge down stops it)`);
    } finally {
      attached?.disconnect();
      this.#screen.dispose();
      restoreKeyboard();
      for (const undo of this.#undo) undo();
      if (this.#stdin.isTTY) this.#stdin.pause();
      // A terminal that is gone would keep us waiting for keys.
      if (this.#leaving === HUNG_UP) this.#stdin.destroy();
      await writer.drained();
    }
  }

  /** While the system stops the keyboard has one meaning: Ctrl-C. Nothing else is echoed into the status line. */
  #keepQuiet(): () => void {
    const stdin = this.#stdin as ReadStream;
    if (!this.#prompt || this.#leaving === HUNG_UP) return () => {};
    const heard = (keys: Buffer | string) => {
      if (keys.includes('\x03')) this.#interrupt();
    };
    stdin.setRawMode(true);
    stdin.on('data', heard).resume();
    return () => {
      stdin.off('data', heard);
      stdin.setRawMode(false);
    };
  }

  /** Signals, a closed terminal, and our own bugs. */
  #listen(): void {
    const hangUp = (code: number) => () => {
      this.#screen.writer.abandon();
      this.#leave(code);
    };
    const gone = this.#stdout.isTTY ? HUNG_UP : READER_GONE;
    this.#on(process, 'SIGINT', () => {
      if (this.#isClosing || performance.now() >= this.#lentUntil) this.#interrupt();
    });
    this.#on(process, 'SIGTERM', () => this.#leave(TERMINATED));
    this.#on(process, 'SIGHUP', hangUp(HUNG_UP));
    this.#on(this.#stdout, 'error', hangUp(gone));
    this.#on(this.#stderr, 'error', () => {});
    this.#on(this.#stdin, 'error', hangUp(HUNG_UP));
    if (this.#stdin.isTTY && this.#stdout.isTTY) this.#on(this.#stdin, 'end', hangUp(HUNG_UP));
    this.#on(process, 'uncaughtException', (error: Error) => this.#fail(error));
    this.#followEnd();
  }

  /** Somebody else stops the system. */
  #followEnd(): void {
    const { attached } = this.#options;
    const { out } = this.#screen;
    if (attached) {
      void attached.gone.then(wasStopped => {
        this.#isGone = true;
        if (this.#isClosing || this.#leaving !== undefined) return;
        if (wasStopped) out.print('the system was stopped');
        else out.complain(`the fuge that ran it (pid ${attached.hello.pid}) has gone without a word`);
        this.#leave(wasStopped ? 0 : 1);
      });
      return;
    }
    const end = this.#supervisor.subscribe(
      event => {
        if (event.type !== 'closing' || this.#isClosing || this.#leaving !== undefined) return;
        out.print('stopped from another terminal');
        this.#leave(0);
      },
      { lines: false },
    );
    this.#undo.push(end);
  }

  #on(emitter: NodeJS.EventEmitter, event: string, listener: (...args: never[]) => void): void {
    emitter.on(event, listener as (...args: unknown[]) => void);
    // Errors of our streams stay harmless to the very end.
    if (event !== 'error') this.#undo.push(() => emitter.off(event, listener as (...args: unknown[]) => void));
  }

  #fail(error: Error): void {
    this.#reportBug(error);
    this.#leave(1);
  }

  #reportBug(error: Error): void {
    const frame = /at .*/.exec(error?.stack ?? '')?.[0] ?? '';
    const { out } = this.#screen;
    out.complain(`fuge has a bug: ${String(error?.message ?? error)} ${frame}. Please report this line to the project`);
    if (this.#env.FUGE_DEBUG) out.complain(String(error?.stack));
  }
}

/** Settles a while after the abort: a command that does not listen is left alone. */
function abandoned(signal: AbortSignal): Promise<number> {
  return new Promise(resolve => {
    signal.addEventListener('abort', () => setTimeout(() => resolve(INTERRUPTED), ABORT_PATIENCE_MS), { once: true });
  });
}

/**
 * Brings the cursor to the first column of an empty row without erasing what a program printed without a newline: a mark
 * and as many blanks as a row has spill over to the next row only if the cursor was not in the first column.
 */
function endOfForeignOutput(columns: number): string {
  return `\x1b[0m\x1b[?25h\x1b[2m⏎\x1b[22m${' '.repeat(Math.max(0, columns - 1))}\r\x1b[J`;
}
