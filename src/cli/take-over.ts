/** What to do where another fuge runs the system already: at a terminal the user may have it stopped, or attach to it. */
import { setTimeout as pause } from 'node:timers/promises';
import { findOwnerOf } from '../index.js';
import type { Output } from './verb.js';

/** ms between two looks whether the other one has gone. */
const LOOK_MS = 50;
/** ms after which the user is told that the other one takes its time: its services may have their grace. */
const PATIENCE_MS = 2000;

export interface TakeOverOptions {
  readonly out: Output;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  /** Default: looks into the registry. */
  readonly find?: typeof findOwnerOf;
}

/** Gives undefined if the system is free (or is by now), `attach` if the user wants a prompt on it, else the exit code. */
export async function takeOver(systemFile: string, options: TakeOverOptions): Promise<number | 'attach' | undefined> {
  const { out, stdin, stdout, find = findOwnerOf } = options;
  const owner = await find(systemFile);
  if (!owner) return undefined;
  out.diagnose(owner.problem);
  if (!stdin.isTTY || !stdout.isTTY) return 2;
  const answer = await ask('stop it and take over (y), attach to it (a), or leave it (N)? ', stdin, stdout);
  if (answer === undefined) return 130;
  if (/^a(ttach)?$/i.test(answer.trim())) return 'attach';
  if (!/^y(es)?$/i.test(answer.trim())) return 2;
  try {
    process.kill(owner.pid, 'SIGTERM');
  } catch (error) {
    // It has just ended by itself.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') {
      out.complain(`pid ${owner.pid} can't be stopped: ${(error as Error).message}`);
      return 1;
    }
  }
  const toldAt = performance.now() + PATIENCE_MS;
  let isTold = false;
  while ((await find(systemFile))?.pid === owner.pid || isAlive(owner.pid)) {
    if (!isTold && performance.now() > toldAt) {
      out.print(`waiting for pid ${owner.pid} to stop its services (Ctrl-C: give up)`);
      isTold = true;
    }
    await pause(LOOK_MS);
  }
  return undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The line that is typed; undefined: Ctrl-C or Ctrl-D instead. */
function ask(question: string, input: NodeJS.ReadStream, output: NodeJS.WriteStream): Promise<string | undefined> {
  return new Promise(resolve => {
    const { createInterface } = process.getBuiltinModule('node:readline');
    const reader = createInterface({ input, output });
    reader.on('SIGINT', () => reader.close());
    reader.on('close', () => resolve(undefined));
    reader.question(question, answer => {
      resolve(answer);
      reader.close();
    });
  });
}
