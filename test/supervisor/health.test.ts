import { describe, expect, test } from 'vitest';
import { Health, SETTLED_MS } from '../../src/supervisor/health.js';
import type { Look } from '../../src/supervisor/probes/probe.js';
import type { Probe, Service } from '../../src/system.js';
import { ManualClock } from '../rig/manual-clock.js';
import { port, processService } from '../rig/system.js';

const timing = { intervalMs: 1000, timeoutMs: 500, retries: 3, startPeriodMs: 0 };
const http: Probe & { kind: 'http' } = { kind: 'http', path: '/', port: 80, status: [200, 399], ...timing };
const failure: Look = { healthy: false, problem: 'no answer' };

function open(more: Partial<Service>, silent = () => {}) {
  const clock = new ManualClock(0);
  const said: string[] = [];
  const looks: number[] = [];
  const answers = { ready: { healthy: true } as Look, isPending: false };
  const pending: ((look: Look) => void)[] = [];
  const health = new Health({
    isReadyTold: false,
    service: { ...processService('web'), ...more } as Service,
    clock,
    run: async () => 0,
    look: (_service, _probe) => {
      looks.push(clock.now());
      return answers.isPending ? new Promise(resolve => pending.push(resolve)) : Promise.resolve(answers.ready);
    },
    silent,
    ready: () => said.push(`${clock.now()} ready`),
    unready: problem => said.push(`${clock.now()} unready: ${problem}`),
    unresponsive: problem => said.push(`${clock.now()} unresponsive: ${problem}`),
  });
  return { clock, said, looks, answers, pending, health };
}

describe('a service without a probe', () => {
  test('and without a port is ready when it has lived for a moment', async () => {
    const { clock, said, looks } = open({});
    await clock.advance(SETTLED_MS - 1);
    expect(said).toEqual([]);
    await clock.advance(1);
    expect(said).toEqual([`${SETTLED_MS} ready`]);
    expect(looks).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  test('is ready when its first declared port answers, and is not looked at again', async () => {
    const { clock, said, looks, answers } = open({ ports: [port('main=80')] });
    answers.ready = failure;
    await clock.advance(100);
    expect(said).toEqual([]);
    answers.ready = { healthy: true };
    await clock.advance(100);
    expect(said).toHaveLength(1);
    const before = looks.length;
    await clock.advance(60_000);
    expect(looks).toHaveLength(before);
  });

  test('is looked at often at first, then ever more rarely, four times a second in the end', async () => {
    const { clock, looks, answers } = open({ ports: [port('main=80')] });
    answers.ready = failure;
    await clock.advance(60_000);
    const pauses = looks.slice(1).map((at, i) => at - looks[i]!);
    expect(looks[0]).toBe(10);
    expect(pauses.every((pause, i) => i === 0 || pause >= pauses[i - 1]!)).toBe(true);
    expect(Math.max(...pauses)).toBe(250);
    expect(pauses.at(-1)).toBe(250);
  });

  test('that stays silent is looked at where it listens instead after 1 s, twice as many …, then every half minute', async () => {
    const silences: number[] = [];
    const { clock, answers } = open({ ports: [port('main=80')] }, () => silences.push(clock.now()));
    answers.ready = failure;
    await clock.advance(300_000);
    const seconds = silences.map(at => Math.floor(at / 1000));
    expect(seconds).toEqual([1, 2, 4, 8, 16, 32, 62, 92, 122, 152, 182, 212, 242, 272]);
  });

  test.each([
    ['automatic', { ports: [port('main=80', { automatic: true })] }],
    ['udp', { ports: [port('main=80/udp')] }],
  ])('is not asked at a port that is %s', async (_what, more) => {
    const { clock, said, looks } = open(more);
    await clock.advance(SETTLED_MS);
    expect(looks).toEqual([]);
    expect(said).toHaveLength(1);
  });
});

test('a task is never ready: it is done when it ends', async () => {
  const { clock, said } = open({ once: true, ports: [port('main=80')] });
  await clock.advance(60_000);
  expect(said).toEqual([]);
});

describe('a ready probe', () => {
  test('goes on once it is ready: only failures in a row count, and one success heals', async () => {
    const { clock, said, answers } = open({ ready: http });
    await clock.advance(10);
    expect(said).toEqual(['10 ready']);
    answers.ready = failure;
    await clock.advance(2 * timing.intervalMs);
    answers.ready = { healthy: true };
    await clock.advance(timing.intervalMs);
    answers.ready = failure;
    await clock.advance(2 * timing.intervalMs);
    expect(said).toEqual(['10 ready']);
    await clock.advance(10 * timing.intervalMs);
    expect(said).toEqual(['10 ready', '6010 unready: no answer']);
    answers.ready = { healthy: true };
    await clock.advance(timing.intervalMs);
    expect(said.at(-1)).toBe('16010 ready');
    expect(said).toHaveLength(3);
  });

  test('of output is met by a line, or by pieces of one that has not ended', () => {
    const probe: Probe = { kind: 'log', pattern: 'listening on \\d+', ...timing };
    const line = open({ ready: probe });
    line.health.sees(['starting', 'not listening'], false);
    expect(line.said).toEqual([]);
    line.health.sees(['listening on 80', 'listening on 81'], false);
    expect(line.said).toEqual(['0 ready']);
    const pieces = open({ ready: probe });
    pieces.health.sees(['listening'], true);
    pieces.health.sees([' on 80'], true);
    pieces.health.sees(['listening on 80'], false);
    expect(pieces.said).toEqual(['0 ready']);
  });

  test('of output does not join pieces of two lines', () => {
    const { health, said } = open({ ready: { kind: 'log', pattern: 'ab', ...timing } });
    health.sees(['a'], true);
    health.sees(['ax'], false);
    health.sees(['b'], true);
    expect(said).toEqual([]);
  });
});

describe('a live probe', () => {
  test('gives the service up after failures in a row', async () => {
    const { clock, said, answers } = open({ live: http });
    answers.ready = failure;
    await clock.advance(2 * timing.intervalMs);
    expect(said).toEqual([`${SETTLED_MS} ready`]);
    await clock.advance(10 * timing.intervalMs);
    expect(said.slice(1)).toEqual(['3000 unresponsive: no answer']);
  });

  test('counts no failure within the start period', async () => {
    const { clock, said, answers } = open({ live: { ...http, startPeriodMs: 10_000 } });
    answers.ready = failure;
    await clock.advance(11_999);
    expect(said).toEqual([`${SETTLED_MS} ready`]);
    await clock.advance(1);
    expect(said.at(-1)).toBe('12000 unresponsive: no answer');
  });
});

test.each(['before a look', 'during a look'])('nothing is said after the end, also when it comes %s', async when => {
  const { clock, said, answers, pending, health, looks } = open({ ready: http, live: http });
  answers.isPending = when === 'during a look';
  await clock.advance(when === 'during a look' ? 10 : 5);
  health.stop();
  expect(pending).toHaveLength(when === 'during a look' ? 1 : 0);
  for (const answer of pending) answer({ healthy: true });
  answers.isPending = false;
  const before = looks.length;
  await clock.advance(60_000);
  health.sees(['anything'], false);
  expect(said).toEqual([]);
  expect(looks).toHaveLength(before);
  expect(clock.pending).toBe(0);
});
