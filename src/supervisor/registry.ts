/**
 * What must outlive a crash: one small file for each running fuge, outside the project.
 *
 * It says who runs which system, and holds the id that marks every process it starts. A later fuge reads them all: of a
 * file whose owner lives it learns that the system runs already; of one whose owner is dead it ends what is left.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Diagnostic } from '../diagnostic.js';
import { type StartTime, startTimeOf } from './runners/process-group.js';

/** One running (or dead) fuge. */
export interface Registration {
  /** Marks its processes, see runners/owner.ts. */
  readonly id: string;
  readonly pid: number;
  /** Together with the pid it can't be mistaken for a process that got the same number later. */
  readonly startTime: StartTime | null;
  /** Absolute path of the system file. */
  readonly systemFile: string;
  readonly systemName: string;
  /** Unix time, ms. */
  readonly since: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

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
  readonly #directory: string;

  constructor(directory: string = registryDirectory()) {
    this.#directory = directory;
  }

  /** Every registration, and whether its owner lives. Files that can't be read are passed over. */
  all(): { readonly registration: Registration; readonly isAlive: boolean }[] {
    let names: string[];
    try {
      names = readdirSync(this.#directory);
    } catch {
      return [];
    }
    return names
      .filter(name => name.endsWith('.json'))
      .flatMap(name => {
        const registration = this.#read(name);
        return registration ? [{ registration, isAlive: isOwnerAlive(registration) }] : [];
      });
  }

  /** Writes a registration; returns what takes it away. Where nothing can be written, fuge goes on without. */
  add(registration: Registration): () => void {
    const path = this.#path(registration.id);
    try {
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      writeFileSync(`${path}.new`, `${JSON.stringify(registration)}\n`, { mode: 0o600 });
      renameSync(`${path}.new`, path);
    } catch {
      return () => {};
    }
    return () => this.remove(registration.id);
  }

  remove(id: string): void {
    try {
      unlinkSync(this.#path(id));
    } catch {
      // another fuge swept it already
    }
  }

  #path(id: string): string {
    return join(this.#directory, `${id}.json`);
  }

  #read(name: string): Registration | undefined {
    try {
      const value = JSON.parse(readFileSync(join(this.#directory, name), 'utf8')) as Partial<Registration>;
      if (typeof value.id !== 'string' || typeof value.pid !== 'number' || `${value.id}.json` !== name)
        return undefined;
      return value as Registration;
    } catch {
      return undefined;
    }
  }
}

/** A registration of this process. */
export function ownRegistration(id: string, systemFile: string, systemName: string, now: number): Registration {
  return { id, pid: process.pid, startTime: startTimeOf(process.pid) ?? null, systemFile, systemName, since: now };
}

/** The living fuge that runs this system file, other than the one with `ownId`. */
export function findOwner(registry: Registry, systemFile: string, ownId = ''): Registration | undefined {
  return registry
    .all()
    .find(({ registration, isAlive }) => isAlive && registration.systemFile === systemFile && registration.id !== ownId)
    ?.registration;
}

/** Why a second fuge does not start the same system file. */
export function alreadyRunning({ pid, since, systemFile }: Registration): Diagnostic {
  const at = new Date(since);
  const time = `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`;
  return {
    severity: 'error',
    code: 'already-running',
    message: `another fuge runs this system (pid ${pid}, since ${time}): ${systemFile}`,
    hint: `use it there, or end it: kill ${pid}`,
  };
}

function isOwnerAlive({ pid, startTime }: Registration): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return startTime === null || startTimeOf(pid) === startTime;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
