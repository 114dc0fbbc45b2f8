/**
 * Starts a program in a pseudo-terminal of its own (`tty: true`), by @lydell/node-pty: prebuilt, so that no compiler is
 * needed. It is loaded when the first such service is launched, and may be missing: there is no prebuilt one for every machine.
 *
 * The program leads a session, and with it a process group whose number is its pid, as one without a terminal does here.
 */
import { readSync } from 'node:fs';
import { constants } from 'node:os';
import { Readable } from 'node:stream';
import type { Diagnostic } from '../../diagnostic.js';
import type { NodeService, ProcessService } from '../../system.js';
import type { Child, SpawnOptions } from './child.js';
import type { TerminalInput } from './runner.js';

/** A terminal's size while nobody looks: what most programs take for granted. */
const COLUMNS = 80;
const ROWS = 24;
/** What it says it is. Every terminal that people attach from understands it. */
const KIND = 'xterm-256color';

export type SpawnInTerminal = (program: string, args: readonly string[], options: SpawnOptions) => Child;

/** Loads the library. Rejects where it is not installed or does not run here. */
export async function loadPseudoTerminals(): Promise<SpawnInTerminal> {
  const { spawn } = await import('@lydell/node-pty');
  return (program, args, { cwd, env }) => {
    const pty = spawn(program, [...args], {
      name: kindOf(env),
      cols: COLUMNS,
      rows: ROWS,
      cwd,
      env: withoutOurSize(env),
      encoding: null,
    });
    // The pseudo-terminal stops being read as soon as nobody takes what was read: the program blocks in its own write.
    const output = new Readable({ read: () => pty.resume() });
    // Its type does not tell of the descriptor, nor that without an encoding there are bytes.
    const { fd } = pty as unknown as { readonly fd: number };
    pty.onData(chunk => {
      // One piece of at most 4 KiB is read at a time, and after the first one that follows the program's end Node closes the
      // terminal, whatever it still holds: so all that it holds is taken at once.
      const bytes = Buffer.concat([chunk as unknown as Buffer, ...whatIsThere(fd)]);
      if (!output.push(bytes)) pty.pause();
    });
    let hasEnded = false;
    const terminal: TerminalInput = {
      // Typed as text, handed on as it is.
      write: data => void (hasEnded || pty.write(Buffer.from(data) as unknown as string)),
      resize: (columns, rows) => {
        try {
          if (!hasEnded) pty.resize(columns, rows);
        } catch {
          // it has ended, and is about to say so
        }
      },
    };
    return {
      pid: pty.pid,
      streams: { stdout: output },
      terminal,
      onExit: callback =>
        void pty.onExit(({ exitCode, signal }) => {
          hasEnded = true;
          output.push(null);
          callback(exitCode, signal ? signalName(signal) : null);
        }),
    };
  };
}

/** Bytes that are taken at once at most: more than a terminal holds. */
const MOST_AT_ONCE = 256 * 1024;
const PIECE = 4096;

function whatIsThere(fd: number): Buffer[] {
  const pieces: Buffer[] = [];
  try {
    for (let bytes = 0; bytes < MOST_AT_ONCE; bytes += pieces.at(-1)!.length) {
      const piece = Buffer.allocUnsafe(PIECE);
      const length = readSync(fd, piece);
      if (length === 0) break;
      pieces.push(piece.subarray(0, length));
    }
  } catch {
    // nothing more (EAGAIN), or it has ended (EIO)
  }
  return pieces;
}

/** Why a service can't have its terminal. */
export function noPseudoTerminal(service: ProcessService | NodeService): Diagnostic {
  return {
    severity: 'error',
    code: 'no-pseudo-terminal',
    message: `"${service.name}" can't get a terminal: @lydell/node-pty is not installed, or has no build for ${process.platform} on ${process.arch}`,
    at: service.origins.tty ?? service.at,
    hint: 'install fuge with its optional dependencies ("npm install --include=optional"), or remove "tty: true"',
  };
}

/** What somebody has said of it for the service; fuge's own terminal is another one. */
function kindOf({ TERM }: Readonly<Record<string, string>>): string {
  return TERM !== undefined && TERM !== process.env.TERM ? TERM : KIND;
}

/** They would be believed rather than the terminal's own size. */
function withoutOurSize(env: Readonly<Record<string, string>>): Record<string, string> {
  const isOurs = (name: string, value: string) =>
    (name === 'COLUMNS' || name === 'LINES') && process.env[name] === value;
  return Object.fromEntries(Object.entries(env).filter(([name, value]) => !isOurs(name, value)));
}

function signalName(number: number): NodeJS.Signals {
  const found = Object.entries(constants.signals).find(([, each]) => each === number);
  return (found?.[0] ?? 'SIGKILL') as NodeJS.Signals;
}
