/**
 * Runs a service as a process that leads a process group of its own.
 *
 * Signals go to the group, so wrappers like `npm run` pass nothing on and lose nothing. The end is the leader's
 * `exit`, not `close`: a grandchild that inherited stdout may hold it open for ever.
 *
 * node:child_process and not execa: importing execa takes 60 to 70 ms before the first service can start and 14 MB,
 * and fifty launches took 9 % longer (ARCHITECTURE.md).
 */
import type { Readable } from 'node:stream';
import type { Diagnostic } from '../../diagnostic.js';
import type { Exit, StreamName } from '../../event.js';
import type { Command, NodeService, ProcessService } from '../../system.js';
import { takenPortProblem } from '../ports.js';
import { type Child, type SpawnOptions, spawnWithPipes } from './child.js';
import { launchProblem } from './executable.js';
import { MARK, type Owner } from './owner.js';
import { canWait, PreparedProcesses } from './prepared.js';
import { kinOf, restingCpuTime, type StartTime, signalGroup, signalProcess, startTimeOf } from './process-group.js';
import { loadPseudoTerminals, noPseudoTerminal, type SpawnInTerminal } from './pseudo-terminal.js';
import type { LaunchOrder, Run, Runner, RunReport, TerminalInput } from './runner.js';

type LocalService = ProcessService | NodeService;

/** Output that follows the leader's exit is waited for while it keeps coming with gaps shorter than this, ms. */
const DRAIN_GAP_MS = 50;
/** … but no longer than this, ms: what the leader said waits in a pipe of 64 KiB; whoever still writes is not the leader. */
const LONGEST_DRAIN_MS = 250;
/** An empty group is looked for this often, ms, growing from the first to the second. */
const LOOK_FIRST_MS = 1;
const LOOK_LATER_MS = 25;
/**
 * Who left the group hears of a signal when the leader has ended, or after this long, ms. To find them takes a look at all
 * processes, just when the whole machine is busy with the ends of those that are told; most runs have none.
 */
const STRAYS_MS = 100;

/**
 * Runs processes and keeps them under guard, so that nothing of them outlives fuge, whatever ends it.
 *
 * @param loadTerminals Called when a service with `tty: true` is launched.
 */
export function createProcessRunner(owner: Owner, loadTerminals = loadPseudoTerminals): Runner<LocalService> {
  const prepared = new PreparedProcesses(owner);
  return {
    launch: (order, report) => new ProcessRun({ owner, loadTerminals, prepared }, order, report),
    preparation: {
      isPossible: service => service.type === 'node' && canWait(service),
      begin(order) {
        const program = programOf(order);
        if (program) prepared.begin(order.service.name, { program, options: spawnOptionsOf(order, owner) });
      },
      discard: service => prepared.discard(service),
      isReady: service => prepared.has(service),
    },
  };
}

/** Program and arguments of a command; a shell line goes to /bin/sh. */
export function argvOf(command: Command): readonly [string, ...string[]] {
  return command.kind === 'argv' ? command.argv : ['/bin/sh', '-c', command.line];
}

/** Whether Node's inspector can be asked for: the command is Node itself. */
export function canInspect(service: LocalService): boolean {
  if (service.command?.kind !== 'argv') return false;
  return service.type === 'node' || /(^|\/)node$/.test(service.command.argv[0]);
}

function programOf(order: LaunchOrder<LocalService>): readonly [string, ...string[]] | undefined {
  const { service, inspectPort } = order;
  if (service.command === undefined) return undefined;
  const inspect = inspectPort === undefined ? [] : [`--inspect=127.0.0.1:${inspectPort}`];
  const [program, ...args] = argvOf(service.command);
  if (service.type === 'node' && service.command.kind === 'argv')
    return [process.execPath, ...inspect, program, ...args];
  return [program, ...(canInspect(service) ? inspect : []), ...args];
}

function spawnOptionsOf({ service, run, environment }: LaunchOrder<LocalService>, owner: Owner): SpawnOptions {
  const env = environment();
  env[MARK] = owner.markOf(service.name, run);
  return { cwd: service.cwd, env };
}

interface ProcessHost {
  readonly owner: Owner;
  readonly prepared: PreparedProcesses;
  readonly loadTerminals: () => Promise<SpawnInTerminal>;
}

class ProcessRun implements Run {
  readonly #owner: Owner;
  readonly #loadTerminals: ProcessHost['loadTerminals'];
  readonly #prepared: PreparedProcesses;
  readonly #mark: string;
  readonly #order: LaunchOrder<LocalService>;
  readonly #report: RunReport;
  #child: Child | undefined;
  #startTime: StartTime | undefined;
  #isGivenUp = false;
  #isKilled = false;
  /** Signals that those who left the group have still to get. */
  readonly #forStrays: NodeJS.Signals[] = [];
  #strayTimer: NodeJS.Timeout | undefined;
  #isHeld = false;
  #exit: Exit | undefined;
  #isReported = false;
  #isEmptied = false;
  #openStreams = new Set<StreamName>();
  #drainTimer: NodeJS.Timeout | undefined;
  #drainUntil = 0;
  /** What it had used at the last look, where it was resting then. */
  #restingCpuTime: number | undefined;

  constructor({ owner, loadTerminals, prepared }: ProcessHost, order: LaunchOrder<LocalService>, report: RunReport) {
    this.#owner = owner;
    this.#loadTerminals = loadTerminals;
    this.#prepared = prepared;
    this.#mark = owner.markOf(order.service.name, order.run);
    this.#order = order;
    this.#report = report;
    void this.#start();
  }

  get terminal(): TerminalInput | undefined {
    return this.#child?.terminal;
  }

  terminate(signal: NodeJS.Signals): void {
    this.#signal(signal);
    // A process that is stopped (Ctrl-Z, a debugger) would hear nothing.
    this.#signal('SIGCONT');
  }

  kill(): void {
    this.#isKilled = true;
    this.#signal('SIGKILL');
  }

  async isAtRest(): Promise<boolean> {
    const pid = this.#child?.pid;
    if (pid === undefined) return true;
    const used = await restingCpuTime(pid);
    const before = this.#restingCpuTime;
    this.#restingCpuTime = used;
    return used !== undefined && used === before;
  }

  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    for (const stream of Object.values(this.#child?.streams ?? {})) isHeld ? stream.pause() : stream.resume();
    if (!isHeld && this.#exit) this.#beginDrain();
  }

  #signal(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid === undefined) {
      this.#isGivenUp = true;
      return;
    }
    signalGroup(pid, signal);
    this.#forStrays.push(signal);
    clearTimeout(this.#strayTimer);
    const tell = () => void this.#kin(pid).then(({ strays }) => this.#tellStrays(strays));
    if (signal === 'SIGKILL') tell();
    else this.#strayTimer = setTimeout(tell, STRAYS_MS);
  }

  #tellStrays(strays: readonly number[]): void {
    clearTimeout(this.#strayTimer);
    const signals = this.#forStrays.splice(0);
    for (const stray of strays) for (const signal of signals) signalProcess(stray, signal);
  }

  #kin(pid: number) {
    const isOther = (pgid: number) => pgid !== pid && this.#owner.isProtected(pgid);
    return kinOf({ pgid: pid, mark: `${MARK}=${this.#mark}`, since: this.#startTime, isOther });
  }

  async #start(): Promise<void> {
    const { service } = this.#order;
    const program = programOf(this.#order);
    if (program === undefined) {
      return this.#fail({
        severity: 'error',
        code: 'missing-run',
        message: `"${service.name}" can't start: it has no run command`,
        at: service.at,
        hint: 'add "run: <command>" to it',
      });
    }
    const taken = await takenPortProblem(service, this.#owner.id);
    const options = spawnOptionsOf(this.#order, this.#owner);
    const problem = launchProblem(service, program[0], options.env.PATH) ?? taken;
    const spawnInTerminal =
      problem || !service.tty ? undefined : await this.#loadTerminals().catch(() => 'missing' as const);
    if (this.#isGivenUp) return this.#report.exited({ reason: 'signal', signal: 'SIGTERM' }, false);
    if (problem) return this.#fail(problem);
    if (spawnInTerminal === 'missing') return this.#fail(noPseudoTerminal(service));
    this.#spawn(program, options, spawnInTerminal);
  }

  #fail(problem: Diagnostic): void {
    // Never from within launch(): the actor has to know this run first.
    queueMicrotask(() => this.#report.exited({ reason: 'not-started', problem }, false));
  }

  #spawn(
    words: readonly [string, ...string[]],
    options: SpawnOptions,
    spawnInTerminal: SpawnInTerminal | undefined,
  ): void {
    const { service } = this.#order;
    const [program, ...args] = words;
    const failed = (error: NodeJS.ErrnoException) => this.#fail(spawnProblem(service, program, error));
    let child: Child | undefined;
    try {
      child =
        spawnInTerminal?.(program, args, options) ??
        this.#prepared.take(service.name, { program: words, options }) ??
        spawnWithPipes(program, args, options, failed);
    } catch (error) {
      return failed(error as NodeJS.ErrnoException);
    }
    if (child === undefined) return;
    this.#child = child;
    this.#owner.protect(child.pid);
    this.#startTime = startTimeOf(child.pid);
    for (const [name, stream] of Object.entries(child.streams)) this.#read(name as StreamName, stream);
    child.onExit((code, signal) => this.#exited(code, signal));
    this.#report.launched({ pid: child.pid });
  }

  #read(name: StreamName, stream: Readable): void {
    this.#openStreams.add(name);
    stream.on('data', (chunk: Buffer) => {
      if (this.#exit && performance.now() < this.#drainUntil) this.#armDrain();
      this.#report.output(name, chunk);
    });
    // A stream that breaks has said all it can: as good as ended.
    stream.on('error', () => {});
    stream.once('close', () => {
      if (!this.#openStreams.delete(name)) return;
      this.#report.outputEnded(name);
      if (this.#exit && this.#openStreams.size === 0) void this.#drained();
    });
    if (this.#isHeld) stream.pause();
  }

  #exited(code: number | null, signal: NodeJS.Signals | null): void {
    this.#exit = signal ? { reason: 'signal', signal } : { reason: 'code', code: code ?? 0 };
    if (this.#openStreams.size === 0) void this.#drained();
    else this.#beginDrain();
  }

  #beginDrain(): void {
    this.#drainUntil = performance.now() + LONGEST_DRAIN_MS;
    this.#armDrain();
  }

  /** Last words are worth a moment; then the end counts, whoever still holds a stream. */
  #armDrain(): void {
    clearTimeout(this.#drainTimer);
    if (this.#isHeld || this.#openStreams.size === 0) return;
    const ms = Math.max(0, Math.min(DRAIN_GAP_MS, this.#drainUntil - performance.now()));
    this.#drainTimer = setTimeout(() => (this.#isEmptied ? this.#cutStreams() : void this.#drained()), ms);
  }

  async #drained(): Promise<void> {
    clearTimeout(this.#drainTimer);
    const exit = this.#exit;
    const pid = this.#child?.pid;
    if (exit === undefined || pid === undefined || this.#isReported) return;
    this.#isReported = true;
    const { group, strays } = await this.#kin(pid);
    this.#tellStrays(strays);
    const isLingering = group || strays.length > 0;
    if (!isLingering) {
      this.#gone(pid);
      this.#cutStreams();
    }
    this.#report.exited(exit, isLingering);
    if (isLingering) this.#lookWhetherGone(pid, LOOK_FIRST_MS);
  }

  #lookWhetherGone(pid: number, ms: number): void {
    setTimeout(async () => {
      const { group, strays } = await this.#kin(pid);
      if (group || strays.length > 0) {
        // Those outside the group are struck one by one: another one may have been forked meanwhile.
        if (this.#isKilled) for (const stray of strays) signalProcess(stray, 'SIGKILL');
        return this.#lookWhetherGone(pid, Math.min(ms * 2, LOOK_LATER_MS));
      }
      this.#gone(pid);
      this.#report.emptied();
      this.#beginDrain();
    }, ms);
  }

  #gone(pid: number): void {
    this.#isEmptied = true;
    this.#owner.release(pid);
  }

  /** The group is gone: whoever still holds a stream is no part of the service. */
  #cutStreams(): void {
    for (const name of [...this.#openStreams]) {
      this.#openStreams.delete(name);
      this.#report.outputEnded(name);
      this.#child?.streams[name]?.destroy();
    }
  }
}

function spawnProblem(service: LocalService, program: string, error: NodeJS.ErrnoException): Diagnostic {
  const hints: Record<string, string> = {
    E2BIG: 'its arguments and environment are too long',
    EAGAIN: 'the limit of processes is reached (ulimit -u)',
    EMFILE: 'too many files are open (ulimit -n)',
    ENOMEM: 'the machine is out of memory',
  };
  const hint = hints[error.code ?? ''];
  return {
    severity: 'error',
    code: 'not-started',
    message: `"${service.name}" can't start ${program}: ${error.code ?? error.message}`,
    at: service.origins.run ?? service.at,
    ...(hint !== undefined && { hint }),
  };
}
