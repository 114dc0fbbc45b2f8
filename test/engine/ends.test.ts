// How containers end, and what that means for them and for others, on a real engine.
import { expect, it } from 'vitest';
import { containersOf, describeOnEngine, engineUrl, image } from '../rig/engine.js';
import { comesTo, openSystem } from '../rig/open-system.js';

async function open(services: string) {
  await image('busybox:1');
  return openSystem({
    'fuge.yml': `name: ends\nfuge_global: {container_engine_url: '${engineUrl()}'}\n${services}`,
  });
}

describeOnEngine('a container', () => {
  it('that is a task completes, and whoever waits for that starts then', async () => {
    const { supervisor, events } = await open(
      `migrate: {type: container, image: 'busybox:1', once: true, args: 'sh -c "echo migrated"'}
web: {type: container, image: 'busybox:1', args: sleep 1000, stop_grace_period: 100ms, depends_on: {migrate: {condition: service_completed_successfully}}}
`,
    );
    expect(await supervisor.start(['web'])).toMatchObject([
      { service: 'migrate', result: 'completed' },
      { service: 'web', result: 'ready' },
    ]);
    const order = events.flatMap(event =>
      event.type === 'phase' && ['completed', 'starting'].includes(event.phase.id)
        ? [`${event.service} ${event.phase.id}`]
        : [],
    );
    expect(order).toEqual(['migrate starting', 'migrate completed', 'web starting']);
    expect(await containersOf('io.fuge.service=migrate')).toEqual([]);
  });

  it('that fails as a task keeps back whoever waits for it', async () => {
    const { supervisor } = await open(
      `migrate: {type: container, image: 'busybox:1', once: true, args: 'sh -c "exit 4"'}
web: {type: container, image: 'busybox:1', args: sleep 1000, depends_on: {migrate: {condition: service_completed_successfully}}}
`,
    );
    const outcomes = await supervisor.start(['web']);
    expect(outcomes).toMatchObject([
      { service: 'migrate', result: 'failed', problem: expect.anything() },
      { service: 'web', result: 'waiting' },
    ]);
    expect(supervisor.status('migrate')?.lastExit).toEqual({ reason: 'code', code: 4 });
    expect(await containersOf('io.fuge.owner')).toEqual([]);
  });

  it('is started again, in a new container, as its restart policy says', async () => {
    const { supervisor, until, events } = await open(
      `web: {type: container, image: 'busybox:1', restart: {when: on-failure, max: 2, backoff: 10ms}, args: 'sh -c "echo up; exit 3"'}\n`,
    );
    void supervisor.start(['web']);
    await until(comesTo('web', 'failed'));
    const containers = events.flatMap(event => (event.type === 'launched' ? [event.container] : []));
    expect(containers).toHaveLength(3);
    expect(new Set(containers).size).toBe(3);
    expect(await containersOf('io.fuge.service=web')).toEqual([]);
  });

  it('that wants more memory than it may have says so', async () => {
    const { supervisor, until } = await open(
      `web: {type: container, image: 'busybox:1', mem_limit: 8m, memswap_limit: 8m, args: 'sh -c "exec tail /dev/zero"'}\n`,
    );
    void supervisor.start(['web']);
    await until(comesTo('web', 'failed'));
    expect(supervisor.status('web')?.lastExit).toEqual({ reason: 'code', code: 137, outOfMemory: true });
  });

  it('with a terminal prints lines like any other', async () => {
    const { supervisor, until, printed } = await open(
      `web: {type: container, image: 'busybox:1', tty: true, args: 'sh -c "test -t 1 && echo terminal; echo err >&2"'}\n`,
    );
    void supervisor.start(['web']);
    await until(comesTo('web', 'completed'));
    expect(printed('web')).toEqual(['terminal', 'err']);
  });
});
