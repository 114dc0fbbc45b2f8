/** What a command is. One table of these (verbs.ts) makes the shell's commands, the argv verbs, help, completion and the reference. */
import type { Diagnostic, LoadResult, Supervisor, System } from '../index.js';
import type { Paint } from './render/paint.js';

/** Headings of `help`, in its order. */
export type Topic = 'begin' | 'see' | 'run' | 'watch' | 'logs' | 'code' | 'leave';

/** What completion offers for an operand, and what the parser makes of it. */
export type Operand =
  /**
   * Names, groups, globs and `all`, any number; resolved to service names before `run` sees them. With `active`, `all`
   * leaves out the services of profiles that are not chosen.
   */
  | { readonly kind: 'services'; readonly optional: boolean; readonly active?: boolean }
  /** Exactly one service name. */
  | { readonly kind: 'service'; readonly optional?: boolean }
  /** One of these words. */
  | { readonly kind: 'choice'; readonly words: readonly string[]; readonly optional: boolean }
  /** Free text, one word. `name` is shown in usage. */
  | { readonly kind: 'word'; readonly name: string; readonly optional: boolean }
  /** NAME=value, any number. */
  | { readonly kind: 'assignments' }
  /** The rest of the line exactly as typed. `behindDashes`: what stands behind `--`, on the command line. */
  | { readonly kind: 'command'; readonly optional?: boolean; readonly behindDashes?: boolean }
  /** A verb's name. */
  | { readonly kind: 'verb'; readonly optional: boolean };

export interface Flag {
  /** Long name without dashes. */
  readonly name: string;
  /** One letter without dash. */
  readonly short?: string;
  /** Name of its value in usage; undefined: a switch. */
  readonly value?: string;
  /** The words that its value may be; undefined: any. Offered by completion. */
  readonly choices?: readonly string[];
  readonly summary: string;
  /** Only for the command line (`--json`), not for the shell. */
  readonly argvOnly?: boolean;
  /** May be given several times: the values then arrive joined by commas. */
  readonly repeatable?: boolean;
}

export interface Verb {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly topic: Topic;
  /** One line for `help`: begins with a verb, no full stop. */
  readonly summary: string;
  /** More for `help <verb>`; paragraphs. */
  readonly details?: string;
  readonly operands: readonly Operand[];
  readonly flags: readonly Flag[];
  readonly examples: readonly { readonly line: string; readonly says: string }[];
  /** `shell`: typed at the prompt. `argv`: `fuge <verb> … [file]`. */
  readonly where: readonly ('shell' | 'argv')[];
  /**
   * What it works on, typed on the command line. `file` (default): the system file, of which nothing runs. `running`: the
   * system that another fuge runs, and it is a problem where none does. `either`: that one, else the file. `none`: no system.
   */
  readonly on?: 'none' | 'file' | 'running' | 'either';
  /**
   * On the command line it loads the file itself by `reload`, and works with one that is missing or broken, too: there is
   * neither supervisor nor system then.
   */
  readonly loadsItself?: true;
  /** Loaded only when the verb is used, so that start-up pays for nothing else. */
  readonly load: () => Promise<VerbImplementation>;
}

export interface VerbImplementation {
  /** Exit code: 0 done, 1 a service or command failed, 2 wrong usage or configuration. */
  run(context: Context, input: Input): Promise<number>;
}

/** A command's parsed words. */
export interface Input {
  /** Resolved service names, where the verb takes services (all of them when none were named and the operand is optional). */
  readonly services: readonly string[];
  /** Whether services were named explicitly. */
  readonly named: boolean;
  /** Values of `word`, `choice`, `assignments` and `verb` operands, in order. */
  readonly words: readonly string[];
  /** The rest of the line as typed, where the verb takes a command. */
  readonly command: string;
  /** Flags by long name: true for switches, else the value. */
  readonly flags: ReadonlyMap<string, string | true>;
}

/** What a verb gets to work with, at the prompt and on the command line alike. */
export interface Context {
  /** Throws where the verb is used without a system (`version`, `help`). */
  readonly supervisor: Supervisor;
  /** `supervisor.system`. */
  readonly system: System;
  readonly out: Output;
  /** Aborts when the user interrupts this command (Ctrl-C). */
  readonly signal: AbortSignal;
  /** Whether a prompt is behind this (messages may then say "type …" instead of "run fuge …"). */
  readonly shell: boolean;
  /** Whether the system runs, here or in another fuge; else nothing of it was started. */
  readonly isRunning: boolean;
  /** What shows the lines of services while no command does; undefined outside the shell. */
  readonly live?: LiveView;
  /** Loads the system file again. */
  reload(): Promise<LoadResult>;
  /**
   * Lends the terminal (or, where there is none, standard output) to a program until it has ended. Nothing else is
   * written meanwhile.
   */
  lendTerminal(program: (terminal: LentTerminal) => Promise<number>): Promise<number>;
  /** Asks the shell to end after this command. No effect outside it. */
  leave(): void;
}

/** The lines of services above the prompt. */
export interface LiveView {
  /** Shows the structured records of services as they were written (true), or for people. */
  showRaw(services: readonly string[], isRaw: boolean): void;
  /**
   * Shows no lines until the returned function is called: a command shows them itself. With `events` it tells nothing else
   * of the services either.
   */
  hush(options?: { readonly events?: boolean }): () => void;
}

/** What a program gets that runs in the user's terminal. */
export interface LentTerminal {
  /** Undefined: our own input holds what comes after this command. */
  readonly stdin: NodeJS.ReadStream | undefined;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Both ends are a terminal. */
  readonly isInteractive: boolean;
}

/** The one way to say something: above the prompt in a terminal, plain lines elsewhere. */
export interface Output {
  /** One or more lines, without a final newline. */
  print(text: string): void;
  /** Lines of a service, without newlines. A terminal that more comes for than anyone could read skips the oldest and says so. */
  log(service: string, lines: readonly string[]): void;
  /** A problem: standard error outside a prompt. */
  complain(text: string): void;
  /** A diagnostic, formatted with this output's colours and with paths relative to the working directory. */
  diagnose(diagnostic: Diagnostic): void;
  /** One JSON object as a line (only with --json). */
  json(value: unknown): void;
  /** Empties the screen; nothing where there is none. */
  clear(): void;
  readonly paint: Paint;
  /** Columns; 80 where there is no terminal (long cells are then not cut). */
  readonly width: number;
  readonly isTerminal: boolean;
}
