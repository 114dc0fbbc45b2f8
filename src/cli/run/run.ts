/** `fuge run … -- npm test`: brings the system up, runs a command on it, and takes it down again. */
import {
  activeServices,
  BRING_UP_MS,
  bringUp,
  cameUp,
  createSupervisor,
  environmentOf,
  type LocalSupervisor,
  type Outcome,
  type Supervisor,
  type System,
  type Until,
  withoutWatching,
} from '../../index.js';
import { attachTo } from '../attach.js';
import type { Located } from '../file-operand.js';
import { readDuration } from '../moment.js';
import { createOutput, shortenPath } from '../output.js';
import { formatTook } from '../render/duration.js';
import { selectServices } from '../select.js';
import { waitingText } from '../shell/closing.js';
import { makeSafe } from '../terminal/safe-text.js';
import { tellingOnce } from '../told-once.js';
import type { Output } from '../verb.js';
import { LAST_LINES, summarize } from '../verbs/start.js';
import { fugeVersion } from '../version.js';
import { quoteWord } from '../words.js';
import { argvOfWords, codeOf, type Interrupt, missingProgram, NOT_FOUND, RunningCommand } from './command.js';
import { junitXml } from './junit.js';
import { isFailure, Results, type ServiceResult } from './results.js';
import { logFilesOf, prepare, type RunSummary, saveArtifacts, writeReport } from './summary.js';
import { tellWhatHappens } from './tell.js';

const FAILED = 1;
const USAGE = 2;
/** Lines of a failed service that are printed where its log is not saved. */
const PRINTED_LINES = 50;
/** ms between two words on what the end waits for. */
const STOPPING_EVERY_MS = 5000;

export interface RunCall {
  readonly located: Located;
  /** Names of services, as typed before `--`. */
  readonly words: readonly string[];
  /** What stands behind `--`. */
  readonly command: readonly string[];
  readonly flags: ReadonlyMap<string, string | true>;
  readonly profiles: readonly string[];
}

export async function run(call: RunCall, plain: Output): Promise<number> {
  const { located, flags } = call;
  // Standard output is the command's alone.
  const out = createOutput({ stdout: process.stderr, stderr: process.stderr, env: process.env });
  process.stderr.on('error', () => {});
  const refuse = (message: string) => {
    plain.complain(message);
    return USAGE;
  };
  if (call.command.length === 0) return refuse('run needs a command behind "--": fuge run -- npm test');
  const until = flags.get('until') ?? 'ready';
  if (until !== 'ready' && until !== 'started') return refuse(`--until takes ready or started, not "${until}"`);
  const timeout = flags.get('timeout');
  const timeoutMs = timeout === undefined ? BRING_UP_MS : readDuration(String(timeout));
  if (timeoutMs === undefined) return refuse(`--timeout takes a duration like 60s or 2m, not "${timeout}"`);
  const [report, artifacts] = [textOf(flags, 'report'), textOf(flags, 'artifacts')];
  const unmade = await prepare(report, artifacts);
  if (unmade !== undefined) return refuse(unmade);

  const found = await attachTo(located.file);
  if (found.kind === 'problem') {
    plain.diagnose(found.diagnostic);
    return FAILED;
  }
  let supervisor: Supervisor;
  let own: LocalSupervisor | undefined;
  if (found.kind === 'attached') {
    const { pid, file } = found.supervisor.hello;
    if (flags.has('fresh')) {
      found.supervisor.disconnect();
      return refuse(
        `${shortenPath(file)} runs already (pid ${pid}), and --fresh wants it for itself: "fuge down" stops it`,
      );
    }
    supervisor = found.supervisor;
    out.print(out.paint.dim(`on the system that runs already (pid ${pid}), which goes on afterwards`));
  } else {
    const load = async () => {
      const loaded = await located.load();
      const isWatched = flags.has('watch') || !loaded.system;
      return isWatched ? loaded : { ...loaded, system: withoutWatching(loaded.system!) };
    };
    const { system, diagnostics } = await load();
    for (const diagnostic of diagnostics) plain.diagnose(diagnostic);
    if (!system) return USAGE;
    own = await createSupervisor(system, { load: tellingOnce(load, diagnostics), reachableAs: fugeVersion() });
    supervisor = own;
  }
  const names = choose([...call.words, ...(textOf(flags, 'services')?.split(',') ?? [])], supervisor.system, call, out);
  if (!names) {
    if (found.kind === 'attached') found.supervisor.disconnect();
    return USAGE;
  }
  // Nobody waits for a system that nothing can be run on.
  const { PATH = process.env.PATH } = (await environmentOf(supervisor.system)).variables;
  const missing = missingProgram(argvOfWords(call.command)[0], PATH);
  if (missing !== undefined) {
    out.complain(missing);
    if (found.kind === 'attached') found.supervisor.disconnect();
    return NOT_FOUND;
  }
  return new Run({ call, out, supervisor, own, names, until, timeoutMs, report, artifacts }).run();
}

interface RunOptions {
  readonly call: RunCall;
  readonly out: Output;
  readonly supervisor: Supervisor;
  /** The same, where it is ours to stop. */
  readonly own: LocalSupervisor | undefined;
  readonly names: readonly string[];
  readonly until: Until;
  readonly timeoutMs: number;
  readonly report: string | undefined;
  readonly artifacts: string | undefined;
}

class Run {
  readonly #options: RunOptions;
  readonly #results: Results;
  readonly #startedAt = Date.now();
  readonly #undo: (() => void)[] = [];
  #command: RunningCommand | undefined;
  /** The signal that ended this before the command could. */
  #interrupted: Interrupt | undefined;
  #giveUp: () => void = () => {};
  #isStopping = false;
  #hasKeyInterrupt = false;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#results = new Results(options.supervisor, options.names);
  }

  async run(): Promise<number> {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      const heard = () => this.#heard(signal);
      process.on(signal, heard);
      this.#undo.push(() => process.off(signal, heard));
    }
    const tell = tellWhatHappens(this.#options.supervisor, this.#options.out, this.#options.call.flags.has('logs'));
    let outcomes: readonly Outcome[] = [];
    let code: number;
    let outcome: RunSummary['outcome'];
    try {
      outcomes = (await this.#bringUp()) ?? [];
      if (this.#interrupted) [code, outcome] = [codeOf(this.#interrupted), 'interrupted'];
      else if (!outcomes.every(one => cameUp(one, this.#options.until))) [code, outcome] = [FAILED, 'not ready'];
      else {
        tell.onlyTrouble();
        code = await this.#runCommand();
        outcome = this.#interrupted ? 'interrupted' : code === 0 ? 'passed' : 'failed';
      }
    } catch (error) {
      // The fuge that runs the system refused, or has gone.
      if (typeof error !== 'object' || error === null || !('severity' in error)) throw error;
      this.#options.out.diagnose(error as never);
      [code, outcome] = [FAILED, 'not ready'];
    }
    const services = await this.#results.gather(outcomes, this.#options.until);
    tell.end();
    const logs = await logFilesOf(this.#options.supervisor, services);
    await this.#stop();
    const wasWritten = await this.#leaveBehind(services, logs, outcome, code);
    for (const undo of this.#undo) undo();
    return code === 0 && !wasWritten ? FAILED : code;
  }

  #heard(signal: Interrupt): void {
    const { own } = this.#options;
    if (this.#command) {
      this.#hasKeyInterrupt = signal === 'SIGINT' && isInteractive();
      if (signal !== 'SIGINT' || !isInteractive()) this.#interrupted ??= signal;
      return this.#command.interrupt(signal);
    }
    if (this.#interrupted || this.#isStopping) return void own?.close({ force: true });
    this.#interrupted = signal;
    this.#giveUp();
  }

  /** Undefined: interrupted. */
  async #bringUp(): Promise<readonly Outcome[] | undefined> {
    const { supervisor, names, until, timeoutMs, out } = this.#options;
    const interrupted = new Promise<undefined>(resolve => {
      this.#giveUp = () => resolve(undefined);
    });
    const outcomes = await Promise.race([bringUp(supervisor, names, { until, timeoutMs }), interrupted]);
    if (!outcomes) return undefined;
    const isStarted = until === 'started' && outcomes.every(outcome => cameUp(outcome, until));
    if (isStarted) out.print(`${outcomes.length} started`);
    else await summarize({ supervisor, system: supervisor.system, out, shell: false }, outcomes);
    return outcomes;
  }

  async #runCommand(): Promise<number> {
    const { call, supervisor, own, out } = this.#options;
    const { variables, problems } = await environmentOf(supervisor.system, process.env);
    for (const problem of problems) out.diagnose(problem);
    const env = { ...process.env, ...variables };
    const argv = argvOfWords(call.command);
    const shown = call.command.length === 1 ? call.command[0]! : call.command.map(quoteWord).join(' ');
    out.print(out.paint.dim(`$ ${shown}`));
    this.#command = new RunningCommand({
      argv,
      env,
      isInteractive: isInteractive(),
      company: own?.accompany(),
      complain: text => out.complain(text),
    });
    const code = await this.#command.code;
    // The terminal has shown ^C in the row of what comes next.
    if (this.#hasKeyInterrupt) out.print('');
    this.#command = undefined;
    return code;
  }

  async #stop(): Promise<void> {
    const { own, supervisor, out } = this.#options;
    this.#isStopping = true;
    if (!own) return void (supervisor as { disconnect?: () => void }).disconnect?.();
    const begun = Date.now();
    const timer = setInterval(
      () => out.print(waitingText(own.statuses(), own.system, Date.now(), isInteractive())),
      STOPPING_EVERY_MS,
    );
    await own.close();
    clearInterval(timer);
    out.print(out.paint.dim(`all stopped in ${formatTook(Date.now() - begun)}`));
  }

  /** Writes what was asked for; gives whether that could be done. Without it the logs of the failed are printed. */
  async #leaveBehind(
    services: readonly ServiceResult[],
    logs: readonly string[],
    outcome: RunSummary['outcome'],
    exitCode: number,
  ): Promise<boolean> {
    const { call, supervisor, own, out, report, artifacts } = this.#options;
    const { system } = supervisor;
    const summary: RunSummary = {
      version: 1,
      fuge: fugeVersion(),
      system: system.name,
      file: system.file,
      reused: own === undefined,
      startedAt: new Date(this.#startedAt).toISOString(),
      tookMs: Date.now() - this.#startedAt,
      outcome,
      command: call.command,
      exitCode,
      services,
    };
    const problems: string[] = [];
    if (report !== undefined) problems.push(...[(await writeReport(report, junitXml(summary))) ?? []].flat());
    if (artifacts !== undefined) {
      problems.push(...(await saveArtifacts(artifacts, summary, logs)));
      if (exitCode !== 0) out.print(`logs of the services: ${shortenPath(artifacts)}`);
    } else for (const service of services.filter(isFailure)) if (isNews(service, outcome)) this.#printLog(service);
    for (const problem of problems) out.complain(problem);
    return problems.length === 0;
  }

  #printLog({ name, problem, error, lastLines }: ServiceResult): void {
    const { out } = this.#options;
    const lines = lastLines.slice(-PRINTED_LINES);
    const what =
      lines.length === 0
        ? 'it has printed nothing'
        : lines.length === 1
          ? 'its only line:'
          : `its last ${lines.length} lines:`;
    out.print(
      `${out.paint.red('✗')} ${out.paint.bold(name)}: ${[problem, error, what].filter(text => text).join('; ')}`,
    );
    for (const line of lines) out.print(`    ${makeSafe(line, out.paint.enabled)}`);
  }
}

/** The command can be given the keyboard. */
const isInteractive = () => process.stdin.isTTY === true;

/** Whether the lines of a failed service were not seen yet. */
function isNews({ result, lastLines }: ServiceResult, outcome: RunSummary['outcome']): boolean {
  // Who interrupts a start knows that it was not over.
  if (outcome === 'interrupted') return result === 'failed';
  // The summary of a start has shown as many already.
  return outcome !== 'not ready' || lastLines.filter(line => line.trim() !== '').length > LAST_LINES;
}

function textOf(flags: ReadonlyMap<string, string | true>, name: string): string | undefined {
  const value = flags.get(name);
  return typeof value === 'string' ? value : undefined;
}

/** The services to start; undefined: one is not known, which was said. */
function choose(words: readonly string[], system: System, call: RunCall, out: Output): readonly string[] | undefined {
  const { profiles } = call;
  if (words.length === 0) return activeServices(profiles.length === 0 ? system : { ...system, profiles });
  const selection = selectServices(words, system, true);
  if (selection.kind === 'services') return selection.services;
  const near = selection.near === undefined ? '' : `. Did you mean "${selection.near}"?`;
  out.complain(`no service or group is called "${selection.word}"${near}`);
  return undefined;
}
