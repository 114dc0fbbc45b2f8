// Where images come from: a registry, or a Dockerfile.
import { expect, it } from 'vitest';
import type { Event } from '../../src/event.js';
import {
  ask,
  describeOnEngine,
  engineSocket,
  engineUrl,
  image,
  makeImage,
  openRegistry,
  PASSWORD,
  recipes,
  USER,
} from '../rig/engine.js';
import { comesTo, openSystem } from '../rig/open-system.js';

const open = (services: string, more: Record<string, string> = {}, options = {}) =>
  openSystem(
    { 'fuge.yml': `name: images\nfuge_global: {container_engine_url: '${engineUrl()}'}\n${services}`, ...more },
    options,
  );
const progress = (events: readonly Event[]) =>
  events.flatMap(event =>
    event.type === 'progress' && event.state !== 'going on' ? [`${event.service} ${event.task} ${event.state}`] : [],
  );
const forget = (name: string) => ask('DELETE', `/images/${name}?force=1`).catch(() => {});

describeOnEngine('an image', () => {
  it('that is missing is fetched once, however many services want it', async () => {
    const registry = await openRegistry();
    const name = await registry.take(engineSocket(), await makeImage('wanted:1', recipes.busybox()), 'wanted:1');
    const { supervisor, events } = await open(
      ['a', 'b', 'c'].map(each => `${each}: {type: container, image: '${name}', args: sleep 1000}\n`).join(''),
    );
    const outcomes = await supervisor.start(['a', 'b', 'c']);
    expect(outcomes.map(({ result }) => result)).toEqual(['ready', 'ready', 'ready']);
    expect(progress(events).toSorted()).toEqual(
      ['a', 'b', 'c'].flatMap(each => [`${each} pull begun`, `${each} pull done`]).toSorted(),
    );
    await supervisor.close({ force: true });
    await forget(name);
  });

  it('of a registry that wants a name is fetched with what docker login left', async () => {
    const registry = await openRegistry({ guarded: true });
    const name = await registry.take(engineSocket(), await makeImage('guarded:1', recipes.busybox()), 'guarded:1');
    const service = `web: {type: container, image: '${name}', args: sleep 1000}\n`;
    const refused = await open(service);
    expect((await refused.supervisor.start(['web']))[0]).toMatchObject({
      result: 'failed',
      problem: { message: expect.stringContaining(name), at: { line: 3 } },
    });
    const auth = Buffer.from(`${USER}:${PASSWORD}`).toString('base64');
    const host = name.split('/')[0]!;
    const known = await open(service, { 'docker/config.json': JSON.stringify({ auths: { [host]: { auth } } }) });
    const { supervisor } = await openSystem(
      { 'fuge.yml': `name: images\nfuge_global: {container_engine_url: '${engineUrl()}'}\n${service}` },
      { environment: { ...process.env, DOCKER_CONFIG: `${known.folder}/docker` } },
    );
    expect(await supervisor.start(['web'])).toMatchObject([{ result: 'ready' }]);
    await supervisor.close({ force: true });
    await forget(name);
  });

  it('that nobody has is told of with its place', async () => {
    const registry = await openRegistry();
    const { supervisor } = await open(`web: {type: container, image: '${registry.address}/nobody/has:1'}\n`);
    const [outcome] = await supervisor.start(['web']);
    expect(outcome).toMatchObject({
      result: 'failed',
      problem: { message: expect.stringContaining(`${registry.address}/nobody/has:1`), at: { line: 3 } },
    });
  });

  it('that is never to be fetched has to be there', async () => {
    const { supervisor } = await open("web: {type: container, image: 'not-here:1', pull_policy: never}\n");
    const [outcome] = await supervisor.start(['web']);
    expect(outcome).toMatchObject({ result: 'failed', problem: { message: expect.stringContaining('not-here:1') } });
  });

  it('is built from its Dockerfile, without what .dockerignore leaves out, and its output is shown', async () => {
    await image('busybox:1');
    const { supervisor, printed, events, until } = await open(
      `web:
  type: container
  image: built-here:1
  build: {context: app, args: {GREETING: hello}, target: run}
  args: sh -c "ls /app; cat /app/greeting"
`,
      {
        'app/Dockerfile': `FROM busybox:1 AS base
ARG GREETING=none
RUN mkdir /app && echo $GREETING > /app/greeting
FROM base AS run
COPY . /app
FROM base AS never
RUN false
`,
        'app/.dockerignore': '*.log\nsecret\n!secret/kept\n',
        'app/server.js': '',
        'app/noise.log': '',
        'app/secret/key': '',
        'app/secret/kept': '',
      },
    );
    void supervisor.start(['web']);
    await until(comesTo('web', 'completed'));
    expect(printed('web').slice(-5)).toEqual(['Dockerfile', 'greeting', 'secret', 'server.js', 'hello']);
    expect(printed('web').some(line => line.startsWith('Step 1/'))).toBe(true);
    expect(progress(events)).toEqual(['web build begun', 'web build done']);
    await supervisor.close();
    await forget('built-here:1');
  });

  it('whose build fails keeps the service from starting, and says so', async () => {
    await image('busybox:1');
    const { supervisor } = await open('web: {type: container, image: broken:1, build: ./app}\n', {
      'app/Dockerfile': 'FROM busybox:1\nRUN exit 7\n',
    });
    const [outcome] = await supervisor.start(['web']);
    expect(outcome).toMatchObject({ result: 'failed', problem: { at: { line: 3 } } });
    expect(outcome!.problem!.message).toContain('exit 7');
  });

  it('that is being fetched is given up by a stop', async () => {
    const registry = await openRegistry();
    const name = await registry.take(engineSocket(), await makeImage('slow:1', recipes.busybox()), 'slow:1');
    registry.hold();
    const { supervisor } = await open(`web: {type: container, image: '${name}'}\n`);
    const started = supervisor.start(['web']);
    await registry.holding();
    expect(await supervisor.stop(['web'])).toMatchObject([{ result: 'stopped' }]);
    expect(await started).toMatchObject([{ result: 'superseded' }]);
  });
});
