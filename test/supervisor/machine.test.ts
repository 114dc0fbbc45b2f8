import { describe, expect, test } from 'vitest';
import type { Cause, Exit } from '../../src/event.js';
import {
  type Effect,
  HEALTHY_MS,
  initial,
  type Policy,
  runOf,
  SETTLE,
  type ServiceState,
  type Signal,
  step,
  type Timer,
} from '../../src/supervisor/machine.js';

const policy: Policy = {
  restart: { when: 'on-failure', limit: 2, windowMs: 1000, backoffMs: 100, backoffMaxMs: 300, successCodes: [0, 42] },
  chance: 0,
  stop: { signal: 'SIGTERM', graceMs: 5000 },
  settle: SETTLE,
};
const byUser = (action: 'start' | 'stop' | 'restart' | 'kill'): Cause => ({ type: 'user', action });
const start: Signal = { type: 'start', cause: byUser('start') };
const stop: Signal = { type: 'stop', cause: byUser('stop') };
const restart: Signal = { type: 'restart', cause: byUser('restart') };
const kill: Signal = { type: 'kill', cause: byUser('kill') };
const save = (...files: string[]): Signal => ({ type: 'files-changed', cause: { type: 'files', files } });
const dependencies = (ready: boolean): Signal => ({ type: 'dependencies', ready });
const over = (timer: Timer): Signal => ({ type: 'timer-over', timer });
const probed = (run: number): Signal => ({ type: 'probed', run, healthy: true });
const crashed: Exit = { reason: 'code', code: 1 };
const clean: Exit = { reason: 'code', code: 0 };
const terminated: Exit = { reason: 'signal', signal: 'SIGTERM' };
const exited = (run: number, exit: Exit = terminated, lingering = false): Signal => ({
  type: 'exited',
  run,
  exit,
  lingering,
});
const emptied = (run: number): Signal => ({ type: 'emptied', run });

/** Plays signals; a number moves the clock to that time (ms). */
function play(script: readonly (Signal | number)[], from: ServiceState = initial, rules: Policy = policy) {
  let now = 0;
  let state = from;
  const effects: Effect[] = [];
  for (const item of script) {
    if (typeof item === 'number') {
      now = item;
      continue;
    }
    const [next, caused] = step(state, item, rules, now);
    state = next;
    effects.push(...caused);
  }
  return { state, effects, launches: effects.filter(effect => effect.type === 'launch').length };
}

const running = [start, dependencies(true), probed(1)] as const;
const settled = [over('settle'), dependencies(true)] as const;

test('a run that is ill before it was ever ready says so, and is ready when it is well', () => {
  const ill: Signal = { type: 'probed', run: 1, healthy: false, problem: 'no answer' };
  const { state } = play([start, dependencies(true), ill]);
  expect(state).toMatchObject({ phase: { id: 'unhealthy', run: 1, problem: 'no answer' }, readyAt: undefined });
  const well = play([probed(1)], state).state;
  expect(well).toMatchObject({ phase: { id: 'ready', run: 1 }, readyAt: expect.any(Number) });
});

describe('a start', () => {
  test('waits for its dependencies before it launches', () => {
    expect(play([start]).state.phase).toEqual({ id: 'waiting', gates: ['dependencies'] });
    expect(play([start, dependencies(true)]).effects).toEqual([{ type: 'launch', run: 1 }]);
  });

  test('with a delay launches when both the delay is over and the dependencies are ready', () => {
    const delayed: Signal = { type: 'start', cause: byUser('start'), delayMs: 700 };
    expect(play([delayed, dependencies(true)])).toMatchObject({
      state: { phase: { id: 'waiting', gates: ['delay'] } },
      effects: [{ type: 'arm', timer: 'delay', ms: 700 }],
    });
    expect(play([delayed, dependencies(true), over('delay')]).state.phase).toEqual({ id: 'starting', run: 1 });
    expect(play([delayed, over('delay'), dependencies(true)]).state.phase).toEqual({ id: 'starting', run: 1 });
  });

  test('is no second launch while one runs', () => {
    expect(play([...running, start, start]).launches).toBe(1);
  });

  test('a dependency that is lost again while the delay runs holds the launch back', () => {
    const delayed: Signal = { type: 'start', cause: byUser('start'), delayMs: 700 };
    const { state } = play([delayed, dependencies(true), dependencies(false), over('delay')]);
    expect(state.phase).toEqual({ id: 'waiting', gates: ['dependencies'] });
  });
});

describe('saves', () => {
  test('end the old run at once and launch when the files are quiet', () => {
    const { state, effects } = play([...running, 1000, save('a.js')]);
    expect(state.phase).toEqual({ id: 'stopping', run: 1, forced: false });
    expect(effects.slice(1)).toEqual([
      { type: 'terminate', run: 1 },
      { type: 'arm', timer: 'grace', ms: 5000 },
      { type: 'arm', timer: 'settle', ms: SETTLE.quietMs },
    ]);
    expect(play([...running, 1000, save('a.js'), exited(1), dependencies(true)]).state.phase).toEqual({
      id: 'waiting',
      gates: ['settle'],
    });
    expect(play([...running, 1000, save('a.js'), exited(1), ...settled]).state.phase).toEqual({
      id: 'starting',
      run: 2,
    });
  });

  test('during stopping are absorbed: one restart, not two', () => {
    const { state, launches } = play([
      ...running,
      save('a.js'),
      save('b.js'),
      save('c.js'),
      over('settle'),
      exited(1),
      dependencies(true),
    ]);
    expect(launches).toBe(2);
    expect(state.restarts).toBe(1);
    expect(state.cause).toEqual({ type: 'files', files: ['a.js', 'b.js', 'c.js'] });
  });

  test('that follow the launch of an earlier save withdraw it: still one restart', () => {
    const burst = [
      ...[...running, 1000, save('a.js'), exited(1), 1020, ...settled],
      ...[1050, save('b.js'), exited(2), 1200, ...settled],
    ];
    const { state, effects, launches } = play(burst);
    expect(launches).toBe(3);
    expect(state.restarts).toBe(1);
    expect(state.cause).toEqual({ type: 'files', files: ['a.js', 'b.js'] });
    expect(effects).toContainEqual({ type: 'arm', timer: 'settle', ms: SETTLE.burstQuietMs });
  });

  test.each([
    [1000, 50],
    [2500, 100],
  ])(
    'over %i ms, %i ms apart, launch the service once at the most before they are over, and once then',
    (length, gap) => {
      let state = play(running).state;
      let settleAt = Number.POSITIVE_INFINITY;
      const launchedAt: number[] = [];
      const feed = (signal: Signal, now: number) => {
        const [next, effects] = step(state, signal, policy, now);
        state = next;
        for (const effect of effects) {
          if (effect.type === 'arm' && effect.timer === 'settle') settleAt = now + effect.ms;
          if (effect.type === 'terminate') feed(exited(effect.run), now + 1);
          if (effect.type === 'launch') launchedAt.push(now);
        }
        if (state.phase.id === 'waiting') state = step(state, dependencies(true), policy, now)[0];
        // A fast machine: it is ready before the next save comes.
        if (state.phase.id === 'starting') state = step(state, probed(state.phase.run), policy, now)[0];
      };
      for (let now = 1000; now < 1000 + length + 1000; now++) {
        if (now < 1000 + length && (now - 1000) % gap === 0) feed(save('a.js'), now);
        if (now < settleAt) continue;
        settleAt = Number.POSITIVE_INFINITY;
        feed(over('settle'), now);
      }
      expect(launchedAt.length).toBeLessThanOrEqual(2);
      expect(launchedAt.at(-1)).toBe(1000 + length - gap + SETTLE.burstQuietMs);
      expect(state).toMatchObject({ phase: { id: 'ready' }, cause: { type: 'probe' } });
    },
  );

  test('that never end hold the launch back for a limited time', () => {
    const script: (Signal | number)[] = [...running, 1000, save('a.js'), exited(1)];
    for (let now = 1010; now <= 1000 + SETTLE.longestMs; now += 10) script.push(now, save('a.js'));
    const { effects } = play(script);
    expect(effects.at(-1)).toEqual({ type: 'arm', timer: 'settle', ms: 0 });
  });

  test('never start what the user stopped', () => {
    expect(play([...running, stop, exited(1), save('a.js'), ...settled]).state.phase).toEqual({ id: 'stopped' });
    expect(play([...running, save('a.js'), stop, exited(1), ...settled]).state.phase).toEqual({ id: 'stopped' });
    expect(play([save('a.js'), ...settled]).state.phase).toEqual({ id: 'stopped' });
  });

  test.each([
    ['crashed for good', [exited(1, crashed)], { ...policy, restart: { ...policy.restart, when: 'never' as const } }],
    ['waits to be tried again', [exited(1, crashed)], policy],
    ['ended with code 0', [exited(1, clean)], policy],
  ])('start a service that %s', (_name, end, rules) => {
    expect(play([...running, ...end, save('a.js'), ...settled], initial, rules).state.phase).toEqual({
      id: 'starting',
      run: 2,
    });
  });

  test('by the service itself pause its watch instead of restarting it for ever', () => {
    const script: (Signal | number)[] = [...running];
    let now = 10_000;
    for (let run = 1; run <= 8; run++) {
      script.push(now, save('data.json'), exited(run), now + SETTLE.burstQuietMs, ...settled);
      now += SETTLE.burstQuietMs + 100;
    }
    const { state, effects, launches } = play(script);
    expect(effects).toContainEqual({ type: 'pause-watch', files: ['data.json'] });
    expect(launches).toBeLessThan(8);
    expect(runOf(state.phase)).toBe(launches);
  });
});

describe('a stop', () => {
  test('during a restart wins', () => {
    expect(play([...running, restart, stop, exited(1), dependencies(true)]).state.phase).toEqual({ id: 'stopped' });
  });

  test('followed by a start before the old run is gone launches once, afterwards', () => {
    const { state, launches } = play([...running, stop, start, exited(1), dependencies(true)]);
    expect(state.phase).toEqual({ id: 'starting', run: 2 });
    expect(launches).toBe(2);
  });

  test('that is not obeyed becomes SIGKILL when the grace is over', () => {
    const { state, effects } = play([...running, stop, over('grace')]);
    expect(effects.at(-1)).toEqual({ type: 'kill', run: 1 });
    expect(state.phase).toEqual({ id: 'stopping', run: 1, forced: true });
  });

  test('during the backoff ends the retries', () => {
    const { state, effects } = play([...running, exited(1, crashed), stop]);
    expect(state.phase).toEqual({ id: 'stopped' });
    expect(effects.at(-1)).toEqual({ type: 'disarm', timer: 'backoff' });
  });
});

describe('an end by itself', () => {
  test('is tried again with growing pauses, then fails', () => {
    const again = (run: number) => [exited(run, crashed), over('backoff'), dependencies(true)];
    const { state, effects } = play([...running, ...again(1), ...again(2), exited(3, crashed)]);
    expect(effects.filter(effect => effect.type === 'arm')).toEqual([
      { type: 'arm', timer: 'backoff', ms: 100 },
      { type: 'arm', timer: 'backoff', ms: 200 },
    ]);
    expect(state.phase).toEqual({ id: 'failed', exit: crashed });
    expect(state.restarts).toBe(2);
  });

  test('outside the window is forgiven', () => {
    const { state } = play([
      ...running,
      exited(1, crashed),
      over('backoff'),
      dependencies(true),
      5000,
      exited(2, crashed),
    ]);
    expect(state).toMatchObject({ phase: { id: 'backoff' }, crashes: [5000] });
  });

  test('with code 0 is no crash', () => {
    expect(play([...running, exited(1, clean)]).state.phase).toEqual({ id: 'completed', exit: clean });
  });

  test('with a code that counts as success is no crash', () => {
    const exit: Exit = { reason: 'code', code: 42 };
    expect(play([...running, exited(1, exit)]).state).toMatchObject({ phase: { id: 'completed', exit }, crashes: [] });
  });

  test('after a healthy minute counts as the first crash again', () => {
    const rules: Policy = { ...policy, restart: { ...policy.restart, windowMs: 1e9 } };
    const again = (run: number) => [exited(run, crashed), over('backoff'), dependencies(true), probed(run + 1)];
    const { state } = play([...running, ...again(1), ...again(2), HEALTHY_MS, exited(3, crashed)], initial, rules);
    expect(state).toMatchObject({ phase: { id: 'backoff' }, crashes: [HEALTHY_MS] });
  });

  test('pauses are stretched by chance, and never longer than the longest plus that', () => {
    const rules: Policy = { ...policy, chance: 1, restart: { ...policy.restart, limit: 9 } };
    const again = (run: number) => [exited(run, crashed), over('backoff'), dependencies(true)];
    const { effects } = play([...running, ...again(1), ...again(2), ...again(3), exited(4, crashed)], initial, rules);
    expect(effects.flatMap(effect => (effect.type === 'arm' ? [effect.ms] : []))).toEqual([125, 250, 375, 375]);
  });

  test('with code 0, of a service that always restarts, counts towards the limit', () => {
    const rules: Policy = { ...policy, restart: { ...policy.restart, when: 'always' } };
    const again = (run: number) => [exited(run, clean), over('backoff'), dependencies(true)];
    expect(play([...running, ...again(1), ...again(2)], initial, rules).state).toMatchObject({
      phase: { id: 'starting' },
    });
    expect(play([...running, ...again(1), ...again(2), exited(3, clean)], initial, rules).state.phase).toEqual({
      id: 'failed',
      exit: clean,
    });
  });

  test('that was no start at all is not tried again', () => {
    const exit: Exit = { reason: 'not-started', problem: { severity: 'error', code: 'port-taken', message: 'taken' } };
    expect(play([start, dependencies(true), exited(1, exit)]).state.phase).toEqual({ id: 'failed', exit });
  });

  test('with children left behind clears them before anything else', () => {
    const { state, effects } = play([...running, exited(1, crashed, true)]);
    expect(state.phase).toEqual({ id: 'stopping', run: 1, forced: false, exit: crashed });
    expect(effects.slice(1)).toEqual([
      { type: 'terminate', run: 1 },
      { type: 'arm', timer: 'grace', ms: 5000 },
    ]);
    expect(play([...running, exited(1, crashed, true), emptied(1)]).state).toMatchObject({
      phase: { id: 'backoff', exit: crashed },
      lastExit: crashed,
    });
  });
});

describe('a liveness failure', () => {
  const dead: Signal = { type: 'unresponsive', run: 1, problem: 'no answer' };

  test('ends the run and starts another one, whatever the restart policy', () => {
    const rules: Policy = { ...policy, restart: { ...policy.restart, when: 'never' } };
    const { state, effects } = play([...running, dead, exited(1)], initial, rules);
    expect(effects).toContainEqual({ type: 'terminate', run: 1 });
    expect(state.phase).toMatchObject({ id: 'backoff', exit: { reason: 'unresponsive', problem: 'no answer' } });
    expect(play([over('backoff'), dependencies(true)], state, rules).state.phase).toEqual({ id: 'starting', run: 2 });
  });

  test('during a stop changes nothing', () => {
    const stopped = play([...running, stop]).state;
    expect(play([dead], stopped).state).toBe(stopped);
  });
});

describe('echoes of an older run', () => {
  test('are dropped', () => {
    const now = [...running, restart, exited(1), dependencies(true)];
    const before = play(now).state;
    for (const echo of [exited(1), emptied(1), probed(1)]) expect(play([echo], before).state).toBe(before);
  });
});

describe('every reachable state', () => {
  type World = { state: ServiceState; live: Map<number, 'leader' | 'group'>; timers: Set<Timer> };

  const key = ({ state, live, timers }: World) =>
    JSON.stringify([
      state.want,
      state.phase.id,
      'gates' in state.phase ? [...state.phase.gates].sort() : null,
      'forced' in state.phase ? [state.phase.forced, state.phase.exit !== undefined] : null,
      state.relaunch,
      state.withdrawn,
      state.settlingSince !== undefined,
      state.isBurst,
      state.launchedBy.length > 0,
      state.crashes.length,
      [...live].map(([run, what]) => [run - state.lastRun, what]),
      [...timers].sort(),
    ]);

  function signalsFor({ state, live, timers }: World): Signal[] {
    const signals: Signal[] = [
      ...[start, stop, restart, kill, save('a.js'), dependencies(true), dependencies(false)],
      { type: 'start', cause: byUser('start'), delayMs: 10 },
      exited(state.lastRun - 1, crashed), // an echo
    ];
    for (const [run, what] of live) {
      if (what === 'group') signals.push(emptied(run));
      else
        signals.push(
          ...[exited(run, crashed), exited(run, clean), exited(run, crashed, true), probed(run)],
          exited(run, { reason: 'not-started', problem: { severity: 'error', code: 'x', message: 'x' } }),
          { type: 'probed', run, healthy: false, problem: 'slow' },
          { type: 'unresponsive', run, problem: 'no answer' },
        );
    }
    for (const timer of timers) signals.push(over(timer));
    return signals;
  }

  function apply(world: World, signal: Signal): World {
    const [state, effects] = step(world.state, signal, policy, 0);
    const live = new Map(world.live);
    const timers = new Set(world.timers);
    if (signal.type === 'exited' && live.has(signal.run)) {
      if (signal.lingering) live.set(signal.run, 'group');
      else live.delete(signal.run);
    }
    if (signal.type === 'emptied') live.delete(signal.run);
    if (signal.type === 'timer-over') timers.delete(signal.timer);
    for (const effect of effects) {
      if (effect.type === 'launch') {
        expect(live.size, 'two live runs of one service').toBe(0);
        live.set(effect.run, 'leader');
      }
      if (effect.type === 'terminate' || effect.type === 'kill')
        expect(live.has(effect.run), 'a signal to a dead run').toBe(true);
      if (effect.type === 'arm') timers.add(effect.timer);
      if (effect.type === 'disarm') timers.delete(effect.timer);
    }
    const story = `after ${JSON.stringify(signal)} in ${JSON.stringify(world.state.phase)}`;
    const { phase } = state;
    expect([...live.keys()], `phase and live run agree ${story}`).toEqual(
      runOf(phase) === undefined ? [] : [runOf(phase)],
    );
    expect(timers.has('backoff'), `backoff timer ${story}`).toBe(phase.id === 'backoff');
    expect(timers.has('grace'), `grace timer ${story}`).toBe(phase.id === 'stopping' && !phase.forced);
    expect(timers.has('settle'), `settle timer ${story}`).toBe(state.settlingSince !== undefined);
    const isHeld = (gate: 'settle' | 'delay') => phase.id === 'waiting' && phase.gates.includes(gate);
    if (phase.id === 'waiting') {
      expect(phase.gates.length, `waiting for something ${story}`).toBeGreaterThan(0);
      expect(isHeld('settle'), `settle gate ${story}`).toBe(timers.has('settle'));
    }
    expect(timers.has('delay'), `delay timer ${story}`).toBe(isHeld('delay'));
    if (phase.id === 'stopped') expect(timers.size, `a stopped service is left alone ${story}`).toBe(0);
    if (state.want === 'down') expect(['stopped', 'stopping'], story).toContain(phase.id);
    return { state, live, timers };
  }

  test('has at most one live run, signals no dead one, keeps no timer it does not need, and stop always ends', () => {
    const seen = new Map<string, World>();
    const queue: World[] = [{ state: initial, live: new Map(), timers: new Set() }];
    let edges = 0;
    for (let world = queue.pop(); world; world = queue.pop()) {
      const name = key(world);
      if (seen.has(name)) continue;
      seen.set(name, world);
      for (const signal of signalsFor(world)) {
        edges++;
        queue.push(apply(world, signal));
      }
    }
    expect(seen.size).toBeGreaterThan(40);
    expect(edges).toBeGreaterThan(400);
    for (const world of seen.values()) {
      let end = apply(world, stop);
      if (end.timers.has('grace')) end = apply(end, over('grace'));
      for (const [run, what] of end.live) end = apply(end, what === 'leader' ? exited(run) : emptied(run));
      expect(end.state.phase).toEqual({ id: 'stopped' });
    }
  });
});
