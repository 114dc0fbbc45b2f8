// Services that wait for each other, over fake runs and time by hand.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Outcome } from '../../src/control.js';
import { formatDiagnostic } from '../../src/diagnostic.js';
import { SETTLED_MS } from '../../src/supervisor/health.js';
import { SETTLE } from '../../src/supervisor/machine.js';
import { GATHER_MS } from '../../src/supervisor/monitor.js';
import type { Dependency } from '../../src/system.js';
import { openFakeSystem } from '../rig/fake-system.js';
import { settled } from '../rig/manual-clock.js';
import { containerService, externalService, processService } from '../rig/system.js';

const results = (outcomes: readonly Outcome[]) => outcomes.map(({ service, result }) => `${service} ${result}`);
const on = (...needs: (string | Partial<Dependency>)[]): Dependency[] =>
  needs.map(need => ({
    service: '',
    condition: 'ready',
    required: true,
    restart: false,
    at: undefined,
    ...(typeof need === 'string' ? { service: need } : need),
  }));
const db = processService('db');
const web = processService('web', { dependsOn: on('db') });
const onFailure = {
  when: 'on-failure',
  limit: 5,
  windowMs: 30_000,
  backoffMs: 500,
  backoffMaxMs: 10_000,
  successCodes: [0],
} as const;

describe('a start', () => {
  test('starts what is needed first, each when what it needs is there', async () => {
    const cache = processService('cache');
    const front = processService('front', { dependsOn: on('web', 'cache') });
    const { supervisor, clock, phases, runner } = openFakeSystem([front, web, db, cache]);
    const outcomes = supervisor.start(['front']);
    await clock.advance(0);
    expect(runner.launches).toEqual(['db#1', 'cache#1']);
    expect(supervisor.status('front')?.waitingFor).toEqual(['web', 'cache']);
    await clock.advance(SETTLED_MS);
    expect(supervisor.status('front')?.waitingFor).toEqual(['web']);
    await clock.advance(SETTLED_MS);
    await clock.advance(SETTLED_MS);
    expect(results(await outcomes)).toEqual(['front ready', 'web ready', 'db ready', 'cache ready']);
    expect(phases().filter(phase => phase.endsWith('ready'))).toEqual([
      'db ready',
      'cache ready',
      'web ready',
      'front ready',
    ]);
  });

  test('says at once what waits for something that failed, and for what', async () => {
    const front = processService('front', { dependsOn: on('web') });
    const { supervisor, clock, runner } = openFakeSystem([db, web, front]);
    const outcomes = supervisor.start(['front']);
    await clock.advance(0);
    runner.of('db').exit(1);
    expect(await outcomes).toMatchObject([
      { service: 'db', result: 'failed' },
      { service: 'web', result: 'waiting', waitingFor: ['db'] },
      { service: 'front', result: 'waiting', waitingFor: ['web'] },
    ]);
  });

  test('that waited goes on by itself when what failed recovers', async () => {
    const { supervisor, clock, runner, phase } = openFakeSystem([db, web]);
    void supervisor.start(['web']);
    await clock.advance(0);
    runner.of('db').exit(1);
    await settled();
    expect(phase('web')).toBe('waiting');
    void supervisor.start(['db']);
    await clock.advance(SETTLED_MS);
    expect(runner.launches).toEqual(['db#1', 'db#2', 'web#1']);
  });

  test('is not held back by a crash that is tried again', async () => {
    const again = processService('db', { restart: onFailure });
    const { supervisor, clock, runner } = openFakeSystem([again, web]);
    const outcomes = supervisor.start(['web']);
    await clock.advance(0);
    runner.of('db').exit(1);
    await clock.advance(1000);
    await clock.advance(SETTLED_MS);
    await clock.advance(SETTLED_MS);
    expect(results(await outcomes)).toEqual(['db ready', 'web ready']);
  });

  test('takes for granted what runs elsewhere, and containers that others run', async () => {
    const both = processService('web', { dependsOn: on('api', 'redis') });
    const { supervisor, clock } = openFakeSystem([externalService('api'), containerService('redis'), both], {
      runContainers: false,
    });
    const outcomes = supervisor.start(['web']);
    await clock.advance(SETTLED_MS);
    expect(results(await outcomes).at(-1)).toBe('web ready');
  });

  test('waits for an optional service only while it may come, and does not start it', async () => {
    const optional = processService('web', { dependsOn: on({ service: 'db', required: false }) });
    const { supervisor, clock, runner } = openFakeSystem([db, optional]);
    void supervisor.start(['web']);
    await clock.advance(0);
    expect(runner.launches).toEqual(['web#1']);
    void supervisor.stop(['web']);
    await clock.advance(0);
    void supervisor.start(['db', 'web']);
    await clock.advance(0);
    expect(runner.launches).toEqual(['web#1', 'db#1']);
    runner.of('db').exit(1);
    await clock.advance(0);
    expect(runner.launches).toEqual(['web#1', 'db#1', 'web#2']);
  });
});

describe('a task', () => {
  const migrate = processService('migrate', { once: true });
  const after = processService('web', { dependsOn: on({ service: 'migrate', condition: 'completed' }) });

  test('opens the way by its success, however long it takes', async () => {
    const { supervisor, clock, runner } = openFakeSystem([migrate, after]);
    const outcomes = supervisor.start(['web']);
    await clock.advance(10_000);
    expect(runner.launches).toEqual(['migrate#1']);
    runner.of('migrate').exit(0);
    await clock.advance(SETTLED_MS);
    expect(results(await outcomes)).toEqual(['migrate completed', 'web ready']);
  });

  test('that fails keeps the others waiting for it', async () => {
    const { supervisor, clock, runner } = openFakeSystem([migrate, after]);
    const outcomes = supervisor.start(['web']);
    await clock.advance(0);
    runner.of('migrate').exit(2);
    expect(results(await outcomes)).toEqual(['migrate failed', 'web waiting']);
  });
});

describe('a service that others need', () => {
  async function bothReady(dependency: Partial<Dependency> = {}) {
    const system = openFakeSystem([db, processService('web', { dependsOn: on({ service: 'db', ...dependency }) })]);
    void system.supervisor.start(['web']);
    await system.clock.advance(SETTLED_MS);
    await system.clock.advance(SETTLED_MS);
    system.clear();
    return system;
  }

  test('that is stopped leaves them running', async () => {
    const { supervisor, phase } = await bothReady();
    await supervisor.stop(['db']);
    expect([phase('db'), phase('web')]).toEqual(['stopped', 'ready']);
  });

  test('that restarts takes those with it that ask for it, once', async () => {
    const { supervisor, clock, runner, phase } = await bothReady({ restart: true });
    void supervisor.restart(['db']);
    await clock.advance(SETTLED_MS);
    await clock.advance(SETTLED_MS);
    expect(runner.launches).toEqual(['db#1', 'web#1', 'db#2', 'web#2']);
    expect(phase('web')).toBe('ready');
  });

  test('that restarts leaves the others alone', async () => {
    const { supervisor, clock, runner } = await bothReady();
    void supervisor.restart(['db']);
    await clock.advance(SETTLED_MS);
    expect(runner.launches).toEqual(['db#1', 'web#1', 'db#2']);
  });

  test('ends after them, when all is stopped and when the system closes', async () => {
    const { supervisor, phases } = await bothReady();
    await supervisor.stop(['db', 'web']);
    expect(phases()).toEqual(['web stopping', 'web stopped', 'db stopping', 'db stopped']);
    const again = await bothReady();
    await again.supervisor.close();
    expect(again.phases()).toEqual(['web stopping', 'web stopped', 'db stopping', 'db stopped']);
  });
});

describe('races', () => {
  test('a restart while waiting launches once, when the way is free', async () => {
    const { supervisor, clock, runner } = openFakeSystem([db, web]);
    void supervisor.start(['web']);
    await clock.advance(0);
    void supervisor.restart(['web']);
    void supervisor.restart(['web']);
    await clock.advance(SETTLED_MS);
    expect(runner.launches).toEqual(['db#1', 'web#1']);
  });

  test('a dependency that is lost while its dependent starts holds back only the next launch', async () => {
    const { supervisor, clock, runner, phase } = openFakeSystem([db, web]);
    void supervisor.start(['web']);
    await clock.advance(SETTLED_MS);
    expect(phase('web')).toBe('starting');
    runner.of('db').exit(1);
    await clock.advance(SETTLED_MS);
    expect(phase('web')).toBe('ready');
    void supervisor.restart(['web']);
    await clock.advance(SETTLED_MS);
    expect(phase('web')).toBe('waiting');
    expect(runner.launches).toEqual(['db#1', 'web#1']);
  });

  test('a stop of a waiting service ends the wait, and the recovery starts nothing', async () => {
    const { supervisor, clock, runner } = openFakeSystem([db, web]);
    void supervisor.start(['web']);
    await clock.advance(0);
    await supervisor.stop(['web']);
    await clock.advance(SETTLED_MS);
    expect(runner.launches).toEqual(['db#1']);
  });

  test('twenty restarts at once are one', async () => {
    const { supervisor, clock, runner } = openFakeSystem([db]);
    void supervisor.start(['db']);
    await clock.advance(SETTLED_MS);
    for (let i = 0; i < 20; i++) void supervisor.restart(['db']);
    await clock.advance(SETTLED_MS);
    expect(runner.launches).toEqual(['db#1', 'db#2']);
    expect(supervisor.status('db')?.restarts).toBe(1);
  });

  test('a reload during a stop lets the stop win', async () => {
    const { supervisor, clock, runner, next, phase } = openFakeSystem([db]);
    void supervisor.start(['db']);
    await clock.advance(SETTLED_MS);
    const stopped = supervisor.stop(['db']);
    const reloaded = supervisor.reload(next([processService('db', { environment: { A: '1' } })]));
    await Promise.all([stopped, reloaded]);
    await clock.advance(SETTLED_MS);
    expect(phase('db')).toBe('stopped');
    expect(runner.launches).toEqual(['db#1']);
  });

  test('a stop during the pause before a retry ends the retries', async () => {
    const { supervisor, clock, runner, phase } = openFakeSystem([processService('db', { restart: onFailure })]);
    void supervisor.start(['db']);
    await clock.advance(0);
    runner.of('db').exit(1);
    await settled();
    expect(phase('db')).toBe('backoff');
    await supervisor.stop(['db']);
    await clock.advance(10_000);
    expect(runner.launches).toEqual(['db#1']);
  });
});

describe('a save of a service that builds first', () => {
  const SAVED_MS = SETTLE.quietMs + GATHER_MS;
  const built = (build: string) =>
    processService('web', {
      cwd: '/',
      rebuildOnChange: true,
      build: { kind: 'argv', argv: [build], source: build },
      watch: { enabled: true, roots: ['/'], excludes: [], gitignore: true },
    });

  async function saved(build: string) {
    const system = openFakeSystem([built(build)]);
    void system.supervisor.start(['web']);
    await system.clock.advance(SETTLED_MS);
    system.watcher.save('web', 'a.js');
    await system.clock.advance(SAVED_MS);
    return system;
  }

  test('leaves the old run alone when the build fails, and says so', async () => {
    const system = await saved('false');
    await expect.poll(() => system.notices().length).toBe(1);
    expect(formatDiagnostic(system.notices()[0]!)).toBe(
      '/shop/fuge.yml:1:1 error build-failed: build of "web" ended with code 1: false\n' +
        '  hint: what runs is the old build; the next save builds again',
    );
    expect(system.runner.launches).toEqual(['web#1']);
    expect(system.phase('web')).toBe('ready');
  });

  test('restarts it when the build succeeds', async () => {
    const system = await saved('true');
    await expect.poll(() => system.phase('web')).not.toBe('ready');
    await system.clock.advance(SAVED_MS);
    expect(system.runner.launches).toEqual(['web#1', 'web#2']);
    expect(system.supervisor.status('web')?.restarts).toBe(1);
  });

  test('of several instances builds once, and restarts those that run', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'fuge-builds-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const line = 'echo built >>builds';
    const instances = [1, 2, 3].map(number => ({
      ...built(line),
      name: `web-${number}`,
      instance: { of: 'web', number },
      cwd: folder,
      build: { kind: 'shell', line, source: line } as const,
    }));
    const system = openFakeSystem(instances);
    void system.supervisor.start(['web-1', 'web-2', 'web-3']);
    await system.clock.advance(SETTLED_MS);
    await system.supervisor.stop(['web-1']);
    for (const { name } of instances) system.watcher.save(name, 'a.js');
    await system.clock.advance(SAVED_MS);
    await expect.poll(() => [system.phase('web-2'), system.phase('web-3')]).not.toContain('ready');
    await system.clock.advance(SAVED_MS);
    expect(system.runner.launches.slice(3).toSorted()).toEqual(['web-2#2', 'web-3#2']);
    expect(readFileSync(join(folder, 'builds'), 'utf8')).toBe('built\n');
  });

  test('builds nothing while it is stopped', async () => {
    const system = openFakeSystem([built('false')]);
    void system.supervisor.start(['web']);
    await system.clock.advance(SETTLED_MS);
    await system.supervisor.stop(['web']);
    system.watcher.save('web', 'a.js');
    await system.clock.advance(SAVED_MS);
    expect(system.notices()).toEqual([]);
    expect(system.phase('web')).toBe('stopped');
  });
});
