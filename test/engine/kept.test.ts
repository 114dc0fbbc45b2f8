// Containers that outlive a stop, and what containers run, on a real engine.
import { expect, it, vi } from 'vitest';
import { createSupervisor, type Supervisor } from '../../src/index.js';
import { ask, containersOf, describeOnEngine, engineUrl, image, makeImage, recipes } from '../rig/engine.js';
import { comesTo, loadFrom, openSystem, prints } from '../rig/open-system.js';

const fileOf = (services: string) => `name: kept\nfuge_global: {container_engine_url: '${engineUrl()}'}\n${services}`;
const KEPT = 'io.fuge.keep=true';

/** Containers that are kept, and the networks that stay for them. */
async function clear(): Promise<void> {
  for (const { Id } of await containersOf(KEPT)) await ask('DELETE', `/containers/${Id}?force=1&v=1`);
  await ask('DELETE', '/networks/kept_default').catch(() => {});
}

describeOnEngine('a container that is kept', () => {
  it('is stopped by a stop, and started again, with what it wrote, by the next fuge', async () => {
    await image('busybox:1');
    const file = fileOf(
      'db: {type: container, image: "busybox:1", keep: true, stop_grace_period: 1s, args: \'sh -c "echo x >> /written; wc -l < /written; exec sleep 1000"\'}\n',
    );
    const first = await openSystem({ 'fuge.yml': file });
    try {
      await first.supervisor.start(['db']);
      await first.until(prints('db', '1'));
      await first.supervisor.close();
      const [kept] = await containersOf(KEPT);
      expect(kept).toMatchObject({ State: 'exited' });

      const next = await createSupervisor(await loadFrom(first.folder));
      const printed: string[] = [];
      next.subscribe(event => {
        if (event.type === 'lines') printed.push(...event.lines);
      });
      expect(await next.start(['db'])).toMatchObject([{ result: 'ready' }]);
      expect(next.status('db')!.run).toMatchObject({ container: kept!.Id });
      await vi.waitFor(() => expect(printed).toContain('2'));
      await next.close();
    } finally {
      await clear();
    }
  });

  it('tells its health also to a fuge that did not make it', async () => {
    await image('probed:1');
    const file = fileOf('db: {type: container, image: "probed:1", keep: true, stop_grace_period: 100ms}\n');
    const first = await openSystem({ 'fuge.yml': file });
    const heal = async (of: Supervisor) => {
      const session = await of.exec('db', ['touch', '/tmp/healthy'], { terminal: undefined, onOutput() {} });
      expect(await session.exit).toEqual({ reason: 'code', code: 0 });
    };
    try {
      const started = first.supervisor.start(['db']);
      await first.until(event => event.type === 'launched');
      await heal(first.supervisor);
      expect(await started).toMatchObject([{ result: 'ready' }]);
      await first.supervisor.close();

      const next = await createSupervisor(await loadFrom(first.folder));
      expect(await next.start(['db'])).toMatchObject([{ result: 'ready' }]);
      await next.close();
    } finally {
      await clear();
    }
  });
});

describeOnEngine('what a container runs', () => {
  it('is the image’s entrypoint alone where its arguments are cleared', async () => {
    const name = await makeImage('spoken:1', {
      files: recipes.busyboxFiles(),
      instructions: ['ENTRYPOINT ["echo", "said:"]', 'CMD ["by default"]'],
    });
    const { supervisor, printed, until } = await openSystem({
      'fuge.yml': fileOf(
        `web: {type: container, image: '${name}', args: []}\nown: {type: container, image: '${name}'}\n`,
      ),
    });
    void supervisor.start(['web', 'own']);
    await until(comesTo('web', 'completed'));
    await until(comesTo('own', 'completed'));
    expect([printed('web'), printed('own')]).toEqual([['said:'], ['said: by default']]);
    await supervisor.close();
  });
});
