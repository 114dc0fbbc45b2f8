// A client at full speed is answered, whatever else arrives.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { DnsServer } from '../../src/supervisor/discovery/dns-server.js';
import { zoneOf } from '../../src/supervisor/discovery/records.js';
import { nodeService, port, systemOf } from '../rig/system.js';

const QUERIES = 10_000;
const HOSTILE = 20_000;
/** Questions that a client has open at a time. */
const IN_FLIGHT = 100;
/** ms after which a client asks again: UDP may lose what comes too fast. */
const AGAIN_MS = 250;

async function serve() {
  const services = Array.from({ length: 20 }, (_, i) => nodeService(`web-${i}`, { ports: [port(`http=${3000 + i}`)] }));
  const server = await DnsServer.listen(zoneOf(systemOf(services)), { host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  return server;
}
async function openSocket(): Promise<Socket> {
  const socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

/** A (1) or SRV (33) of one of the services. */
function question(id: number): Buffer {
  const isSrv = id % 2 === 0;
  const name = `${isSrv ? '_http._tcp.' : ''}web-${id % 20}`;
  const labels = name.split('.').flatMap(label => [Buffer.from([label.length]), Buffer.from(label)]);
  const header = Buffer.from([id >> 8, id & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([header, ...labels, Buffer.from([0, 0, isSrv ? 33 : 1, 0, 1])]);
}

/** Asks all, and again what is not answered; gives what was answered to each. */
async function askAll(socket: Socket, toPort: number): Promise<ReadonlyMap<number, Buffer>> {
  const answers = new Map<number, Buffer>();
  const open = new Set<number>();
  let next = 0;
  await new Promise<void>(resolve => {
    const send = (id: number) => socket.send(question(id), toPort, '127.0.0.1');
    const fill = () => {
      while (open.size < IN_FLIGHT && next < QUERIES) {
        open.add(next);
        send(next++);
      }
    };
    const again = setInterval(() => open.forEach(send), AGAIN_MS);
    socket.on('message', response => {
      const id = response.readUInt16BE(0);
      if (!open.delete(id)) return;
      answers.set(id, response);
      if (answers.size < QUERIES) return fill();
      clearInterval(again);
      resolve();
    });
    fill();
  });
  return answers;
}

function expectRight(answers: ReadonlyMap<number, Buffer>): void {
  const wrong = [...answers].filter(([id, response]) => {
    const asked = question(id);
    const data = id % 2 === 0 ? response.readUInt16BE(6) : response.subarray(-4).join('.');
    const isAnswered = response[3] === 0 && response.subarray(12, asked.length).equals(asked.subarray(12));
    return !isAnswered || data !== (id % 2 === 0 ? 1 : '127.0.0.1');
  });
  expect(wrong).toEqual([]);
  expect(answers.size).toBe(QUERIES);
}

test('ten thousand questions of a client that waits for nothing are answered, each with what it asked for', async () => {
  const server = await serve();
  expectRight(await askAll(await openSocket(), server.port));
  expect(server.held.responses).toBe(20);
});

test('they are also answered while twenty thousand hostile packets arrive', async () => {
  const server = await serve();
  let state = 11;
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const kinds = [
    // Bits of a question turned over.
    () => {
      const bytes = question(random(65_536));
      for (let change = random(6); change >= 0; change--) bytes[random(bytes.length)] = random(256);
      return bytes;
    },
    () => question(1).subarray(0, random(17)),
    () => Buffer.from(Array.from({ length: random(600) }, () => random(256))),
    // A response, which would go round for ever if it was answered.
    () => {
      const bytes = question(random(65_536));
      bytes[2] = 0x81;
      return bytes;
    },
    // A name of its own each.
    () =>
      Buffer.from(
        question(1)
          .toString('latin1')
          .replace('web-1', `w${1000 + random(9000)}`),
        'latin1',
      ),
  ];
  const attacker = await openSocket();
  let sent = 0;
  const attack = async () => {
    for (; sent < HOSTILE; sent++) {
      const packet = kinds[sent % kinds.length]!();
      await new Promise(resolve => attacker.send(packet, server.port, '127.0.0.1', resolve));
    }
  };
  const [answers] = await Promise.all([askAll(await openSocket(), server.port), attack()]);
  expectRight(answers);
  expect(sent).toBe(HOSTILE);
  expect(server.held.responses).toBeLessThanOrEqual(4096);
  expect(server.held.connections).toBe(0);
});
