import { describe, expect, test } from 'vitest';
import { EngineError, type OutputSink } from '../../../src/supervisor/engine/engine.js';
import {
  type ContainerFollower,
  type ContainerHost,
  createContainerRunner,
  LaunchRefusal,
  type PreparedContainer,
} from '../../../src/supervisor/runners/container.js';
import type { ContainerService } from '../../../src/system.js';
import { type FakeContainer, FakeEngine } from '../../rig/fake-engine.js';
import { ManualClock, settled } from '../../rig/manual-clock.js';
import { containerService } from '../../rig/system.js';

const GONE = new EngineError('socket hang up', { code: 'ECONNRESET' });
const never = <T>() => new Promise<T>(() => {});
/** What a run that never came to a process tells at its end. */
const NEVER_RAN = ['stdout ended', 'stderr ended'];

function setUp(more: Partial<PreparedContainer> & { service?: Partial<ContainerService> } = {}) {
  const { service = {}, ...prepared } = more;
  const clock = new ManualClock();
  const engine = new FakeEngine();
  const followers = new Map<string, ContainerFollower>();
  const told: string[] = [];
  const host: ContainerHost & { -readonly [K in keyof ContainerHost]: ContainerHost[K] } = {
    clock,
    connected: async signal => {
      signal.throwIfAborted();
      return engine;
    },
    prepare: async () => ({
      id: await engine.createContainer('shop-web', {}),
      isNew: true,
      stopSignal: undefined,
      tellsHealth: false,
      ...prepared,
    }),
    startProblem: async (_, { name }, { message }) => ({
      severity: 'error',
      code: 'refused',
      message: `"${name}" can't start: ${message}`,
    }),
    follow: (id, follower) => {
      followers.set(id, follower);
      return () => void followers.delete(id);
    },
  };
  void engine.events(
    {},
    event => followers.get(event.container)?.heard(event),
    () => {},
  );
  const launch = () =>
    createContainerRunner(host).launch(
      { service: containerService('web', service), run: 1, environment: () => ({}), inspectPort: undefined },
      {
        launched: as => told.push(`launched${as.pid === undefined ? '' : ` ${as.pid}`}`),
        progress: () => {},
        health: (isHealthy, problem) => told.push(isHealthy ? 'well' : `ill: ${problem}`),
        output: (_, chunk) => told.push(chunk.toString()),
        outputEnded: stream => told.push(`${stream} ended`),
        exited: (exit, isLingering) => told.push(`exited ${isLingering} ${JSON.stringify(exit)}`),
        emptied: () => told.push('emptied'),
      },
    );
  const container = (): FakeContainer => [...engine.held.values()][0]!;
  /** The engine goes: nothing is answered any more. */
  const lose = () => {
    for (const follower of [...followers.values()]) follower.engineChanged(undefined);
  };
  const comeBack = () => {
    for (const follower of [...followers.values()]) follower.engineChanged(engine);
  };
  const said = (text: string) => container().sink!.output('stdout', Buffer.from(text));
  return { clock, engine, followers, told, host, launch, container, lose, comeBack, said };
}

const exited = (exit: object) => [...NEVER_RAN, `exited true ${JSON.stringify(exit)}`, 'emptied'];
const notLaunched = (exit: object) => [...NEVER_RAN, `exited false ${JSON.stringify(exit)}`];
const SIGTERM = { reason: 'signal', signal: 'SIGTERM' };
const SIGKILL = { reason: 'signal', signal: 'SIGKILL' };

describe('a launch', () => {
  test('attaches before the start, so that nothing that is printed is missed', async () => {
    const { engine, launch, told, said, container } = setUp();
    const start = engine.startContainer.bind(engine);
    engine.startContainer = async id => {
      said('first\n');
      await start(id);
    };
    launch();
    await settled();
    expect(told).toEqual(['first\n', 'launched 4242']);
    expect(container().state).toBe('running');
  });

  test('reports nothing before it has returned', async () => {
    const { host, launch, told } = setUp();
    host.connected = async () => {
      throw new LaunchRefusal({ severity: 'error', code: 'x', message: 'no' });
    };
    launch();
    expect(told).toEqual([]);
    await settled();
    expect(told).toHaveLength(3);
  });

  test('tells no process of an engine that is elsewhere', async () => {
    const { engine, launch, told } = setUp();
    engine.isLocal = false;
    launch();
    await settled();
    expect(told).toEqual(['launched']);
  });

  test('that is refused has not started, and leaves no container', async () => {
    for (const keep of [false, true]) {
      const { clock, engine, followers, launch, told } = setUp({ service: { keep } });
      engine.refuse = line => (line.startsWith('start ') ? new EngineError('no', { status: 500 }) : undefined);
      launch();
      await settled();
      const problem = { severity: 'error', code: 'refused', message: `"web" can't start: no` };
      expect(told).toEqual(notLaunched({ reason: 'not-started', problem }));
      expect([engine.held.size, followers.size, clock.pending]).toEqual([0, 0, 0]);
    }
  });

  test('that is refused leaves a kept container that ran before', async () => {
    const { engine, launch } = setUp({ isNew: false, service: { keep: true } });
    engine.refuse = line => (line.startsWith('start ') ? new EngineError('no', { status: 500 }) : undefined);
    launch();
    await settled();
    expect(engine.held.size).toBe(1);
  });

  test('that is given up while an engine is looked for, or the image fetched, never ran', async () => {
    for (const stage of ['connected', 'prepare'] as const) {
      const { clock, host, launch, told } = setUp();
      const aborted = (signal: AbortSignal) =>
        new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      if (stage === 'connected') host.connected = aborted;
      else host.prepare = (_engine, _order, { signal }) => aborted(signal);
      const run = launch();
      await settled();
      run.terminate('SIGTERM');
      await settled();
      expect([told, clock.pending]).toEqual([notLaunched(SIGTERM), 0]);
    }
  });

  test('that is given up while its container is made removes it', async () => {
    const { engine, host, launch, told } = setUp();
    const { prepare } = host;
    let go = () => {};
    host.prepare = async (...all) => {
      const container = await prepare(...all);
      await new Promise<void>(resolve => (go = resolve));
      return container;
    };
    const run = launch();
    await settled();
    run.terminate('SIGTERM');
    go();
    await settled();
    expect([told, engine.log]).toEqual([
      notLaunched(SIGTERM),
      ['create container shop-web', 'remove container container-1'],
    ]);
  });

  test('that is given up while its container starts is ended as soon as it runs', async () => {
    const { engine, launch, told } = setUp();
    const start = engine.startContainer.bind(engine);
    let go = () => {};
    engine.startContainer = async id => {
      await new Promise<void>(resolve => (go = resolve));
      await start(id);
    };
    const run = launch();
    await settled();
    run.terminate('SIGINT');
    go();
    await settled();
    expect(told).toEqual(['launched 4242', ...exited({ reason: 'code', code: 0 })]);
    expect(engine.log.slice(2)).toEqual(['kill container-1 SIGINT', 'remove container container-1']);
  });

  test('that loses its engine is tried again when there is one', async () => {
    const { clock, engine, launch, told, container } = setUp();
    const start = engine.startContainer.bind(engine);
    engine.startContainer = async () => {
      engine.startContainer = start;
      throw GONE;
    };
    launch();
    await settled();
    expect([told, clock.pending]).toEqual([[], 1]);
    await clock.advance(250);
    expect(told).toEqual(['launched 4242']);
    expect(container().state).toBe('running');
  });

  test('that waits for its next try is given up at once', async () => {
    const { clock, host, launch, told } = setUp();
    host.prepare = async () => {
      throw GONE;
    };
    const run = launch();
    await settled();
    run.terminate('SIGTERM');
    await settled();
    expect([told, clock.pending]).toEqual([notLaunched(SIGTERM), 0]);
  });

  test('whose engine is lost as soon as it runs is launched, and looked at when the engine is back', async () => {
    const { engine, launch, told, container, comeBack, lose } = setUp();
    const inspect = engine.inspectContainer.bind(engine);
    engine.inspectContainer = async () => {
      lose();
      throw GONE;
    };
    launch();
    await settled();
    expect(told).toEqual(['launched', 'ill: the container engine does not answer']);
    engine.inspectContainer = inspect;
    comeBack();
    await settled();
    expect([told.at(-1), container().state]).toEqual(['well', 'running']);
  });

  test('that an engine never answers is given up some time after a kill', async () => {
    const { clock, host, launch, told } = setUp();
    host.prepare = never;
    const run = launch();
    await settled();
    run.kill();
    await clock.advance(9999);
    expect(told).toEqual([]);
    await clock.advance(1);
    expect([told, clock.pending]).toEqual([notLaunched(SIGKILL), 0]);
  });
});

describe('a container', () => {
  async function running(more: Parameters<typeof setUp>[0] = {}) {
    const all = setUp(more);
    const run = all.launch();
    await settled();
    all.told.length = 0;
    return { ...all, run };
  }

  test('has ended when its end and that of its output are told, in either order', async () => {
    for (const order of ['end first', 'output first']) {
      const { clock, engine, told, container, said } = await running();
      const { id } = container();
      const sink = container().sink!;
      Object.assign(container(), { state: 'exited', exitCode: 3 });
      const die = () => engine.tell({ container: id, action: 'die', attributes: { exitCode: '3' }, at: 0 });
      if (order === 'end first') {
        die();
        await settled();
        expect(told).toEqual([]);
        said('last\n');
        sink.ended();
      } else {
        said('last\n');
        sink.ended();
        die();
      }
      await settled();
      expect(told).toEqual(['last\n', ...exited({ reason: 'code', code: 3 })]);
      expect([engine.held.size, clock.pending]).toEqual([0, 0]);
    }
  });

  test('whose end nobody told has ended all the same when its output did', async () => {
    const { clock, told, container } = await running();
    Object.assign(container(), { state: 'exited', exitCode: 139 });
    container().sink!.ended();
    await clock.advance(200);
    expect(told).toEqual(exited({ reason: 'signal', signal: 'SIGSEGV' }));
  });

  test('whose output never ends has ended a second after it did', async () => {
    const { clock, engine, told, container } = await running();
    const { id } = container();
    Object.assign(container(), { state: 'exited', exitCode: 0 });
    engine.tell({ container: id, action: 'die', attributes: { exitCode: '0' }, at: 0 });
    await clock.advance(999);
    expect(told).toEqual([]);
    await clock.advance(1);
    expect(told).toEqual(exited({ reason: 'code', code: 0 }));
  });

  test('whose output is held has not ended before it is read', async () => {
    const { clock, engine, told, container, run } = await running();
    const { id } = container();
    run.hold(true);
    Object.assign(container(), { state: 'exited', exitCode: 0 });
    engine.tell({ container: id, action: 'die', attributes: { exitCode: '0' }, at: 0 });
    await clock.advance(60_000);
    expect(told).toEqual([]);
    run.hold(false);
    container().sink!.ended();
    await settled();
    expect(told).toEqual(exited({ reason: 'code', code: 0 }));
  });

  test('that had too little memory says so', async () => {
    const { engine, told, container } = await running();
    container().outOfMemory = true;
    engine.end('container-1', 137);
    await settled();
    expect(told).toEqual(exited({ reason: 'code', code: 137, outOfMemory: true }));
  });

  test('that somebody removes has been killed', async () => {
    const { engine, told } = await running();
    const { sink } = engine.held.get('container-1')!;
    engine.held.delete('container-1');
    engine.tell({ container: 'container-1', action: 'destroy', attributes: {}, at: 0 });
    sink!.ended();
    await settled();
    expect(told).toEqual(exited(SIGKILL));
  });

  test('is asked to end by the signal that its image wants, and is removed', async () => {
    const { engine, run, told } = await running({ stopSignal: 'SIGQUIT' });
    run.terminate('SIGTERM');
    await settled();
    expect(engine.log.slice(2)).toEqual(['kill container-1 SIGQUIT', 'remove container container-1']);
    expect(told).toEqual(exited({ reason: 'code', code: 0 }));
  });

  test('that is kept is stopped, not removed', async () => {
    const { engine, run, told, container } = await running({ service: { keep: true } });
    run.terminate('SIGTERM');
    await settled();
    expect([container().state, engine.log.at(-1)]).toEqual(['exited', 'kill container-1 SIGTERM']);
    expect(told.at(-1)).toBe('emptied');
  });

  test('tells what its health check says', async () => {
    const { engine, told, container } = await running({ tellsHealth: true });
    const check = async (health: FakeContainer['health'], healthOutput: string) => {
      Object.assign(container(), { health, healthOutput });
      engine.tell({ container: 'container-1', action: `health_status: ${health}`, attributes: {}, at: 0 });
      await settled();
    };
    await check('starting', '');
    await check('unhealthy', 'trying\nno such file\n');
    await check('unhealthy', '');
    await check('healthy', 'fine');
    expect(told).toEqual(['ill: its health check fails: no such file', 'ill: its health check fails', 'well']);
  });

  test('of an engine that is gone is ill, and well when the engine is back, without a line told twice or lost', async () => {
    const { clock, told, container, said, lose, comeBack } = await running();
    said('one\ntw');
    const old = container().sink!;
    lose();
    old.ended();
    await clock.advance(1000);
    comeBack();
    await settled();
    expect(container().sink).not.toBe(old);
    said('one\ntwo\nthree\n');
    old.output('stdout', Buffer.from('stale'));
    expect(told).toEqual(['one\ntw', 'ill: the container engine does not answer', 'well', 'o\nthree\n']);
    expect(clock.pending).toBe(0);
  });

  test('whose output breaks off while it runs is read on from there, by one reader only', async () => {
    const { clock, engine, told, container, comeBack, lose } = await running();
    const sinks: OutputSink[] = [];
    engine.logs = async (_, sink) => {
      sinks.push(sink);
      return { hold() {}, close() {} };
    };
    const { sink } = container();
    lose();
    sink!.ended();
    await clock.advance(199);
    comeBack();
    comeBack();
    await clock.advance(1);
    expect(sinks.length).toBeGreaterThan(1);
    for (const each of sinks) each.output('stdout', Buffer.from('line\n'));
    expect(told.filter(each => each === 'line\n')).toHaveLength(1);
  });

  test('whose log can’t be read tells at least what it prints from now on', async () => {
    const { engine, told, said, lose, comeBack } = await running();
    engine.logs = async () => {
      throw new EngineError('configured logging driver does not support reading', { status: 501 });
    };
    said('one\n');
    lose();
    comeBack();
    await settled();
    said('three\n');
    expect(told).toEqual(['one\n', 'ill: the container engine does not answer', 'well', 'three\n']);
  });

  test('that ended while the engine was away tells its last lines, and is started again', async () => {
    const { engine, told, container, said, lose, comeBack } = await running();
    said('one\n');
    lose();
    Object.assign(container(), { state: 'exited', exitCode: 0 });
    engine.logs = async (_, sink) => {
      sink.output('stdout', Buffer.from('one\ntwo\n'));
      sink.ended();
      return { hold() {}, close() {} };
    };
    comeBack();
    await settled();
    expect(told.slice(2)).toEqual([
      'two\n',
      ...exited({ reason: 'lost', problem: 'the container engine was restarted' }),
    ]);
  });

  test('that is a task and has done its work while the engine was away has ended well', async () => {
    const { engine, told, container, lose, comeBack } = await running({ service: { once: true } });
    lose();
    Object.assign(container(), { state: 'exited', exitCode: 0 });
    engine.logs = async (_, sink) => {
      sink.ended();
      return { hold() {}, close() {} };
    };
    comeBack();
    await settled();
    expect(told.at(-2)).toBe(`exited true ${JSON.stringify({ reason: 'code', code: 0 })}`);
  });

  test('that is killed while the engine is gone has ended', async () => {
    for (const order of ['kill first', 'gone first']) {
      const { clock, engine, told, run, lose } = await running();
      engine.refuse = line => (line.startsWith('kill') ? GONE : undefined);
      if (order === 'gone first') lose();
      run.kill();
      if (order === 'kill first') lose();
      await settled();
      expect(told.filter(each => !each.startsWith('ill'))).toEqual(exited(SIGKILL));
      expect(clock.pending).toBe(0);
    }
  });

  test('that is asked to end while the engine is gone is asked again when that is back', async () => {
    const { engine, told, run, lose, comeBack } = await running();
    lose();
    run.terminate('SIGTERM');
    comeBack();
    await settled();
    expect(engine.log).toContain('kill container-1 SIGTERM');
    expect(told.at(-1)).toBe('emptied');
  });

  test('of an engine that answers nothing is given up some time after it was killed', async () => {
    const { clock, engine, told, run } = await running();
    engine.signalContainer = never;
    engine.inspectContainer = never;
    run.kill();
    await clock.advance(9999);
    expect(told).toEqual([]);
    await clock.advance(1);
    expect([told, clock.pending]).toEqual([exited(SIGKILL), 0]);
  });
});
