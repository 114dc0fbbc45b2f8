import { describe, expect, test } from 'vitest';
import { EngineConnection } from '../../../src/supervisor/engine/connection.js';
import { type Engine, EngineError, type EngineEvent } from '../../../src/supervisor/engine/engine.js';
import { FakeEngine } from '../../rig/fake-engine.js';
import { ManualClock, settled } from '../../rig/manual-clock.js';

/** A try to connect that waits for the test to end it. */
interface Try {
  succeed(engine: Engine): void;
  fail(message?: string): void;
}

function setUp(prepare: (engine: Engine) => Promise<void> = async () => {}) {
  const clock = new ManualClock();
  const tries: Try[] = [];
  const heard: EngineEvent[] = [];
  /** What was told: the address, or what is wrong. */
  const told: string[] = [];
  const connection: EngineConnection = new EngineConnection({
    clock,
    label: 'io.fuge.owner=1-a',
    connect: () =>
      new Promise((resolve, reject) => {
        tries.push({
          succeed: resolve,
          fail: message => reject(new EngineError(message ?? 'nobody', { code: 'ENOENT' })),
        });
      }),
    prepare,
    heard: event => heard.push(event),
    changed: () => told.push(connection.engine ? 'connected' : ((connection.problem as Error)?.message ?? 'broken')),
  });
  const patient = () => connection.connected(new AbortController().signal);
  return { clock, connection, tries, heard, told, patient };
}

const DIE: EngineEvent = { container: 'c', action: 'die', attributes: {}, at: 0 };

describe('an engine', () => {
  test('is looked for when the first container wants it, once for all that wait', async () => {
    const { connection, tries, told, patient } = setUp();
    expect(tries).toHaveLength(0);
    const waiting = [patient(), patient()];
    expect(tries).toHaveLength(1);
    const engine = new FakeEngine();
    tries[0]!.succeed(engine);
    expect(await Promise.all(waiting)).toEqual([engine, engine]);
    expect(await patient()).toBe(engine);
    expect([told, connection.problem]).toEqual([['connected'], undefined]);
  });

  test('that is not there is looked for again and again, ever more seldom, and told of once', async () => {
    const { clock, connection, tries, told, patient } = setUp();
    const found = patient();
    for (const pause of [100, 150, 225]) {
      tries.at(-1)!.fail();
      await settled();
      const before = tries.length;
      await clock.advance(pause - 1);
      expect(tries).toHaveLength(before);
      await clock.advance(1);
      expect(tries).toHaveLength(before + 1);
    }
    for (let i = 0; i < 10; i++) {
      tries.at(-1)!.fail('still nobody');
      await clock.advance(2000);
    }
    expect(tries).toHaveLength(14);
    expect([told, (connection.problem as Error).message]).toEqual([['nobody'], 'still nobody']);
    tries.at(-1)!.succeed(new FakeEngine());
    await found;
    expect([told, connection.problem, clock.pending]).toEqual([['nobody', 'connected'], undefined, 0]);
  });

  test('whose stream of events ends is gone: it is looked for at once, and its events are heard again', async () => {
    const { connection, tries, heard, told, patient } = setUp();
    connection.want();
    const engine = new FakeEngine();
    tries[0]!.succeed(engine);
    await patient();
    engine.tell(DIE);
    engine.breakOff();
    expect([connection.engine, tries.length]).toEqual([undefined, 2]);
    const again = new FakeEngine();
    tries[1]!.succeed(again);
    expect(await patient()).toBe(again);
    again.tell(DIE);
    expect(heard).toEqual([DIE, DIE]);
    expect(told).toEqual(['connected', 'broken', 'connected']);
  });

  test('that breaks twice is told of as missing each time', async () => {
    const { clock, connection, tries, told, patient } = setUp();
    connection.want();
    for (let i = 0; i < 2; i++) {
      tries.at(-1)!.fail();
      await clock.advance(100);
      const engine = new FakeEngine();
      tries.at(-1)!.succeed(engine);
      await patient();
      engine.breakOff();
    }
    expect(told).toEqual(['nobody', 'connected', 'broken', 'nobody', 'connected', 'broken']);
  });

  test.each([
    ['while it is prepared', (engine: FakeEngine) => engine.breakOff()],
    [
      'because it can’t be prepared',
      () => {
        throw new EngineError('no');
      },
    ],
  ])('that is lost %s counts as not found, and nothing of it is heard on', async (_, lose) => {
    const engines = [new FakeEngine(), new FakeEngine()];
    const { clock, connection, tries, heard, told } = setUp(async engine => {
      if (engine === engines[0]) lose(engines[0]!);
    });
    connection.want();
    tries[0]!.succeed(engines[0]!);
    await settled();
    expect([connection.engine, told.length]).toEqual([undefined, 1]);
    engines[0]!.tell(DIE);
    expect(heard).toEqual([]);
    await clock.advance(100);
    tries[1]!.succeed(engines[1]!);
    await settled();
    expect(connection.engine).toBe(engines[1]);
  });

  test('whose events end before they are followed counts as not found', async () => {
    const { clock, connection, tries } = setUp();
    const engine = new FakeEngine();
    engine.events = async (_filter, _heard, ended) => {
      ended();
      return { hold() {}, close() {} };
    };
    connection.want();
    tries[0]!.succeed(engine);
    await settled();
    expect(connection.engine).toBeUndefined();
    await clock.advance(100);
    expect(tries).toHaveLength(2);
  });

  test('is tried once more, at once, when that is asked for', async () => {
    const { clock, connection, tries } = setUp();
    connection.want();
    tries[0]!.fail();
    await settled();
    const tried = connection.tryNow();
    await settled();
    expect([tries.length, clock.pending]).toEqual([2, 0]);
    tries[1]!.succeed(new FakeEngine());
    await tried;
    expect(connection.engine).toBeDefined();
  });

  test('that nobody wants is not tried when a last try is asked for', async () => {
    const { connection, tries } = setUp();
    await connection.tryNow();
    expect(tries).toHaveLength(0);
  });
});

describe('who waits for an engine', () => {
  test('may leave, and the others go on waiting', async () => {
    const { connection, tries, patient } = setUp();
    const leaving = new AbortController();
    const left = connection.connected(leaving.signal);
    const stays = patient();
    leaving.abort();
    await expect(left).rejects.toThrow('aborted');
    await expect(connection.connected(AbortSignal.abort())).rejects.toThrow('aborted');
    const engine = new FakeEngine();
    tries[0]!.succeed(engine);
    expect(await stays).toBe(engine);
  });
});

describe('a connection that is closed', () => {
  test('between two tries has no timer left', async () => {
    const { clock, connection, tries } = setUp();
    connection.want();
    tries[0]!.fail();
    await settled();
    expect(clock.pending).toBe(1);
    connection.close();
    expect(clock.pending).toBe(0);
  });

  test('within a try ends with it, whatever comes of it', async () => {
    for (const outcome of ['found', 'not found']) {
      const { clock, connection, tries, told, heard } = setUp();
      connection.want();
      connection.close();
      const engine = new FakeEngine();
      if (outcome === 'found') tries[0]!.succeed(engine);
      else tries[0]!.fail();
      await settled();
      engine.tell(DIE);
      expect([clock.pending, told, heard, connection.engine]).toEqual([0, [], [], undefined]);
    }
  });

  test('while the engine is prepared is closed for good', async () => {
    let prepared = () => {};
    const { clock, connection, tries, told, heard } = setUp(() => new Promise(resolve => (prepared = resolve)));
    connection.want();
    const engine = new FakeEngine();
    tries[0]!.succeed(engine);
    await settled();
    connection.close();
    prepared();
    await settled();
    engine.tell(DIE);
    expect([clock.pending, told, heard, connection.engine]).toEqual([0, [], [], undefined]);
  });

  test('hears no more of the engine, and looks for none', async () => {
    const { clock, connection, tries, heard } = setUp();
    connection.want();
    const engine = new FakeEngine();
    tries[0]!.succeed(engine);
    await settled();
    connection.close();
    engine.tell(DIE);
    engine.breakOff();
    connection.want();
    expect([heard, tries.length, clock.pending]).toEqual([[], 1, 0]);
  });
});
