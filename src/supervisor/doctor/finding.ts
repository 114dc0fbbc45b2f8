/** What the doctor looks at, and what it says of it. */
import type { Diagnostic } from '../../diagnostic.js';
import type { System } from '../../system.js';

export type FindingStatus = 'ok' | 'warning' | 'problem';

export interface Finding {
  /** Which check says it: `node`, `engine`, `ports` … */
  readonly check: string;
  /** `problem`: something will not work. `warning`: it may not, or not well. */
  readonly status: FindingStatus;
  /** One sentence without a full stop. */
  readonly message: string;
  /** What to do: a command to type where there is one. Undefined where nothing is to be done. */
  readonly remedy?: string;
}

/** What the checks look at; tests bring their own. */
export interface Patient {
  /** Undefined: there is no system file, or it is broken. */
  readonly system: System | undefined;
  /** What the loader said of the system file. */
  readonly diagnostics: readonly Diagnostic[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether what fuge prints goes to a terminal. */
  readonly isTerminal: boolean;
  /** As `process.versions.node`. */
  readonly nodeVersion: string;
}

export interface Check {
  readonly name: string;
  /** What it looks at, for when it does not come to an end. */
  readonly subject: string;
  /** Aborted when its time is over. */
  run(patient: Patient, signal: AbortSignal): Promise<readonly Told[]>;
}

/** A finding before it is said whose it is. */
export type Told = Omit<Finding, 'check'>;

export const ok = (message: string): Told => ({ status: 'ok', message });
export const warning = (message: string, remedy?: string): Told => ({
  status: 'warning',
  message,
  ...(remedy !== undefined && { remedy }),
});
export const problem = (message: string, remedy?: string): Told => ({
  status: 'problem',
  message,
  ...(remedy !== undefined && { remedy }),
});

/** A path as one word of a command that is typed. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
