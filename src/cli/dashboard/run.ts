/** Runs the dashboard: feeds its model with what happens and what is typed, carries out what it asks for, and draws. */
import type { ReadStream, WriteStream } from 'node:tty';
import type { AttachedSupervisor, Event, ServiceStatus, Supervisor } from '../../index.js';
import type { LentTerminal, Output } from '../verb.js';
import { copySequence } from './clipboard.js';
import { Commands } from './commands.js';
import type { Frame } from './frame.js';
import { Keyboard } from './keyboard.js';
import type { Effect, Message, Step } from './message.js';
import { carryOut, describe } from './orders.js';
import { Pace } from './pace.js';
import { colourDepthOf } from './term.js';
import { DashboardTerminal } from './terminal.js';
import { View } from './view.js';

/** What stands behind the screen, as data. */
export interface DashboardModel<Model> {
  readonly model: Model;
  update(model: Model, message: Message): Step<Model>;
  frameOf(model: Model): Frame;
}

export interface DashboardOptions<Model> extends DashboardModel<Model> {
  readonly supervisor: Supervisor;
  readonly stdin: ReadStream;
  readonly stdout: WriteStream;
  readonly env: NodeJS.ProcessEnv;
  /** Ends it at once, with the terminal as it was. */
  readonly signal: AbortSignal;
  /** Runs a line of the command line; gives its exit code and never throws. */
  readonly runLine: (line: string, out: Output, signal: AbortSignal) => Promise<number>;
  /** Keeps a line that was typed for the next time. */
  readonly remember: (line: string) => void;
  readonly complete: (line: string) => { readonly line: string; readonly candidates: readonly string[] };
  /** What would be lost with it is asked for first: leaving stops the system. */
  readonly asksBeforeLeaving?: boolean;
  /** A line that is run as soon as it is open. */
  readonly first?: string;
}

const SECOND_MS = 1000;
/** ms below which nobody has read what a program printed: a key is waited for. */
const GLIMPSE_MS = 2000;
/** More than are kept of any service. */
const ALL = 1_000_000;
const OVER: ReadonlySet<string> = new Set(['stopped', 'completed', 'failed']);
const YES: ReadonlySet<string> = new Set(['y', 'Y', 'enter', 'q', 'C-c']);

export class Dashboard<Model> {
  readonly #options: DashboardOptions<Model>;
  readonly #terminal: DashboardTerminal;
  readonly #view: View;
  readonly #keyboard = new Keyboard(messages => this.#guard(() => this.#hearInput(messages)));
  readonly #pace = new Pace(() => this.#guard(() => this.#draw()));
  #model: Model;
  readonly #commands: Commands;
  #asksForUsage = false;
  /** It is asked whether to leave. */
  #isAsking = false;
  /** Somebody else has the terminal, or nobody looks. */
  #isAway = false;
  /** Stopped by Ctrl-Z. */
  #isAsleep = false;
  #isOver = false;
  #undo: (() => void)[] = [];
  #settle!: { resolve: () => void; reject: (error: unknown) => void };

  constructor(options: DashboardOptions<Model>) {
    this.#options = options;
    this.#model = options.model;
    this.#terminal = new DashboardTerminal(options.stdin, options.stdout, `fuge: ${options.supervisor.system.name}`);
    this.#commands = new Commands({
      runLine: options.runLine,
      tell: message => this.#guard(() => this.#tell(message)),
      columns: () => options.stdout.columns,
      hasColours: colourDepthOf(options.env) > 0,
    });
    this.#view = new View(options.stdout, colourDepthOf(options.env));
  }

  /** Settles when it was left, and rejects with what went wrong inside; the terminal is as it was, either way. */
  run(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#guard(() => this.#open());
    });
  }

  #open(): void {
    const { supervisor, signal, stdin, stdout, first } = this.#options;
    if (signal.aborted) return this.#end();
    this.#terminal.enter();
    this.#listen(signal, 'abort', () => this.#end());
    this.#on(stdin, 'data', (chunk: Buffer | string) => {
      if (!this.#isAway) this.#keyboard.read(chunk);
    });
    this.#on(stdin, 'end', () => this.#end());
    this.#on(stdout, 'resize', () => this.#resized());
    this.#on(stdout, 'drain', () => this.#schedule());
    this.#on(process, 'SIGTSTP', () => this.#sleep());
    this.#on(process, 'SIGCONT', () => this.#wakeUp());
    this.#tellSize();
    this.#tellSystem();
    this.#undo.push(supervisor.subscribe(event => this.#guard(() => this.#hear(event)), { backlog: ALL }));
    // What was kept may have been too much for it.
    if (this.#isOver) return this.#cleanUp();
    void (supervisor as Partial<AttachedSupervisor>).gone?.then(() => this.#end());
    const timer = setInterval(() => this.#guard(() => this.#second()), SECOND_MS);
    this.#undo.push(() => clearInterval(timer));
    this.#second();
    this.#draw();
    if (first !== undefined) void this.#commands.run(first);
  }

  #tellSize(): void {
    const { columns, rows } = this.#options.stdout;
    this.#tell({ type: 'resize', columns, rows });
  }

  #tellSystem(): void {
    const { supervisor } = this.#options;
    this.#tell({ type: 'system', system: supervisor.system, statuses: supervisor.statuses() });
  }

  #hear(event: Event): void {
    const service = 'service' in event ? event.service : undefined;
    const status = service === undefined ? undefined : this.#options.supervisor.status(service);
    this.#tell(status ? { type: 'event', event, status } : { type: 'event', event });
    if (event.type === 'reloaded') this.#tellSystem();
    // Whoever opened it says so.
    if (event.type === 'closing') this.#end();
  }

  #second(): void {
    this.#tell({ type: 'tick', now: Date.now() });
    if (this.#asksForUsage || this.#isAway) return;
    this.#asksForUsage = true;
    const told = this.#options.supervisor.usage().then(
      usage => this.#guard(() => this.#tell({ type: 'usage', usage })),
      () => {}, // the connection is just ending
    );
    void told.finally(() => {
      this.#asksForUsage = false;
    });
  }

  #tell(message: Message): void {
    if (this.#isOver) return;
    const { model, effects } = this.#options.update(this.#model, message);
    if (model !== this.#model) {
      this.#model = model;
      this.#schedule();
    }
    for (const effect of effects) this.#do(effect);
  }

  #do(effect: Effect): void {
    const { supervisor, stdout, env } = this.#options;
    switch (effect.type) {
      case 'order':
        void carryOut(supervisor, effect).then(answer => {
          if (answer) this.#say(answer.text, answer.isProblem);
        });
        return;
      case 'command':
        this.#options.remember(effect.line);
        return void this.#commands.run(effect.line);
      case 'complete':
        return this.#tell({ type: 'completed', asked: effect.line, ...this.#options.complete(effect.line) });
      case 'overlay':
        return void this.#commands.showFacts(effect.what, effect.services);
      case 'copy': {
        const sequence = copySequence(effect.text, env);
        if (sequence === undefined) this.#say('that is more than a terminal takes to its clipboard', true);
        else stdout.write(sequence);
        return;
      }
      case 'mouse':
        return this.#terminal.setMouse(effect.isOurs);
      case 'attach':
        return void this.#commands.run(`attach ${effect.service}`);
      case 'leave':
        return this.#askToLeave();
    }
  }

  #say(text: string, isProblem: boolean): void {
    this.#guard(() => this.#tell({ type: 'said', text, isProblem }));
  }

  #askToLeave(): void {
    const { supervisor, asksBeforeLeaving } = this.#options;
    const running = supervisor.statuses().filter(({ phase }: ServiceStatus) => !OVER.has(phase.id)).length;
    if (!asksBeforeLeaving || running === 0) return this.#end();
    this.#isAsking = true;
    const what = running === 1 ? 'Stop the service that runs' : `Stop ${running} services`;
    const lines = [`${what} and leave?`, '', 'y  stop and leave', 'n  stay'];
    this.#tell({ type: 'overlay', title: 'leave', lines });
  }

  #hearInput(messages: readonly Message[]): void {
    for (const message of messages) {
      if (this.#isOver) return;
      if (message.type !== 'key') this.#tell(message);
      else if (message.key === 'C-z') this.#sleep();
      else if (message.key === 'C-l') this.#repaint();
      else if (message.key === 'C-c' && this.#commands.isRunning) this.#commands.abort();
      else if (this.#isAsking) this.#answer(message.key);
      else this.#tell(message);
    }
  }

  #answer(key: string): void {
    this.#isAsking = false;
    if (YES.has(key)) this.#end();
    else this.#tell({ type: 'key', key: 'escape' });
  }

  #schedule(): void {
    if (!this.#isAway && !this.#isOver && !this.#view.isCongested) this.#pace.schedule();
  }

  #draw(): void {
    if (this.#isAway || this.#isOver) return;
    this.#pace.begin();
    this.#view.draw(this.#options.frameOf(this.#model));
  }

  #repaint(): void {
    this.#view.reset();
    this.#draw();
  }

  /** At once: nothing looks more broken than a window that lags behind its border. */
  #resized(): void {
    if (this.#isAway) return;
    this.#tellSize();
    this.#draw();
  }

  /** Lets a program have the terminal until it has ended. */
  async lendTerminal(program: (terminal: LentTerminal) => Promise<number>): Promise<number> {
    const { stdin, stdout } = this.#options;
    this.#goAway();
    const began = performance.now();
    try {
      const code = await program({ stdin, stdout, stderr: process.stderr, isInteractive: true });
      if (performance.now() - began < GLIMPSE_MS) await this.#terminal.waitForKey(this.#options.signal);
      return code;
    } finally {
      if (!this.#isOver) this.#guard(() => this.#comeBack());
    }
  }

  #goAway(): void {
    this.#isAway = true;
    this.#pace.cancel();
    this.#terminal.leave();
    this.#options.stdin.pause();
  }

  #comeBack(): void {
    this.#isAway = false;
    // The window may have got another size while nobody heard of it.
    (this.#options.stdout as { _refreshSize?: () => void })._refreshSize?.();
    this.#terminal.enter();
    this.#view.reset();
    this.#tellSize();
    this.#draw();
  }

  /** Ctrl-Z: the shell that fuge was started from comes back, with the terminal as it was. */
  #sleep(): void {
    if (this.#isAway || process.platform === 'win32') return;
    this.#isAsleep = true;
    this.#goAway();
    process.kill(0, 'SIGSTOP');
  }

  #wakeUp(): void {
    if (!this.#isAsleep) return;
    this.#isAsleep = false;
    this.#comeBack();
  }

  leave(): void {
    this.#end();
  }

  #end(error?: unknown): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#pace.cancel();
    this.#keyboard.close();
    this.#commands.abort();
    this.#terminal.leave();
    this.#options.stdin.pause();
    this.#cleanUp();
    this.#view.close();
    if (error === undefined) this.#settle.resolve();
    else this.#settle.reject(error);
  }

  #cleanUp(): void {
    for (const undo of this.#undo.splice(0)) undo();
  }

  /** Whatever goes wrong in here ends the dashboard, never the system, and never leaves a broken screen. */
  #guard(work: () => void): void {
    if (this.#isOver) return;
    try {
      work();
    } catch (error) {
      this.#end(error ?? new Error(describe(error)));
    }
  }

  #on(emitter: NodeJS.EventEmitter, event: string, listener: (...args: never[]) => void): void {
    const guarded = (...args: unknown[]) => this.#guard(() => listener(...(args as never[])));
    emitter.on(event, guarded);
    this.#undo.push(() => emitter.off(event, guarded));
  }

  #listen(signal: AbortSignal, event: 'abort', listener: () => void): void {
    signal.addEventListener(event, listener, { once: true });
    this.#undo.push(() => signal.removeEventListener(event, listener));
  }
}
