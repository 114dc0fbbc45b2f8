// What is left in an engine when fuge is killed, and who clears it.
import { expect, it, vi } from 'vitest';
import { containersOf, describeOnEngine, engineUrl, expectNothingLeft, image, makeForeign } from '../rig/engine.js';
import { FugeProcess } from '../rig/fuge-process.js';
import { temporaryFolder } from '../rig/open-system.js';

const SYSTEM = {
  'run/.keep': '',
  'fuge.yml': `
fuge_global:
  container_engine_url: ${engineUrl()}
  stop_grace_period: 500ms
stubborn:
  type: container
  image: stubborn:1
  ports: []
quick:
  type: process
  run: sleep 1000000
  ports: []
`,
};

async function openWithContainer(): Promise<{ folder: string; fuge: FugeProcess }> {
  const folder = temporaryFolder(SYSTEM);
  const fuge = new FugeProcess(folder);
  fuge.enter('start stubborn');
  await fuge.says(/stubborn\W+up/);
  // The engine passes on what a container prints before it calls it running.
  await vi.waitFor(async () =>
    expect(await containersOf('io.fuge.service=stubborn')).toMatchObject([{ State: 'running' }]),
  );
  return { folder, fuge };
}

describeOnEngine('a fuge that is killed', () => {
  it('has its containers ended by its guard, and nobody else’s', async () => {
    await image('stubborn:1');
    const foreign = await makeForeign();
    const { fuge } = await openWithContainer();
    fuge.kill('SIGKILL');
    await fuge.ended;
    await expectNothingLeft();
    expect(await foreign.isUntouched()).toBe(true);
  });

  it('with its guard, has its containers cleared by the next start, even if that one wants none', async () => {
    await image('stubborn:1');
    const foreign = await makeForeign();
    const { folder, fuge } = await openWithContainer();
    const guard = await fuge.guard();
    // A fuge that still runs would replace its guard.
    fuge.kill('SIGSTOP');
    process.kill(guard, 'SIGKILL');
    fuge.kill('SIGKILL');
    await fuge.ended;
    expect(await containersOf('io.fuge.service=stubborn')).toMatchObject([{ State: 'running' }]);

    const next = new FugeProcess(folder);
    next.enter('start quick');
    await next.says(/a container of ".+" was left by a fuge that was killed: it is ended/);
    await vi.waitFor(async () => expect(await containersOf('io.fuge.service=stubborn')).toEqual([]));
    next.enter('exit');
    expect(await next.ended).toEqual({ code: 0, signal: null });
    await expectNothingLeft();
    expect(await foreign.isUntouched()).toBe(true);
  });

  it('waits at its end until what another had left is cleared', async () => {
    await image('stubborn:1');
    const { folder, fuge } = await openWithContainer();
    const guard = await fuge.guard();
    fuge.kill('SIGSTOP');
    process.kill(guard, 'SIGKILL');
    fuge.kill('SIGKILL');
    await fuge.ended;

    const next = new FugeProcess(folder);
    next.enter('start quick');
    next.enter('exit');
    expect(await next.ended).toEqual({ code: 0, signal: null });
    expect(await containersOf('io.fuge.service=stubborn')).toEqual([]);
  });
});
