/** Runs one command of the command line: loads the system, interrupts on Ctrl-C, ends quietly when the reader has gone. */
import { createSupervisor, type LoadResult, type Supervisor, type System } from '../index.js';
import type { Located } from './file-operand.js';
import type { Context, Input, LentTerminal, Output, Verb } from './verb.js';

/** As a shell reports what a signal ended. */
const INTERRUPTED = 130;
const TERMINATED = 143;
const READER_GONE = 141;
/** ms that a command gets to end by itself when interrupted. */
const PATIENCE_MS = 2000;

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

/** Loads the system and runs the command over a supervisor that has started nothing. Problems of the file: exit code 2. */
export async function runWithSystem(
  verb: Verb,
  located: Located,
  out: Output,
  read: (system: System | undefined) => InputResult,
): Promise<number> {
  const loaded = located.loaded ?? (await located.load());
  // `check` has problems to show instead of a system to look at.
  const isCheck = verb.name === 'check';
  if (!loaded.system && !isCheck) return refuseSystem(loaded, out);
  const result = read(loaded.system);
  if (result.kind === 'problem') {
    out.complain(result.message);
    return 2;
  }
  const { system } = loaded;
  const supervisor = system && !isCheck ? await createSupervisor(system) : undefined;
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

/** Loads the system and hands over to the prompt. */
export async function openShell(located: Located, start: boolean, out: Output): Promise<number> {
  const loaded = located.loaded ?? (await located.load());
  if (!loaded.system) return refuseSystem(loaded, out);
  const { takeOver } = await import('./take-over.js');
  const refused = await takeOver(loaded.system.file, { out, stdin: process.stdin, stdout: process.stdout });
  if (refused !== undefined) return refused;
  // The offset may be that of the one which has just gone.
  const { system, diagnostics } = loaded.system.portOffset === 0 ? loaded : await located.load();
  const { runShell } = await import('./shell.js');
  return runShell({ system: system ?? loaded.system, diagnostics, reload: located.load, start });
}

/** Nothing else is written by a single command while a program runs. */
function lendTerminal(program: (terminal: LentTerminal) => Promise<number>): Promise<number> {
  const { stdin, stdout, stderr } = process;
  return program({ stdin, stdout, stderr, isInteractive: stdin.isTTY === true && stdout.isTTY === true });
}

function refuseSystem(loaded: LoadResult, out: Output): number {
  for (const diagnostic of loaded.diagnostics) out.diagnose(diagnostic);
  return 2;
}

/** Runs until done, Ctrl-C, SIGTERM, or until nobody reads our output any more. */
async function interruptible(
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
