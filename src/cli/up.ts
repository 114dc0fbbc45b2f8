/** `fuge up`: the system without a prompt, here until Ctrl-C, or in the background. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  type AttachedSupervisor,
  activeServices,
  type LoadResult,
  type Supervisor,
  type System,
  withoutWatching,
} from '../index.js';
import { attachTo } from './attach.js';
import type { BackgroundOrder, BackgroundReport } from './background.js';
import type { Located } from './file-operand.js';
import { readDuration } from './moment.js';
import { shortenPath } from './output.js';
import { describeOutcome } from './render/outcome.js';
import { interruptible, refuseDashboard, refuseSystem, showAttached } from './run-once.js';
import { selectServices } from './select.js';
import type { Output } from './verb.js';
import { exitCodeOf, summarize } from './verbs/start.js';
import { showWhatHappens } from './verbs/what-happens.js';
import { quoteWord } from './words.js';

const USAGE = 2;
/** ms for a fuge in the background to read its file and claim the system. */
const LAUNCH_PATIENCE_MS = 30_000;

export interface UpCall {
  readonly located: Located;
  /** Names of services, as typed. */
  readonly words: readonly string[];
  readonly flags: ReadonlyMap<string, string | true>;
  readonly profiles: readonly string[];
  readonly portOffset: string | undefined;
}

export async function up(call: UpCall, out: Output): Promise<number> {
  const { located, flags } = call;
  const given = String(flags.get('timeout') ?? '60s');
  const patienceMs = readDuration(given);
  if (patienceMs === undefined) {
    out.complain(`--timeout takes a duration like 60s or 2m, not "${given}"`);
    return USAGE;
  }
  if (flags.has('ui') && (await refuseDashboard(out))) return USAGE;
  const found = await attachTo(located.file);
  if (found.kind === 'problem') {
    out.diagnose(found.diagnostic);
    return 1;
  }
  const running = found.kind === 'attached' ? await unlessClosing(found.supervisor, out) : undefined;
  if (flags.has('ui') && running) return upOnScreen(call, running, out);
  if (flags.has('detach') || flags.has('wait')) {
    if (running) return upRunning(call, running, patienceMs, out);
    const begun = await runInBackground(call, out);
    if (typeof begun === 'number') return begun;
    const attached = await attachTo(begun === 'runs already' ? located.file : begun.file);
    if (attached.kind === 'attached')
      return startIn(call, attached.supervisor, begun === 'runs already' ? undefined : begun, patienceMs, out);
    if (attached.kind === 'problem') out.diagnose(attached.diagnostic);
    else out.complain('the fuge in the background has ended at once: fuge.log beside the log files says why');
    return 1;
  }
  if (!running) return runHere(call, out);
  const { pid, file } = running.hello;
  running.disconnect();
  out.complain(
    `${shortenPath(file)} runs already (pid ${pid}): "fuge up -d" starts what it lacks, "fuge logs -f" follows it, "fuge attach" opens a prompt on it`,
  );
  return USAGE;
}

/** One that is being stopped is waited for, and is none then. */
async function unlessClosing(supervisor: AttachedSupervisor, out: Output): Promise<AttachedSupervisor | undefined> {
  const { isClosing, pid, file } = supervisor.hello;
  if (!isClosing) return supervisor;
  out.complain(`${shortenPath(file)} is being stopped (pid ${pid}): waiting for the end of that`);
  await supervisor.gone;
  return undefined;
}

/** A system that another fuge runs gets the services that it lacks. */
async function upRunning(call: UpCall, running: AttachedSupervisor, patienceMs: number, out: Output): Promise<number> {
  if (call.flags.has('watch-config'))
    out.complain('--watch-config is no matter for a system that runs already: "fuge reload" applies its edited file');
  if (!refuseOffset(call.portOffset, running, out)) return startIn(call, running, undefined, patienceMs, out);
  running.disconnect();
  return USAGE;
}

/** @param background The fuge that this very command has begun. */
function startIn(
  call: UpCall,
  supervisor: AttachedSupervisor,
  background: Background | undefined,
  patienceMs: number,
  out: Output,
): Promise<number> {
  const { flags } = call;
  return interruptible(
    async signal => {
      const { system } = supervisor;
      // What runs already was begun with profiles of its own.
      const names = choose(call.words, { ...system, profiles: [...system.profiles, ...call.profiles] }, out);
      if (!names) {
        if (background) await supervisor.close();
        return USAGE;
      }
      if (!background && flags.has('no-watch')) await supervisor.watch(names, false);
      let isEnding = false; // by a "fuge down" meanwhile
      supervisor.subscribe(event => (isEnding ||= event.type === 'closing'), { lines: false });
      const code = await startAll(supervisor, names, patienceMs, flags.has('json'), signal, out);
      if (signal.aborted) {
        // What this very command began is ended with it.
        if (background) await supervisor.close();
        return code;
      }
      background?.release();
      if (!flags.has('json') && background && !isEnding)
        out.print(
          out.paint.dim(
            `in the background (pid ${supervisor.hello.pid}): fuge ps, fuge logs -f, fuge attach; fuge down stops it`,
          ),
        );
      return code;
    },
    async () => supervisor.disconnect(),
  );
}

/** Says that the ports of a running system stay where they are, if others are asked for. */
function refuseOffset(asked: string | undefined, { hello, system }: AttachedSupervisor, out: Output): boolean {
  if (asked === undefined || asked === 'auto' || Number(asked) === system.portOffset) return false;
  out.complain(
    `${shortenPath(hello.file)} runs already (pid ${hello.pid}) with ports +${system.portOffset}, not +${asked}: "fuge down" first`,
  );
  return true;
}

async function startAll(
  supervisor: Supervisor,
  names: readonly string[],
  patienceMs: number,
  isJson: boolean,
  signal: AbortSignal,
  out: Output,
): Promise<number> {
  const endShow = isJson ? () => {} : showWhatHappens({ shell: false, supervisor, out });
  const interrupted = new Promise<undefined>(resolve =>
    signal.addEventListener('abort', () => resolve(undefined), { once: true }),
  );
  try {
    const outcomes = await Promise.race([supervisor.start(names, { patienceMs }), interrupted]);
    if (!outcomes) return 130;
    if (!isJson) return await summarize({ supervisor, system: supervisor.system, out, shell: false }, outcomes);
    for (const outcome of outcomes) out.json(describeOutcome(outcome));
    return exitCodeOf(outcomes);
  } finally {
    endShow();
  }
}

/** The services to start; undefined: one is not known, which was said. */
function choose(words: readonly string[], system: System, out: Output): readonly string[] | undefined {
  if (words.length === 0) return activeServices(system);
  const selection = selectServices(words, system, true);
  if (selection.kind === 'services') return selection.services;
  const near = selection.near === undefined ? '' : `. Did you mean "${selection.near}"?`;
  out.complain(`no service or group is called "${selection.word}"${near}`);
  return undefined;
}

/** In this terminal, until it is interrupted or nothing runs any more. */
async function runHere({ located, words, flags }: UpCall, out: Output): Promise<number> {
  const load = flags.has('no-watch') ? async () => unwatched(await located.load()) : located.load;
  const shell = import('./shell.js'); // read from the disk beside the system
  const loaded = located.loaded && !flags.has('no-watch') ? located.loaded : await load();
  if (!loaded.system) return refuseSystem(loaded, out);
  const names = choose(words, loaded.system, out);
  if (!names) return USAGE;
  const first = startLine(names);
  const { runShell } = await shell;
  return runShell({
    system: loaded.system,
    diagnostics: loaded.diagnostics,
    reload: load,
    reloadsOnSave: flags.has('watch-config'),
    ...(flags.has('ui') ? { dashboard: { asksBeforeLeaving: true, ...first } } : { isUnattended: true, ...first }),
  });
}

/** Starts what is lacking of a system that runs already, and shows it. */
async function upOnScreen(
  { located, words, profiles }: UpCall,
  attached: AttachedSupervisor,
  out: Output,
): Promise<number> {
  const { system } = attached;
  const names = choose(words, { ...system, profiles: [...system.profiles, ...profiles] }, out);
  if (names) return showAttached(located, attached, startLine(names));
  attached.disconnect();
  return USAGE;
}

const startLine = (names: readonly string[]) =>
  names.length === 0 ? {} : { first: `start ${names.map(quoteWord).join(' ')}` };

const unwatched = ({ system, diagnostics }: LoadResult): LoadResult => ({
  system: system && withoutWatching(system),
  diagnostics,
});

interface Background {
  readonly file: string;
  /** From now on it lives by itself; until then it ends when this process does. */
  release(): void;
}

/** Starts a fuge without a terminal, which has claimed the system when this settles; or gives the exit code. */
function runInBackground(call: UpCall, out: Output): Promise<Background | 'runs already' | number> {
  const { located, flags, profiles, portOffset } = call;
  const order: BackgroundOrder = {
    file: located.file,
    profiles,
    portOffset,
    watch: !flags.has('no-watch'),
    watchConfig: flags.has('watch-config'),
  };
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('background.js', import.meta.url)), JSON.stringify(order)],
    { detached: true, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] },
  );
  return new Promise(resolve => {
    const giveUp = setTimeout(() => {
      child.removeAllListeners('exit').kill('SIGKILL');
      out.complain(
        `the fuge in the background (pid ${child.pid}) said nothing for ${LAUNCH_PATIENCE_MS / 1000} s: it is ended`,
      );
      resolve(1);
    }, LAUNCH_PATIENCE_MS);
    child.once('error', error => {
      clearTimeout(giveUp);
      out.complain(`no fuge can be started in the background: ${error.message}`);
      resolve(1);
    });
    child.once('exit', code => {
      clearTimeout(giveUp);
      out.complain(`the fuge in the background has ended at once (exit code ${code})`);
      resolve(1);
    });
    child.on('message', message => {
      clearTimeout(giveUp);
      child.removeAllListeners('exit');
      const report = message as BackgroundReport;
      // Another one was a moment faster.
      if (report.diagnostics.some(({ code }) => code === 'already-running')) return resolve('runs already');
      for (const diagnostic of report.diagnostics) out.diagnose(diagnostic);
      if (report.file === undefined) return resolve(USAGE);
      child.channel?.unref();
      child.unref();
      resolve({
        file: report.file,
        release: () => {
          child.send('go on');
          child.disconnect();
        },
      });
    });
  });
}
