// A container service from its start to its end, on a real engine.
import { expect, it } from 'vitest';
import {
  ask,
  containersOf,
  describeOnEngine,
  engineUrl,
  expectNothingLeft,
  type ImageName,
  image,
  makeForeign,
  openEngine,
  runContainer,
} from '../rig/engine.js';
import { comesTo, freePort, openSystem, prints } from '../rig/open-system.js';

/** A system with these services, on the engine of the tests. */
async function open(services: string, images: readonly ImageName[] = ['busybox:1'], more: Record<string, string> = {}) {
  for (const each of images) await image(each);
  return openSystem({
    'fuge.yml': `name: life\nfuge_global: {container_engine_url: '${engineUrl()}'}\n${services}`,
    ...more,
  });
}

const FOREVER = 'sh -c "echo up; exec sleep 1000"';

describeOnEngine('a container', () => {
  it('is started, prints from its first line on, with stdout and stderr kept apart, and is gone after a stop', async () => {
    const { supervisor, events, printed } = await open(
      `web: {type: container, image: 'busybox:1', args: 'sh -c "echo out; echo err >&2; trap exit TERM; while :; do sleep 0.05; done"'}\n`,
    );
    expect(await supervisor.start(['web'])).toMatchObject([{ service: 'web', result: 'ready' }]);
    const { run } = supervisor.status('web')!;
    expect(run).toMatchObject({ id: 1, pid: expect.any(Number), container: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(printed('web').toSorted()).toEqual(['err', 'out']);
    expect(
      events
        .filter(event => event.type === 'lines')
        .map(event => [event.stream, ...event.lines])
        .toSorted(),
    ).toEqual([
      ['stderr', 'err'],
      ['stdout', 'out'],
    ]);
    expect(await supervisor.stop(['web'])).toMatchObject([{ result: 'stopped' }]);
    expect(await containersOf('io.fuge.owner')).toEqual([]);
    await supervisor.close();
    await expectNothingLeft();
  });

  it('is ready when somebody listens behind its published port, not as soon as the engine does', async () => {
    const port = await freePort();
    const { supervisor, events } = await open(
      `web: {type: container, image: 'busybox:1', ports: ['http=${port}:80'], args: 'sh -c "sleep 0.5; echo now; exec httpd -f -p 80"'}\n`,
    );
    expect(await supervisor.start(['web'])).toMatchObject([{ result: 'ready' }]);
    const order = events.flatMap(event =>
      event.type === 'lines' ? event.lines : event.type === 'phase' ? [event.phase.id] : [],
    );
    expect(order).toEqual(['waiting', 'starting', 'now', 'ready']);
    expect((await fetch(`http://127.0.0.1:${port}/none`)).status).toBe(404);
  });

  it('that ends is told with its code, or the signal that ended it', async () => {
    const { supervisor, until } = await open(
      `three: {type: container, image: 'busybox:1', args: 'sh -c "exit 3"'}
zero: {type: container, image: 'busybox:1', args: 'true'}
shot: {type: container, image: 'busybox:1', args: 'sh -c "exec sleep 1000"'}
`,
    );
    void supervisor.start(['three', 'zero', 'shot']);
    await until(comesTo('three', 'failed'));
    await until(comesTo('zero', 'completed'));
    await until(comesTo('shot', 'ready'));
    expect(supervisor.status('three')?.lastExit).toEqual({ reason: 'code', code: 3 });
    await ask('POST', `/containers/${supervisor.status('shot')!.run!.container}/kill?signal=KILL`);
    await until(comesTo('shot', 'failed'));
    expect(supervisor.status('shot')?.lastExit).toEqual({ reason: 'signal', signal: 'SIGKILL' });
  });

  it('that is removed by somebody else has ended', async () => {
    const { supervisor, until } = await open(`web: {type: container, image: 'busybox:1', args: '${FOREVER}'}\n`);
    await supervisor.start(['web']);
    await ask('DELETE', `/containers/${supervisor.status('web')!.run!.container}?force=1`);
    await until(comesTo('web', 'failed'));
    expect(supervisor.status('web')?.lastExit).toEqual({ reason: 'signal', signal: 'SIGKILL' });
  });

  it('that ignores its stop signal is killed after its grace', async () => {
    const { supervisor, until, events } = await open(
      `web: {type: container, image: 'stubborn:1', stop_grace_period: 300ms}\n`,
      ['stubborn:1'],
    );
    void supervisor.start(['web']);
    await until(prints('web', 'up'));
    expect(await supervisor.stop(['web'])).toMatchObject([{ result: 'stopped' }]);
    expect(events.filter(comesTo('web', 'stopping'))).toMatchObject([
      { phase: { forced: false } },
      { phase: { forced: true } },
      { phase: { forced: true, exit: { reason: 'signal', signal: 'SIGKILL' } } },
    ]);
    expect(await containersOf('io.fuge.owner')).toEqual([]);
  });

  it('is asked to end by the signal that its image wants', async () => {
    const { supervisor, until } = await open(`web: {type: container, image: 'signalled:1'}\n`, ['signalled:1']);
    void supervisor.start(['web']);
    await until(prints('web', 'up'));
    await supervisor.stop(['web']);
    expect(supervisor.status('web')?.lastExit).toEqual({ reason: 'code', code: 0 });
  });

  it('with a health check is ready when that says so', async () => {
    const { supervisor, until } = await open(`web: {type: container, image: 'probed:1'}\n`, ['probed:1']);
    const started = supervisor.start(['web']);
    await until(event => event.type === 'launched');
    expect(supervisor.status('web')?.phase.id).toBe('starting');
    const session = await supervisor.exec('web', ['touch', '/tmp/healthy'], { terminal: undefined, onOutput() {} });
    expect(await session.exit).toEqual({ reason: 'code', code: 0 });
    expect(await started).toMatchObject([{ result: 'ready' }]);
    await (await supervisor.exec('web', ['rm', '/tmp/healthy'], { terminal: undefined, onOutput() {} })).exit;
    await until(comesTo('web', 'unhealthy'));
  });

  it('restarts: twenty orders at once make one new run, and never two containers', async () => {
    const { supervisor, events } = await open(
      `web: {type: container, image: 'busybox:1', args: '${FOREVER}', stop_grace_period: 100ms}\n`,
    );
    await supervisor.start(['web']);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => supervisor.restart(['web'])));
    expect(outcomes.flat().every(outcome => outcome.result === 'ready')).toBe(true);
    expect(events.filter(event => event.type === 'launched')).toHaveLength(2);
    expect(await containersOf('io.fuge.service=web')).toHaveLength(1);
  });

  it('of a Compose file runs its hooks inside, and does not start where one fails', async () => {
    await image('busybox:1');
    const { supervisor, printed } = await openSystem({
      'fuge.yml': `name: life\nfuge_global: {container_engine_url: '${engineUrl()}'}\ninclude: [compose.yml]\n`,
      'compose.yml': `services:
  web:
    image: busybox:1
    init: true
    command: sleep 1000
    post_start: [{command: [sh, -c, 'echo hello $$WHO'], environment: {WHO: you}}]
    pre_stop: [{command: [echo, good-bye]}]
  broken: {image: 'busybox:1', command: sleep 1000, post_start: [{command: [sh, -c, 'exit 4']}]}
`,
    });
    const [broken, web] = await supervisor
      .start(['broken', 'web'])
      .then(all => all.toSorted((a, b) => (a.service < b.service ? -1 : 1)));
    expect(web).toMatchObject({ result: 'ready' });
    expect(broken).toMatchObject({
      result: 'failed',
      problem: { message: 'post_start of "broken" ended with code 4: sh -c exit 4', at: { line: 8 } },
    });
    expect(printed('web')).toEqual(['hello you']);
    await supervisor.stop(['web']);
    expect(printed('web')).toEqual(['hello you', 'good-bye']);
  });

  it('that is stopped while it starts leaves nothing', async () => {
    const { supervisor } = await open(`web: {type: container, image: 'busybox:1', args: '${FOREVER}'}\n`);
    const started = supervisor.start(['web']);
    expect(await supervisor.kill(['web'])).toMatchObject([{ result: 'stopped' }]);
    expect(await started).toMatchObject([{ result: 'superseded' }]);
    await supervisor.close();
    await expectNothingLeft();
  });

  it('has a name that says whose it is, and stays away from what others made', async () => {
    const foreign = await runContainer({ Image: await image('busybox:1'), Cmd: ['sleep', '1000'] });
    await ask('POST', `/containers/${foreign}/rename?name=life-web`);
    const { supervisor } = await open(`web: {type: container, image: 'busybox:1', args: '${FOREVER}'}\n`);
    const [outcome] = await supervisor.start(['web']);
    expect(outcome).toMatchObject({ result: 'failed' });
    expect(outcome!.problem).toMatchObject({
      code: 'name-taken',
      message: `"web" can't start: there is a container "life-web" already (${foreign.slice(0, 12)}, running), which fuge did not make`,
      at: { line: 3, column: 1 },
    });
    expect((await ask('GET', `/containers/${foreign}/json`)).State.Status).toBe('running');
  });

  it('runs beside that of another checkout of the same system', async () => {
    const yaml = `web: {type: container, image: 'busybox:1', args: '${FOREVER}'}\n`;
    const [one, two] = [await open(yaml), await open(yaml)];
    expect(await one.supervisor.start(['web'])).toMatchObject([{ result: 'ready' }]);
    expect(await two.supervisor.start(['web'])).toMatchObject([{ result: 'ready' }]);
    const names = (await containersOf('io.fuge.service=web')).flatMap(each => each.Names).toSorted();
    expect(names).toEqual(['/life-web', expect.stringMatching(/^\/life-web-[0-9a-f]{6}$/)]);
    await one.supervisor.close({ force: true });
    expect(await containersOf('io.fuge.service=web')).toHaveLength(1);
  });

  it('leaves other people’s containers alone, whatever happens to ours', async () => {
    const foreign = await makeForeign();
    const { supervisor } = await open(`web: {type: container, image: 'busybox:1', args: '${FOREVER}'}\n`);
    await supervisor.start(['web']);
    await supervisor.close({ force: true });
    await expectNothingLeft();
    expect(await foreign.isUntouched()).toBe(true);
  });
});

describeOnEngine('an engine', () => {
  it('that is restarted is seen to go and come, and its containers are started again', async () => {
    const engine = await openEngine();
    await image('busybox:1', engine.socket);
    const { supervisor, until, events, printed } = await openSystem({
      'fuge.yml': `name: life\nfuge_global: {container_engine_url: 'unix://${engine.socket}'}\nweb: {type: container, image: 'busybox:1', args: '${FOREVER}'}\n`,
    });
    expect(await supervisor.start(['web'])).toMatchObject([{ result: 'ready' }]);
    const before = events.length;
    await engine.restart();
    await until(event => events.indexOf(event) >= before && comesTo('web', 'ready')(event));
    expect(printed('web')).toEqual(['up', 'up']);
    await supervisor.close({ force: true });
    await expectNothingLeft(engine.socket);
  });

  it('that keeps its containers while it is away loses no line of them, and tells none twice', async () => {
    const engine = await openEngine({ liveRestore: true });
    await image('busybox:1', engine.socket);
    const { supervisor, until, printed, events } = await openSystem({
      'fuge.yml': `name: life\nfuge_global: {container_engine_url: 'unix://${engine.socket}'}\nweb: {type: container, image: 'busybox:1', args: 'sh -c "i=0; while :; do i=$$((i+1)); echo line $$i; sleep 0.02; done"'}\n`,
    });
    void supervisor.start(['web']);
    await until(prints('web', 'line 20'));
    const before = events.length;
    await engine.restart();
    await until(event => events.indexOf(event) >= before && comesTo('web', 'ready')(event));
    const seen = printed('web').length;
    await until(prints('web', `line ${seen + 50}`));
    const lines = printed('web');
    expect(lines).toEqual(lines.map((_, index) => `line ${index + 1}`));
    expect(events.filter(event => event.type === 'launched')).toHaveLength(1);
  });

  it('that is not there is told of once, and found when it comes', async () => {
    const engine = await openEngine();
    await image('busybox:1', engine.socket);
    await engine.stop();
    const { supervisor, until, events } = await openSystem({
      'fuge.yml': `name: life\nfuge_global: {container_engine_url: 'unix://${engine.socket}'}\nweb: {type: container, image: 'busybox:1', args: '${FOREVER}'}\nhere: {type: process, run: sleep 1000}\n`,
    });
    expect(await supervisor.start(['web', 'here'])).toMatchObject([
      { service: 'web', result: 'waiting', waitingFor: ['the container engine'] },
      { service: 'here', result: 'ready' },
    ]);
    await engine.start();
    await until(comesTo('web', 'ready'));
    expect(events.filter(event => event.type === 'notice')).toMatchObject([
      { diagnostic: { code: 'engine-not-running' } },
    ]);
  });
});
