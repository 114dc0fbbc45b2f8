/**
 * The command of `fuge run`, in the user's terminal, and the signals that come while it runs.
 *
 * - At a terminal it shares fuge's process group, so that it may read the keyboard: Ctrl-C reaches it by itself, and whether it
 *   ends is its own affair (a REPL does not). The third one within some seconds kills it.
 * - Elsewhere it leads a group of its own, which gets each signal that fuge gets, and SIGKILL at the third one, or where the
 *   first is not heard in time.
 * - What it leaves in its own group is ended with it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { constants as os } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Company } from '../../index.js';

export type Interrupt = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** As shells have it. */
export const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;
/** ms between a signal that is passed on and SIGKILL. */
const GRACE_MS = 10_000;
/** ms within which Ctrl-C counts as pressed again. */
const AGAIN_MS = 3000;
/** How often Ctrl-C is left to the command at a terminal. */
const PATIENT_WITH = 2;

export interface CommandOrder {
  readonly argv: readonly [string, ...string[]];
  readonly env: NodeJS.ProcessEnv;
  /** It gets the user's keyboard. */
  readonly isInteractive: boolean;
  /** Undefined: another fuge runs the system. */
  readonly company: Company | undefined;
  complain(text: string): void;
}

export class RunningCommand {
  /** Its exit code, 128 and the signal's number where one has ended it. Never rejects. */
  readonly code: Promise<number>;
  readonly #order: CommandOrder;
  readonly #child: ChildProcess;
  #interrupts: number[] = [];
  #passedOn: Interrupt | undefined;
  #grace: NodeJS.Timeout | undefined;

  constructor(order: CommandOrder) {
    this.#order = order;
    const [program, ...args] = order.argv;
    const { isInteractive, company } = order;
    this.#child = spawn(program, args, {
      stdio: 'inherit',
      env: { ...order.env, ...company?.variables },
      detached: !isInteractive,
    });
    const { pid } = this.#child;
    const release = pid === undefined || isInteractive ? undefined : company?.protect(pid);
    this.code = new Promise<number>(resolve => {
      this.#child.once('error', error => resolve(this.#notStarted(error as NodeJS.ErrnoException)));
      this.#child.once('exit', (code, signal) => {
        if (!isInteractive) this.#strike('SIGKILL');
        release?.();
        resolve(signal === null ? (code ?? 1) : codeOf(signal));
      });
    }).then(code => {
      clearTimeout(this.#grace);
      // Whoever was told to end is not done, even where it ends well.
      return code === 0 && this.#passedOn !== undefined ? codeOf(this.#passedOn) : code;
    });
  }

  /** This process got a signal. */
  interrupt(signal: Interrupt): void {
    const count = this.#count();
    if (count > PATIENT_WITH) return this.#strike('SIGKILL');
    if (count === PATIENT_WITH)
      this.#order.complain(`the command goes on in spite of ${nameOf(signal)}: once more kills it`);
    if (signal === 'SIGINT' && this.#order.isInteractive) return;
    this.#passedOn ??= signal;
    this.#strike(signal);
    this.#grace ??= setTimeout(() => {
      this.#order.complain(`the command goes on ${GRACE_MS / 1000} s after ${nameOf(signal)}: killed`);
      this.#strike('SIGKILL');
    }, GRACE_MS);
  }

  /** How often it was interrupted within a short time. */
  #count(): number {
    const now = performance.now();
    this.#interrupts = [...this.#interrupts.filter(at => now - at < AGAIN_MS), now];
    return this.#interrupts.length;
  }

  #strike(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    if (this.#order.isInteractive) return void this.#child.kill(signal);
    try {
      process.kill(-pid, signal);
    } catch {
      // It has ended, and nothing of its group is left.
    }
  }

  #notStarted({ code, message }: NodeJS.ErrnoException): number {
    const [program] = this.#order.argv;
    if (code === 'ENOENT') {
      this.#order.complain(notFound(program));
      return NOT_FOUND;
    }
    this.#order.complain(
      code === 'EACCES' ? `${program} may not be run: it is no program, or not executable` : `${program}: ${message}`,
    );
    return NOT_EXECUTABLE;
  }
}

/** What is wrong with a command that can't be found, before anything is started for it; undefined: nothing. */
export function missingProgram(program: string, path = ''): string | undefined {
  // A path may lead to what a service is about to build.
  if (program.includes('/')) return undefined;
  return path.split(delimiter).some(directory => isProgram(join(directory || '.', program)))
    ? undefined
    : notFound(program);
}

/** Program and arguments: several words are taken as they are, one that holds a whole line goes to the shell. */
export function argvOfWords(words: readonly string[]): readonly [string, ...string[]] {
  const [first = '', ...others] = words;
  if (others.length === 0 && /[\s;&|<>$`"'*?()]/.test(first)) return ['/bin/sh', '-c', first];
  return [first, ...others];
}

const nameOf = (signal: Interrupt) => (signal === 'SIGINT' ? 'Ctrl-C' : signal);

export const codeOf = (signal: NodeJS.Signals): number => 128 + os.signals[signal];

function notFound(program: string): string {
  const isLocal = !program.includes('/') && existsSync(join('node_modules/.bin', program));
  return `${program}: command not found${isLocal ? ` (node_modules/.bin has it: "npx ${program}")` : ''}`;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
