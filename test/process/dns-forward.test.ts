// Who else is asked for names, and what is made of it: real sockets, and a clock that the test drives.
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createForward } from '../../src/supervisor/discovery/dns-forward.js';
import { DnsServer, type Forward } from '../../src/supervisor/discovery/dns-server.js';
import { zoneOf } from '../../src/supervisor/discovery/records.js';
import type { Service } from '../../src/system.js';
import { ManualClock } from '../rig/manual-clock.js';
import { freePort } from '../rig/open-system.js';
import { externalService, nodeService, port, systemOf } from '../rig/system.js';

const OURS = { enabled: true, namespace: '', suffix: 'shop' };
const THEIRS = { enabled: true, namespace: '', suffix: 'example' };
const at = (server: DnsServer) => `127.0.0.1:${server.port}`;
const nobody = () => undefined;

async function serve(services: readonly Service[], forward?: Forward, host = '127.0.0.1') {
  const { suffix } = services[0]?.dns ?? OURS;
  const dns = { host, port: 0, external: [], forward: false, enabled: true, namespace: '', suffix };
  const server = await DnsServer.listen(zoneOf(systemOf(services, { dns })), { host, port: 0, forward });
  onTestFinished(() => server.close());
  const resolver = new Resolver({ timeout: 5000, tries: 1 });
  resolver.setServers([host.includes(':') ? `[${host}]:${server.port}` : `${host}:${server.port}`]);
  return { server, resolver };
}
const theirs = (name: string, more: object = {}) =>
  nodeService(name, { dns: THEIRS, host: '10.1.2.3', ports: [port('http=80')], ...more });
const codeOf = (asked: Promise<unknown>) =>
  asked.then(
    () => 'answered',
    error => (error as NodeJS.ErrnoException).code,
  );

function question(name: string, type = 1): Buffer {
  const labels = name.split('.').flatMap(label => [Buffer.from([label.length]), Buffer.from(label)]);
  return Buffer.concat([Buffer.from([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]), ...labels, Buffer.from([0, 0, type, 0, 1])]);
}
/** What `record` says of the name at the start of the question. */
const recordOf = (type: number, data: Buffer) =>
  Buffer.concat([Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 60, 0, data.length]), data]);

/** Somebody at UDP, who answers what `answer` makes of a question; nothing: silence. */
async function upstream(answer: (query: Buffer) => Buffer | undefined) {
  const heard: Buffer[] = [];
  const socket = createSocket('udp4');
  onTestFinished(() => void socket.close());
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  let wake = () => {};
  socket.on('message', (query, from) => {
    heard.push(query);
    wake();
    const response = answer(query);
    if (response) socket.send(response, from.port, from.address);
  });
  const isHeard = (count: number) =>
    new Promise<void>(resolve => {
      wake = () => heard.length >= count && resolve();
      wake();
    });
  return { heard, isHeard, address: `127.0.0.1:${socket.address().port}` };
}
const answered = (query: Buffer, rcode: number, ...records: Buffer[]) => {
  const response = Buffer.concat([query, ...records]);
  response[2] = 0x81;
  response[3] = 0x80 | rcode;
  response[7] = records.length;
  return response;
};
const fixed = (...read: readonly string[]) => ({ read: () => read });

describe('when one resolver does not help, the next is asked', () => {
  test.each([
    ['fails', 2],
    ['does not know how', 4],
    ['refuses', 5],
  ])('it %s', async (_, rcode) => {
    const bad = await upstream(query => answered(query, rcode));
    const good = await serve([theirs('far')]);
    const { resolver } = await serve([], createForward(true, nobody, fixed(bad.address, at(good.server))));
    expect(await resolver.resolve4('far.example')).toEqual(['10.1.2.3']);
    expect(bad.heard.length).toBe(1);
  });

  test('it says nothing for two seconds', async () => {
    const clock = new ManualClock();
    const silent = await upstream(() => undefined);
    const good = await serve([theirs('far')]);
    const forward = createForward(true, nobody, { clock, ...fixed(silent.address, at(good.server)) });
    const asked = forward(question('far.example'), false);
    await silent.isHeard(1);
    await clock.advance(1999);
    expect(clock.pending).toBe(1);
    await clock.advance(1);
    expect((await asked)?.subarray(-4)).toEqual(Buffer.from([10, 1, 2, 3]));
    expect(clock.pending).toBe(0);
  });

  test('it is not there', async () => {
    const good = await serve([theirs('far')]);
    const { resolver } = await serve(
      [],
      createForward(true, nobody, fixed(`127.0.0.1:${await freePort()}`, at(good.server))),
    );
    expect(await resolver.resolve4('far.example')).toEqual(['10.1.2.3']);
  });

  test('a name that does not exist is an answer, and nobody else is asked', async () => {
    const good = await serve([theirs('far')]);
    const other = await upstream(query => answered(query, 2));
    const { resolver } = await serve([], createForward(true, nobody, fixed(at(good.server), other.address)));
    expect(await codeOf(resolver.resolve4('nobody.example'))).toBe('ENOTFOUND');
    expect(other.heard).toEqual([]);
  });

  test('where none helps, what the first one said is told', async () => {
    const refuses = await upstream(query => answered(query, 5));
    const fails = await upstream(query => answered(query, 2));
    const { resolver } = await serve([], createForward(true, nobody, fixed(refuses.address, fails.address)));
    expect(await codeOf(resolver.resolve4('far.example'))).toBe('EREFUSED');
    expect([refuses.heard.length, fails.heard.length]).toEqual([1, 1]);
  });
});

test('an answer that is too long for UDP is fetched over TCP', async () => {
  const ports = Array.from({ length: 80 }, (_, i) => port(`same=${4000 + i}`));
  const far = await serve([theirs('far', { ports })]);
  const { resolver } = await serve([], createForward(at(far.server), nobody));
  expect(await resolver.resolveSrv('_same._tcp.far.example')).toHaveLength(80);
});

test('over TCP, whoever answers too slowly is left for the next', async () => {
  const clock = new ManualClock();
  const sockets: Socket[] = [];
  const slow = createServer(socket => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.write(Buffer.from([0])); // the first byte of a length
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void slow.close());
  await once(slow, 'listening');
  const good = await serve([theirs('far')]);
  const slowAddress = `127.0.0.1:${(slow.address() as AddressInfo).port}`;
  const forward = createForward(true, nobody, { clock, ...fixed(slowAddress, at(good.server)) });
  const asked = forward(question('far.example'), true);
  const [socket] = (await once(slow, 'connection')) as [Socket];
  await once(socket, 'data');
  await clock.advance(2000);
  expect((await asked)?.subarray(-4)).toEqual(Buffer.from([10, 1, 2, 3]));
  if (!socket.destroyed) await once(socket, 'close');
  expect(clock.pending).toBe(0);
});

test('what the system uses is read anew after five seconds, also when the clock is set back', async () => {
  const clock = new ManualClock();
  const [one, two] = [await serve([theirs('one')]), await serve([theirs('two')])];
  let servers = [at(one.server)];
  let reads = 0;
  const read = () => {
    reads++;
    return servers;
  };
  const forward = createForward(true, nobody, { clock, read });
  const rcode = async (name: string) => (await forward(question(name), false))![3]! & 0xf;
  expect(await rcode('one.example')).toBe(0);
  servers = [at(two.server)];
  await clock.advance(5000);
  expect([await rcode('two.example'), reads]).toEqual([3, 1]);
  await clock.advance(1);
  expect([await rcode('two.example'), reads]).toEqual([0, 2]);
  servers = [at(one.server)];
  await clock.advance(-6000);
  expect([await rcode('one.example'), reads]).toEqual([0, 3]);
});

describe('a name of ours that stands for one of somebody else', () => {
  const far = externalService('far', { dns: OURS, host: 'api.example', ports: [port('https=443')] });

  test('is answered with what that one has, where somebody can be asked', async () => {
    const other = await serve([theirs('api'), theirs('six', { host: 'fd00::6' })]);
    const { resolver } = await serve([far], createForward(at(other.server), nobody));
    expect(await resolver.resolve4('far.shop', { ttl: true })).toEqual([{ address: '10.1.2.3', ttl: 5 }]);
    expect(await resolver.resolve6('far.shop')).toEqual([]);
    const six = { ...far, host: 'six.example' };
    const second = await serve([six], createForward(at(other.server), nobody));
    expect(await second.resolver.resolve6('far.shop')).toEqual(['fd00::6']);
    expect(await second.resolver.resolveCname('far.shop')).toEqual(['six.example']);
  });

  test('is answered with the name alone where nobody is asked, or nobody answers', async () => {
    for (const forward of [undefined, createForward(`127.0.0.1:${await freePort()}`, nobody)]) {
      const { resolver } = await serve([far], forward);
      expect(await resolver.resolveCname('far.shop')).toEqual(['api.example']);
      expect(await resolver.resolve4('far.shop')).toEqual([]);
    }
  });

  test('does not exist where that one does not', async () => {
    const other = await serve([theirs('other')]);
    const { resolver } = await serve([far], createForward(at(other.server), nobody));
    expect(await codeOf(resolver.resolve4('far.shop'))).toBe('ENOTFOUND');
  });

  test('is answered whole over TCP where that one has more than UDP takes', async () => {
    const hosts = Array.from({ length: 60 }, (_, i) =>
      theirs(`api-${i}`, { host: `10.0.0.${i}`, instance: { of: 'api', number: i + 1 } }),
    );
    const other = await serve(hosts);
    const { resolver } = await serve([far], createForward(at(other.server), nobody));
    expect(await resolver.resolve4('far.shop')).toHaveLength(60);
  });

  test('is answered with the links there are when they go round, and each is told once', async () => {
    // api.example is another name for itself.
    const self = await upstream(query => answered(query, 0, recordOf(5, Buffer.from([0xc0, 12]))));
    const { server } = await serve([far], createForward(self.address, nobody));
    const response = await createForward(at(server), nobody)(question('far.shop'), false);
    expect([response![3]! & 0xf, response!.readUInt16BE(6)]).toEqual([0, 2]);
    expect(self.heard.length).toBe(1);
  });

  test.each([
    ['is no message', (query: Buffer) => answered(query, 0, Buffer.from([0xc0]))],
    [
      'holds a name that cannot be said',
      (query: Buffer) => answered(query, 0, recordOf(5, Buffer.from([2, 0xff, 0x20, 0]))),
    ],
  ])('is answered with the name alone where what is heard %s', async (_, answer) => {
    const liar = await upstream(answer);
    const { server, resolver } = await serve([far], createForward(liar.address, nobody));
    const response = await createForward(at(server), nobody)(question('far.shop'), false);
    expect([response![3]! & 0xf, response!.readUInt16BE(6)]).toEqual([0, 1]);
    expect(await resolver.resolveCname('far.shop')).toEqual(['api.example']);
  });

  test('is asked about anew each time: what somebody else says is not ours to keep', async () => {
    const other = await upstream(query => answered(query, 0, recordOf(1, Buffer.from([1, 2, 3, 4]))));
    const { server, resolver } = await serve([far], createForward(other.address, nobody));
    for (let i = 0; i < 3; i++) expect(await resolver.resolve4('far.shop')).toEqual(['1.2.3.4']);
    expect([other.heard.length, server.held.responses]).toEqual([3, 0]);
  });

  test('and goes round among ours ends', async () => {
    const round = ['a', 'b'].map(name =>
      externalService(name, { dns: OURS, host: name === 'a' ? 'b.shop' : 'a.shop' }),
    );
    const asked = await upstream(query => answered(query, 2));
    const { resolver } = await serve(round, createForward(asked.address, nobody));
    expect(await resolver.resolve4('a.shop')).toEqual([]);
    expect(asked.heard).toEqual([]);
  });
});

test('an IPv6 address of this machine is answered at as well, over UDP and TCP', async () => {
  const ports = Array.from({ length: 60 }, (_, i) => port(`same=${4000 + i}`));
  const web = nodeService('web', { dns: OURS, ports });
  const { resolver } = await serve([web], undefined, '::1');
  expect(await resolver.resolve4('web.shop')).toEqual(['127.0.0.1']);
  expect(await resolver.resolveSrv('_same._tcp.web.shop')).toHaveLength(60);
});

test('what only goes along is left out before anybody is sent to TCP', async () => {
  // 17 SRV records fit into 1232 bytes; with as many addresses they do not.
  const hosts = Array.from({ length: 17 }, (_, i) =>
    nodeService(`web-${i}`, {
      dns: OURS,
      host: `10.0.0.${i}`,
      ports: [port('http=80')],
      instance: { of: 'web', number: i + 1 },
    }),
  );
  const { server } = await serve(hosts);
  const query = Buffer.concat([question('_http._tcp.web.shop', 33), Buffer.from([0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0])]);
  query[11] = 1;
  const whole = (await createForward(at(server), nobody)(query, true))!;
  const cut = (await createForward(at(server), nobody)(query, false))!;
  expect(whole.length).toBeGreaterThan(1232);
  expect([whole.readUInt16BE(6), whole.readUInt16BE(10)]).toEqual([17, 18]);
  expect([cut[2]! & 2, cut.readUInt16BE(6), cut.readUInt16BE(10)]).toEqual([0, 17, 1]);
});

test('a name that is longer than DNS allows is a format error, and the longest is answered', async () => {
  const { server } = await serve([nodeService('web', { dns: OURS })]);
  const ask = async (name: string) => (await createForward(at(server), nobody)(question(name), true))?.[3];
  const label = (length: number) => 'x'.repeat(length);
  // 255 bytes with the lengths and the end: 63 + 63 + 63 + 56 + 4 (shop) and 6.
  const longest = [63, 63, 63, 56].map(label).concat('shop').join('.');
  expect(longest.length).toBe(253);
  expect((await ask(longest))! & 0xf).toBe(3);
  expect(await ask([63, 63, 63, 57].map(label).concat('shop').join('.'))).toBe(1);
  expect(await ask(`${label(64)}.shop`)).toBe(1);
});
