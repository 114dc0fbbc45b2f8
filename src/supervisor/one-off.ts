/** Runs a command to its end in a service's directory: build, test, apply, pull. The only file that knows execa. */
import type { ChildProcess } from 'node:child_process';
import type { Event, Exit, StreamName } from '../event.js';
import type { Command, NodeService, ProcessService } from '../system.js';
import type { Clock } from './clock.js';
import { Output } from './output.js';
import { launchProblem } from './runners/executable.js';
import { MARK, type Owner } from './runners/owner.js';
import { argvOf } from './runners/process.js';
import { signalGroup } from './runners/process-group.js';

export interface CommandOrder {
  readonly service: ProcessService | NodeService;
  readonly command: Command;
  /** Marks its lines: `test`, `build` … */
  readonly label: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Gives the command up. */
  readonly signal: AbortSignal | undefined;
  readonly isQuiet: boolean;
  readonly owner: Owner;
  readonly clock: Clock;
  emit(event: Event): void;
}

/** ms between the polite signal and SIGKILL when a command is given up. */
const GRACE_MS = 2000;
/** ms that the streams may take to end after the command has: its last words wait in the pipes, no more will come. */
const DRAIN_MS = 500;

export class OneOff {
  /** How it ended: never rejects. */
  readonly exit: Promise<Exit>;
  readonly #order: CommandOrder;
  /** Boxed, since execa's children are promises of their end. Undefined: given up before it began. */
  readonly #child: Promise<{ readonly process: ChildProcess } | undefined>;
  #isGivenUp = false;
  #isHeld = false;

  constructor(order: CommandOrder) {
    this.#order = order;
    const { service, command, label, environment, signal } = order;
    const argv = argvOf(command);
    const problem = launchProblem(service, argv[0], environment.PATH, label);
    this.#child = problem ? Promise.resolve(undefined) : this.#spawn(argv);
    this.exit = problem ? Promise.resolve({ reason: 'not-started', problem }) : this.#ended();
    if (signal?.aborted) this.giveUp();
    const giveUp = () => this.giveUp();
    signal?.addEventListener('abort', giveUp, { once: true });
    void this.exit.then(() => signal?.removeEventListener('abort', giveUp));
  }

  /** Ends the whole process group: politely, then not. */
  giveUp(): void {
    if (this.#isGivenUp) return;
    this.#isGivenUp = true;
    this.#strike('SIGTERM');
    const cancel = this.#order.clock.after(GRACE_MS, () => this.kill());
    void this.exit.then(cancel);
  }

  kill(): void {
    this.#isGivenUp = true;
    this.#strike('SIGKILL');
  }

  /** Pauses or goes on reading its output; it then blocks in its own write. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    void this.#child.then(child => {
      if (!child) return;
      for (const stream of [child.process.stdout, child.process.stderr]) isHeld ? stream?.pause() : stream?.resume();
      if (!isHeld && hasExited(child.process)) this.#drain(child.process);
    });
  }

  async #spawn([program, ...args]: readonly [string, ...string[]]): Promise<{ process: ChildProcess } | undefined> {
    const { service, environment, owner, label, clock, emit, isQuiet } = this.#order;
    const { execa } = await import('execa');
    if (this.#isGivenUp) return undefined;
    const child = execa(program, args, {
      cwd: service.cwd,
      env: { ...environment, [MARK]: owner.markOf(service.name, 0) },
      extendEnv: false,
      stdin: 'ignore',
      detached: true,
      cleanup: false,
      buffer: false,
      reject: false,
    });
    if (child.pid !== undefined) owner.protect(child.pid);
    const sink = { file: () => {}, keep: () => {}, emit: isQuiet ? () => {} : emit };
    const output = new Output({ service: service.name, run: 0, command: label }, sink, clock);
    for (const name of ['stdout', 'stderr'] as StreamName[])
      child[name].on('data', (chunk: Buffer) => output.push(name, chunk)).once('close', () => output.end(name));
    return { process: child };
  }

  async #ended(): Promise<Exit> {
    const child = (await this.#child)?.process;
    if (child === undefined) return { reason: 'signal', signal: 'SIGTERM' };
    const { pid } = child;
    if (pid === undefined) return { reason: 'code', code: 1 };
    const closed = new Promise<void>(resolve => child.once('close', () => resolve()));
    await new Promise<void>(resolve => child.once('exit', () => resolve()));
    signalGroup(pid, 'SIGKILL'); // whatever it left behind
    this.#order.owner.release(pid);
    if (!this.#isHeld) this.#drain(child);
    await closed;
    const { exitCode, signalCode } = child;
    return signalCode === null ? { reason: 'code', code: exitCode ?? 1 } : { reason: 'signal', signal: signalCode };
  }

  /** A process that left the group may hold the streams for ever. */
  #drain(child: ChildProcess): void {
    const cancel = this.#order.clock.after(DRAIN_MS, () => {
      child.stdout?.destroy();
      child.stderr?.destroy();
    });
    child.once('close', cancel);
  }

  #strike(signal: NodeJS.Signals): void {
    void this.#child.then(child => {
      if (child?.process.pid !== undefined && !hasExited(child.process)) signalGroup(child.process.pid, signal);
    });
  }
}

const hasExited = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;
