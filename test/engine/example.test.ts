// The example with a container, run by the real binary as its README says, against the engine of the tests.
import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished, vi } from 'vitest';
import { ask as askEngine, describeOnEngine, engineUrl, expectNothingLeft, image, makeForeign } from '../rig/engine.js';
import { FugeProcess } from '../rig/fuge-process.js';
import { temporaryFolder } from '../rig/open-system.js';

const example = fileURLToPath(new URL('../../examples/containers', import.meta.url));
const SHOP = 'http://127.0.0.1:3100';
const WORKER = 'http://127.0.0.1:3101';

const until = (look: () => Promise<void>) => vi.waitFor(look, { timeout: 30_000, interval: 25 });

async function ask(url: string, body?: object): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(url, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const order = async (item: string, count: number) => Number((await ask(`${SHOP}/orders`, { item, count })).body.id);
const becomes = (id: number, state: string) =>
  until(async () => expect((await ask(`${SHOP}/orders/${id}`)).body).toMatchObject({ id, state }));

/** A copy of the example, run by fuge from a pipe, with the engine of the tests. */
function openExample(): { folder: string; fuge: FugeProcess } {
  const folder = temporaryFolder({ 'run/.keep': '' });
  cpSync(example, folder, { recursive: true, filter: source => path.basename(source) !== 'log' });
  vi.stubEnv('DOCKER_HOST', engineUrl());
  onTestFinished(() => void vi.unstubAllEnvs());
  return { folder, fuge: new FugeProcess(folder) };
}

describeOnEngine('the example with a container', () => {
  it('packs what was ordered, survives a killed worker and a new Redis, and leaves nothing behind', async () => {
    await image('redis:7-alpine');
    const foreign = await makeForeign();
    // The engine lists them in no order.
    const volumes = async (): Promise<string[]> =>
      ((await askEngine('GET', '/volumes')).Volumes ?? []).map(({ Name }: { Name: string }) => Name).sort();
    const volumesBefore = await volumes();
    const { folder, fuge } = openExample();
    fuge.enter('start all');
    await until(async () => expect((await ask(`${SHOP}/orders`)).body).toEqual({ waiting: 0 }));
    await until(async () => expect((await ask(WORKER)).body).toMatchObject({ packed: [] }));

    const tea = await order('tea', 2);
    await becomes(tea, 'packed');
    expect((await ask(`${SHOP}/orders/${tea}`)).body).toEqual({
      id: tea,
      item: 'tea',
      count: 2,
      state: 'packed',
      answer: 'packed 2 × tea',
    });

    // Nobody packs: they wait, and are not lost.
    fuge.enter('kill worker');
    await until(() => expect(ask(WORKER)).rejects.toThrow('fetch failed'));
    const cup = await order('cup', 1);
    expect((await ask(`${SHOP}/orders/${cup}`)).body).toMatchObject({ id: cup, state: 'waiting' });
    fuge.enter('start worker');
    await becomes(cup, 'packed');

    // Another container at the same address.
    fuge.enter('restart redis');
    await until(async () => {
      const { status, body } = await ask(`${SHOP}/orders/${tea}`);
      expect({ status, body }).toEqual({ status: 404, body: { error: `there is no order ${tea}` } });
    });
    await becomes(await order('pot', 3), 'packed');

    fuge.enter('exit');
    expect(await fuge.ended).toEqual({ code: 0, signal: null });
    await expectNothingLeft();
    expect(await foreign.isUntouched()).toBe(true);
    expect(await volumes()).toEqual(volumesBefore);
    expect(readFileSync(path.join(folder, 'log/redis.log'), 'utf8')).toContain('Ready to accept connections');
  });

  it('starts nothing before Redis is healthy', async () => {
    await image('redis:7-alpine');
    const { fuge } = openExample();
    fuge.enter('start worker');
    await until(async () => expect((await ask(WORKER)).status).toBe(200));
    const { output } = fuge;
    expect(output).toMatch(/redis\W.*\bready\b[\s\S]*worker\W.*listening on/);
    fuge.enter('exit');
    expect(await fuge.ended).toEqual({ code: 0, signal: null });
    await expectNothingLeft();
  });
});
