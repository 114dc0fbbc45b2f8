// When the process of the next launch is begun, and when it is given up; over fake runs and time by hand.
import { describe, expect, test } from 'vitest';
import { SETTLED_MS } from '../../src/supervisor/health.js';
import { SETTLE, SETTLE_PREPARED } from '../../src/supervisor/machine.js';
import { GATHER_MS } from '../../src/supervisor/monitor.js';
import type { NodeService } from '../../src/system.js';
import { openFakeSystem } from '../rig/fake-system.js';
import { containerService, nodeService, processService } from '../rig/system.js';

const watch = { enabled: true, roots: ['/shop'], excludes: [], gitignore: true };

async function running(more: Partial<NodeService> = {}) {
  const system = openFakeSystem([nodeService('web', { watch, ...more })]);
  const started = system.supervisor.start(['web']);
  await system.clock.advance(SETTLED_MS);
  await started;
  await system.clock.advance(10_000);
  return system;
}

describe('a save', () => {
  test('begins the next run while the old one ends, and launches it when the files have been quiet', async () => {
    const { clock, runner, watcher } = await running();
    expect(runner.preparations).toEqual([]);
    watcher.save('web', 'a.js');
    await clock.advance(GATHER_MS);
    expect(runner.preparations).toEqual(['web#2']);
    await clock.advance(SETTLE_PREPARED.quietMs - 1);
    expect(runner.launches).toEqual(['web#1']);
    await clock.advance(1);
    expect(runner.launches).toEqual(['web#1', 'web#2']);
  });

  test('of many, 50 ms apart, launches once', async () => {
    const { clock, runner, watcher } = await running();
    for (let i = 0; i < 20; i++) {
      watcher.save('web', `${i}.js`);
      await clock.advance(50);
    }
    await clock.advance(SETTLED_MS);
    expect(runner.launches).toEqual(['web#1', 'web#2']);
  });

  test('needs less quiet where nothing can be prepared', async () => {
    const { clock, runner, watcher, supervisor } = openFakeSystem([processService('web', { watch })]);
    const started = supervisor.start(['web']);
    await clock.advance(SETTLED_MS);
    await started;
    await clock.advance(10_000);
    watcher.save('web', 'a.js');
    await clock.advance(GATHER_MS + SETTLE.quietMs);
    expect(runner.launches).toEqual(['web#1', 'web#2']);
    expect(runner.preparations).toEqual([]);
  });

  test('that is followed by a stop prepares nothing any more', async () => {
    const { clock, runner, watcher, supervisor } = await running();
    watcher.save('web', 'a.js');
    await clock.advance(GATHER_MS);
    const stopped = supervisor.stop(['web']);
    await clock.advance(1000);
    await stopped;
    expect([...runner.prepared]).toEqual([]);
    expect(runner.launches).toEqual(['web#1']);
  });
});

test('a run that never started leaves nothing that waits', async () => {
  const { clock, runner, watcher } = await running();
  runner.slow.add('web');
  watcher.save('web', 'a.js');
  await clock.advance(GATHER_MS + SETTLE_PREPARED.quietMs);
  // As a taken port has it: what waits was not taken.
  runner.prepared.set('web', 'web#2');
  runner.of('web').exit({
    reason: 'not-started',
    problem: { severity: 'error', code: 'port-taken', message: 'port 80 is taken' },
  });
  expect([...runner.prepared]).toEqual([]);
});

test('a service that becomes a container leaves nothing that waits', async () => {
  const { clock, runner, supervisor, next } = await running({ warm: true });
  expect([...runner.prepared.values()]).toEqual(['web#2']);
  const reloaded = supervisor.reload(next([containerService('web')]));
  await clock.advance(1000);
  await reloaded;
  expect([...runner.prepared]).toEqual([]);
});

test('a restart begins the next run while the old one ends', async () => {
  const { clock, runner, supervisor } = await running();
  runner.stubborn.add('web');
  const restarted = supervisor.restart(['web']);
  await clock.advance(0);
  expect(runner.preparations).toEqual(['web#2']);
  runner.of('web').exit(0);
  await clock.advance(SETTLED_MS);
  await restarted;
  expect(runner.launches).toEqual(['web#1', 'web#2']);
});

describe('a warm service', () => {
  test('has a spare a second after it was ready, which a save then waits for no longer than for any other', async () => {
    const { clock, runner, watcher } = await running({ warm: true });
    expect(runner.preparations).toEqual(['web#2']);
    watcher.save('web', 'a.js');
    await clock.advance(GATHER_MS + SETTLE.quietMs);
    expect(runner.launches).toEqual(['web#1', 'web#2']);
    await clock.advance(SETTLED_MS + 999);
    expect([...runner.prepared]).toEqual([]);
    await clock.advance(1);
    expect([...runner.prepared.values()]).toEqual(['web#3']);
  });

  test('keeps its spare when it crashes, and gives it up when it is stopped', async () => {
    const { clock, runner, supervisor } = await running({ warm: true });
    runner.of('web').exit(1);
    await clock.advance(10_000);
    expect([...runner.prepared.values()]).toEqual(['web#2']);
    const stopped = supervisor.stop(['web']);
    await clock.advance(1000);
    await stopped;
    expect([...runner.prepared.values()]).toEqual([]);
  });

  test('that is stopped before its spare was made gets none', async () => {
    const { clock, runner, supervisor } = openFakeSystem([nodeService('web', { watch, warm: true })]);
    const started = supervisor.start(['web']);
    await clock.advance(SETTLED_MS);
    await started;
    const stopped = supervisor.stop(['web']);
    await clock.advance(10_000);
    await stopped;
    expect(runner.preparations).toEqual([]);
  });
});
