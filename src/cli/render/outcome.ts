/** What `--json` says of an outcome: the names are stable, what is unknown is null. */
import type { Outcome } from '../../index.js';
import { describeDiagnostic } from './diagnostic.js';

export function describeOutcome({ service, result, tookMs, problem, waitingFor }: Outcome) {
  return {
    service,
    result,
    tookMs,
    problem: problem === undefined ? null : describeDiagnostic(problem),
    waitingFor: waitingFor ?? [],
  };
}
