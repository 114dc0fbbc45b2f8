import { describe, expect, it } from 'vitest';
import { EventText } from '../../../src/cli/render/events.js';
import { createPaint } from '../../../src/cli/render/paint.js';
import type { Cause, Event, Exit, Phase } from '../../../src/event.js';
import { FakeSupervisor, nodeService, systemOf } from '../../rig/fake-supervisor.js';

type PhaseEvent = Extract<Event, { type: 'phase' }>;
const code = (number: number): Exit => ({ reason: 'code', code: number });
const user = (action: 'start' | 'stop' | 'restart' | 'kill'): Cause => ({ type: 'user', action });
const files = (...names: string[]): Cause => ({ type: 'files', files: names });
const stopped: Phase = { id: 'stopped' };

function setUp(colour = false) {
  const supervisor = new FakeSupervisor(
    systemOf(
      nodeService('api', {
        ports: [
          {
            name: 'main',
            host: 3001,
            target: undefined,
            hostAddress: undefined,
            protocol: 'tcp',
            automatic: false,
            at: undefined,
          },
        ],
      }),
      nodeService('payments'),
    ),
  );
  const text = new EventText(supervisor, { paint: createPaint(colour) });
  let previous: Phase = stopped;
  const phase = (next: Phase, cause: Cause, at = 0, more: Pick<PhaseEvent, 'tookMs' | 'error' | 'waitingFor'> = {}) => {
    const event: Event = {
      type: 'phase',
      at,
      service: 'api',
      phase: next,
      previous,
      cause,
      restarts: 0,
      ...more,
    };
    previous = next;
    return text.sentence(event);
  };
  const launched = (at: number) => text.sentence({ type: 'launched', at, service: 'api', run: 1, pid: 1 });
  return { supervisor, text, phase, launched };
}

describe('the life of a service', () => {
  it('starts and is ready', () => {
    const { phase } = setUp();
    expect(phase({ id: 'waiting', gates: ['dependencies'] }, user('start'))).toBeUndefined();
    expect(phase({ id: 'starting', run: 1 }, user('start'))).toBe('api      ▸ starting server.js  :3001');
    expect(phase({ id: 'ready', run: 1 }, { type: 'probe' }, 0, { tookMs: 110 })).toBe('api      ✓ ready in 0.11 s');
    expect(phase({ id: 'unhealthy', run: 1, problem: 'GET /health: 503' }, { type: 'probe' })).toBe(
      'api      ✗ unhealthy: GET /health: 503',
    );
    expect(phase({ id: 'ready', run: 1 }, { type: 'probe' })).toBe('api      ✓ ready again');
  });

  it('says that it waits for its delay once', () => {
    const { phase } = setUp();
    expect(phase({ id: 'waiting', gates: ['dependencies', 'delay'] }, user('start'))).toBe(
      'api      … waiting for its start delay',
    );
    expect(phase({ id: 'waiting', gates: ['delay'] }, user('start'))).toBeUndefined();
  });

  it('restarts for a save, and says so once however many saves follow before it is ready', () => {
    const { phase } = setUp();
    phase({ id: 'starting', run: 1 }, user('start'));
    phase({ id: 'ready', run: 1 }, { type: 'probe' }, 0, { tookMs: 110 });
    const first = files('src/server.js', 'src/a.js', 'src/b.js');
    expect(phase({ id: 'stopping', run: 1, forced: false }, first)).toBe(
      'api      ↻ restarting: src/server.js saved (+2 more)',
    );
    expect(phase({ id: 'waiting', gates: ['settle'] }, first)).toBeUndefined();
    expect(phase({ id: 'starting', run: 2 }, first)).toBeUndefined();
    expect(phase({ id: 'stopping', run: 2, forced: false }, files('src/c.js'))).toBeUndefined();
    expect(phase({ id: 'waiting', gates: ['settle'] }, files('src/c.js'))).toBeUndefined();
    expect(phase({ id: 'starting', run: 3 }, files('src/c.js'))).toBeUndefined();
    expect(phase({ id: 'ready', run: 3 }, { type: 'probe' }, 0, { tookMs: 90 })).toBe('api      ✓ ready in 0.09 s');
    expect(phase({ id: 'stopping', run: 3, forced: false }, files('src/d.js'))).toBe(
      'api      ↻ restarting: src/d.js saved',
    );
  });

  it.each<[string, Cause, string]>([
    ['an env file', { type: 'env-file', files: ['.env'] }, 'api      ↻ restarting: .env saved'],
    ['the user', user('restart'), 'api      ↻ restarting'],
    ['a new definition', { type: 'reload' }, 'api      ↻ restarting: its definition changed'],
    ['what it depends on', { type: 'dependency', service: 'redis' }, 'api      ↻ restarting: redis restarted'],
  ])('restarts for %s', (_what, cause, said) => {
    const { phase } = setUp();
    phase({ id: 'ready', run: 1 }, { type: 'probe' });
    expect(phase({ id: 'stopping', run: 1, forced: false }, cause)).toBe(said);
  });

  it('crashes: how, after how long, how often, what comes next, and why', () => {
    const { phase, launched, supervisor } = setUp();
    phase({ id: 'starting', run: 7 }, user('start'), 1000);
    launched(1000);
    supervisor.set('api', { crashes: 3 });
    const error = {
      message: 'ReferenceError: prt is not defined',
      at: { file: '/shop/api/server.js', line: 14, column: 9 },
    };
    expect(
      phase({ id: 'backoff', exit: code(1), retryAt: 5200 }, { type: 'exit', exit: code(1) }, 1200, { error }),
    ).toBe(
      [
        'api      ✗ crashed: exit code 1 after 0.20 s, 3rd time in 30 s, next try in 4.0 s',
        '           ReferenceError: prt is not defined',
        '           at /shop/api/server.js:14:9',
      ].join('\n'),
    );
    expect(phase({ id: 'waiting', gates: ['dependencies'] }, { type: 'retry', attempt: 3 })).toBeUndefined();
    expect(phase({ id: 'starting', run: 8 }, { type: 'retry', attempt: 3 })).toBe('api      ↻ restarting: try 3');
  });

  it('fails for good: how to start it again', () => {
    const { phase, launched } = setUp();
    launched(0);
    const exit: Exit = { reason: 'signal', signal: 'SIGSEGV' };
    expect(phase({ id: 'failed', exit }, { type: 'exit', exit }, 1500)).toBe(
      'api      ✗ crashed: SIGSEGV after 1.5 s. A save or "restart api" starts it again',
    );
  });

  it('that the engine took along has ended, and not after that', () => {
    const { phase, launched } = setUp();
    launched(0);
    const exit: Exit = { reason: 'lost', problem: 'the container engine was restarted' };
    expect(phase({ id: 'backoff', exit, retryAt: 26_100 }, { type: 'exit', exit }, 26_000)).toBe(
      'api      ✗ ended after 26 s: the container engine was restarted, next try in 0.10 s',
    );
  });

  it('could not be started: what is in the way, where it is asked for, what to do', () => {
    const { phase } = setUp();
    const exit: Exit = {
      reason: 'not-started',
      problem: {
        severity: 'error',
        code: 'port-taken',
        message: 'port 3001 of "api" is taken by pid 812 (node old.js)',
        at: { file: '/shop/fuge.yml', line: 9, column: 7 },
        hint: 'end it, or change the port',
      },
    };
    expect(phase({ id: 'failed', exit }, { type: 'exit', exit })).toBe(
      [
        'api      ✗ not started: port 3001 of "api" is taken by pid 812 (node old.js) (/shop/fuge.yml:9:7)',
        '           hint: end it, or change the port',
      ].join('\n'),
    );
  });

  it('did not respond', () => {
    const { phase, launched } = setUp();
    launched(0);
    const exit: Exit = { reason: 'unresponsive', problem: 'GET /health: no answer in 1 s' };
    expect(phase({ id: 'backoff', exit, retryAt: 9500 }, { type: 'exit', exit }, 9000)).toBe(
      'api      ✗ ended: did not respond (GET /health: no answer in 1 s) after 9.0 s, next try in 0.50 s',
    );
  });

  it('waits for what it depends on', () => {
    const { phase } = setUp();
    expect(
      phase({ id: 'waiting', gates: ['dependencies'] }, user('start'), 0, { waitingFor: ['db', 'payments'] }),
    ).toBe('api      … waiting for db, payments');
    expect(phase({ id: 'starting', run: 1 }, user('start'))).toBe('api      ▸ starting server.js  :3001');
  });

  it('completes', () => {
    const { phase, launched } = setUp();
    launched(0);
    expect(phase({ id: 'completed', exit: code(0) }, { type: 'exit', exit: code(0) }, 1200)).toBe(
      'api      ✓ completed after 1.2 s',
    );
  });

  it('is stopped: after how long, if that was long', () => {
    const { phase } = setUp();
    phase({ id: 'ready', run: 1 }, { type: 'probe' });
    expect(phase({ id: 'stopping', run: 1, forced: false }, user('stop'), 0)).toBeUndefined();
    expect(phase(stopped, user('stop'), 20)).toBe('api      ■ stopped');
    phase({ id: 'ready', run: 2 }, { type: 'probe' });
    phase({ id: 'stopping', run: 2, forced: false }, user('stop'), 0);
    expect(phase({ id: 'stopping', run: 2, forced: true }, user('stop'), 10_000)).toBe(
      'api      ! did not end within 10 s of SIGTERM: killed',
    );
    expect(phase(stopped, user('stop'), 10_100)).toBe('api      ■ stopped after 10 s');
  });

  it('ends without a word when the whole system does', () => {
    const { phase } = setUp();
    phase({ id: 'ready', run: 1 }, { type: 'probe' });
    expect(phase({ id: 'stopping', run: 1, forced: false }, { type: 'shutdown' })).toBeUndefined();
    expect(phase(stopped, { type: 'shutdown' })).toBeUndefined();
  });
});

describe('other events', () => {
  it('says which system file changed and what applies it', () => {
    const { text } = setUp();
    expect(text.sentence({ type: 'system-file-changed', at: 0, files: ['/shop/fuge.yml'] })).toBe(
      '↻ /shop/fuge.yml saved: type reload to apply it',
    );
  });

  it('says what a save of the system file came to, where it is applied by itself', () => {
    const { text } = setUp();
    const files = ['/shop/fuge.yml'];
    expect(text.sentence({ type: 'system-file-changed', at: 0, files, isApplied: true })).toBe(
      '↻ /shop/fuge.yml saved',
    );
    const changes = { added: ['a', 'b'], removed: ['old'], changed: ['api'] };
    expect(text.sentence({ type: 'reloaded', at: 0, changes, isBySave: true })).toBe(
      'added a, b\nremoved old\nchanged api (restarted where it ran)',
    );
    expect(text.sentence({ type: 'reloaded', at: 0, changes })).toBeUndefined();
  });

  it('says how many lines a listener that was too slow has missed', () => {
    const { text } = setUp();
    expect(text.sentence({ type: 'missed', at: 0, service: 'api', lines: 1200 })).toBe(
      '… 1200 lines of api not shown: they came faster than they were read (its log file has all)',
    );
  });

  it('shows notices as diagnostics', () => {
    const { text } = setUp();
    const diagnostic = {
      severity: 'warning',
      code: 'disk-full',
      message: 'the log is not written',
      hint: 'make room',
    } as const;
    expect(text.sentence({ type: 'notice', at: 0, diagnostic })).toBe(
      '! warning disk-full: the log is not written\n    hint: make room',
    );
  });

  it('leaves to commands what answers them', () => {
    const { text } = setUp();
    expect(text.sentence({ type: 'tail', at: 0, service: 'api', tail: false })).toBeUndefined();
    expect(text.sentence({ type: 'watch', at: 0, service: 'api', watching: 'on' })).toBeUndefined();
  });
});

describe('an image', () => {
  const MB = 1024 * 1024;
  const teller = (movesProgress: boolean) => {
    const text = new EventText(setUp().supervisor, { paint: createPaint(false), movesProgress });
    return (
      service: string,
      state: 'begun' | 'going on' | 'done' | 'failed',
      at: number,
      task: 'pull' | 'build' = 'pull',
    ) =>
      text.sentence({
        type: 'progress',
        at,
        service,
        run: 1,
        task,
        subject: 'redis:7',
        state,
        ...(state === 'done' && task === 'pull' && { bytes: { done: 9 * MB, total: 9 * MB } }),
      });
  };

  it('that is pulled is told of at its begin and its end', () => {
    const say = teller(false);
    expect(say('api', 'begun', 0)).toBe('api      pulls redis:7');
    expect(say('api', 'going on', 500)).toBeUndefined();
    expect(say('api', 'done', 2000)).toBe('api      pulled redis:7 in 2.0 s (9 MB)');
    expect(say('api', 'begun', 3000, 'build')).toBe('api      builds redis:7');
    expect(say('api', 'done', 3500, 'build')).toBe('api      built redis:7 in 0.50 s');
  });

  it('that several services share is told of once, and anew when it is pulled anew', () => {
    const say = teller(false);
    expect(say('api', 'begun', 0)).toBe('api      pulls redis:7');
    expect(say('payments', 'begun', 100)).toBeUndefined();
    expect(say('api', 'done', 1000)).toBe('api      pulled redis:7 in 1.0 s (9 MB)');
    expect(say('payments', 'done', 1000)).toBeUndefined();
    expect(say('payments', 'begun', 5000)).toBe('payments pulls redis:7');
  });

  it('that one of them no longer wants is told of by the others, and one that failed not here', () => {
    const say = teller(false);
    say('api', 'begun', 0);
    say('payments', 'begun', 0);
    expect(say('api', 'failed', 500)).toBeUndefined();
    expect(say('payments', 'done', 1000)).toBe('payments pulled redis:7 in 1.0 s (9 MB)');
    say('api', 'begun', 2000);
    expect(say('api', 'failed', 2500)).toBeUndefined();
    expect(say('api', 'begun', 3000)).toBe('api      pulls redis:7');
  });

  it('whose progress moves elsewhere is told of at its end only', () => {
    const say = teller(true);
    expect(say('api', 'begun', 0)).toBeUndefined();
    expect(say('api', 'done', 1000)).toBe('api      pulled redis:7 in 1.0 s (9 MB)');
  });
});
