/**
 * What was picked for a system last time, so that it stays the same: one small file for each system file in
 * `$XDG_STATE_HOME/fuge/ports`, by default `~/.local/state/fuge/ports`. Without it everything still works, and mostly gives
 * the same numbers.
 */
import { mkdirSync, readFileSync, realpathSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { LAST_PORT } from '../../port-numbers.js';

export interface Remembered {
  /** That `auto` came to. */
  readonly offset: number | undefined;
  /** The picked ports by offset, newest last: moved ports make others wish for other numbers. */
  readonly pickedAt: ReadonlyMap<number, PickedPorts>;
}

/** By service and name. */
export type PickedPorts = ReadonlyMap<string, number>;

const NOTHING: Remembered = { offset: undefined, pickedAt: new Map() };
/** Offsets of which the ports are kept. */
const KEPT_OFFSETS = 10;
/** By system file: a reload must find the same where nothing can be written. */
const ofThisProcess = new Map<string, Remembered>();

export class PortMemory {
  readonly #systemFile: string;
  readonly #path: string;

  constructor(systemFile: string, environment: Readonly<Record<string, string | undefined>>) {
    this.#systemFile = withoutLinks(systemFile);
    const state = environment.XDG_STATE_HOME || join(environment.HOME || homedir(), '.local', 'state');
    // It takes a few ms to load, and most systems name all their ports.
    const { createHash } = process.getBuiltinModule('node:crypto');
    const name = createHash('sha256').update(this.#systemFile).digest('hex').slice(0, 16);
    this.#path = join(state, 'fuge', 'ports', `${name}.json`);
  }

  /** What is no port is passed over, whoever wrote it. */
  read(): Remembered {
    try {
      const { systemFile, offset, ports } = JSON.parse(readFileSync(this.#path, 'utf8')) as Record<string, unknown>;
      if (systemFile !== this.#systemFile) return this.#last;
      return {
        offset: isNumberUpTo(LAST_PORT, offset) ? offset : undefined,
        pickedAt: new Map(
          Object.entries((ports ?? {}) as Record<string, unknown>).map(([at, picked]) => [Number(at), portsIn(picked)]),
        ),
      };
    } catch {
      return this.#last;
    }
  }

  get #last(): Remembered {
    return ofThisProcess.get(this.#systemFile) ?? NOTHING;
  }

  /** Of two that write at once one is kept, whole. Where nothing can be written, nothing is remembered. */
  write(remembered: Remembered): void {
    ofThisProcess.set(this.#systemFile, remembered);
    const { offset, pickedAt } = remembered;
    const kept = [...pickedAt].slice(-KEPT_OFFSETS).map(([at, picked]) => [at, Object.fromEntries(picked)]);
    const unfinished = `${this.#path}.${process.pid}.new`;
    const text = JSON.stringify({ systemFile: this.#systemFile, offset, ports: Object.fromEntries(kept) });
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      writeFileSync(unfinished, `${text}\n`, { mode: 0o600 });
      renameSync(unfinished, this.#path);
    } catch {
      try {
        unlinkSync(unfinished);
      } catch {
        // it was not even begun
      }
    }
  }
}

function portsIn(picked: unknown): PickedPorts {
  const entries = Object.entries((picked ?? {}) as Record<string, unknown>);
  return new Map(entries.flatMap(([key, port]) => (isNumberUpTo(LAST_PORT, port) && port > 0 ? [[key, port]] : [])));
}

function isNumberUpTo(most: number, value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most;
}

function withoutLinks(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}
