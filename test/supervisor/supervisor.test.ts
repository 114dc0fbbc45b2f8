import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/control.js';
import { formatDiagnostic } from '../../src/diagnostic.js';
import type { Event } from '../../src/event.js';
import { SETTLED_MS } from '../../src/supervisor/health.js';
import { SETTLE } from '../../src/supervisor/machine.js';
import { GATHER_MS } from '../../src/supervisor/monitor.js';
import { START_PATIENCE_MS } from '../../src/supervisor/outcome.js';
import { openFakeSystem } from '../rig/fake-system.js';
import { settled } from '../rig/manual-clock.js';
import { containerService, externalService, nodeService, port, processService } from '../rig/system.js';

const results = (outcomes: readonly Outcome[]) => outcomes.map(({ service, result }) => `${service} ${result}`);
const never = {
  when: 'never',
  limit: 5,
  windowMs: 30_000,
  backoffMs: 500,
  backoffMaxMs: 10_000,
  successCodes: [0],
} as const;
/** ms after which a save has restarted its service. */
const SAVED_MS = SETTLE.quietMs + GATHER_MS;
const watched = { enabled: true, roots: ['/shop'], excludes: [], gitignore: true };

describe('start', () => {
  test('starts all at once, in the order of the file, and settles when each is ready', async () => {
    const { supervisor, clock, runner, phases } = openFakeSystem([processService('a'), processService('b')]);
    const outcomes = supervisor.start(['b', 'a']);
    await clock.advance(0);
    expect(runner.launches).toEqual(['a#1', 'b#1']);
    await clock.advance(SETTLED_MS);
    expect(await outcomes).toEqual([
      { service: 'a', result: 'ready', tookMs: SETTLED_MS },
      { service: 'b', result: 'ready', tookMs: SETTLED_MS },
    ]);
    expect(phases()).toEqual(['a waiting', 'a starting', 'b waiting', 'b starting', 'a ready', 'b ready']);
  });

  test('names containers first, as fuge 2 did', async () => {
    const { supervisor, clock } = openFakeSystem([processService('a'), containerService('redis')]);
    const outcomes = supervisor.start(['a', 'redis']);
    await clock.advance(SETTLED_MS);
    expect(results(await outcomes)).toEqual(['redis waiting', 'a ready']);
  });

  test('leaves alone what runs already', async () => {
    const { supervisor, clock, runner } = openFakeSystem([processService('a')]);
    void supervisor.start(['a']);
    await clock.advance(SETTLED_MS);
    expect(results(await supervisor.start(['a']))).toEqual(['a ready']);
    expect(runner.launches).toEqual(['a#1']);
  });

  test('waits for a declared port to answer', async () => {
    const { supervisor, clock, silent, phase } = openFakeSystem([processService('a', { ports: [port('main=1')] })]);
    silent.add('a');
    const outcomes = supervisor.start(['a']);
    await clock.advance(5000);
    expect(phase('a')).toBe('starting');
    silent.clear();
    await clock.advance(250);
    expect(results(await outcomes)).toEqual(['a ready']);
  });

  test('lets the delays of one command add up in the order of starting, and of no other command', async () => {
    const { supervisor, clock, runner } = openFakeSystem([
      processService('a', { delayMs: 1000 }),
      processService('b'),
      processService('c', { delayMs: 500 }),
    ]);
    void supervisor.start(['a', 'b', 'c']);
    await clock.advance(999);
    expect(runner.launches).toEqual([]);
    await clock.advance(1);
    expect(runner.launches).toEqual(['a#1', 'b#1']);
    await clock.advance(499);
    expect(runner.launches).toHaveLength(2);
    await clock.advance(1);
    expect(runner.launches).toEqual(['a#1', 'b#1', 'c#1']);
    await supervisor.stop(['a', 'c']);
    void supervisor.start(['c']);
    await clock.advance(500);
    expect(runner.launches).toEqual(['a#1', 'b#1', 'c#1', 'c#2']);
  });

  test('says "starting" or "waiting" when the patience is over, and the service goes on', async () => {
    const { supervisor, clock, silent, phase } = openFakeSystem([
      processService('a', { ports: [port('main=1')] }),
      processService('b', { delayMs: 60_000 }),
    ]);
    silent.add('a');
    const outcomes = supervisor.start(['a', 'b']);
    await clock.advance(START_PATIENCE_MS);
    expect(await outcomes).toMatchObject([
      { service: 'a', result: 'starting', tookMs: START_PATIENCE_MS },
      { service: 'b', result: 'waiting' },
    ]);
    silent.clear();
    await clock.advance(250);
    expect(phase('a')).toBe('ready');
    const impatient = supervisor.restart(['a'], { patienceMs: 5 });
    await clock.advance(5);
    expect(results(await impatient)).toEqual(['a starting']);
  });

  test.each([
    ['is pulled, then launched', 'pull', 'done', ['db starting', 'web waiting']],
    ['is built, then launched', 'build', 'done', ['db starting', 'web waiting']],
    ['could not be had, whatever comes of that', 'pull', 'failed', ['db starting', 'web waiting']],
  ] as const)(
    'counts its patience, and that of those who wait for it, from when the image %s',
    async (_, task, end, expected) => {
      const dependsOn = [{ service: 'db', condition: 'ready', required: true, restart: false, at: undefined }] as const;
      const { supervisor, clock, runner } = openFakeSystem([
        processService('db'),
        processService('web', { dependsOn }),
      ]);
      runner.slow.add('db');
      const settled: string[] = [];
      const outcomes = supervisor.start(['db', 'web']).then(all => {
        settled.push(...results(all));
        return all;
      });
      await clock.advance(1000);
      runner.of('db').progress('begun', task);
      await clock.advance(100 * START_PATIENCE_MS);
      runner.of('db').progress('going on', task);
      await clock.advance(100 * START_PATIENCE_MS);
      runner.of('db').progress(end, task);
      await clock.advance(START_PATIENCE_MS - 1);
      expect(settled).toEqual([]);
      await clock.advance(1);
      expect(results(await outcomes)).toEqual(expected);
      expect((await outcomes)[0]?.tookMs).toBe(1000 + 201 * START_PATIENCE_MS);
    },
  );

  test('of a service that ends says completed, or failed with what is wrong', async () => {
    const at = { file: '/shop/fuge.yml', line: 4, column: 8 };
    const { supervisor, clock, runner } = openFakeSystem([
      processService('task', { restart: never }),
      processService('bad', { restart: never, origins: { run: at } }),
    ]);
    const outcomes = supervisor.start(['task', 'bad']);
    await clock.advance(0);
    runner.of('task').exit(0);
    runner.of('bad').exit(3);
    await clock.advance(0);
    const [task, bad] = await outcomes;
    expect(task).toMatchObject({ result: 'completed' });
    expect(bad?.result).toBe('failed');
    expect(formatDiagnostic(bad!.problem!)).toBe(
      '/shop/fuge.yml:4:8 error crashed: "bad" exited with code 3\n  hint: "logs bad" shows its last lines',
    );
  });

  test('that a stop overtakes is superseded, and the stop wins', async () => {
    const { supervisor, clock, phase } = openFakeSystem([processService('a')]);
    const started = supervisor.start(['a']);
    const stopped = supervisor.stop(['a']);
    await clock.advance(SETTLED_MS);
    expect(results(await started)).toEqual(['a superseded']);
    expect(results(await stopped)).toEqual(['a stopped']);
    expect(phase('a')).toBe('stopped');
  });

  test('of what can not be started says why', async () => {
    const services = [externalService('db'), processService('gone', { disabled: 'its path ./gone is missing' })];
    const { supervisor, runner } = openFakeSystem(services);
    const outcomes = await supervisor.start(['db', 'gone']);
    expect(outcomes.map(({ result, problem }) => [result, problem && formatDiagnostic(problem)])).toEqual([
      ['unavailable', '/shop/fuge.yml:1:1 warning not-available: "db" is not started: runs elsewhere'],
      ['unavailable', '/shop/fuge.yml:1:1 warning not-available: "gone" is not started: its path ./gone is missing'],
    ]);
    expect(runner.runs).toEqual([]);
    const others = openFakeSystem([containerService('redis')], { runContainers: false }).supervisor;
    expect(others.status('redis')?.unavailable).toBe('left to others (run_containers: false)');
  });
});

test('a container without an engine waits for one, and is told of at once', async () => {
  const { supervisor, notices } = openFakeSystem([
    containerService('redis'),
    processService('web', {
      dependsOn: [{ service: 'redis', condition: 'ready', required: true, restart: false, at: undefined }],
    }),
  ]);
  expect(await supervisor.start(['redis', 'web'])).toMatchObject([
    { service: 'redis', result: 'waiting', waitingFor: ['the container engine'] },
    { service: 'web', result: 'waiting', waitingFor: ['redis'] },
  ]);
  expect(notices()).toMatchObject([{ code: 'no-engine' }]);
});

describe('restart, stop and kill', () => {
  const running = async (...names: string[]) => {
    const system = openFakeSystem(names.map(name => processService(name)));
    void system.supervisor.start(names);
    await system.clock.advance(SETTLED_MS);
    return system;
  };

  test('a restart ends the old run before it launches the new one', async () => {
    const { supervisor, clock, runner, phases, clear } = await running('a');
    clear();
    const outcomes = supervisor.restart(['a']);
    await clock.advance(SETTLED_MS);
    expect(results(await outcomes)).toEqual(['a ready']);
    expect(runner.runs.map(run => run.signals)).toEqual([['SIGTERM'], []]);
    expect(phases()).toEqual(['a stopping', 'a waiting', 'a starting', 'a ready']);
    expect(supervisor.status('a')).toMatchObject({ restarts: 1, cause: { type: 'probe' }, run: { id: 2 } });
  });

  test('a restart of what does not run starts it', async () => {
    const { supervisor, clock, runner } = openFakeSystem([processService('a')]);
    void supervisor.restart(['a']);
    await clock.advance(SETTLED_MS);
    expect(runner.launches).toEqual(['a#1']);
  });

  test('twenty restarts at once end in one new run', async () => {
    const { supervisor, clock, runner } = await running('a');
    const all = Array.from({ length: 20 }, () => supervisor.restart(['a']));
    await clock.advance(SETTLED_MS);
    expect(new Set((await Promise.all(all)).flatMap(results))).toEqual(new Set(['a ready']));
    expect(runner.launches).toEqual(['a#1', 'a#2']);
  });

  test('a stop waits for the end, politely first, and with SIGKILL when the grace is over', async () => {
    const system = openFakeSystem([
      processService('a', { stop: { signal: 'SIGINT', graceMs: 3000 } }),
      processService('b'),
    ]);
    const { supervisor, clock, runner } = system;
    runner.stubborn.add('a');
    void supervisor.start(['a', 'b']);
    await clock.advance(SETTLED_MS);
    const stopped = supervisor.stop(['a']);
    await clock.advance(2999);
    expect(runner.of('a').signals).toEqual(['SIGINT']);
    await clock.advance(1);
    expect(await stopped).toEqual([{ service: 'a', result: 'stopped', tookMs: 3000 }]);
    expect(runner.of('a').signals).toEqual(['SIGINT', 'SIGKILL']);
    expect(system.phase('b')).toBe('ready');
  });

  test('a kill does not wait', async () => {
    const { supervisor, runner, phase } = await running('a');
    expect(results(await supervisor.kill(['a']))).toEqual(['a stopped']);
    expect(runner.of('a').signals).toEqual(['SIGKILL']);
    expect(phase('a')).toBe('stopped');
  });

  test('a start during a stop supersedes it, and starts when the old run is gone', async () => {
    const system = openFakeSystem([processService('a')]);
    const { supervisor, clock, runner } = system;
    runner.stubborn.add('a');
    void supervisor.start(['a']);
    await clock.advance(SETTLED_MS);
    const stopped = supervisor.stop(['a']);
    await settled();
    const started = supervisor.start(['a']);
    await clock.advance(0);
    expect(runner.launches).toEqual(['a#1']);
    runner.of('a').exit(0);
    await clock.advance(0);
    expect(runner.launches).toEqual(['a#1', 'a#2']);
    await clock.advance(SETTLED_MS);
    expect(results(await started)).toEqual(['a ready']);
    void supervisor.kill(['a']);
    expect(results(await stopped)).toEqual(['a stopped']);
  });

  test('a stop before there is a process gives the launch up', async () => {
    const { supervisor, clock, runner, phase } = openFakeSystem([processService('a')]);
    runner.slow.add('a');
    const started = supervisor.start(['a']);
    await clock.advance(0);
    const stopped = supervisor.stop(['a']);
    await clock.advance(0);
    expect(results(await stopped)).toEqual(['a stopped']);
    expect(results(await started)).toEqual(['a superseded']);
    expect(phase('a')).toBe('stopped');
  });

  test('a stop of what does not run is done at once', async () => {
    const { supervisor } = openFakeSystem([processService('a')]);
    expect(await supervisor.stop(['a'])).toEqual([{ service: 'a', result: 'stopped', tookMs: 0 }]);
  });

  test('a name that is none is a mistake of the caller', async () => {
    const { supervisor } = openFakeSystem([processService('a')]);
    await expect(supervisor.start(['b'])).rejects.toThrow('there is no service "b"');
    await expect(supervisor.stop(['b'])).rejects.toThrow('there is no service "b"');
  });
});

describe('debug', () => {
  test('gives each service a port of its own, the same over restarts, and none after a plain start', async () => {
    const { supervisor, clock, runner } = openFakeSystem([nodeService('a'), nodeService('b')]);
    const inspectPorts = () => supervisor.statuses().map(status => status.inspectPort);
    void supervisor.start(['a', 'b'], { debug: true });
    await clock.advance(SETTLED_MS);
    expect(inspectPorts()).toEqual([9229, 9230]);
    void supervisor.restart(['b']);
    await clock.advance(SETTLED_MS);
    expect(inspectPorts()).toEqual([9229, 9230]);
    await supervisor.stop(['a', 'b']);
    void supervisor.start(['a', 'b']);
    await clock.advance(SETTLED_MS);
    expect(inspectPorts()).toEqual([undefined, undefined]);
    void supervisor.start(['b'], { debug: true });
    await clock.advance(SETTLED_MS);
    expect(inspectPorts()).toEqual([undefined, 9230]);
    expect(runner.of('b').order.inspectPort).toBe(9230);
  });

  test('restarts what runs without it', async () => {
    const { supervisor, clock, runner } = openFakeSystem([nodeService('a')]);
    void supervisor.start(['a']);
    await clock.advance(SETTLED_MS);
    const outcomes = supervisor.start(['a'], { debug: true });
    await clock.advance(SETTLED_MS);
    expect(results(await outcomes)).toEqual(['a ready']);
    expect(runner.runs.map(run => run.order.inspectPort)).toEqual([undefined, 9229]);
  });

  test.each<['start' | 'restart']>([['start'], ['restart']])(
    'is refused by %s where the command is not Node',
    async verb => {
      const { supervisor, runner } = openFakeSystem([
        processService('sh'),
        nodeService('pipe', { command: { kind: 'shell', line: 'node a.js | cat', source: 'node a.js | cat' } }),
      ]);
      const outcomes = await supervisor[verb](['sh', 'pipe'], { debug: true });
      expect(outcomes.map(({ result, problem }) => [result, problem && formatDiagnostic(problem)])).toEqual(
        ['sh', 'pipe'].map(name => [
          'failed',
          `/shop/fuge.yml:1:1 error no-inspector: "${name}" can't be debugged: its command is not Node itself\n` +
            '  hint: give it "type: node" and a run that names the program, like "server.js"',
        ]),
      );
      expect(runner.runs).toEqual([]);
    },
  );
});

test('variables that are set and unset apply on the next start, and show in the environment at once', async () => {
  const { supervisor, clock, runner } = openFakeSystem([processService('a', { environment: { A: '1', B: '2' } })]);
  const environment = () => runner.of('a').order.environment();
  void supervisor.start(['a']);
  await clock.advance(SETTLED_MS);
  supervisor.setVariable('a', 'A', 'new');
  supervisor.setVariable('a', 'B', undefined);
  expect(environment()).toMatchObject({ A: '1', B: '2' });
  const { variables } = await supervisor.environment('a');
  expect(variables).toContainEqual({ name: 'A', value: 'new', source: 'set' });
  void supervisor.restart(['a']);
  await clock.advance(SETTLED_MS);
  expect(environment()).toMatchObject({ A: 'new' });
  expect(environment()).not.toHaveProperty('B');
});

test('a missing env file is told once for each order, however many launches read it', async () => {
  const envFile = { path: '/no/such.env', at: undefined, required: true, format: 'dotenv' } as const;
  const { supervisor, clock, runner, notices } = openFakeSystem([processService('a'), processService('b')], {
    envFiles: [envFile],
  });
  void supervisor.start(['a', 'b']);
  await clock.advance(SETTLED_MS);
  expect(runner.launches).toHaveLength(2);
  expect(notices().map(each => each.code)).toEqual(['missing-env-file']);
  void supervisor.restart(['a']);
  await clock.advance(SETTLED_MS);
  expect(notices()).toHaveLength(2);
});

test('an env file that can not be read is told as that, not as missing', async () => {
  const at = { file: '/shop/fuge.yml', line: 9, column: 15 };
  const envFiles = [{ path: '/', at, required: true, format: 'dotenv' } as const];
  const { supervisor } = openFakeSystem([processService('a', { envFiles })]);
  const { problems } = await supervisor.environment('a');
  expect(problems.map(each => formatDiagnostic(each))).toEqual([
    "/shop/fuge.yml:9:15 warning unreadable-env-file: the env_file / can't be read: it is a directory",
  ]);
});

describe('events', () => {
  test('reach every listener in the same order, also when one gives orders meanwhile', async () => {
    const { supervisor, clock } = openFakeSystem([processService('a')]);
    const heard: [string[], string[]] = [[], []];
    supervisor.subscribe(event => {
      heard[0].push(event.type);
      if (event.type === 'launched') supervisor.tail(['a'], false);
    });
    supervisor.subscribe(event => heard[1].push(event.type));
    void supervisor.start(['a']);
    await clock.advance(0);
    expect(heard[0]).toEqual(['phase', 'phase', 'launched', 'tail']);
    expect(heard[1]).toEqual(heard[0]);
  });

  test('end at once for a listener that ends during one, and begin with the next for one that begins', () => {
    const { supervisor } = openFakeSystem([processService('a')]);
    const heard: string[] = [];
    let endSecond = () => {};
    const endFirst = supervisor.subscribe(() => {
      heard.push('first');
      endFirst();
      endSecond();
      supervisor.subscribe(() => heard.push('third'));
    });
    endSecond = supervisor.subscribe(() => heard.push('second'));
    supervisor.tail(['a'], false);
    expect(heard).toEqual(['first']);
    supervisor.tail(['a'], true);
    expect(heard).toEqual(['first', 'third']);
  });

  test('a start that is ordered when a crash is told waits for the new run, not for the old one', async () => {
    const { supervisor, clock, runner } = openFakeSystem([processService('a', { restart: never })]);
    let again: Promise<readonly Outcome[]> | undefined;
    supervisor.subscribe(event => {
      if (event.type === 'phase' && event.phase.id === 'failed') again = supervisor.start(['a']);
    });
    void supervisor.start(['a']);
    await clock.advance(SETTLED_MS);
    runner.of('a').exit(1);
    await clock.advance(SETTLED_MS);
    expect(results(await again!)).toEqual(['a ready']);
    expect(runner.launches).toEqual(['a#1', 'a#2']);
  });

  test('of output carry the run, and the newest lines stay', async () => {
    const { supervisor, clock, runner, events } = openFakeSystem([processService('a')]);
    void supervisor.start(['a']);
    await clock.advance(SETTLED_MS);
    runner.of('a').print('one\n');
    runner.of('a').print('two\n', 'stderr');
    expect(events.filter(event => event.type === 'lines')).toMatchObject([
      { service: 'a', run: 1, stream: 'stdout', lines: ['one'] },
      { service: 'a', run: 1, stream: 'stderr', lines: ['two'] },
    ]);
    expect((await supervisor.lines('a', 1)).map(line => line.text)).toEqual(['two']);
  });
});

describe('holding output', () => {
  test('lasts until everybody who asked for it lets go', async () => {
    const { supervisor, clock, runner } = openFakeSystem([processService('a'), processService('b')]);
    void supervisor.start(['a']);
    await clock.advance(SETTLED_MS);
    const held = () => runner.runs.map(run => run.isHeld);
    const first = supervisor.holdOutput();
    const second = supervisor.holdOutput();
    expect(held()).toEqual([true]);
    void supervisor.start(['b']);
    await clock.advance(SETTLED_MS);
    expect(held()).toEqual([true, true]);
    first();
    first();
    expect(held()).toEqual([true, true]);
    second();
    expect(held()).toEqual([false, false]);
  });

  test('counts for services that a reload adds, and ends for the shutdown', async () => {
    const { supervisor, clock, runner, next } = openFakeSystem([processService('a')]);
    supervisor.holdOutput();
    await supervisor.reload(next([processService('a'), processService('b')]));
    void supervisor.start(['b']);
    await clock.advance(SETTLED_MS);
    expect(runner.of('b').isHeld).toBe(true);
    await supervisor.close();
    expect(runner.of('b').isHeld).toBe(false);
  });
});

describe('watching', () => {
  const open = async (...services: Parameters<typeof openFakeSystem>) => {
    const system = openFakeSystem(...services);
    void system.supervisor.start([...system.supervisor.system.services.keys()]);
    await system.clock.advance(SETTLED_MS);
    return system;
  };

  test('begins with the start, and a save restarts exactly its service', async () => {
    const { supervisor, clock, watcher, runner, events } = await open([
      processService('a', { watch: watched }),
      processService('b', { watch: watched }),
      processService('c'),
    ]);
    expect([...watcher.watched]).toEqual(['a', 'b']);
    expect(supervisor.statuses().map(status => status.watching)).toEqual(['on', 'on', 'off']);
    watcher.save('b', 'index.js');
    await clock.advance(SAVED_MS);
    expect(runner.launches).toEqual(['a#1', 'b#1', 'c#1', 'b#2']);
    const stopping = events.find(event => event.type === 'phase' && event.phase.id === 'stopping');
    expect(stopping).toMatchObject({ service: 'b', cause: { type: 'files', files: ['index.js'] } });
  });

  test('that the user turned off stays off over starts, until it is turned on', async () => {
    const { supervisor, clock, watcher, events } = await open([processService('a', { watch: watched })]);
    await supervisor.watch(['a'], false);
    await supervisor.stop(['a']);
    void supervisor.start(['a']);
    await clock.advance(SETTLED_MS);
    expect([...watcher.watched]).toEqual([]);
    await supervisor.watch(['a'], true);
    expect(supervisor.status('a')?.watching).toBe('on');
    expect(events.flatMap(event => (event.type === 'watch' ? [event.watching] : []))).toEqual(['on', 'off', 'on']);
  });

  test('does not start what was stopped, and revives what crashed', async () => {
    const { supervisor, clock, watcher, runner, phase } = await open([
      processService('a', { watch: watched, restart: never }),
      processService('b', { watch: watched, restart: never }),
    ]);
    await supervisor.stop(['a']);
    runner.of('b').exit(1);
    await settled();
    expect(phase('b')).toBe('failed');
    watcher.save('a', 'x.js');
    watcher.save('b', 'x.js');
    await clock.advance(SETTLED_MS + SAVED_MS);
    expect([phase('a'), phase('b')]).toEqual(['stopped', 'ready']);
  });

  test('pauses for a service that writes its own files, and says which', async () => {
    const { supervisor, clock, watcher, runner, notices } = await open([processService('a', { watch: watched })]);
    for (let i = 0; i < 6; i++) {
      await clock.advance(700);
      watcher.save('a', 'data.json');
      watcher.save('a', 'cache.json');
    }
    await clock.advance(1000);
    expect(supervisor.status('a')).toMatchObject({ watching: 'paused', phase: { id: 'ready' } });
    const launches = runner.launches.length;
    watcher.save('a', 'data.json');
    await clock.advance(1000);
    expect(runner.launches).toHaveLength(launches);
    expect(notices().map(each => formatDiagnostic(each))).toEqual([
      '/shop/fuge.yml:1:1 warning writes-its-own-files: "a" writes into the folder that is watched (data.json and 1 more), and each write restarted it: watching is paused\n' +
        "  hint: add 'data.json', 'cache.json' to its monitor_excludes, then \"watch a\" goes on",
    ]);
  });

  test('of an env file restarts exactly those that read it', async () => {
    const envFile = (path: string) => ({ path, at: undefined, required: false, format: 'dotenv' }) as const;
    const { clock, watcher, runner, clear, events } = await open([
      processService('a', { envFiles: [envFile('/shop/a.env')] }),
      processService('b', { envFiles: [envFile('/shop/b.env')] }),
      processService('both', { envFiles: [envFile('/shop/a.env'), envFile('/shop/b.env')] }),
      processService('none'),
    ]);
    clear();
    watcher.saveFile('/shop/a.env');
    await clock.advance(SETTLED_MS + SAVED_MS);
    expect(runner.launches.slice(4)).toEqual(['a#2', 'both#2']);
    expect(events[0]).toMatchObject({ cause: { type: 'env-file' } });
  });

  test('of a global env file restarts all', async () => {
    const envFiles = [{ path: '/shop/.env', at: undefined, required: false, format: 'dotenv' } as const];
    const { clock, watcher, runner } = await open([processService('a'), processService('b')], { envFiles });
    watcher.saveFile('/shop/.env');
    await clock.advance(SETTLED_MS);
    expect(runner.launches).toEqual(['a#1', 'b#1', 'a#2', 'b#2']);
  });

  test('of the system file tells it once for all that an editor does, and restarts nothing', async () => {
    const { clock, watcher, runner, events } = await open([processService('a')]);
    for (let i = 0; i < 3; i++) {
      watcher.saveFile('/shop/fuge.yml');
      await clock.advance(10);
    }
    await clock.advance(1000);
    expect(events.filter(event => event.type === 'system-file-changed')).toMatchObject([{ files: ['/shop/fuge.yml'] }]);
    expect(runner.launches).toEqual(['a#1']);
  });

  test('of the system file is no news once a reload has read it', async () => {
    const { supervisor, clock, watcher, events, next } = await open([processService('a')]);
    watcher.saveFile('/shop/fuge.yml');
    await supervisor.reload(next([processService('a')]));
    await clock.advance(1000);
    expect(events.filter(event => event.type === 'system-file-changed')).toEqual([]);
  });
});

describe('reload', () => {
  const a = processService('a');
  const b = processService('b');
  const c = processService('c');
  const open = async (...services: Parameters<typeof openFakeSystem>) => {
    const system = openFakeSystem(...services);
    void system.supervisor.start([...system.supervisor.system.services.keys()]);
    await system.clock.advance(SETTLED_MS);
    return system;
  };

  test('restarts what changed, stops what went, and starts nothing', async () => {
    const { supervisor, clock, runner, events, next, phase } = await open([a, b]);
    const changedA = { ...a, cwd: '/elsewhere' };
    const changes = await supervisor.reload(next([changedA, c]));
    expect(changes).toEqual({ added: ['c'], removed: ['b'], changed: ['a'] });
    await clock.advance(SETTLED_MS);
    expect(events.filter(event => event.type === 'reloaded')).toMatchObject([{ changes }]);
    expect(runner.launches).toEqual(['a#1', 'b#1', 'a#2']);
    expect(runner.of('a').order.service).toBe(changedA);
    expect(supervisor.statuses().map(status => [status.name, status.phase.id])).toEqual([
      ['a', 'ready'],
      ['c', 'stopped'],
    ]);
    expect(phase('b')).toBe(undefined);
  });

  test('leaves what does not run as it is', async () => {
    const { supervisor, clock, runner, next } = openFakeSystem([a]);
    await supervisor.reload(next([{ ...a, cwd: '/elsewhere' }]));
    await clock.advance(1000);
    expect(runner.runs).toEqual([]);
  });

  test('shows the old system, whole, until all that went has ended', async () => {
    const { supervisor, clock, runner, next } = openFakeSystem([a, b]);
    runner.stubborn.add('b');
    void supervisor.start(['a', 'b']);
    await clock.advance(SETTLED_MS);
    const reloaded = supervisor.reload(next([c]));
    await clock.advance(0);
    expect(supervisor.statuses().map(status => [status.name, status.phase.id])).toEqual([
      ['a', 'stopped'],
      ['b', 'stopping'],
    ]);
    runner.of('b').exit(0);
    await reloaded;
    expect(supervisor.statuses().map(status => status.name)).toEqual(['c']);
  });

  test('is one after the other: a second one finds what the first one made', async () => {
    const { supervisor, clock, next } = await open([a, b]);
    const first = supervisor.reload(next([a]));
    const second = supervisor.reload(next([a, b]));
    await clock.advance(SETTLED_MS);
    expect([await first, await second]).toEqual([
      { added: [], removed: ['b'], changed: [] },
      { added: ['b'], removed: [], changed: [] },
    ]);
    expect(supervisor.status('b')?.phase.id).toBe('stopped');
  });

  test('stops what can no longer be started', async () => {
    const { supervisor, clock, next } = await open([a]);
    await supervisor.reload(next([{ ...a, disabled: 'its path is missing' }]));
    await clock.advance(0);
    expect(supervisor.status('a')).toMatchObject({ phase: { id: 'stopped' }, unavailable: 'its path is missing' });
  });

  test('restarts all when an address changes that all are told', async () => {
    const withPort = (number: number) => ({ ...b, ports: [port(`main=${number}`)] });
    const { supervisor, clock, runner, next } = await open([a, withPort(1000)]);
    await supervisor.reload(next([a, withPort(2000)]));
    await clock.advance(SETTLED_MS);
    expect(runner.launches).toEqual(['a#1', 'b#1', 'a#2', 'b#2']);
    expect(runner.of('a').order.environment().B_SERVICE_PORT).toBe('2000');
  });

  test('turns watching on and off as the file says, and leaves what the user turned on by hand', async () => {
    const { supervisor, clock, next } = await open([{ ...a, watch: watched }, b, c]);
    await supervisor.watch(['c'], true);
    const watching = () => supervisor.statuses().map(status => status.watching);
    expect(watching()).toEqual(['on', 'off', 'on']);
    await supervisor.reload(next([a, { ...b, watch: watched }, { ...c, cwd: '/elsewhere' }]));
    await clock.advance(SETTLED_MS);
    expect(watching()).toEqual(['off', 'on', 'on']);
    await supervisor.reload(next([{ ...a, watch: watched }, b, c]));
    await clock.advance(SETTLED_MS);
    expect(watching()).toEqual(['on', 'off', 'on']);
  });
});

describe('close', () => {
  test('stops everything, watching first, and settles when nothing is left', async () => {
    const { supervisor, clock, runner, watcher, phases, clear } = openFakeSystem([
      processService('a', { watch: watched }),
      processService('b'),
    ]);
    void supervisor.start(['a', 'b']);
    await clock.advance(SETTLED_MS);
    clear();
    await supervisor.close();
    expect(watcher.isClosed).toBe(true);
    expect(runner.runs.every(run => run.isOver)).toBe(true);
    expect(phases()).toEqual(['a stopping', 'b stopping', 'a stopped', 'b stopped']);
  });

  test('during a start ends what has begun, and begins nothing more', async () => {
    const { supervisor, clock, runner } = openFakeSystem([processService('a'), processService('b', { delayMs: 100 })]);
    const outcomes = supervisor.start(['a', 'b']);
    await clock.advance(0);
    const closed = supervisor.close();
    await clock.advance(1000);
    await closed;
    expect(results(await outcomes)).toEqual(['a superseded', 'b superseded']);
    expect(runner.launches).toEqual(['a#1']);
    expect(results(await supervisor.start(['a']))).toEqual(['a superseded']);
  });

  test('right after a start begins nothing', async () => {
    const { supervisor, runner } = openFakeSystem([processService('a')]);
    const outcomes = supervisor.start(['a']);
    await supervisor.close();
    expect(results(await outcomes)).toEqual(['a superseded']);
    expect(runner.runs).toEqual([]);
  });

  test('is done once, however often it is asked for', async () => {
    const { supervisor, clock, runner } = openFakeSystem([processService('a')]);
    void supervisor.start(['a']);
    await clock.advance(SETTLED_MS);
    await Promise.all([supervisor.close(), supervisor.close()]);
    await supervisor.close();
    await supervisor[Symbol.asyncDispose]();
    expect(runner.of('a').signals).toEqual(['SIGTERM']);
  });

  test('by force does not wait for what ignores the polite signal', async () => {
    const { supervisor, clock, runner } = openFakeSystem([processService('a')]);
    runner.stubborn.add('a');
    void supervisor.start(['a']);
    await clock.advance(SETTLED_MS);
    const polite = supervisor.close();
    await clock.advance(0);
    expect(runner.of('a').signals).toEqual(['SIGTERM']);
    await Promise.all([polite, supervisor.close({ force: true })]);
    expect(runner.of('a').signals).toEqual(['SIGTERM', 'SIGKILL']);
  });

  test('leaves no timer behind', async () => {
    const { supervisor, clock, watcher } = openFakeSystem([processService('a', { watch: watched })]);
    void supervisor.start(['a']);
    await clock.advance(SETTLED_MS);
    watcher.save('a', 'x.js');
    await supervisor.close();
    await clock.advance(START_PATIENCE_MS);
    expect(clock.pending).toBe(0);
  });
});

test('what each event says of a run fits together', async () => {
  const { supervisor, clock, events } = openFakeSystem([processService('a')]);
  void supervisor.start(['a']);
  await clock.advance(SETTLED_MS);
  const launched = events.find((event): event is Extract<Event, { type: 'launched' }> => event.type === 'launched');
  const ready = events.find(event => event.type === 'phase' && event.phase.id === 'ready');
  expect(supervisor.status('a')?.run).toEqual({ id: launched!.run, pid: launched!.pid, startedAt: launched!.at });
  expect(ready).toMatchObject({ tookMs: SETTLED_MS, restarts: 0, cause: { type: 'probe' } });
});
