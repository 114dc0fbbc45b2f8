/** A service's state in words: one word, why, and which colour says it too. */
import type { Exit, Gate, ServiceStatus } from '../../index.js';
import { formatAge, ordinal } from './duration.js';
import type { Paint } from './paint.js';

export interface StateText {
  /** The state alone: `ready`, `crashed`, `not available` … Stable: `--json` shows it too. */
  readonly word: string;
  /** Why, or what comes next; empty if there is nothing to say. */
  readonly reason: string;
  readonly colour: 'green' | 'yellow' | 'red' | 'plain' | 'dim';
}

/** See {@link StateText}. `now` is Unix time in ms. */
export function describeState(status: ServiceStatus, now: number): StateText {
  const { phase, unavailable } = status;
  if (status.type === 'external') return { word: 'runs elsewhere', reason: '', colour: 'dim' };
  if (unavailable !== undefined && (phase.id === 'stopped' || phase.id === 'failed'))
    return { word: 'not available', reason: unavailable, colour: 'yellow' };
  switch (phase.id) {
    case 'stopped':
      return { word: 'stopped', reason: '', colour: 'dim' };
    case 'waiting':
      return {
        word: 'waiting',
        reason: phase.gates.length > 0 ? `for ${list(phase.gates.map(gate))}` : '',
        colour: 'yellow',
      };
    case 'starting':
      return {
        word: 'starting',
        reason: now - status.since >= 1000 ? `for ${formatAge(now - status.since)}` : '',
        colour: 'yellow',
      };
    case 'ready':
      return { word: 'ready', reason: '', colour: 'green' };
    case 'unhealthy':
      return { word: 'unhealthy', reason: phase.problem, colour: 'red' };
    case 'stopping':
      return { word: 'stopping', reason: phase.forced ? 'killed' : '', colour: 'yellow' };
    case 'completed':
      return { word: 'completed', reason: '', colour: 'plain' };
    case 'backoff': {
      const state = crashed(phase.exit, status.crashes);
      return { ...state, reason: `${state.reason} — ${retry(phase.retryAt - now)}` };
    }
    case 'failed':
      return crashed(phase.exit, status.crashes);
  }
}

/** `crashed, code 1, 3rd time — retry in 4 s`: word and reason as one text. */
export function formatState({ word, reason }: StateText): string {
  if (reason === '') return word;
  if (word === 'waiting' || word === 'starting') return `${word} ${reason}`;
  return word === 'crashed' || word === 'stopping' ? `${word}, ${reason}` : `${word}: ${reason}`;
}

/** How a run ended: `code 1`, `SIGSEGV`, or what kept it from starting. */
export function describeExit(exit: Exit): string {
  switch (exit.reason) {
    case 'code':
      return `code ${exit.code}`;
    case 'signal':
      return exit.signal;
    case 'unresponsive':
      return exit.problem;
    case 'not-started':
      return exit.problem.message;
  }
}

/** Whether a one-off command succeeded. */
export function hasSucceeded(exit: Exit): boolean {
  return exit.reason === 'code' && exit.code === 0;
}

export function painterOf(paint: Paint, colour: StateText['colour']): (text: string) => string {
  return colour === 'plain' ? text => text : paint[colour];
}

function crashed(exit: Exit, crashes: number): StateText {
  if (exit.reason === 'not-started') return { word: 'failed', reason: exit.problem.message, colour: 'red' };
  const often = crashes > 1 ? `, ${ordinal(crashes)} time` : '';
  return { word: 'crashed', reason: `${describeExit(exit)}${often}`, colour: 'red' };
}

function retry(ms: number): string {
  return ms > 0 ? `retry in ${Math.ceil(ms / 1000)} s` : 'retrying';
}

function gate(gate: Gate): string {
  if (gate === 'dependencies') return 'what it depends on';
  return gate === 'delay' ? 'its start delay' : 'files to settle';
}

function list(words: readonly string[]): string {
  return words.join(' and ');
}
