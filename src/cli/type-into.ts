/** The user's terminal on a service's own (`tty: true`): what is typed goes to the service, until Ctrl-] or its end. */
import { type Diagnostic, type ExecSession, type Exit, TerminalModes } from '../index.js';
import { describeExit } from './render/state.js';
import type { Context } from './verb.js';

/** Ctrl-], as telnet has it: by itself, and as the keyboard protocol of kitty has it where a service has turned that on. */
const LEAVE = ['\x1d', '\x1b[93;5u'] as const;

/** Exit code: 0 left, or the service has ended; 1 it can't be typed into; 2 there is no terminal to type from. */
export async function typeInto(context: Context, name: string): Promise<number> {
  const { supervisor, out, signal } = context;
  return context.lendTerminal(async ({ stdin, stdout, isInteractive }) => {
    if (!isInteractive || !stdin) {
      out.complain('only a terminal can type into a service: here is none');
      return 2;
    }
    const modes = new TerminalModes();
    const show = (chunk: Uint8Array) => {
      modes.see(Buffer.from(chunk).toString('latin1'));
      stdout.write(chunk);
    };
    let early: Uint8Array[] | undefined = [];
    let session: ExecSession;
    try {
      session = await supervisor.openTerminal(name, {
        columns: stdout.columns,
        rows: stdout.rows,
        onOutput: (_, chunk) => void (early ? early.push(chunk) : show(chunk)),
      });
    } catch (error) {
      if (!isDiagnostic(error)) throw error;
      out.diagnose(error);
      return 1;
    }
    stdout.write(`typing into ${name}: Ctrl-] leaves it, and it goes on\r\n`);
    for (const chunk of early) show(chunk);
    early = undefined;
    const exit = await connect({ stdin, stdout, session, signal });
    stdout.write(modes.undoing());
    const end = exit === 'left' ? `left ${name}: it goes on` : `${name} has ended (${describeExit(exit)})`;
    stdout.write(`\r\n${end}\r\n`);
    return 0;
  });
}

interface Ends {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly session: ExecSession;
  readonly signal: AbortSignal;
}

/** Settles when the user has left it, or when it has ended. */
async function connect({ stdin, stdout, session, signal }: Ends): Promise<Exit | 'left'> {
  let leave!: () => void;
  const left = new Promise<'left'>(resolve => {
    leave = () => resolve('left');
  });
  const typed = (data: Buffer) => {
    const text = data.toString('latin1');
    const at = Math.min(...LEAVE.map(key => text.indexOf(key)).filter(place => place >= 0));
    if (at === Number.POSITIVE_INFINITY) return session.write(data);
    if (at > 0) session.write(data.subarray(0, at));
    leave();
  };
  const resized = () => session.resize(stdout.columns, stdout.rows);
  stdin.setRawMode(true);
  stdin.on('data', typed).on('end', leave).resume();
  stdout.on('resize', resized);
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([session.exit, left]);
  } finally {
    session.close();
    signal.removeEventListener('abort', leave);
    stdin.off('data', typed).off('end', leave).pause();
    stdout.off('resize', resized);
    stdin.setRawMode(false);
  }
}

function isDiagnostic(error: unknown): error is Diagnostic {
  return typeof error === 'object' && error !== null && 'severity' in error;
}
