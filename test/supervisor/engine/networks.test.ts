import { describe, expect, test } from 'vitest';
import type { Mount, Network, Volume } from '../../../src/container.js';
import { EngineError } from '../../../src/supervisor/engine/engine.js';
import { LABEL } from '../../../src/supervisor/engine/labels.js';
import { apart } from '../../../src/supervisor/engine/names.js';
import { Networks } from '../../../src/supervisor/engine/networks.js';
import { ownRegistration } from '../../../src/supervisor/registry.js';
import type { ContainerService } from '../../../src/system.js';
import { FakeEngine } from '../../rig/fake-engine.js';
import { containerService, systemOf } from '../../rig/system.js';

const FILE = '/shop/fuge.yml';
const OWNER = ownRegistration('812-00000000000a', FILE, 'shop', 0);
const OURS = { [LABEL.systemFile]: FILE, [LABEL.machine]: OWNER.machine };

const network = (more: Partial<Network> = {}): Network => ({
  name: undefined,
  external: false,
  driver: undefined,
  driverOptions: {},
  internal: false,
  attachable: false,
  ipv6: false,
  ipam: { driver: undefined, pools: [] },
  labels: {},
  ...more,
});
const volume = (more: Partial<Volume> = {}): Volume => ({
  name: undefined,
  external: false,
  driver: undefined,
  driverOptions: {},
  labels: {},
  ...more,
});
const to = (key: string) => ({
  network: key,
  aliases: [],
  ipv4: undefined,
  ipv6: undefined,
  mac: undefined,
  priority: 0,
});
const mount = (source: string | undefined): Mount => ({
  type: 'volume',
  source,
  target: `/${source}`,
  readOnly: false,
  noCopy: false,
  subpath: undefined,
});

function setUp(networks: Record<string, Network> = {}, volumes: Record<string, Volume> = {}) {
  const engine = new FakeEngine();
  const provided = new Networks(engine, () => OWNER);
  const system = systemOf([], {
    networks: new Map(Object.entries(networks)),
    volumes: new Map(Object.entries(volumes)),
  });
  const service = (more: Partial<ContainerService>) => containerService('web', more);
  return {
    engine,
    clear: () => provided.clear(),
    provide: async (...keys: string[]) =>
      (await provided.provide(system, service({ networks: keys.map(to) }))).map(({ engineName }) => engineName),
    provideVolumes: async (...sources: (string | undefined)[]) =>
      Object.fromEntries(await provided.provideVolumes(system, service({ mounts: sources.map(mount) }))),
  };
}

describe('a network', () => {
  test('for services that name none is the system’s own, made once with our labels', async () => {
    const { engine, provide } = setUp();
    expect(await Promise.all([provide(), provide()])).toEqual([['shop_default'], ['shop_default']]);
    expect(engine.log).toEqual(['create network shop_default']);
    const [made] = engine.nets.values();
    expect(made).toMatchObject({ labels: { ...OURS, [LABEL.owner]: OWNER.id, [LABEL.system]: 'shop' } });
  });

  test('is made as the system says', async () => {
    const { engine, provide } = setUp({
      front: network({
        name: 'facade',
        driver: 'overlay',
        driverOptions: { mtu: '1400' },
        internal: true,
        labels: { team: 'a' },
        ipam: {
          driver: undefined,
          pools: [{ subnet: '10.1.0.0/16', gateway: '10.1.0.1', ipRange: undefined, auxAddresses: { r: '10.1.0.2' } }],
        },
      }),
    });
    expect(await provide('front')).toEqual(['facade']);
    expect([...engine.nets.values()][0]!.body).toMatchObject({
      Name: 'facade',
      Driver: 'overlay',
      Options: { mtu: '1400' },
      Internal: true,
      Attachable: false,
      EnableIPv6: false,
      IPAM: {
        Config: [{ Subnet: '10.1.0.0/16', Gateway: '10.1.0.1', AuxiliaryAddresses: { r: '10.1.0.2' } }],
      },
      Labels: { team: 'a', ...OURS },
    });
  });

  test('of this system file that is there is taken, whoever made it', async () => {
    const { engine, provide } = setUp();
    engine.addNetwork('shop_default', { labels: { ...OURS, [LABEL.owner]: '1-00000000000b' } });
    expect(await provide()).toEqual(['shop_default']);
    expect(engine.log).toEqual([]);
  });

  test('that somebody makes in the same moment is taken', async () => {
    const { engine, provide } = setUp();
    engine.refuse = line => {
      if (line !== 'create network shop_default') return undefined;
      engine.addNetwork('shop_default', { labels: OURS });
      return new EngineError('network with name shop_default already exists', { status: 409 });
    };
    expect(await provide()).toEqual(['shop_default']);
  });

  test.each([
    ['another checkout', { ...OURS, [LABEL.systemFile]: '/other/shop/fuge.yml' }],
    ['another tool', { 'com.docker.compose.network': 'default' }],
  ])('of %s is left alone: this system has one of another name', async (_, labels) => {
    const { engine, provide } = setUp();
    engine.addNetwork('shop_default', { labels });
    expect(await provide()).toEqual([apart('shop_default', FILE)]);
    expect(engine.nets.size).toBe(2);
  });

  test('that was removed meanwhile is made again', async () => {
    const { engine, provide } = setUp();
    await provide();
    engine.nets.clear();
    expect(await provide()).toEqual(['shop_default']);
    expect(engine.nets.size).toBe(1);
  });

  test('that could not be made is tried again', async () => {
    const { engine, provide } = setUp();
    engine.refuse = () => new EngineError('no free address pool', { status: 500 });
    await expect(provide()).rejects.toThrow('no free address pool');
    engine.refuse = () => undefined;
    expect(await provide()).toEqual(['shop_default']);
  });

  test('that is external has to be there, and is never made', async () => {
    const { engine, provide } = setUp({ proxy: network({ name: 'traefik', external: true }) });
    await expect(provide('proxy')).rejects.toMatchObject({
      problem: {
        severity: 'error',
        code: 'missing-network',
        message: `"web" can't start: the external network "traefik" does not exist`,
        at: { file: FILE, line: 1 },
        hint: 'make it: docker network create traefik, or take "external: true" off "proxy"',
      },
    });
    engine.addNetwork('traefik');
    expect(await provide('proxy')).toEqual(['traefik']);
    expect(engine.log).toEqual([]);
  });
});

describe('at the end', () => {
  test('networks of this system file go, also those of a fuge before; those in use and of others stay', async () => {
    const { engine, provide, clear } = setUp();
    await provide();
    engine.addNetwork('shop_old', { labels: { ...OURS, [LABEL.owner]: '1-00000000000b' } });
    engine.addNetwork('shop_used', { labels: OURS, containers: ['foreign'] });
    engine.addNetwork('elsewhere', { labels: { ...OURS, [LABEL.machine]: 'another' } });
    engine.addNetwork('foreign');
    await clear();
    expect([...engine.nets.values()].map(({ name }) => name)).toEqual(['shop_used', 'elsewhere', 'foreign']);
  });

  test('the networks of a system that keeps a container stay: it could not start without them', async () => {
    const { engine, provide, clear } = setUp();
    await provide();
    engine.addContainer('shop-db', { labels: { ...OURS, [LABEL.keep]: 'true' }, state: 'exited' });
    await clear();
    expect([...engine.nets.values()].map(({ name }) => name)).toEqual(['shop_default']);
  });
});

describe('a volume', () => {
  test('is made once, as the system says, and belongs to no owner: it outlives them', async () => {
    const { engine, provideVolumes } = setUp(
      {},
      { db: volume({ driver: 'local', driverOptions: { type: 'nfs' }, labels: { team: 'a' } }) },
    );
    const names = { db: 'shop_db', cache: 'shop_cache' };
    expect(await Promise.all([provideVolumes('db', 'cache', undefined), provideVolumes('db', 'cache')])).toEqual([
      names,
      names,
    ]);
    expect(engine.log.toSorted()).toEqual(['create volume shop_cache', 'create volume shop_db']);
    expect(engine.volumes.get('shop_db')!.body).toEqual({
      Name: 'shop_db',
      Driver: 'local',
      DriverOpts: { type: 'nfs' },
      Labels: { team: 'a', [LABEL.system]: 'shop', [LABEL.systemFile]: FILE },
    });
  });

  test('that is there is taken', async () => {
    const { engine, provideVolumes } = setUp();
    engine.volumes.set('shop_db', { labels: {}, body: {} });
    expect(await provideVolumes('db')).toEqual({ db: 'shop_db' });
    expect(engine.log).toEqual([]);
  });

  test('that is external has to be there', async () => {
    const { provideVolumes } = setUp({}, { db: volume({ name: 'precious', external: true }) });
    await expect(provideVolumes('db')).rejects.toMatchObject({
      problem: {
        code: 'missing-volume',
        message: `"web" can't start: the external volume "precious" does not exist`,
        hint: 'make it: docker volume create precious, or take "external: true" off "db"',
      },
    });
  });
});
