import { describe, expect, test } from 'vitest';
import { EngineError } from '../../../src/supervisor/engine/engine.js';
import { LABEL, ownerLabels } from '../../../src/supervisor/engine/labels.js';
import { apart } from '../../../src/supervisor/engine/names.js';
import { Provision, type ProvisionOptions } from '../../../src/supervisor/engine/provision.js';
import { ownRegistration } from '../../../src/supervisor/registry.js';
import type { ContainerService } from '../../../src/system.js';
import { FakeEngine } from '../../rig/fake-engine.js';
import { containerService, systemOf } from '../../rig/system.js';

const FILE = '/shop/fuge.yml';
const OWN = '812-00000000000a';
/** What a container of this system carries that a fuge before this one made. */
const BEFORE = ownerLabels(ownRegistration('1-00000000000b', FILE, 'shop', 0));

function setUp() {
  const engine = new FakeEngine();
  engine.addImage('redis');
  const system = systemOf([]);
  const provision = new Provision({
    owner: { id: OWN } as ProvisionOptions['owner'],
    registry: {} as ProvisionOptions['registry'],
    environment: {},
    system: () => system,
    notice: () => {},
  });
  const prepare = (more: Partial<ContainerService> = {}, environment: Readonly<Record<string, string>> = {}) =>
    provision.prepare(
      engine,
      { service: containerService('web', more), run: 1, environment: () => environment, inspectPort: undefined },
      { signal: new AbortController().signal, progress: () => {}, output: () => {} },
    );
  /** Names of the containers, with their states. */
  const held = () => [...engine.held.values()].map(({ name, state }) => `${name} ${state}`);
  return { engine, provision, prepare, held };
}

const to = (network: string) => ({
  network,
  aliases: [],
  ipv4: undefined,
  ipv6: undefined,
  mac: undefined,
  priority: 0,
});

describe('a container', () => {
  test('is made with the labels of its owner, which its own labels do not replace', async () => {
    const { engine, prepare } = setUp();
    const made = await prepare({ labels: { team: 'a', [LABEL.owner]: 'me' } });
    expect(made).toEqual({ id: expect.any(String), isNew: true, stopSignal: undefined, tellsHealth: false });
    expect(engine.held.get(made.id)).toMatchObject({
      name: 'shop-web',
      labels: {
        team: 'a',
        [LABEL.owner]: OWN,
        [LABEL.systemFile]: FILE,
        [LABEL.service]: 'web',
        [LABEL.stopSignal]: 'SIGTERM',
        [LABEL.stopGrace]: '10',
        [LABEL.configHash]: expect.stringMatching(/^[0-9a-f]{16}$/),
      },
    });
  });

  test('is told the address where names are answered, or none where this machine has none for it', async () => {
    const { engine, prepare } = setUp();
    const told = { DNS_HOST: 'host-gateway', DNS_PORT: '53053', DNS_SUFFIX: 'shop' };
    const bodyOf = async (environment: Readonly<Record<string, string>>) =>
      engine.held.get((await prepare({}, environment)).id)?.body;
    expect(await bodyOf(told)).toMatchObject({ Env: ['DNS_SUFFIX=shop'] });
    engine.addNetwork('bridge', { gateways: ['172.17.0.1'] });
    expect(await bodyOf(told)).toMatchObject({
      Env: ['DNS_HOST=172.17.0.1', 'DNS_PORT=53053', 'DNS_SUFFIX=shop'],
    });
    expect(await bodyOf({ DNS_HOST: '10.0.0.1' })).toMatchObject({ Env: ['DNS_HOST=10.0.0.1'] });
    engine.isLocal = false;
    expect(await bodyOf(told)).toMatchObject({ Env: ['DNS_SUFFIX=shop'] });
  });

  test('has its place while it runs, also when a fuge before made it', async () => {
    const { engine, provision } = setUp();
    const addresses = { shop_default: '172.18.0.2' };
    const labels = { ...BEFORE, [LABEL.service]: 'web' };
    engine.addContainer('shop-web', { labels, addresses });
    engine.addContainer('shop-done', { labels: { ...labels, [LABEL.service]: 'done' }, state: 'exited' });
    engine.addContainer('other', { labels: { [LABEL.service]: 'other' }, addresses });
    expect(await provision.places(engine)).toEqual([{ service: 'web', addresses }]);
  });

  test('takes the place of one that a fuge before left', async () => {
    const { engine, prepare, held } = setUp();
    const { id } = engine.addContainer('shop-web', { labels: BEFORE });
    await prepare();
    expect([held(), engine.held.has(id)]).toEqual([['shop-web created'], false]);
  });

  test.each([
    ['another checkout', { ...BEFORE, [LABEL.systemFile]: '/other/shop/fuge.yml' }],
    ['the same file on another machine', { ...BEFORE, [LABEL.machine]: 'another' }],
  ])('leaves that of %s alone', async (_, labels) => {
    const { engine, prepare, held } = setUp();
    engine.addContainer('shop-web', { labels });
    await prepare();
    expect(held()).toEqual(['shop-web running', `${apart('shop-web', FILE)} created`]);
  });

  test('waits for a name whose container is being removed, whoever made that', async () => {
    const { engine, prepare, held } = setUp();
    const { id } = engine.addContainer('shop-web', { state: 'removing' });
    const inspect = engine.inspectContainer.bind(engine);
    engine.inspectContainer = async name => {
      const facts = await inspect(name);
      setImmediate(() => engine.held.delete(id));
      return facts && { ...facts };
    };
    await prepare();
    expect(held()).toEqual(['shop-web created']);
    expect(engine.log).not.toContain(`remove container ${id}`);
  });

  test('does not fight for ever for a name that is never free', async () => {
    const { engine, prepare } = setUp();
    const { id } = engine.addContainer('shop-web', { labels: BEFORE });
    engine.removeContainer = async () => {};
    await expect(prepare()).rejects.toMatchObject({
      problem: {
        code: 'name-taken',
        message: `"web" can't start: there is a container "shop-web" already (${id}, running)`,
      },
    });
  });

  test('that can’t be brought into its networks is not left behind', async () => {
    const { engine, prepare, held } = setUp();
    engine.apiVersion = '1.41';
    engine.refuse = line => (line.startsWith('connect') ? new EngineError('no', { status: 500 }) : undefined);
    await expect(prepare({ networks: [to('front'), to('back')] })).rejects.toThrow('no');
    expect(held()).toEqual([]);
  });
});

describe('a kept container', () => {
  async function kept(state: 'running' | 'exited') {
    const all = setUp();
    const { id } = await all.prepare({ keep: true });
    const container = all.engine.held.get(id)!;
    Object.assign(container, { state, labels: { ...container.labels, [LABEL.owner]: '1-00000000000b' } });
    all.engine.log.length = 0;
    return { ...all, id };
  }

  test('is started again where nothing has changed', async () => {
    const { engine, prepare, id } = await kept('exited');
    expect(await prepare({ keep: true })).toMatchObject({ id, isNew: false });
    expect(engine.log).toEqual([]);
  });

  test('that still runs is ended by its own signal, not removed', async () => {
    const { engine, prepare, id } = await kept('running');
    expect(await prepare({ keep: true })).toMatchObject({ id, isNew: false });
    expect(engine.log).toEqual([`kill ${id} SIGTERM`]);
  });

  test('is replaced where its settings, its image or its network are others', async () => {
    const changes: ((engine: FakeEngine) => Partial<ContainerService>)[] = [
      () => ({ user: 'app' }),
      engine => {
        engine.addImage('redis', { id: 'sha256:newer' });
        return {};
      },
      engine => {
        engine.nets.clear();
        return {};
      },
    ];
    for (const change of changes) {
      const { engine, prepare, id } = await kept('exited');
      expect(await prepare({ keep: true, ...change(engine) })).toMatchObject({ isNew: true });
      expect(engine.held.has(id)).toBe(false);
    }
  });

  test('shares its network with the services that ask for it, whoever made it', async () => {
    const { engine, prepare } = setUp();
    const { id } = engine.addContainer('shop-db', { labels: { ...BEFORE, [LABEL.service]: 'db' } });
    const made = await prepare({ networkMode: 'service:db' });
    expect(engine.held.get(made.id)!.body).toMatchObject({ HostConfig: { NetworkMode: `container:${id}` } });
  });
});
