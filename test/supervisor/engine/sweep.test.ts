import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EngineError } from '../../../src/supervisor/engine/engine.js';
import { LABEL, ownerLabels } from '../../../src/supervisor/engine/labels.js';
import { sweep, sweepOwner } from '../../../src/supervisor/engine/sweep.js';
import { ownRegistration, Registry } from '../../../src/supervisor/registry.js';
import { FakeEngine } from '../../rig/fake-engine.js';

const OWN = `${process.pid}-00000000000a`;
const FILE = '/shop/fuge.yml';
/** Above any pid that Linux gives. */
const NO_PID = 2 ** 30;

function setUp() {
  return { engine: new FakeEngine(), registry: new Registry(mkdtempSync(join(tmpdir(), 'fuge-sweep-'))) };
}

/** Somebody who is dead, unless told otherwise. */
const ownerOf = (more: object = {}) => ({
  ...ownRegistration(`${NO_PID}-00000000000b`, FILE, 'shop', 0),
  pid: NO_PID,
  ...more,
});

/** What a dead owner made. */
const left = (more: Record<string, string> = {}, owner = ownerOf()) => ({
  ...ownerLabels(owner),
  [LABEL.stopSignal]: 'SIGUSR1',
  [LABEL.stopGrace]: '10',
  ...more,
});

test('containers of a dead owner are asked to end by their own signal, removed, and told of by system', async () => {
  const { engine, registry } = setUp();
  const a = engine.addContainer('shop-a', { labels: left() });
  const b = engine.addContainer('shop-b', { labels: left(), state: 'exited' });
  engine.addContainer('other-c', { labels: left({ [LABEL.system]: 'other' }) });
  const told = await sweep(engine, registry, OWN);
  expect(engine.held.size).toBe(0);
  expect(engine.log).toContain(`kill ${a.id} SIGUSR1`);
  expect(engine.log).not.toContain(`kill ${b.id} SIGUSR1`);
  expect(told).toEqual([
    {
      severity: 'info',
      code: 'leftovers-cleared',
      message: '2 containers of "shop" were left by a fuge that was killed: they are ended',
    },
    {
      severity: 'info',
      code: 'leftovers-cleared',
      message: 'a container of "other" was left by a fuge that was killed: it is ended',
    },
  ]);
});

test('a container that ignores its signal is removed when its grace is over', async () => {
  const { engine, registry } = setUp();
  const { id } = engine.addContainer('shop-a', { labels: left({ [LABEL.stopGrace]: '0.01' }) });
  engine.stubborn.add(id);
  await sweep(engine, registry, OWN);
  expect(engine.log).toEqual([`kill ${id} SIGUSR1`, `remove container ${id}`]);
});

test.each([
  ['without our labels', { 'com.docker.compose.project': 'shop', [LABEL.system]: 'shop' }],
  ['of an owner that lives', left({}, ownerOf({ id: `${process.pid}-00000000000c` }))],
  ['of another machine', left({ [LABEL.machine]: 'elsewhere' })],
  ['of an owner that has no pid', left({ [LABEL.owner]: 'somebody' })],
  ['of whoever sweeps', left({}, ownerOf({ id: OWN, startTime: 'another time' }))],
])('a container %s, and its network, stay', async (_, labels) => {
  const { engine, registry } = setUp();
  engine.addContainer('stays', { labels });
  engine.addNetwork('stays', { labels });
  expect(await sweep(engine, registry, OWN)).toEqual([]);
  expect(engine.log).toEqual([]);
});

test('a pid that another process got since then is no living owner', async () => {
  const { engine, registry } = setUp();
  engine.addContainer('shop-a', {
    labels: left({}, ownerOf({ id: `${process.pid}-00000000000c`, startTime: 'long ago' })),
  });
  await sweep(engine, registry, OWN);
  expect(engine.held.size).toBe(0);
});

test('what another fuge runs now is left to that one', async () => {
  const { engine, registry } = setUp();
  registry.add(ownRegistration(`${process.pid}-00000000000d`, FILE, 'shop', 0));
  engine.addContainer('shop-a', { labels: left() });
  engine.addContainer('else-a', { labels: left({ [LABEL.systemFile]: '/else/fuge.yml' }) });
  await sweep(engine, registry, OWN);
  expect([...engine.held.values()].map(({ name }) => name)).toEqual(['shop-a']);
});

test('a kept container is stopped, not removed, and keeps the networks of its system', async () => {
  const { engine, registry } = setUp();
  const { id } = engine.addContainer('shop-a', { labels: left({ [LABEL.keep]: 'true' }) });
  engine.addNetwork('shop_default', { labels: left(), containers: [id] });
  engine.addNetwork('else_default', { labels: left({ [LABEL.systemFile]: '/else/fuge.yml' }) });
  await sweep(engine, registry, OWN);
  expect(engine.held.get(id)?.state).toBe('exited');
  expect([...engine.nets.values()].map(({ name }) => name)).toEqual(['shop_default']);
  engine.log.length = 0;
  expect(await sweep(engine, registry, OWN)).toEqual([]);
  expect(engine.log).toEqual([]);
});

test('a kept container that ignores its signal is killed when its grace is over', async () => {
  const { engine, registry } = setUp();
  const { id } = engine.addContainer('shop-a', { labels: left({ [LABEL.keep]: 'true', [LABEL.stopGrace]: '0.01' }) });
  engine.stubborn.add(id);
  await sweep(engine, registry, OWN);
  expect(engine.log).toEqual([`kill ${id} SIGUSR1`, `kill ${id} SIGKILL`]);
});

test('networks go after the containers, and those that others are in stay', async () => {
  const { engine, registry } = setUp();
  const { id } = engine.addContainer('shop-a', { labels: left() });
  engine.addNetwork('shop_default', { labels: left(), containers: [id] });
  engine.addNetwork('shop_shared', { labels: left(), containers: ['foreign'] });
  engine.addNetwork('foreign');
  await sweep(engine, registry, OWN);
  expect(engine.log.at(-1)).toBe('remove network shop_default');
  expect([...engine.nets.values()].map(({ name }) => name)).toEqual(['shop_shared', 'foreign']);
});

test('what the engine refuses to remove holds up nothing else, and is not told of', async () => {
  const { engine, registry } = setUp();
  const bad = engine.addContainer('shop-bad', { labels: left({ [LABEL.system]: 'bad' }) });
  engine.addContainer('shop-good', { labels: left() });
  engine.addNetwork('shop_bad', { labels: left() });
  engine.addNetwork('shop_good', { labels: left() });
  engine.refuse = line =>
    [`remove container ${bad.id}`, 'remove network shop_bad'].includes(line)
      ? new EngineError('device or resource busy', { status: 500 })
      : undefined;
  expect((await sweep(engine, registry, OWN)).map(({ message }) => message)).toEqual([
    'a container of "shop" was left by a fuge that was killed: it is ended',
  ]);
  expect([...engine.held.values()].map(({ name }) => name)).toEqual(['shop-bad']);
  expect([...engine.nets.values()].map(({ name }) => name)).toEqual(['shop_bad']);
});

test('a signal that the engine does not know is followed by the removal', async () => {
  const { engine, registry } = setUp();
  const { id } = engine.addContainer('shop-a', { labels: left({ [LABEL.stopGrace]: '0.01' }) });
  engine.refuse = line =>
    line.startsWith('kill') ? new EngineError('Invalid signal: SIGUSR9', { status: 400 }) : undefined;
  await sweep(engine, registry, OWN);
  expect(engine.log).toEqual([`remove container ${id}`]);
});

test('all of one owner ends for its guard, whoever lives', async () => {
  const { engine } = setUp();
  const owner = ownerOf({ id: `${process.pid}-00000000000c` });
  engine.addContainer('shop-a', { labels: left({}, owner) });
  engine.addContainer('shop-other', { labels: left() });
  engine.addNetwork('shop_default', { labels: left({}, owner) });
  engine.addNetwork('shop_other', { labels: left() });
  await sweepOwner(engine, owner.id);
  expect([...engine.held.values()].map(({ name }) => name)).toEqual(['shop-other']);
  expect([...engine.nets.values()].map(({ name }) => name)).toEqual(['shop_other']);
});
