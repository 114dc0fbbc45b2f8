/** `exec`: a command inside a service, with the user's terminal: in its container, or in its directory with its environment. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { type Command, type Diagnostic, type ExecSession, parseCommand } from '../../index.js';
import { describeExit } from '../render/state.js';
import type { Context, LentTerminal, VerbImplementation } from '../verb.js';

/** A shell of the container: bash where there is one. */
const CONTAINER_SHELL = ['/bin/sh', '-c', 'command -v bash >/dev/null && exec bash || exec sh'] as const;

export const exec: VerbImplementation = {
  async run(context, { services, command }) {
    const { system, out } = context;
    const service = system.services.get(services[0]!)!;
    if (service.type === 'external') {
      out.complain(`"${service.name}" runs elsewhere: no command can be run there`);
      return 1;
    }
    const parsed = command === '' ? undefined : parseCommand(command);
    if (parsed && 'problem' in parsed) {
      out.complain(`the command can't be read: ${parsed.problem}`);
      return 2;
    }
    const code =
      service.type === 'container'
        ? await runInContainer(context, service.name, parsed)
        : await runInDirectory(context, service.name, service.cwd, command);
    if (code !== 0 && code !== 130) out.print(out.paint.dim(`exit code ${code}`));
    return code;
  },
};

async function runInContainer(context: Context, name: string, command: Command | undefined): Promise<number> {
  const { supervisor, out, signal } = context;
  const argv =
    command === undefined
      ? CONTAINER_SHELL
      : command.kind === 'argv'
        ? command.argv
        : (['/bin/sh', '-c', command.line] as const);
  if (command === undefined && !out.isTerminal) {
    out.complain('exec needs a command where there is no terminal: "exec db ls"');
    return 2;
  }
  return context.lendTerminal(async terminal => {
    const { stdin, stdout, stderr, isInteractive } = terminal;
    let session: ExecSession;
    try {
      session = await supervisor.exec(name, argv, {
        terminal: isInteractive ? { columns: stdout.columns, rows: stdout.rows } : undefined,
        onOutput: (stream, chunk) => void (stream === 'stderr' ? stderr : stdout).write(chunk),
      });
    } catch (error) {
      out.diagnose(error as Diagnostic);
      return 1;
    }
    const giveUp = () => session.close();
    signal.addEventListener('abort', giveUp, { once: true });
    const disconnect = stdin ? connectKeyboard(terminal, stdin, session) : session.end();
    try {
      const exit = await session.exit;
      if (exit.reason === 'code') return exit.code;
      out.complain(describeExit(exit));
      return 1;
    } finally {
      disconnect?.();
      signal.removeEventListener('abort', giveUp);
    }
  });
}

/** What is typed goes to the command as it is, Ctrl-C too; the size of the terminal follows ours. */
function connectKeyboard({ stdout, isInteractive }: LentTerminal, stdin: NodeJS.ReadStream, session: ExecSession) {
  const typed = (data: Buffer) => session.write(data);
  const ended = () => session.end();
  const resized = () => session.resize(stdout.columns, stdout.rows);
  if (isInteractive) stdin.setRawMode(true);
  stdin.on('data', typed).on('end', ended).resume();
  stdout.on('resize', resized);
  return () => {
    stdin.off('data', typed).off('end', ended).pause();
    stdout.off('resize', resized);
    if (isInteractive) stdin.setRawMode(false);
  };
}

async function runInDirectory(context: Context, name: string, cwd: string, line: string): Promise<number> {
  const { variables } = await context.supervisor.environment(name);
  const env = Object.fromEntries(variables.map(({ name: variable, value }) => [variable, value]));
  const shell = env.SHELL?.startsWith('/') ? env.SHELL : '/bin/sh';
  return context.lendTerminal(
    ({ stdin }) =>
      new Promise(resolve => {
        const child = spawn(shell, line === '' ? [] : ['-c', line], {
          cwd,
          env,
          stdio: [stdin ? 'inherit' : 'ignore', 'inherit', 'inherit'],
        });
        const abort = () => child.kill('SIGTERM');
        context.signal.addEventListener('abort', abort, { once: true });
        child.once('error', error => {
          context.out.complain(`${shell} does not start in ${cwd}: ${error.message}`);
          resolve(127);
        });
        child.once('exit', (code, ended) => {
          context.signal.removeEventListener('abort', abort);
          resolve(code ?? 128 + (constants.signals[ended ?? 'SIGTERM'] ?? 0));
        });
      }),
  );
}
