// Restarts cost nothing that stays: no file descriptor, no timer, no listener, no memory.
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { KEPT_LINES } from '../../src/supervisor/recent-lines.js';
import type { RestartPolicy } from '../../src/system.js';
import { openFakeSystem } from '../rig/fake-system.js';
import { openSystem } from '../rig/open-system.js';
import { processService } from '../rig/system.js';

const descriptors = () => readdirSync('/proc/self/fd').length;
/** What keeps the event loop alive or busy, by kind; what the tests' own machinery uses comes and goes with nothing of ours. */
const resources = () => {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};
const listeners = () => process.eventNames().map(name => `${String(name)} ${process.listenerCount(name)}`);

test.runIf(process.platform === 'linux')(
  '300 restarts of a real process leave no descriptor, timer or listener',
  async () => {
    const { supervisor } = await openSystem({
      'fuge.yml': `
fuge_global:
  monitor: false
web:
  type: process
  run: sh -c 'echo up; exec sleep 1000'
  ready:
    log: up
`,
    });
    await supervisor.start(['web']);
    for (let i = 0; i < 20; i++) await supervisor.restart(['web']); // what is made once is there by then
    const [before, active, heard] = [descriptors(), resources(), listeners()];
    for (let i = 0; i < 300; i++) await supervisor.restart(['web']);
    expect(supervisor.status('web')).toMatchObject({ phase: { id: 'ready' }, run: { id: 321 } });
    // The log file and one turn of the probes may be open or not just now.
    await expect.poll(descriptors, { timeout: 20_000 }).toBeLessThanOrEqual(before);
    await expect.poll(() => resources().PipeWrap, { timeout: 20_000 }).toBeLessThanOrEqual(active.PipeWrap!);
    await expect.poll(() => resources().ProcessWrap, { timeout: 20_000 }).toBeLessThanOrEqual(active.ProcessWrap!);
    await expect
      .poll(() => resources().Timeout ?? 0, { timeout: 20_000 })
      .toBeLessThanOrEqual((active.Timeout ?? 0) + 1);
    expect(listeners()).toEqual(heard);
  },
);

test('10,000 restarts leave no timer and no listener, and keep the newest lines only', async () => {
  const { supervisor, clock, runner, clear } = openFakeSystem([processService('web')]);
  void supervisor.start(['web']);
  await clock.advance(1000);
  const [timers, heard] = [clock.pending, listeners()];
  for (let i = 0; i < 10_000; i++) {
    runner.of('web').print(`line of run ${i}\n`);
    void supervisor.restart(['web']);
    await clock.advance(1000);
    runner.runs.splice(0, runner.runs.length - 1);
    clear();
  }
  expect(supervisor.status('web')).toMatchObject({ phase: { id: 'ready' }, run: { id: 10_001 } });
  expect(clock.pending).toBe(timers);
  expect(listeners()).toEqual(heard);
  expect((await supervisor.lines('web')).at(-1)?.text).toBe('line of run 9999');
  await supervisor.close();
  expect(clock.pending).toBe(0);
});

test('an hour of crash loops keeps nothing but what is bounded', async () => {
  const restart = (more: Partial<RestartPolicy>): RestartPolicy => ({
    when: 'on-failure',
    limit: 5,
    windowMs: 30_000,
    backoffMs: 100,
    backoffMaxMs: 1000,
    successCodes: [0],
    ...more,
  });
  const policies: Record<string, RestartPolicy> = {
    limited: restart({}),
    'tireless-quick': restart({ limit: 1_000_000, windowMs: 10_000, backoffMs: 1, backoffMaxMs: 10 }),
    tireless: restart({ when: 'always', limit: 1_000_000 }),
  };
  const services = Object.entries(policies).map(([name, policy]) => processService(name, { restart: policy }));
  const { supervisor, clock, runner, events, clear } = openFakeSystem(services);
  void supervisor.start(Object.keys(policies));
  let launches = 0;
  const sizes = async () => ({
    timers: clock.pending,
    crashes: supervisor.statuses().map(({ crashes }) => crashes),
    lines: (await Promise.all(supervisor.statuses().map(({ name }) => supervisor.lines(name)))).map(
      lines => lines.length,
    ),
  });
  let quarter: Awaited<ReturnType<typeof sizes>> | undefined;
  for (let second = 0; second < 3600; second++) {
    for (let slice = 0; slice < 4; slice++) {
      await clock.advance(250);
      for (const run of runner.runs.filter(({ isOver }) => !isOver)) {
        for (let line = 0; line < 10; line++) run.print(`no luck ${line}\n`);
        run.exit(1);
      }
      launches += runner.runs.length;
      runner.runs.splice(0);
    }
    if (supervisor.status('limited')?.phase.id === 'failed') void supervisor.start(['limited']);
    if (second === 900) quarter = await sizes();
    expect(events.length).toBeLessThan(1000); // what one second tells
    clear();
  }
  expect(launches).toBeGreaterThan(10_000);
  const { timers, crashes, lines } = await sizes();
  expect(timers).toBeLessThanOrEqual(quarter!.timers + 3);
  expect(crashes[0]).toBeLessThanOrEqual(policies.limited!.limit + 1);
  expect(crashes[1]).toBeLessThanOrEqual(quarter!.crashes[1]! + 5);
  expect(crashes[2]).toBeLessThanOrEqual(quarter!.crashes[2]! + 5);
  for (const count of lines) expect(count).toBeLessThanOrEqual(KEPT_LINES + 10);
  await supervisor.close();
  expect(clock.pending).toBe(0);
});
