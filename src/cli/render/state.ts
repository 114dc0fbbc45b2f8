/** A service's state in words: one word, why, and which colour says it too. */
import type { Cause, CrashError, Exit, Gate, ServiceStatus } from '../../index.js';
import { shortenPath } from '../output.js';
import { formatAge, ordinal } from './duration.js';
import type { Paint } from './paint.js';

export interface StateText {
  /** The state alone: `ready`, `crashed`, `not available` … Stable: `--json` shows it too. */
  readonly word: string;
  /** Why, in a few words; empty if there is nothing to say. */
  readonly reason: string;
  /** What comes next, and the error or explanation in full; mostly empty. */
  readonly note: string;
  readonly colour: 'green' | 'yellow' | 'red' | 'plain' | 'dim';
}

/** See {@link StateText}. `now` is Unix time in ms. */
export function describeState(status: ServiceStatus, now: number): StateText {
  const { phase, unavailable } = status;
  const state = (word: string, colour: StateText['colour'], reason = '', note = ''): StateText => ({
    word,
    reason,
    note,
    colour,
  });
  if (status.type === 'external') return state('runs elsewhere', 'dim');
  if (unavailable !== undefined && (phase.id === 'stopped' || phase.id === 'failed'))
    return state('not available', 'yellow', '', unavailable);
  switch (phase.id) {
    case 'stopped':
      return state('stopped', 'dim');
    case 'waiting':
      return state('waiting', 'yellow', waitsFor(phase.gates, status.waitingFor));
    case 'starting':
      return state('starting', 'yellow', now - status.since >= 1000 ? `for ${formatAge(now - status.since)}` : '');
    case 'ready':
      return state('ready', 'green');
    case 'unhealthy':
      return state('unhealthy', 'red', '', phase.problem);
    case 'stopping':
      return state('stopping', 'yellow', phase.forced ? 'killed' : '');
    case 'completed':
      return state('completed', 'plain');
    case 'backoff':
    case 'failed': {
      const retry = phase.id === 'backoff' ? formatRetry(phase.retryAt - now) : '';
      if (phase.exit.reason === 'not-started')
        return state('failed', 'red', '', join('; ', retry, phase.exit.problem.message));
      const often = status.crashes > 1 ? `${ordinal(status.crashes)} time` : '';
      const error = status.error === undefined ? '' : formatError(status.error);
      const word = phase.exit.reason === 'unresponsive' ? 'unresponsive' : 'crashed';
      const how = phase.exit.reason === 'unresponsive' ? '' : describeExit(phase.exit);
      const problem = phase.exit.reason === 'unresponsive' ? phase.exit.problem : '';
      return state(word, 'red', join(', ', how, often), join('; ', retry, problem, error));
    }
  }
}

/** `crashed, code 1, 3rd time`: word and reason as one text. */
export function formatState({ word, reason }: StateText): string {
  return reason === '' ? word : `${word}${reason.startsWith('for ') ? '' : ','} ${reason}`;
}

/** The same with the note behind it. */
export function formatWholeState(state: StateText): string {
  return join(': ', formatState(state), state.note);
}

/** `ReferenceError: prt is not defined (customers/server.js:14:9)`. */
export function formatError({ message, at }: CrashError): string {
  const text = message.replace(/\s*\n\s*/g, ' ');
  if (at === undefined) return text;
  return `${text} (${shortenPath(at.file)}:${at.line}${at.column === undefined ? '' : `:${at.column}`})`;
}

/** How a run ended: `code 1`, `SIGSEGV`, or what kept it from starting. */
export function describeExit(exit: Exit): string {
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

/** Why it is in its state; empty where the state says that itself. */
export function describeCause(cause: Cause | undefined): string {
  switch (cause?.type) {
    case 'user':
      return `"${cause.action}" was typed`;
    case 'files':
    case 'env-file': {
      const [first = 'a file', ...others] = cause.files;
      return `${first} saved${others.length === 0 ? '' : ` (+${others.length} more)`}`;
    }
    case 'dependency':
      return `${cause.service} changed`;
    case 'retry':
      return `tried again (${ordinal(cause.attempt)} time)`;
    case 'reload':
      return 'its definition changed';
    case 'engine':
      return 'the container engine is back';
    default:
      return '';
  }
}

/** Whether a one-off command succeeded. */
export function hasSucceeded(exit: Exit): boolean {
  return exit.reason === 'code' && exit.code === 0;
}

export function painterOf(paint: Paint, colour: StateText['colour']): (text: string) => string {
  return colour === 'plain' ? text => text : paint[colour];
}

function formatRetry(ms: number): string {
  return ms > 0 ? `retry in ${Math.ceil(ms / 1000)} s` : 'retrying';
}

function waitsFor(gates: readonly Gate[], services: readonly string[]): string {
  if (gates.length === 0) return '';
  const parts = gates.map(gate => {
    if (gate === 'delay') return 'its start delay';
    if (gate === 'settle') return 'its files to settle';
    return services.length > 0 ? services.join(', ') : 'what it depends on';
  });
  return `for ${parts.join(' and ')}`;
}

function join(separator: string, ...parts: readonly string[]): string {
  return parts.filter(part => part !== '').join(separator);
}

/** What its run is known by: the short id of its container, else its pid. */
export function idOf({ run }: ServiceStatus): string {
  return run?.container?.slice(0, 12) ?? String(run?.pid ?? '-');
}
