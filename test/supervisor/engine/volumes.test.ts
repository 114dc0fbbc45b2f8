import { expect, test } from 'vitest';
import type { Mount, Volume } from '../../../src/container.js';
import { EngineError } from '../../../src/supervisor/engine/engine.js';
import { LABEL } from '../../../src/supervisor/engine/labels.js';
import { removeVolumes } from '../../../src/supervisor/engine/volumes.js';
import { FakeEngine } from '../../rig/fake-engine.js';
import { containerService, systemOf } from '../../rig/system.js';

const FILE = '/shop/fuge.yml';
const volume = (more: Partial<Volume> = {}): Volume => ({
  name: undefined,
  external: false,
  driver: undefined,
  driverOptions: {},
  labels: {},
  ...more,
});
const mount = (source: string | undefined): Mount => ({
  type: 'volume',
  source,
  target: '/data',
  readOnly: false,
  noCopy: false,
  subpath: undefined,
});

function setUp() {
  const engine = new FakeEngine();
  for (const name of ['shop_db', 'shop_cache', 'shop_other', 'precious'])
    engine.volumes.set(name, { labels: { [LABEL.systemFile]: FILE }, body: {} });
  const system = systemOf([containerService('db', { mounts: [mount('db'), mount('gone'), mount(undefined)] })], {
    alternatives: new Map([['web', containerService('web', { mounts: [mount('cache')] })]]),
    volumes: new Map([['mine', volume({ name: 'precious', external: true })]]),
  });
  return { engine, system };
}

test('volumes that were made for this system go; external ones and those that it does not name stay', async () => {
  const { engine, system } = setUp();
  expect(await removeVolumes(engine, system, FILE)).toEqual({ removed: ['shop_cache', 'shop_db'], refused: [] });
  expect([...engine.volumes.keys()]).toEqual(['shop_other', 'precious']);
});

test('a volume of that name that somebody else made stays', async () => {
  const { engine, system } = setUp();
  engine.volumes.set('shop_db', { labels: {}, body: {} });
  engine.volumes.set('shop_cache', { labels: { [LABEL.systemFile]: '/other/shop/fuge.yml' }, body: {} });
  expect(await removeVolumes(engine, system, FILE)).toEqual({ removed: [], refused: [] });
  expect(engine.log).toEqual([]);
});

test('a volume that is in use is told, and holds up no other', async () => {
  const { engine, system } = setUp();
  engine.refuse = line =>
    line === 'remove volume shop_db' ? new EngineError('volume is in use - [abc]', { status: 409 }) : undefined;
  expect(await removeVolumes(engine, system, FILE)).toEqual({
    removed: ['shop_cache'],
    refused: [{ name: 'shop_db', problem: 'volume is in use - [abc]' }],
  });
});
