/**
 * Runs a service's `prerun` before each launch and its `on_exit` after each run, behind the same interface as the run
 * itself: a launch waits for the first, the end of a run for the second, so nothing of two runs ever overlaps.
 */
import type { Diagnostic } from '../diagnostic.js';
import type { Exit } from '../event.js';
import type { Command, Service } from '../system.js';
import {
  type LaunchOrder,
  type Run,
  type Runner,
  type RunReport,
  type TerminalInput,
  withEnvironment,
} from './runners/runner.js';

export type HookName = 'prerun' | 'on_exit';

/** Runs a hook's command to its end. */
export type RunHook = (service: Service, command: Command, name: HookName, signal: AbortSignal) => Promise<Exit>;

export function withHooks(runner: Runner, runHook: RunHook): Runner {
  return {
    ...(runner.preparation && { preparation: runner.preparation }),
    launch: (order, report) => {
      const { service } = order;
      if (service.type !== 'process' && service.type !== 'node') return runner.launch(order, report);
      const { prerun, onExit } = service.hooks;
      return prerun || onExit ? new HookedRun(runner, runHook, order, report) : runner.launch(order, report);
    },
  };
}

class HookedRun implements Run {
  readonly #runner: Runner;
  readonly #runHook: RunHook;
  readonly #order: LaunchOrder;
  readonly #report: RunReport;
  readonly #abort = new AbortController();
  #run: Run | undefined;
  #isHeld = false;
  /** Asked to end before there was a run. */
  #isGivenUp = false;
  #isExitReported = false;

  constructor(runner: Runner, runHook: RunHook, order: LaunchOrder, report: RunReport) {
    this.#runner = runner;
    this.#runHook = runHook;
    this.#order = withEnvironment(order); // whatever prerun changes
    this.#report = report;
    void this.#start();
  }

  get terminal(): TerminalInput | undefined {
    return this.#run?.terminal;
  }

  terminate(signal: NodeJS.Signals): void {
    if (this.#isExitReported) return; // on_exit has its time: the grace
    if (this.#run) return this.#run.terminate(signal);
    this.#isGivenUp = true;
    this.#abort.abort();
  }

  kill(): void {
    this.#abort.abort();
    this.#isGivenUp = true;
    this.#run?.kill();
  }

  async isAtRest(): Promise<boolean> {
    return (await this.#run?.isAtRest?.()) ?? true;
  }

  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
    this.#run?.hold(isHeld);
  }

  async #start(): Promise<void> {
    const command = this.#hooks.prerun;
    if (command) {
      const exit = await this.#runHook(this.#order.service, command, 'prerun', this.#abort.signal);
      if (this.#isGivenUp) return this.#report.exited({ reason: 'signal', signal: 'SIGTERM' }, false);
      const problem = hookProblem(this.#order.service, command, 'prerun', exit);
      if (problem) return this.#report.exited({ reason: 'not-started', problem }, false);
    } else await undefined; // the actor has to know this run before anything is reported
    if (this.#isGivenUp) return this.#report.exited({ reason: 'signal', signal: 'SIGTERM' }, false);
    this.#launch();
  }

  #launch(): void {
    const report = this.#report;
    this.#run = this.#runner.launch(this.#order, {
      launched: as => report.launched(as),
      progress: progress => report.progress(progress),
      health: (isHealthy, problem) => report.health(isHealthy, problem),
      output: (stream, chunk) => report.output(stream, chunk),
      outputEnded: stream => report.outputEnded(stream),
      exited: (exit, isLingering) => this.#exited(exit, isLingering),
      emptied: () => void this.#afterwards(),
    });
    if (this.#isHeld) this.#run.hold(true);
  }

  #exited(exit: Exit, isLingering: boolean): void {
    const hasAfterwards = this.#hooks.onExit !== undefined && exit.reason !== 'not-started';
    this.#report.exited(exit, isLingering || hasAfterwards);
    if (hasAfterwards && !isLingering) void this.#afterwards();
  }

  async #afterwards(): Promise<void> {
    this.#isExitReported = true;
    const command = this.#hooks.onExit;
    if (command && !this.#abort.signal.aborted)
      await this.#runHook(this.#order.service, command, 'on_exit', this.#abort.signal);
    this.#report.emptied();
  }

  get #hooks() {
    const { service } = this.#order;
    return service.type === 'process' || service.type === 'node'
      ? service.hooks
      : { prerun: undefined, onExit: undefined };
  }
}

/** What is wrong with how a hook ended; undefined: nothing. */
export function hookProblem(
  service: Service,
  command: Command,
  key: HookName | 'on_ready' | 'build',
  exit: Exit,
): Diagnostic | undefined {
  if (exit.reason === 'not-started') return exit.problem;
  if (exit.reason === 'code' && exit.code === 0) return undefined;
  const how =
    exit.reason === 'code'
      ? `ended with code ${exit.code}`
      : exit.reason === 'signal'
        ? `was ended by ${exit.signal}`
        : exit.problem;
  return {
    severity: 'error',
    code: `${key.replace('_', '-')}-failed`,
    message: `${key} of "${service.name}" ${how}: ${command.source}`,
    at: service.origins[key] ?? service.at,
  };
}
