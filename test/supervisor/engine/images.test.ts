import { describe, expect, test } from 'vitest';
import type { ImageBuild } from '../../../src/container.js';
import { EngineError } from '../../../src/supervisor/engine/engine.js';
import { Images } from '../../../src/supervisor/engine/images.js';
import type { ContainerService } from '../../../src/system.js';
import { FakeEngine } from '../../rig/fake-engine.js';
import { containerService } from '../../rig/system.js';

const BUILD = { context: '/shop' } as ImageBuild;

function setUp() {
  const engine = new FakeEngine();
  const images = new Images(engine, async (_, { image }, { signal, output }) => {
    output(`making ${image}\n`);
    await engine.build({ context: process.stdin, query: { t: image }, signal, onOutput: output });
  });
  /** One service that wants its image. */
  const want = (more: Partial<ContainerService> = {}) => {
    const abort = new AbortController();
    const told: string[] = [];
    const printed: string[] = [];
    const facts = images.provide(containerService('web', more), {
      signal: abort.signal,
      progress: ({ task, state, bytes }) =>
        told.push(`${task} ${state}${bytes ? ` ${bytes.done}/${bytes.total}` : ''}`),
      output: text => printed.push(text),
    });
    facts.catch(() => {});
    return { abort, told, printed, facts };
  };
  return { engine, want };
}

/** What was promised up to now has settled. */
const settled = () => new Promise(resolve => setImmediate(resolve));

describe('an image', () => {
  test('that is there is taken', async () => {
    const { engine, want } = setUp();
    const there = engine.addImage('redis');
    const { facts, told } = want();
    expect(await facts).toEqual(there);
    expect([engine.log, told]).toEqual([[], []]);
  });

  test('that is missing is fetched once for all, who all hear how far it is', async () => {
    const { engine, want } = setUp();
    engine.isSlow = true;
    const wishes = [want(), want(), want({ image: 'other' })];
    await settled();
    expect(engine.log).toEqual(['pull redis', 'pull other']);
    const [pull, other] = engine.work;
    (pull!.options as { onProgress(bytes: object): void }).onProgress({ done: 1, total: 4 });
    pull!.succeed();
    other!.succeed();
    await Promise.all(wishes.map(({ facts }) => facts));
    expect(wishes.map(({ told }) => told)).toEqual([
      ['pull begun', 'pull going on 1/4', 'pull done 1/4'],
      ['pull begun', 'pull going on 1/4', 'pull done 1/4'],
      ['pull begun', 'pull done'],
    ]);
  });

  test('of two platforms is fetched for each', async () => {
    const { engine, want } = setUp();
    engine.isSlow = true;
    want({ platform: 'linux/amd64' });
    want({ platform: 'linux/arm64' });
    await settled();
    expect(engine.log).toEqual(['pull redis', 'pull redis']);
  });

  test('is fetched though it is there when it is always to be', async () => {
    const { engine, want } = setUp();
    engine.addImage('redis');
    await want({ pull: 'always' }).facts;
    expect(engine.log).toEqual(['pull redis']);
  });

  test('that is missing and never to be fetched is a refusal', async () => {
    const { engine, want } = setUp();
    await expect(want({ pull: 'never', build: BUILD }).facts).rejects.toThrow(
      new EngineError('No such image: redis', { status: 404 }),
    );
    expect(engine.log).toEqual([]);
  });

  test('that can’t be fetched tells all, and is tried again by the next', async () => {
    const { engine, want } = setUp();
    engine.isSlow = true;
    const wishes = [want(), want()];
    await settled();
    engine.work[0]!.fail(new EngineError('toomanyrequests', { status: 500 }));
    for (const { facts } of wishes) await expect(facts).rejects.toThrow('toomanyrequests');
    expect(wishes.map(({ told }) => told.at(-1))).toEqual(['pull failed', 'pull failed']);
    engine.isSlow = false;
    expect((await want().facts).id).toBe('sha256:redis');
  });

  test('is fetched on while somebody wants it, and given up with the last', async () => {
    const { engine, want } = setUp();
    engine.isSlow = true;
    const [first, last] = [want(), want()];
    await settled();
    const { signal } = engine.work[0]!.options;
    first.abort.abort();
    await expect(first.facts).rejects.toThrow('aborted');
    expect(signal.aborted).toBe(false);
    last.abort.abort();
    await expect(last.facts).rejects.toThrow('aborted');
    expect(signal.aborted).toBe(true);
  });

  test('that was just given up is begun anew by whoever wants it next', async () => {
    const { engine, want } = setUp();
    engine.isSlow = true;
    const first = want();
    await settled();
    first.abort.abort();
    const next = want();
    await settled();
    expect(engine.log).toEqual(['pull redis', 'pull redis']);
    engine.work[1]!.succeed();
    expect((await next.facts).id).toBe('sha256:redis');
  });

  test('is not begun for one who left while it was looked for', async () => {
    const { engine, want } = setUp();
    const { abort, facts } = want();
    abort.abort();
    await expect(facts).rejects.toThrow('aborted');
    expect(engine.log).toEqual([]);
  });

  test('with a Dockerfile is built once, with its output for all who wait', async () => {
    const { engine, want } = setUp();
    engine.addImage('redis');
    engine.isSlow = true;
    const [first, second] = [want({ build: BUILD }), want({ build: BUILD })];
    await settled();
    (engine.work[0]!.options as { onOutput(text: string): void }).onOutput('Step 1\n');
    engine.work[0]!.succeed();
    await Promise.all([first.facts, second.facts]);
    await want({ build: BUILD }).facts;
    expect(engine.log).toEqual(['build redis']);
    expect(second.told).toEqual(['build begun', 'build done']);
    expect([first.printed.at(-1), second.printed.at(-1)]).toEqual(['Step 1\n', 'Step 1\n']);
  });

  test('is built each time where that is asked for', async () => {
    const { engine, want } = setUp();
    await want({ build: BUILD, pull: 'build' }).facts;
    await want({ build: BUILD, pull: 'build' }).facts;
    expect(engine.log).toEqual(['build redis', 'build redis']);
  });
});
