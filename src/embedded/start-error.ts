/** Why a system could not be started, as a test runner prints it: what is wrong, and the last lines of who failed. */
import type { Outcome } from '../control.js';
import { type Diagnostic, formatDiagnostic } from '../diagnostic.js';

/** Thrown by `startSystem`. Nothing of the system is left running then. */
export class StartError extends Error {
  /** What is wrong with the system file, or with the services. */
  readonly diagnostics: readonly Diagnostic[];
  /** What each service came to; empty: none was started. */
  readonly outcomes: readonly Outcome[];

  constructor(message: string, diagnostics: readonly Diagnostic[], outcomes: readonly Outcome[] = []) {
    super(message);
    this.name = 'StartError';
    this.diagnostics = diagnostics;
    this.outcomes = outcomes;
  }
}

/** The system file can't be read, or says what can't be. */
export function notLoaded(diagnostics: readonly Diagnostic[]): StartError {
  const said = diagnostics.map(diagnostic => formatDiagnostic(diagnostic));
  return new StartError(['the system is not started:', ...said].join('\n'), diagnostics);
}

/** A service that is not up, and what it printed last. */
export interface Failure {
  readonly outcome: Outcome;
  /** Where its error is known: `ReferenceError: x is not defined (api/server.js:3:1)`. */
  readonly error: string | undefined;
  /** The port that is to answer before it is ready. */
  readonly port: number | undefined;
  readonly lastLines: readonly string[];
}

export function notUp(system: string, failures: readonly Failure[], outcomes: readonly Outcome[]): StartError {
  const problems = failures.flatMap(({ outcome }) => outcome.problem ?? []);
  const texts = failures.map(textOf);
  // What keeps everything from starting (another fuge runs the system) is told once.
  const message = [`system "${system}" did not come up:`, ...new Set(texts)].join('\n');
  return new StartError(message, problems, outcomes);
}

function textOf({ outcome, error, port, lastLines }: Failure): string {
  const { service, result, problem, waitingFor = [], tookMs } = outcome;
  const own = `"${service}"`;
  const head =
    problem !== undefined
      ? formatDiagnostic(problem)
      : result === 'waiting'
        ? `${own} waits for ${waitingFor.join(', ') || 'its start'}`
        : result === 'starting'
          ? `${own} is not ready after ${Math.round(tookMs / 100) / 10} s${port === undefined ? '' : `: nothing answers on port ${port}`}`
          : `${own} ${result === 'superseded' ? 'was stopped meanwhile' : 'failed'}`;
  const lines = lastLines.map(line => `    ${line}`);
  return [head, ...(error === undefined ? [] : [`  ${error}`]), ...lines].join('\n');
}
