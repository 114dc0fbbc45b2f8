/** Waits for what comes of a start. */
import type { Outcome } from '../control.js';
import type { Diagnostic } from '../diagnostic.js';
import type { Actor } from './actor.js';
import type { Clock } from './clock.js';

/** ms until a start that is neither ready nor failed is reported as still starting. Pulls and builds of images don't count. */
export const START_PATIENCE_MS = 15_000;

export interface Wait {
  readonly clock: Clock;
  /** When the command was given, ms. */
  readonly since: number;
  readonly patienceMs: number;
  /** Whether a waiting service waits for something that will not come by itself. */
  isHopeless(actor: Actor): boolean;
  /** Whether it waits for an image that is being pulled or built, its own or that of a service it depends on. */
  awaitsImage(actor: Actor): boolean;
  /** Calls back after every change of any service, of its getting an image, and of the container engine. */
  onAnyChange(callback: () => void): () => void;
}

/**
 * Settles when the service is ready, completed or failed, when what it waits for will not come, when somebody stopped
 * it, or when the patience is over. The patience is counted anew from the moment when all images are there.
 */
export function awaitOutcome(
  actor: Actor,
  { clock, since, patienceMs, isHopeless, awaitsImage, onAnyChange }: Wait,
): Promise<Outcome> {
  return new Promise(resolve => {
    const settle = (outcome: Partial<Outcome> & Pick<Outcome, 'result'>) => {
      stopListening();
      cancel?.();
      resolve({ service: actor.name, tookMs: clock.now() - since, ...outcome });
    };
    const look = () => {
      const outcome = outcomeOf(actor);
      if (outcome) settle(outcome);
      else if (actor.state.phase.id === 'waiting' && isHopeless(actor)) settle(waiting());
      else if (awaitsImage(actor)) pause();
      else cancel ??= count();
    };
    const waiting = () => ({ result: 'waiting', waitingFor: actor.status.waitingFor }) as const;
    // Others are given their orders in this turn of the event loop, too: nothing is hopeless before that.
    let stopListening = () => {};
    queueMicrotask(() => {
      stopListening = onAnyChange(look);
      look();
    });
    const count = () =>
      clock.after(patienceMs, () => settle(actor.state.phase.id === 'waiting' ? waiting() : { result: 'starting' }));
    const pause = () => {
      cancel?.();
      cancel = undefined;
    };
    let cancel: (() => void) | undefined = count();
  });
}

function outcomeOf(actor: Actor): (Partial<Outcome> & Pick<Outcome, 'result'>) | undefined {
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
  const how =
    exit?.reason === 'signal'
      ? `was ended by ${exit.signal}`
      : exit?.reason === 'unresponsive' || exit?.reason === 'lost'
        ? `was ended: ${exit.problem}`
        : `exited with code ${exit?.code ?? 1}`;
  return {
    severity: 'error',
    code: 'crashed',
    message: `"${service.name}" ${how}`,
    at: service.origins.run ?? service.at,
    hint: `"logs ${service.name}" shows its last lines`,
  };
}
