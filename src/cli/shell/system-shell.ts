/** What is no command of ours goes to the system's shell, exactly as typed and with its own terminal. */
import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { nearest, type System } from '../../index.js';
import { nameable } from '../select.js';
import { splitWords } from '../words.js';

/** Words that every shell knows without a program of that name. */
const BUILTINS = new Set(
  'alias bg bind break builtin case command continue declare dirs disown do done echo elif else enable esac eval exec export false fc fg fi for function getopts hash history if in jobs let local popd printf pushd pwd read readonly return select set shift shopt source then time times trap true type typeset ulimit umask unalias unset until wait while'.split(
    ' ',
  ),
);

/** Runs lines in the system's shell; remembers the directory that `cd` went to. */
export class SystemShell {
  readonly #env: NodeJS.ProcessEnv;
  #cwd: string;
  #previous: string | undefined;

  constructor(cwd: string, env: NodeJS.ProcessEnv) {
    this.#cwd = cwd;
    this.#env = env;
  }

  get cwd(): string {
    return this.#cwd;
  }

  /**
   * Runs a line and gives its exit code (128 + signal number, as shells do).
   *
   * @param stdin `inherit` for a program with the terminal; `ignore` where our own input holds the next commands.
   */
  async run(line: string, stdin: 'inherit' | 'ignore', signal: AbortSignal): Promise<number> {
    const program = this.#env.SHELL?.startsWith('/') ? this.#env.SHELL : '/bin/sh';
    const child = spawn(program, ['-c', line], {
      cwd: this.#cwd,
      env: this.#env,
      stdio: [stdin, 'inherit', 'inherit'],
    });
    const abort = () => child.kill('SIGTERM');
    signal.addEventListener('abort', abort);
    try {
      return await new Promise((done, fail) => {
        child.once('error', fail);
        child.once('exit', (code, name) => done(code ?? 128 + (SIGNAL_NUMBERS[name ?? ''] ?? 0)));
      });
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  /** Whether this line is a plain `cd`, which has to change our own directory to have an effect. */
  isChangeOfDirectory(line: string): boolean {
    const { words, open } = splitWords(line);
    return words[0]?.raw === 'cd' && words.length <= 2 && open === undefined && !/[|&;<>$`*?()]/.test(line);
  }

  /** Goes there, or says why not. */
  changeDirectory(line: string): string | undefined {
    const word = splitWords(line).words[1];
    const home = this.#env.HOME ?? homedir();
    const given = word?.text ?? '~';
    if (given === '-' && this.#previous === undefined) return 'cd -: there is no previous directory';
    const path = given === '-' ? this.#previous! : word?.quoted ? given : given.replace(/^~(?=\/|$)/, home);
    const target = resolve(this.#cwd, path);
    try {
      if (!statSync(target).isDirectory()) return `cd: ${given} is not a directory`;
      accessSync(target, constants.X_OK);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return code === 'EACCES' ? `cd: ${given} may not be entered` : `cd: there is no ${given}`;
    }
    this.#previous = this.#cwd;
    this.#cwd = target;
    return undefined;
  }

  /**
   * What to say instead of running a line whose first word is nothing the system knows but near to something of ours;
   * undefined: run it.
   */
  refusal(line: string, near: string | undefined, system: System): string | undefined {
    const word = splitWords(line).words[0]?.raw ?? '';
    if (!/^[\w.-]+$/.test(word) || BUILTINS.has(word) || this.#isProgram(word)) return undefined;
    if (system.services.has(word))
      return `"${word}" is a service, not a command: "info ${word}" shows it, "help" lists the commands`;
    const meant = near ?? nearest(word, nameable(system));
    return meant === undefined
      ? undefined
      : `no service, group or command is called "${word}". Did you mean "${meant}"? ("!${word}" asks the system's shell)`;
  }

  #isProgram(word: string): boolean {
    return (this.#env.PATH ?? '').split(delimiter).some(directory => {
      try {
        accessSync(join(directory, word), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
  }
}

/** The signals that end programs, for the shell's `128 + n`. */
const SIGNAL_NUMBERS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
};
