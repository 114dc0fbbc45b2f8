// A service's state in words.
import { describe, expect, it } from 'vitest';
import {
  describeCause,
  describeExit,
  describeState,
  formatError,
  formatWholeState,
} from '../../../src/cli/render/state.js';
import type { ServiceStatus } from '../../../src/index.js';
import { statusOf } from '../../rig/fake-supervisor.js';

const now = 100_000;
const one = { reason: 'code', code: 1 } as const;
const segfault = { reason: 'signal', signal: 'SIGSEGV' } as const;
const taken = {
  reason: 'not-started',
  problem: { severity: 'error', code: 'port-taken', message: 'port 3000 of "a" is taken' },
} as const;

const states: [Partial<ServiceStatus>, string, string][] = [
  [{}, 'stopped', 'dim'],
  [{ phase: { id: 'waiting', gates: [] } }, 'waiting', 'yellow'],
  [{ phase: { id: 'waiting', gates: ['dependencies'] }, waitingFor: ['db', 'mq'] }, 'waiting for db, mq', 'yellow'],
  [{ phase: { id: 'waiting', gates: ['dependencies'] } }, 'waiting for what it depends on', 'yellow'],
  [{ phase: { id: 'waiting', gates: ['delay'] } }, 'waiting for its start delay', 'yellow'],
  [
    { phase: { id: 'waiting', gates: ['dependencies', 'settle'] }, waitingFor: ['db'] },
    'waiting for db and its files to settle',
    'yellow',
  ],
  [{ phase: { id: 'starting', run: 1 }, since: now - 999 }, 'starting', 'yellow'],
  [{ phase: { id: 'starting', run: 1 }, since: now - 15_000 }, 'starting for 15 s', 'yellow'],
  [{ phase: { id: 'ready', run: 1 } }, 'ready', 'green'],
  [{ phase: { id: 'unhealthy', run: 1, problem: 'answers 500' } }, 'unhealthy: answers 500', 'red'],
  [{ phase: { id: 'stopping', run: 1, forced: false } }, 'stopping', 'yellow'],
  [{ phase: { id: 'stopping', run: 1, forced: true } }, 'stopping, killed', 'yellow'],
  [{ phase: { id: 'completed', exit: { reason: 'code', code: 0 } } }, 'completed', 'plain'],
  [{ phase: { id: 'failed', exit: one }, crashes: 1 }, 'crashed, code 1', 'red'],
  [{ phase: { id: 'failed', exit: segfault }, crashes: 2 }, 'crashed, SIGSEGV, 2nd time', 'red'],
  [
    { phase: { id: 'backoff', exit: one, retryAt: now + 3100 }, crashes: 3 },
    'crashed, code 1, 3rd time: retry in 4 s',
    'red',
  ],
  [{ phase: { id: 'backoff', exit: one, retryAt: now - 5 }, crashes: 1 }, 'crashed, code 1: retrying', 'red'],
  [
    { phase: { id: 'failed', exit: one }, crashes: 1, error: { message: 'Error: no' } },
    'crashed, code 1: Error: no',
    'red',
  ],
  [{ phase: { id: 'failed', exit: taken } }, 'failed: port 3000 of "a" is taken', 'red'],
  [
    { phase: { id: 'failed', exit: { reason: 'unresponsive', problem: 'no answer' } } },
    'unresponsive: no answer',
    'red',
  ],
  [{ type: 'external', unavailable: 'runs elsewhere' }, 'runs elsewhere', 'dim'],
  [{ unavailable: 'its path is missing' }, 'not available: its path is missing', 'yellow'],
  [{ error: { message: 'Error: of an earlier run' } }, 'stopped', 'dim'],
];

describe('describeState', () => {
  it.each(states)('%j is "%s", %s', (status, text, colour) => {
    const state = describeState(statusOf('a', status), now);
    expect([formatWholeState(state), state.colour]).toEqual([text, colour]);
  });
});

describe('an error', () => {
  it('has its place behind it, relative to the working directory', () => {
    const file = `${process.cwd()}/src/a.js`;
    expect(formatError({ message: 'Error: no', at: { file, line: 3, column: 5 } })).toBe('Error: no (src/a.js:3:5)');
    expect(formatError({ message: 'Error: no', at: { file, line: 3 } })).toBe('Error: no (src/a.js:3)');
    expect(formatError({ message: 'Error: no\n  more' })).toBe('Error: no more');
  });
});

describe('describeExit', () => {
  it.each([
    [one, 'code 1'],
    [segfault, 'SIGSEGV'],
    [taken, 'port 3000 of "a" is taken'],
    [{ reason: 'unresponsive', problem: 'no answer' } as const, 'no answer'],
  ])('%j is %s', (exit, text) => expect(describeExit(exit)).toBe(text));
});

describe('describeCause', () => {
  it.each([
    [undefined, ''],
    [{ type: 'user', action: 'restart' } as const, '"restart" was typed'],
    [{ type: 'files', files: ['src/a.js', 'b', 'c'] } as const, 'src/a.js saved (+2 more)'],
    [{ type: 'env-file', files: ['.env'] } as const, '.env saved'],
    [{ type: 'dependency', service: 'db' } as const, 'db changed'],
    [{ type: 'retry', attempt: 3 } as const, 'tried again (3rd time)'],
    [{ type: 'reload' } as const, 'its definition changed'],
    [{ type: 'exit', exit: one } as const, ''],
    [{ type: 'probe' } as const, ''],
  ])('%j: "%s"', (cause, text) => expect(describeCause(cause)).toBe(text));
});
