/** Waits for what comes of a start. */
import type { Outcome } from '../control.js';
import type { Diagnostic } from '../diagnostic.js';
import type { Actor } from './actor.js';
import type { Clock } from './clock.js';

/** ms until a start that is neither ready nor failed is reported as still starting. */
export const START_PATIENCE_MS = 15_000;

/** Settles when the service is ready, completed or failed, when somebody stopped it, or when the patience is over. */
export function awaitOutcome(actor: Actor, clock: Clock, since: number, patienceMs: number): Promise<Outcome> {
  return new Promise(resolve => {
    const settle = (outcome: Pick<Outcome, 'result' | 'problem'>) => {
      stopListening();
      cancel();
      resolve({ service: actor.name, tookMs: clock.now() - since, ...outcome });
    };
    const look = () => {
      const outcome = outcomeOf(actor);
      if (outcome) settle(outcome);
    };
    const stopListening = actor.onPhase(look);
    const cancel = clock.after(patienceMs, () =>
      settle({ result: actor.state.phase.id === 'waiting' ? 'waiting' : 'starting' }),
    );
    look();
  });
}

function outcomeOf(actor: Actor): Pick<Outcome, 'result' | 'problem'> | undefined {
  const { phase, want } = actor.state;
  if (want === 'down') return { result: 'superseded' };
  switch (phase.id) {
    case 'ready':
    case 'completed':
      return { result: phase.id };
    case 'failed':
      return { result: 'failed', problem: exitProblem(actor) };
    default:
      return undefined;
  }
}

/** What is wrong with a service that failed, at the line that asked for it. */
function exitProblem(actor: Actor): Diagnostic {
  const { phase } = actor.state;
  const { service } = actor;
  const exit = phase.id === 'failed' ? phase.exit : undefined;
  if (exit?.reason === 'not-started') return exit.problem;
  const how = exit?.reason === 'signal' ? `was ended by ${exit.signal}` : `exited with code ${exit?.code ?? 1}`;
  return {
    severity: 'error',
    code: 'crashed',
    message: `"${service.name}" ${how}`,
    at: service.origins.run ?? service.at,
    hint: `"logs ${service.name}" shows its last lines`,
  };
}
