/** Runs one command of the command line: loads the system, interrupts on Ctrl-C, ends quietly when the reader has gone. */
import { setTimeout as pause } from 'node:timers/promises';
import {
  type AttachedSupervisor,
  createSupervisor,
  type Diagnostic,
  type LoadResult,
  type Supervisor,
  type System,
} from '../index.js';
import { attachTo } from './attach.js';
import type { Located } from './file-operand.js';
import { shortenPath } from './output.js';
import type { Context, Input, LentTerminal, Output, Verb } from './verb.js';
import type { DashboardCall } from './verbs/dashboard.js';

/** As a shell reports what a signal ended. */
const INTERRUPTED = 130;
/** Wrong usage or configuration. */
const USAGE = 2;
const TERMINATED = 143;
const READER_GONE = 141;
/** ms that a command gets to end by itself when interrupted. */
const PATIENCE_MS = 2000;
/** … and that one on a running system gets when that is gone. */
const LOSS_PATIENCE_MS = 500;

export type InputResult =
  | { readonly kind: 'input'; readonly input: Input }
  | { readonly kind: 'problem'; readonly message: string };

/** For `help` and `version`. */
export async function runWithoutSystem(verb: Verb, input: Input, out: Output): Promise<number> {
  return interruptible(async signal => {
    const none = () => {
      throw new Error(`${verb.name} has no system`);
    };
    const context: Context = {
      get supervisor(): Supervisor {
        return none();
      },
      get system(): System {
        return none();
      },
      out,
      signal,
      shell: false,
      isRunning: false,
      reload: none,
      lendTerminal,
      leave: () => {},
    };
    return (await verb.load()).run(context, input);
  });
}

/** Runs the command on the system that another fuge runs, or, where none does, on its file. */
export async function runVerb(
  verb: Verb,
  located: Located,
  out: Output,
  read: (system: System | undefined) => InputResult,
): Promise<number> {
  if (verb.on !== 'running' && verb.on !== 'either') return runWithSystem(verb, located, out, read);
  void verb.load().catch(() => {}); // read while the connection is made; who needs it loads it again, and hears what failed
  const found = await attachTo(located.file);
  if (found.kind === 'attached') return runAttached(verb, found.supervisor, located, out, read);
  if (found.kind === 'problem') {
    out.diagnose(found.diagnostic);
    return 1;
  }
  if (verb.on === 'either' || found.file === undefined) return runWithSystem(verb, located, out, read);
  out.complain(notRunning(found.file));
  return 1;
}

/** Nothing runs the system of this file. */
export function notRunning(file: string): string {
  return `nothing runs ${shortenPath(file)}: "fuge up -d" starts it in the background, "fuge shell" opens a prompt on it`;
}

async function runAttached(
  verb: Verb,
  supervisor: AttachedSupervisor,
  located: Located,
  out: Output,
  read: (system: System) => InputResult,
): Promise<number> {
  const result = read(supervisor.system);
  if (result.kind === 'problem') {
    out.complain(result.message);
    supervisor.disconnect();
    return 2;
  }
  const loss = new AbortController();
  return interruptible(
    async signal => {
      const context: Context = {
        supervisor,
        get system() {
          return supervisor.system;
        },
        out,
        signal: AbortSignal.any([signal, loss.signal]),
        shell: false,
        isRunning: true,
        reload: located.load,
        lendTerminal,
        leave: () => {},
      };
      try {
        const code = verb.load().then(implementation => implementation.run(context, result.input));
        return await Promise.race([code, lost(supervisor)]);
      } catch (error) {
        // The fuge that runs the system refused, or has gone.
        if (!isDiagnostic(error)) throw error;
        loss.abort(); // whatever the command still waits for will not come
        out.diagnose(error);
        return 1;
      }
    },
    async () => supervisor.disconnect(),
  );
}

/** Loads the system and runs the command over a supervisor that has started nothing. Problems of the file: exit code 2. */
async function runWithSystem(
  verb: Verb,
  located: Located,
  out: Output,
  read: (system: System | undefined) => InputResult,
): Promise<number> {
  const loaded = located.loaded ?? (await located.load());
  // `check` has problems to show instead of a system to look at.
  const loadsItself = verb.loadsItself === true;
  if (!loaded.system && !loadsItself) return refuseSystem(loaded, out);
  const result = read(loaded.system);
  if (result.kind === 'problem') {
    out.complain(result.message);
    return 2;
  }
  const { system } = loaded;
  const supervisor = system && !loadsItself ? await createSupervisor(system) : undefined;
  return interruptible(
    async signal => {
      const context: Context = {
        get supervisor(): Supervisor {
          if (!supervisor) throw new Error(`${verb.name} has no supervisor`);
          return supervisor;
        },
        get system(): System {
          if (!system) throw new Error(`${verb.name} has no system`);
          return system;
        },
        out,
        signal,
        shell: false,
        isRunning: false,
        reload: async () => loaded,
        lendTerminal,
        leave: () => {},
      };
      return (await verb.load()).run(context, result.input);
    },
    () => supervisor?.close({ force: true }),
  );
}

/** Shows the system that another fuge runs, or else the one of the file, on one screen; nothing is started. */
export async function openDashboard(located: Located, out: Output): Promise<number> {
  if (await refuseDashboard(out)) return USAGE;
  const found = await attachTo(located.file);
  if (found.kind === 'problem') {
    out.diagnose(found.diagnostic);
    return 1;
  }
  if (found.kind === 'attached') return showAttached(located, found.supervisor, {});
  const loaded = located.loaded ?? (await located.load());
  if (!loaded.system) return refuseSystem(loaded, out);
  const { runShell } = await import('./shell.js');
  return runShell({
    system: loaded.system,
    diagnostics: loaded.diagnostics,
    reload: located.load,
    dashboard: { asksBeforeLeaving: true },
  });
}

/** Says why no dashboard can be shown in this terminal, if so. */
export async function refuseDashboard(out: Output): Promise<boolean> {
  const { refusalOf } = await import('./dashboard/term.js');
  const isInteractive = process.stdin.isTTY === true && process.stdout.isTTY === true;
  const refusal = refusalOf(process.env, isInteractive);
  if (refusal !== undefined) out.complain(refusal);
  return refusal !== undefined;
}

/** @param dashboard Undefined: a prompt. */
export async function showAttached(
  { load }: Located,
  attached: AttachedSupervisor,
  dashboard: DashboardCall | undefined,
): Promise<number> {
  const { runShell } = await import('./shell.js');
  return runShell({
    system: attached.system,
    diagnostics: [],
    reload: load,
    attached,
    ...(dashboard && { dashboard }),
  });
}

/** Hands over to a prompt on the system that another fuge runs. */
export async function openAttached(located: Located, out: Output): Promise<number> {
  const found = await attachTo(located.file);
  if (found.kind === 'problem') {
    out.diagnose(found.diagnostic);
    return 1;
  }
  if (found.kind === 'not-running') {
    if (found.file === undefined) return refuseSystem(await located.load(), out);
    out.complain(notRunning(found.file));
    return 1;
  }
  return showAttached(located, found.supervisor, undefined);
}

/** Loads the system and hands over to the prompt. */
export async function openShell(
  located: Located,
  { start, watchConfig }: { readonly start: boolean; readonly watchConfig: boolean },
  out: Output,
): Promise<number> {
  const shell = import('./shell.js'); // read from the disk beside the system
  const loaded = located.loaded ?? (await located.load());
  if (!loaded.system) return refuseSystem(loaded, out);
  const { takeOver } = await import('./take-over.js');
  const refused = await takeOver(loaded.system.file, { out, stdin: process.stdin, stdout: process.stdout });
  if (refused === 'attach') return openAttached(located, out);
  if (refused !== undefined) return refused;
  // The offset may be that of the one which has just gone.
  const { system, diagnostics } = loaded.system.portOffset === 0 ? loaded : await located.load();
  const { runShell } = await shell;
  return runShell({
    system: system ?? loaded.system,
    diagnostics,
    reload: located.load,
    reloadsOnSave: watchConfig,
    ...(start && { first: 'start all' }),
  });
}

function isDiagnostic(error: unknown): error is Diagnostic {
  return typeof error === 'object' && error !== null && 'severity' in error;
}

/** Rejects when the fuge that runs the system has gone, and the command had its time to say so itself. */
async function lost({ gone, hello }: AttachedSupervisor): Promise<never> {
  const wasStopped = await gone;
  await pause(LOSS_PATIENCE_MS, undefined, { ref: false });
  throw {
    severity: 'error',
    code: 'connection-lost',
    message: `the fuge that ran "${hello.system}" (pid ${hello.pid}) ${wasStopped ? 'has stopped it' : 'has gone without a word'}`,
    hint: '"fuge up -d" starts the system anew',
  } satisfies Diagnostic;
}

/** Nothing else is written by a single command while a program runs. */
function lendTerminal(program: (terminal: LentTerminal) => Promise<number>): Promise<number> {
  const { stdin, stdout, stderr } = process;
  return program({ stdin, stdout, stderr, isInteractive: stdin.isTTY === true && stdout.isTTY === true });
}

export function refuseSystem(loaded: LoadResult, out: Output): number {
  for (const diagnostic of loaded.diagnostics) out.diagnose(diagnostic);
  return 2;
}

/** Runs until done, Ctrl-C, SIGTERM, or until nobody reads our output any more. */
export async function interruptible(
  work: (signal: AbortSignal) => Promise<number>,
  close: () => Promise<void> | undefined = () => undefined,
): Promise<number> {
  const abort = new AbortController();
  let ended: number | undefined;
  const end = (code: number) => {
    if (ended !== undefined) process.exit(ended);
    ended = code;
    abort.abort();
    setTimeout(() => process.exit(code), PATIENCE_MS).unref();
  };
  const onInterrupt = () => end(INTERRUPTED);
  const onTerminate = () => end(TERMINATED);
  const onError = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (ended === undefined) end(READER_GONE);
  };
  process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate);
  process.stdout.on('error', onError);
  process.stderr.on('error', onError);
  try {
    const code = await work(abort.signal);
    return ended ?? code;
  } finally {
    await close();
    process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate);
  }
}
