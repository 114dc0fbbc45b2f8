/** Runs a command inside a container: its streams, its terminal and its exit code. */
import { type EngineApi, engineError } from './api.js';
import { demultiplex } from './demultiplex.js';
import { EngineError, type ExecStream, type ExecStreamOptions } from './engine.js';
import { followStream } from './follow.js';
import { atLeast } from './version.js';

/** The engine may say that a command still runs when its output has ended already: ms between two looks, and in all. */
const LOOK_EVERY_MS = 10;
const LONGEST_END_MS = 5000;

/** @param body As the engine's API has it: Cmd, Env, WorkingDir, User. The streams are set here. */
export async function openExecStream(
  api: EngineApi,
  container: string,
  body: object,
  { terminal, output }: ExecStreamOptions,
): Promise<ExecStream> {
  const Tty = terminal !== undefined;
  const { Id: id } = await api.askJson<{ Id: string }>({
    method: 'POST',
    path: `/containers/${container}/exec`,
    body: { AttachStdin: true, AttachStdout: true, AttachStderr: true, ...body, Tty },
  });
  const size = terminal && atLeast(api.version ?? '', '1.42') && { ConsoleSize: [terminal.rows, terminal.columns] };
  const socket = await api.hijack({
    method: 'POST',
    path: `/exec/${id}/start`,
    body: { Detach: false, Tty, ...size },
  });

  const resize = async (columns: number, rows: number) => {
    await api.askJson({ method: 'POST', path: `/exec/${id}/resize`, query: { w: columns, h: rows } });
  };
  let tellEnded: () => void;
  const ended = new Promise<void>(resolve => {
    tellEnded = resolve;
  });
  const read = Tty
    ? (chunk: Buffer) => output.output('stdout', chunk)
    : demultiplex((stream, chunk) => output.output(stream, chunk));
  const following = followStream(socket, read, () => {
    tellEnded();
    output.ended();
  });
  // An engine before 1.42 hears of the size only once the command runs.
  if (terminal && !size) void resizeSoon(resize, terminal.columns, terminal.rows);

  return {
    write: data => void (socket.writable && socket.write(data)),
    end: () => void socket.end(),
    resize,
    exitCode: async () => {
      await ended;
      for (let waited = 0; ; waited += LOOK_EVERY_MS) {
        const { ExitCode, Running } = await api.askJson<{ ExitCode?: number | null; Running?: boolean }>({
          path: `/exec/${id}/json`,
        });
        if (!Running && typeof ExitCode === 'number') return ExitCode;
        if (waited >= LONGEST_END_MS)
          throw new EngineError('the connection to the command broke', { code: 'ECONNRESET' });
        await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
      }
    },
    close: () => {
      following.close();
      tellEnded();
    },
  };
}

async function resizeSoon(resize: (columns: number, rows: number) => Promise<void>, columns: number, rows: number) {
  for (let tries = 0; tries < 10; tries++) {
    try {
      return await resize(columns, rows);
    } catch (error) {
      if (engineError(error).isUnreachable) return;
      await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }
}
