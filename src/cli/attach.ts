/** Finds the fuge that runs the system which a command means, and connects to it. */
import { setTimeout as pause } from 'node:timers/promises';
import { type AttachedSupervisor, attach, type Diagnostic, findOwnerOf, findSystemFile } from '../index.js';

/** Its socket is there before its registration: a connection that fails belongs to one that is just going. */
const TRIES = 10;
const BETWEEN_TRIES_MS = 50;

export type Attached =
  | { readonly kind: 'attached'; readonly supervisor: AttachedSupervisor }
  /** Nothing runs it; `file` is undefined where there is no system file at all. */
  | { readonly kind: 'not-running'; readonly file: string | undefined }
  | { readonly kind: 'problem'; readonly diagnostic: Diagnostic };

/** @param given What the user gave: a file, a directory, or undefined: it is searched for. */
export async function attachTo(given: string | undefined): Promise<Attached> {
  const file = await findSystemFile(given);
  if (file === undefined) return { kind: 'not-running', file };
  for (let tries = 0; ; tries++) {
    const owner = await findOwnerOf(file);
    if (!owner) return { kind: 'not-running', file };
    try {
      if (owner.socket !== null) return { kind: 'attached', supervisor: await attach(owner.socket) };
    } catch (error) {
      if ('severity' in (error as Diagnostic)) return { kind: 'problem', diagnostic: error as Diagnostic };
    }
    if (owner.socket === null || tries === TRIES)
      return { kind: 'problem', diagnostic: { ...unreachable(owner.pid, file), hint: `kill ${owner.pid} ends it` } };
    await pause(BETWEEN_TRIES_MS);
  }
}

function unreachable(pid: number, file: string): Diagnostic {
  return {
    severity: 'error',
    code: 'unreachable',
    message: `the fuge that runs ${file} (pid ${pid}) can't be reached`,
  };
}
