// A further address of loopback stands for the gateway of a container network.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../../src/supervisor/clock.js';
import { GatewayRelay } from '../../../src/supervisor/discovery/gateway-relay.js';
import { port, processService } from '../../rig/system.js';

const GATEWAY = '127.0.0.2';

/** Answers what it was sent in capitals when the sender has ended. */
async function serve(host: string, number = 0): Promise<{ server: Server; port: number }> {
  const server = createServer({ allowHalfOpen: true }, socket => {
    let text = '';
    socket.setEncoding('utf8').on('data', chunk => {
      text += chunk;
    });
    socket.on('end', () => socket.end(text.toUpperCase()));
    socket.on('error', () => {});
  });
  server.listen(number, host);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { server, port: (server.address() as AddressInfo).port };
}

/** What is answered at an address; rejects where nobody listens. */
async function answerAt(host: string, number: number, text = 'hello'): Promise<string> {
  const socket = connect({ host, port: number, allowHalfOpen: true }).setEncoding('utf8');
  await once(socket, 'connect');
  socket.end(text);
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  return answer;
}

const refused = { code: 'ECONNREFUSED' };
const serviceAt = (number: number) => processService('api', { ports: [port(`main=${number}`)] });

function makeRelay(gateways: readonly string[] = [GATEWAY]) {
  const relay = new GatewayRelay(systemClock);
  onTestFinished(() => relay.close());
  relay.setGateways(gateways);
  return relay;
}

describe.skipIf(process.platform !== 'linux')('a relay', () => {
  it.each(['127.0.0.1', '::1'])(
    'passes on what comes to the gateway, to %s, with the ends of both halves',
    async host => {
      const { port } = await serve(host);
      const relay = makeRelay();
      relay.review(serviceAt(port), true);
      await vi.waitFor(async () => expect(await answerAt(GATEWAY, port)).toBe('HELLO'));
      const long = 'x'.repeat(1_000_000);
      expect(await answerAt(GATEWAY, port, long)).toBe(long.toUpperCase());
    },
  );

  it('leaves the gateway to a service that listens at all addresses', async () => {
    const { server, port } = await serve('0.0.0.0');
    const relay = makeRelay();
    relay.review(serviceAt(port), true);
    server.close();
    await once(server, 'close');
    await expect(answerAt(GATEWAY, port)).rejects.toMatchObject(refused);
  });

  it('waits until the service listens, so that it never takes a port from it', async () => {
    const { server, port } = await serve('127.0.0.1');
    server.close();
    await once(server, 'close');
    const relay = makeRelay();
    relay.review(serviceAt(port), true);
    await serve('127.0.0.1', port);
    await vi.waitFor(async () => expect(await answerAt(GATEWAY, port)).toBe('HELLO'));
  });

  it('is closed as soon as the service is not up: its next run may have every address', async () => {
    const { server, port } = await serve('127.0.0.1');
    const relay = makeRelay();
    relay.review(serviceAt(port), true);
    await vi.waitFor(async () => expect(await answerAt(GATEWAY, port)).toBe('HELLO'));
    const open = connect(port, GATEWAY);
    await once(open, 'connect');
    open.on('error', () => {}).resume();
    const closed = Promise.all([once(open, 'close'), once(server, 'close')]);
    server.close();
    relay.review(serviceAt(port), false);
    await closed;
    await serve('0.0.0.0', port);
    relay.review(serviceAt(port), true);
    expect(await answerAt(GATEWAY, port)).toBe('HELLO');
  });

  it('opens nothing any more that is closed in the same moment', async () => {
    const { port } = await serve('127.0.0.1');
    const relay = makeRelay();
    relay.review(serviceAt(port), true);
    relay.review(serviceAt(port), false);
    await vi.waitFor(() => expect(answerAt(GATEWAY, port)).rejects.toMatchObject(refused));
  });

  it('follows the gateways', async () => {
    const { port } = await serve('127.0.0.1');
    const relay = makeRelay([]);
    relay.review(serviceAt(port), true);
    await expect(answerAt(GATEWAY, port)).rejects.toMatchObject(refused);
    relay.setGateways([GATEWAY]);
    await vi.waitFor(async () => expect(await answerAt(GATEWAY, port)).toBe('HELLO'));
    relay.setGateways(['127.0.0.3', '192.0.2.1']);
    await vi.waitFor(async () => expect(await answerAt('127.0.0.3', port)).toBe('HELLO'));
    await expect(answerAt(GATEWAY, port)).rejects.toMatchObject(refused);
  });

  it('lets go a connection that the service does not take', async () => {
    const { server, port } = await serve('127.0.0.1');
    const relay = makeRelay();
    relay.review(serviceAt(port), true);
    await vi.waitFor(async () => expect(await answerAt(GATEWAY, port)).toBe('HELLO'));
    server.close();
    await once(server, 'close');
    expect(await answerAt(GATEWAY, port).catch(error => error.code)).toBeOneOf(['', 'ECONNRESET', 'EPIPE']);
  });
});
