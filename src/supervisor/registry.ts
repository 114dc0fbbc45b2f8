/**
 * What must outlive a crash: one small file for each running fuge, outside the project.
 *
 * It says who runs which system, and holds the id that marks every process it starts. A later fuge reads them all: of a
 * file whose owner lives it learns that the system runs already; of one whose owner is dead it ends what is left.
 */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import type { Diagnostic } from '../diagnostic.js';
import { type BirthTime, birthTimeOf, machineId } from './runners/process-identity.js';

/** One running (or dead) fuge. */
export interface Registration {
  /** Marks its processes, see runners/owner.ts. */
  readonly id: string;
  readonly pid: number;
  /** Together with the pid it can't be mistaken for a process that got the same number later. Null: unknown. */
  readonly startTime: BirthTime | null;
  /** Where the pid means something: of another machine or container nothing can be said. */
  readonly machine: string;
  /** Absolute path of the system file, without links. Null: it runs commands only, which nobody needs to keep off. */
  readonly systemFile: string | null;
  readonly systemName: string;
  /** Where it can be reached: a unix socket. Null: nowhere. */
  readonly socket: string | null;
  /** The offset of its ports; undefined: none. */
  readonly portOffset?: number;
  /** Unix time, ms. */
  readonly since: number;
}

/** What a dead owner has left: of a file that can't be read the id is known, since it is the file's name. */
export interface Leftover {
  readonly id: string;
  readonly registration: Registration | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A file that a fuge is writing just now, or was killed while writing. */
const UNFINISHED = '.new';
/** There while a fuge claims a system: it holds the pid of that one. */
const LOCK = 'claim.lock';
const LOCK_LOOK_MS = 2;
/** ms after which a lock is nobody's: whoever has it needs less than one, unless it is stopped. */
const LOCK_PATIENCE_MS = 2000;
const OWN_NAME = /^(\d+)-[0-9a-f]{12}$/;

/**
 * Where registrations lie: `$XDG_RUNTIME_DIR/fuge`, which the system empties at logout, else `$XDG_STATE_HOME/fuge/run`,
 * by default `~/.local/state/fuge/run`.
 */
export function registryDirectory(environment: Environment = process.env): string {
  const { XDG_RUNTIME_DIR: runtime, XDG_STATE_HOME: state } = environment;
  if (runtime && isDirectory(runtime)) return join(runtime, 'fuge');
  return join(state || join(environment.HOME || homedir(), '.local', 'state'), 'fuge', 'run');
}

export class Registry {
  /** Where registrations lie. */
  readonly directory: string;

  constructor(directory: string = registryDirectory()) {
    this.directory = directory;
  }

  /** Those who live, on this machine. */
  living(): Registration[] {
    return this.#read().flatMap(({ registration }) => (registration && isAlive(registration) ? [registration] : []));
  }

  /** Those who died without a word. A file that is none of ours, or of another machine, is left alone. */
  dead(): Leftover[] {
    return this.#read().filter(({ id, registration }) => {
      if (registration) return registration.machine === machineId() && !isAlive(registration);
      return !isPidInUse(Number(OWN_NAME.exec(id)?.[1]));
    });
  }

  /** The living fuge that runs this system file, other than the one with `ownId`. */
  findOwner(systemFile: string, ownId = ''): Registration | undefined {
    const file = withoutLinks(systemFile);
    return this.living().find(each => each.systemFile === file && each.id !== ownId);
  }

  /**
   * Registers as the one that runs the system, unless another living fuge does: gives that one then. Of two that come at
   * the same moment one goes on.
   */
  claim(own: Registration): Registration | undefined {
    const { systemFile } = own;
    if (systemFile === null) return void this.add(own);
    return this.#alone(() => {
      const earlier = this.findOwner(systemFile, own.id);
      if (!earlier) this.add(own);
      return earlier;
    });
  }

  /** Between looking and writing nobody else may write. This takes a moment, so who comes meanwhile waits here. */
  #alone<T>(work: () => T): T {
    const lock = join(this.directory, LOCK);
    const giveUpAt = performance.now() + LOCK_PATIENCE_MS;
    for (;;) {
      try {
        mkdirSync(this.directory, { recursive: true, mode: 0o700 });
        writeFileSync(lock, String(process.pid), { flag: 'wx', mode: 0o600 });
        break;
      } catch (error) {
        // Where nothing can be written, fuge goes on without.
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return work();
      }
      if (performance.now() > giveUpAt || !isHeld(lock)) removeFile(lock);
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_LOOK_MS);
    }
    try {
      return work();
    } finally {
      removeFile(lock);
    }
  }

  /** Where nothing can be written, fuge goes on without. */
  add(registration: Registration): void {
    const path = this.pathOf(registration.id);
    try {
      mkdirSync(this.directory, { recursive: true, mode: 0o700 });
      writeFileSync(path + UNFINISHED, `${JSON.stringify(registration)}\n`, { mode: 0o600 });
      renameSync(path + UNFINISHED, path);
    } catch {
      // a read-only home
    }
  }

  /** With its socket, wherever that lies. */
  remove(id: string): void {
    const path = this.pathOf(id);
    const beside = join(this.directory, `${id}.sock`);
    const elsewhere = this.#registration(id)?.socket;
    const sockets = elsewhere && basename(elsewhere) === basename(beside) ? [beside, elsewhere] : [beside];
    for (const each of [...sockets, path, path + UNFINISHED]) removeFile(each);
  }

  /** Where the file of a registration lies. */
  pathOf(id: string): string {
    return join(this.directory, `${id}.json`);
  }

  #read(): Leftover[] {
    let names: string[];
    try {
      names = readdirSync(this.directory);
    } catch {
      return [];
    }
    const ids = names
      .flatMap(name => /^(.+)\.(?:json(?:\.new)?|sock)$/.exec(name)?.[1] ?? [])
      .filter(id => OWN_NAME.test(id));
    return [...new Set(ids)].map(id => ({ id, registration: this.#registration(id) }));
  }

  #registration(id: string): Registration | undefined {
    try {
      const value = JSON.parse(readFileSync(this.pathOf(id), 'utf8')) as Partial<Registration> | null;
      const isWhole = value?.id === id && Number.isSafeInteger(value.pid) && value.pid! > 0;
      return isWhole ? (value as Registration) : undefined;
    } catch {
      return undefined;
    }
  }
}

/** A registration of this process. `systemFile` null: for commands only. */
export function ownRegistration(
  id: string,
  systemFile: string | null,
  systemName: string,
  now: number,
  socket: string | null = null,
): Registration {
  return {
    id,
    pid: process.pid,
    startTime: birthTimeOf(process.pid) ?? null,
    machine: machineId(),
    systemFile: systemFile === null ? null : withoutLinks(systemFile),
    systemName,
    socket,
    since: now,
  };
}

/** Why a second fuge does not start the same system file. */
export function alreadyRunning({ pid, since, systemFile }: Registration): Diagnostic {
  const at = new Date(since);
  const time = `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`;
  return {
    severity: 'error',
    code: 'already-running',
    message: `another fuge runs this system (pid ${pid}, since ${time}): ${systemFile}`,
    hint: 'fuge attach opens a prompt on it, fuge down stops it',
  };
}

/** Whether the process that registered lives still, on this machine. */
export function isAlive({ pid, startTime, machine }: Registration): boolean {
  if (machine !== machineId() || !isPidInUse(pid)) return false;
  if (startTime === null) return true;
  const actual = birthTimeOf(pid);
  return actual === undefined || actual === startTime;
}

function isPidInUse(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Whether the one that made the lock lives. Undefined content: it has not written it yet. */
function isHeld(lock: string): boolean {
  try {
    const pid = Number(readFileSync(lock, 'utf8'));
    return !(pid > 0) || (pid !== process.pid && isPidInUse(pid));
  } catch {
    return false; // gone by now
  }
}

/** Another fuge may have done it already. */
function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // it is gone
  }
}

function withoutLinks(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
