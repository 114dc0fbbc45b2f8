/** A started program as the process runner sees it, whether it writes to pipes or to a terminal. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { StreamName } from '../../event.js';
import { sharingMemory } from './pipe.js';
import type { TerminalInput } from './runner.js';

export interface SpawnOptions {
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** It leads a process group whose number is its pid. */
export interface Child {
  readonly pid: number;
  readonly streams: Partial<Readonly<Record<StreamName, Readable>>>;
  /** Undefined: its input is empty. */
  readonly terminal?: TerminalInput;
  onExit(callback: (code: number | null, signal: NodeJS.Signals | null) => void): void;
}

/** Starts a program with pipes. Undefined: it did not start; `failed` is then called with the reason, later. */
export function spawnWithPipes(
  program: string,
  args: readonly string[],
  { cwd, env }: SpawnOptions,
  failed: (error: NodeJS.ErrnoException) => void,
): Child | undefined {
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  child.once('error', error => void (child.pid === undefined && failed(error)));
  return childOf(child);
}

/** A child process whose output goes to pipes; undefined: it did not start. */
export function childOf(child: ChildProcess): Child | undefined {
  const { pid, stdout, stderr } = child;
  if (pid === undefined || !stdout || !stderr) return undefined;
  const streams = { stdout: sharingMemory(stdout), stderr: sharingMemory(stderr) };
  return { pid, streams, onExit: callback => void child.once('exit', callback) };
}
