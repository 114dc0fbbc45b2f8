/** A command inside a running container, with its terminal or pipes in the caller's hands. */
import type { ExecOptions, ExecSession } from '../../control.js';
import type { Exit } from '../../event.js';
import { type Engine, EngineError } from './engine.js';

export async function openExec(
  engine: Engine,
  container: string,
  argv: readonly string[],
  options: ExecOptions,
): Promise<ExecSession> {
  const { terminal, onOutput } = options;
  let ended = () => {};
  const end = new Promise<void>(resolve => {
    ended = resolve;
  });
  const body = {
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: terminal !== undefined,
    Cmd: argv,
    Env: Object.entries(options.environment ?? {}).map(([name, value]) => `${name}=${value}`),
    ...(options.workingDir !== undefined && { WorkingDir: options.workingDir }),
    ...(options.user !== undefined && { User: options.user }),
    ...(options.privileged && { Privileged: true }),
  };
  const stream = await engine.exec(container, body, { terminal, output: { output: onOutput, ended } });
  const exit = end.then(async (): Promise<Exit> => {
    try {
      return { reason: 'code', code: await stream.exitCode() };
    } catch (error) {
      if (error instanceof EngineError) return { reason: 'lost', problem: error.message };
      throw error;
    }
  });
  return {
    write: data => stream.write(data),
    end: () => stream.end(),
    resize: (columns, rows) => void stream.resize(columns, rows).catch(() => {}), // it has just ended
    exit,
    close: () => stream.close(),
  };
}
