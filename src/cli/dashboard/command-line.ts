/** Runs lines of the dashboard's command line: the commands of the shell by their table, the rest by the system's shell. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseLine } from '../parse.js';
import { complete } from '../shell/completion.js';
import { SystemShell } from '../shell/system-shell.js';
import type { Context, Output, Verb } from '../verb.js';
import { describe } from './orders.js';

/** As a shell reports what Ctrl-C ended. */
const INTERRUPTED = 130;

export interface CommandLineOptions {
  /** The command that the dashboard was opened by. */
  readonly context: Context;
  readonly verbs: readonly Verb[];
  readonly env: NodeJS.ProcessEnv;
  readonly lendTerminal: Context['lendTerminal'];
  /** Ends the dashboard. */
  readonly leave: () => void;
}

export class CommandLine {
  readonly #options: CommandLineOptions;
  readonly #shell: SystemShell;

  constructor(options: CommandLineOptions) {
    this.#options = options;
    this.#shell = new SystemShell(process.cwd(), options.env);
  }

  /** What the line becomes, and what could follow. */
  complete(asked: string): { readonly line: string; readonly candidates: readonly string[] } {
    const { verbs, context } = this.#options;
    const [candidates, typed] = complete(asked, { verbs, system: context.system, cwd: this.#shell.cwd });
    const common = commonStart(candidates);
    const line = common.length > typed.length ? asked.slice(0, asked.length - typed.length) + common : asked;
    return { line, candidates: candidates.length > 1 ? candidates.map(word => word.trim()) : [] };
  }

  /** Gives the exit code. Never throws. */
  async run(line: string, out: Output, signal: AbortSignal): Promise<number> {
    const { verbs, context } = this.#options;
    const { system } = context;
    const parsed = parseLine(line, verbs, system, { exists: path => existsSync(resolve(this.#shell.cwd, path)) });
    switch (parsed.kind) {
      case 'empty':
        return 0;
      case 'problem':
        out.complain(parsed.message);
        return 2;
      case 'passthrough': {
        const isForced = line.trimStart().startsWith('!');
        const refusal = this.#shell.isChangeOfDirectory(parsed.line)
          ? this.#shell.changeDirectory(parsed.line)
          : isForced
            ? undefined
            : this.#shell.refusal(parsed.line, parsed.near, system);
        if (refusal !== undefined) out.complain(refusal);
        if (refusal !== undefined) return 1;
        return this.#shell.isChangeOfDirectory(parsed.line) ? 0 : this.#runInShell(parsed.line, out, signal);
      }
      case 'verb':
        if (parsed.verb.name === 'dashboard') return 0;
        try {
          return await (await parsed.verb.load()).run(this.#contextFor(out, signal), parsed.input);
        } catch (error) {
          if (signal.aborted) return INTERRUPTED;
          out.complain(describe(error));
          return 1;
        }
    }
  }

  #contextFor(out: Output, signal: AbortSignal): Context {
    const { context, lendTerminal, leave } = this.#options;
    return {
      supervisor: context.supervisor,
      get system() {
        return context.system;
      },
      out,
      signal,
      shell: true,
      isRunning: true,
      reload: () => context.reload(),
      lendTerminal,
      leave: () => {
        leave();
        context.leave();
      },
      ...(context.live && { live: context.live }),
    };
  }

  /** Its output is kept; it gets no keyboard. */
  #runInShell(line: string, out: Output, signal: AbortSignal): Promise<number> {
    const { env } = this.#options;
    const program = env.SHELL?.startsWith('/') ? env.SHELL : '/bin/sh';
    return new Promise(done => {
      const child = spawn(program, ['-c', line], { cwd: this.#shell.cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
      const abort = () => child.kill('SIGTERM');
      signal.addEventListener('abort', abort, { once: true });
      for (const stream of [child.stdout, child.stderr]) {
        let rest = '';
        stream.setEncoding('utf8').on('data', (text: string) => {
          const lines = (rest + text).split('\n');
          rest = lines.pop()!;
          if (lines.length > 0) out.print(lines.join('\n'));
        });
        stream.on('end', () => {
          if (rest !== '') out.print(rest);
        });
      }
      child.once('error', error => {
        out.complain(`${program} does not start: ${error.message}`);
        done(127);
      });
      child.once('close', code => {
        signal.removeEventListener('abort', abort);
        done(code ?? INTERRUPTED);
      });
    });
  }
}

function commonStart(words: readonly string[]): string {
  const [first = '', ...others] = words;
  let length = first.length;
  for (const word of others) while (!word.startsWith(first.slice(0, length))) length--;
  return first.slice(0, length);
}
