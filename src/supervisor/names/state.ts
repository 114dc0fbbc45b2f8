/** A service's state for the pages and `/v1/services`: one stable word, and why. */
import type { ServiceStatus } from '../../control.js';
import type { Exit } from '../../event.js';

export interface State {
  /** Stable, as `ps --json` has it: `ready`, `crashed`, `runs elsewhere` … */
  readonly word: string;
  /** Empty if there is nothing to say. */
  readonly reason: string;
  readonly mood: 'good' | 'busy' | 'bad' | 'idle';
}

export function stateOf({ type, phase, unavailable, waitingFor, error, crashes }: ServiceStatus): State {
  if (type === 'external') return { word: 'runs elsewhere', reason: '', mood: 'idle' };
  if (unavailable !== undefined && (phase.id === 'stopped' || phase.id === 'failed'))
    return { word: 'not available', reason: unavailable, mood: 'busy' };
  switch (phase.id) {
    case 'waiting':
      return { word: 'waiting', reason: waitingFor.length > 0 ? `for ${waitingFor.join(', ')}` : '', mood: 'busy' };
    case 'unhealthy':
      return { word: 'unhealthy', reason: phase.problem, mood: 'bad' };
    case 'backoff':
    case 'failed': {
      const { exit } = phase;
      const word =
        exit.reason === 'not-started' ? 'failed' : exit.reason === 'unresponsive' ? 'unresponsive' : 'crashed';
      const parts = [
        reasonOf(exit),
        crashes > 1 ? `${crashes} times` : '',
        error?.message ?? '',
        phase.id === 'backoff' ? 'it is tried again soon' : '',
      ];
      return { word, reason: parts.filter(part => part !== '').join('; '), mood: 'bad' };
    }
    case 'ready':
      return { word: 'ready', reason: '', mood: 'good' };
    case 'starting':
    case 'stopping':
      return { word: phase.id, reason: '', mood: 'busy' };
    case 'stopped':
    case 'completed':
      return { word: phase.id, reason: '', mood: 'idle' };
  }
}

function reasonOf(exit: Exit): string {
  switch (exit.reason) {
    case 'code':
      return exit.outOfMemory ? `out of memory (code ${exit.code})` : `code ${exit.code}`;
    case 'signal':
      return exit.signal;
    case 'lost':
    case 'unresponsive':
      return exit.problem;
    case 'not-started':
      return exit.problem.message;
  }
}

/**
 * Whether what listens at the service's port may be taken for the service: it has a run, or it is run by others. Else it is
 * a stranger that took the port.
 */
export function mayAnswer({ type, phase, unavailable }: ServiceStatus): boolean {
  if (type === 'external' || unavailable !== undefined) return true;
  return ['starting', 'ready', 'unhealthy', 'stopping'].includes(phase.id);
}
