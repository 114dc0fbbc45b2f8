// Further addresses of loopback stand for the gateways of container networks, and for containers.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Place } from '../../src/supervisor/discovery/container-sight.js';
import { Dns } from '../../src/supervisor/discovery/dns.js';
import { freePort } from '../rig/open-system.js';
import { containerService, nodeService, port, systemOf } from '../rig/system.js';

const [GATEWAY, OTHER_GATEWAY] = ['127.0.0.2', '127.0.0.3'];
const [WEB, FRONT, STRANGER] = ['127.0.0.21', '127.0.0.22', '127.0.0.23'];
/** What a client waits for one answer. */
const PATIENCE_MS = 500;
const placeOf = (service: string, address: string): Place => ({ service, addresses: { shop_default: address } });

async function open({ host = '127.0.0.1' } = {}) {
  const number = await freePort();
  const dns = { enabled: true, host, port: number, namespace: '', suffix: '', external: [], forward: false };
  const system = systemOf(
    [
      nodeService('api', { ports: [port('http=4000')] }),
      containerService('front', { ports: [port('http=3000:80')] }),
      containerService('web'),
    ],
    { dns },
  );
  const world = { places: [placeOf('web', WEB), placeOf('front', FRONT)], looks: 0, system };
  const opened = new Dns({
    system: () => world.system,
    isReady: () => true,
    places: async () => {
      world.looks++;
      return world.places;
    },
    notice: problem => {
      throw new Error(problem.message);
    },
  });
  onTestFinished(() => opened.close());
  opened.start();
  /** What somebody at `from` hears of `name` at `at`: the address, or how it is refused. */
  const ask = async (name: string, from: string, at: string): Promise<string> => {
    const socket = createSocket('udp4');
    try {
      socket.bind(0, from);
      await once(socket, 'listening');
      socket.connect(number, at);
      await once(socket, 'connect');
      const label = Buffer.concat([Buffer.from([name.length]), Buffer.from(name)]);
      socket.send(Buffer.concat([Buffer.from('000701000001000000000000', 'hex'), label, Buffer.from([0, 0, 1, 0, 1])]));
      const [response] = (await once(socket, 'message', { signal: AbortSignal.timeout(PATIENCE_MS) })) as [Buffer];
      return response.readUInt16BE(6) === 0 ? `rcode ${response[3]}` : response.subarray(-4).join('.');
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? String(error);
    } finally {
      socket.close();
    }
  };
  return { dns: opened, world, ask };
}

describe.skipIf(process.platform !== 'linux')('at a gateway', () => {
  test('each container is told how it reaches the others, and a process what it always was', async () => {
    const { dns, ask } = await open();
    dns.setGateways([GATEWAY]);
    await expect.poll(() => ask('api', WEB, GATEWAY)).toBe(GATEWAY);
    expect(await ask('front', WEB, GATEWAY)).toBe(FRONT);
    expect(await ask('front', STRANGER, GATEWAY)).toBe(GATEWAY);
    expect(await ask('api', '127.0.0.1', '127.0.0.1')).toBe('127.0.0.1');
    expect(await ask('front', '127.0.0.1', '127.0.0.1')).toBe('127.0.0.1');
  });

  test('the engine is asked once for each who asks, until a container comes or goes', async () => {
    const { dns, world, ask } = await open();
    dns.setGateways([GATEWAY]);
    await expect.poll(() => ask('front', WEB, GATEWAY)).toBe(FRONT);
    for (let i = 0; i < 5; i++) expect(await ask('front', WEB, GATEWAY)).toBe(FRONT);
    expect(world.looks).toBe(1);
    world.places = [placeOf('web', WEB), placeOf('front', '127.0.0.99')];
    dns.phaseChanged('api'); // of a process nothing depends
    expect(await ask('front', WEB, GATEWAY)).toBe(FRONT);
    dns.phaseChanged('front');
    expect(await ask('front', WEB, GATEWAY)).toBe('127.0.0.99');
    expect(world.looks).toBe(2);
  });

  test('nothing listens but where containers look now, and nothing at the end', async () => {
    const { dns, ask } = await open();
    await expect.poll(() => ask('api', WEB, '127.0.0.1')).toBe('127.0.0.1');
    expect(await ask('api', WEB, GATEWAY)).toBe('ECONNREFUSED');
    dns.setGateways([GATEWAY, '192.0.2.1']); // of a bridge that is gone
    await expect.poll(() => ask('api', WEB, GATEWAY)).toBe(GATEWAY);
    dns.setGateways([OTHER_GATEWAY]);
    await expect.poll(() => ask('api', WEB, OTHER_GATEWAY)).toBe(OTHER_GATEWAY);
    expect(await ask('api', WEB, GATEWAY)).toBe('ECONNREFUSED');
    await dns.close();
    dns.setGateways([GATEWAY]);
    expect(await ask('api', WEB, OTHER_GATEWAY)).toBe('ECONNREFUSED');
    expect(await ask('api', WEB, '127.0.0.1')).toBe('ECONNREFUSED');
  });

  test('containers are answered from there also where the server listens at every address', async () => {
    const { dns, ask } = await open({ host: '0.0.0.0' });
    dns.setGateways([GATEWAY]);
    await expect.poll(() => ask('api', WEB, GATEWAY), { timeout: 10_000 }).toBe(GATEWAY);
    expect(await ask('front', WEB, GATEWAY)).toBe(FRONT);
    expect(await ask('api', '127.0.0.1', '127.0.0.1')).toBe('127.0.0.1');
  });

  test('a system that wants no names any more has none, and has them again when it does', async () => {
    const { dns, world, ask } = await open();
    dns.setGateways([GATEWAY]);
    await expect.poll(() => ask('api', WEB, GATEWAY)).toBe(GATEWAY);
    world.system = { ...world.system, dns: { ...world.system.dns, enabled: false } };
    dns.review();
    await expect.poll(() => ask('api', WEB, GATEWAY)).toBe('ECONNREFUSED');
    world.system = { ...world.system, dns: { ...world.system.dns, enabled: true } };
    dns.review();
    await expect.poll(() => ask('api', WEB, GATEWAY)).toBe(GATEWAY);
  });
});
