// The names of a running system, asked for by real clients over real sockets.
import { Resolver } from 'node:dns/promises';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createForward } from '../../src/supervisor/discovery/dns-forward.js';
import { complain, readRequest } from '../../src/supervisor/discovery/dns-message.js';
import { DnsServer, type Forward } from '../../src/supervisor/discovery/dns-server.js';
import { zoneOf } from '../../src/supervisor/discovery/records.js';
import type { Service } from '../../src/system.js';
import { freePort, freePorts, openSystem } from '../rig/open-system.js';
import { externalService, nodeService, port, systemOf } from '../rig/system.js';

const CLUSTER = { enabled: true, namespace: 'shop', suffix: 'svc.cluster.local' };
const end = 'shop.svc.cluster.local';
const WEB = nodeService('web', { dns: CLUSTER, ports: [port('http=3000')] });
const DB = nodeService('db', { dns: CLUSTER, host: '10.1.2.3', ports: [port('main=5432')] });
const SIX = nodeService('six', { dns: CLUSTER, host: 'fd00::1', ports: [port('http=80')] });
const FAR = externalService('far', { dns: CLUSTER, host: 'api.example.com', ports: [port('https=443')] });

const zone = (...services: Service[]) =>
  zoneOf(
    systemOf(services, {
      dns: { host: '127.0.0.1', port: 0, external: [], forward: false, ...CLUSTER },
    }),
  );

async function serve(services: readonly Service[], forward?: Forward) {
  const server = await DnsServer.listen(zone(...services), { host: '127.0.0.1', port: 0, forward });
  onTestFinished(() => server.close());
  const resolver = new Resolver({ timeout: 2000, tries: 1 });
  resolver.setServers([`127.0.0.1:${server.port}`]);
  return { server, resolver };
}

const codeOf = (asked: Promise<unknown>) =>
  asked.then(
    () => 'answered',
    error => (error as NodeJS.ErrnoException).code,
  );

/** A question as a client sends it. */
function question(name: string, type: number, id = 1): Buffer {
  const labels = name
    .split('.')
    .map(label => Buffer.concat([Buffer.from([Buffer.byteLength(label)]), Buffer.from(label)]));
  return Buffer.concat([
    Buffer.from([id >> 8, id & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
    ...labels,
    Buffer.from([0, 0, type, 0, 1]),
  ]);
}
const framed = (message: Buffer) => Buffer.concat([Buffer.from([message.length >> 8, message.length & 255]), message]);

describe("node's resolver", () => {
  test('finds what is there, and is told what is not', async () => {
    const { resolver } = await serve([WEB, DB, SIX, FAR]);
    expect(await resolver.resolve4(`WEB.${end}`)).toEqual(['127.0.0.1']);
    expect(await resolver.resolve6(`six.${end}`)).toEqual(['fd00::1']);
    expect(await resolver.resolveSrv(`_http._tcp.web.${end}`)).toEqual([
      { name: `web.${end}`, port: 3000, priority: 0, weight: 100 },
    ]);
    expect(await resolver.resolveCname(`far.${end}`)).toEqual(['api.example.com']);
    expect(await resolver.resolveTxt(`dns-version.${end}`)).toEqual([['1.1.0']]);
    expect(await resolver.reverse('10.1.2.3')).toEqual([`db.${end}`]);
    expect(await resolver.reverse('fd00::1')).toEqual([`six.${end}`]);
    expect(await codeOf(resolver.resolve6(`web.${end}`))).toBe('ENODATA');
    expect(await codeOf(resolver.resolve4(`nobody.${end}`))).toBe('ENOTFOUND');
    expect(await codeOf(resolver.resolve4('example.com'))).toBe('EREFUSED');
  });

  test('hears of another zone at once', async () => {
    const { server, resolver } = await serve([WEB]);
    expect(await codeOf(resolver.resolve4(`db.${end}`))).toBe('ENOTFOUND');
    server.zone = zone(WEB, DB);
    expect(await resolver.resolve4(`db.${end}`)).toEqual(['10.1.2.3']);
  });

  test('gets what is not ours from whoever is asked', async () => {
    const other = await serve([{ ...DB, name: 'far', dns: { ...CLUSTER, suffix: 'example' } } as Service]);
    const { resolver } = await serve(
      [WEB],
      createForward(`127.0.0.1:${other.server.port}`, () => undefined),
    );
    expect(await resolver.resolve4('far.shop.example')).toEqual(['10.1.2.3']);
    expect(await resolver.resolve4(`web.${end}`)).toEqual(['127.0.0.1']);
  });

  test('is told of a failure when nobody else answers', async () => {
    const { resolver } = await serve(
      [WEB],
      createForward(`127.0.0.1:${await freePort()}`, () => undefined),
    );
    expect(await codeOf(resolver.resolve4('example.com'))).toBe('ESERVFAIL');
  });

  test('gets a long answer over TCP', async () => {
    const ports = Array.from({ length: 60 }, (_, i) => port(`port-with-a-long-name-${i}=${4000 + i}`));
    const many = nodeService('many', { dns: CLUSTER, ports });
    const same = ports.map(each => ({ ...each, name: 'same' }));
    const { resolver } = await serve([many, nodeService('wide', { dns: CLUSTER, ports: same })]);
    expect(await resolver.resolveSrv(`_same._tcp.wide.${end}`)).toHaveLength(60);
  });

  test('is answered ten thousand times in a row', async () => {
    const { resolver } = await serve([WEB]);
    let answered = 0;
    for (let round = 0; round < 100; round++) {
      const all = await Promise.all(Array.from({ length: 100 }, () => resolver.resolve4(`web.${end}`)));
      answered += all.length;
    }
    expect(answered).toBe(10_000);
  });
});

test('several questions on one connection are all answered, however they arrive', async () => {
  const { server } = await serve([WEB]);
  const socket = connect(server.port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const bytes = Buffer.concat([1, 2, 3].map(id => framed(question(`web.${end}`, 1, id))));
  for (const byte of bytes) socket.write(Buffer.from([byte]));
  let heard = Buffer.alloc(0);
  const ids: number[] = [];
  for await (const chunk of socket) {
    heard = Buffer.concat([heard, chunk as Buffer]);
    while (heard.length >= 2 && heard.length >= 2 + heard.readUInt16BE(0)) {
      ids.push(heard.readUInt16BE(2));
      heard = heard.subarray(2 + heard.readUInt16BE(0));
    }
    if (ids.length === 3) break;
  }
  expect(ids.toSorted()).toEqual([1, 2, 3]);
});

/** What comes back over UDP. */
async function askRaw(toPort: number, query: Buffer): Promise<Buffer> {
  const { createSocket } = await import('node:dgram');
  const socket = createSocket('udp4');
  try {
    return await new Promise(resolve => {
      socket.once('message', resolve);
      socket.send(query, toPort, '127.0.0.1');
    });
  } finally {
    socket.close();
  }
}
const withExtension = (query: Buffer, version: number, flags = 0) => {
  const all = Buffer.concat([query, Buffer.from([0, 0, 41, 16, 0, 0, version, flags, 0, 0, 0])]);
  all[11] = 1;
  return all;
};

test('a question goes back as it came, whatever its letters and bytes are', async () => {
  const { server } = await serve([WEB]);
  for (const name of [`wEb.${end}`, `n\u00f6body.${end}`, `\u212aeb.${end}`]) {
    const query = question(name, 1);
    if (name.startsWith('n')) query[13] = 0xff;
    const response = await askRaw(server.port, query);
    expect(response.subarray(12, query.length)).toEqual(query.subarray(12));
    expect(response[3]! & 0xf).toBe(name.startsWith('wEb') ? 0 : 3);
  }
});

test('an opcode that is not known goes back with its number', async () => {
  const { server } = await serve([WEB]);
  const query = question(`web.${end}`, 1);
  query[2] = 0x21;
  const response = await askRaw(server.port, query);
  expect([response[2], response[3]]).toEqual([0xa1, 4]);
});

test('a later version of the extension is told the one that is spoken, and only who speaks it hears of it', async () => {
  const { server } = await serve([WEB]);
  const query = question(`web.${end}`, 1);
  expect((await askRaw(server.port, query)).readUInt16BE(10)).toBe(0);
  const later = await askRaw(server.port, withExtension(query, 1));
  expect(later[3]! & 0xf).toBe(0);
  expect([...later.subarray(-11)]).toEqual([0, 0, 41, 4, 208, 1, 0, 0, 0, 0, 0]);
  const secure = await askRaw(server.port, withExtension(query, 0, 0x80));
  expect([...secure.subarray(-11)]).toEqual([0, 0, 41, 4, 208, 0, 0, 0x80, 0, 0, 0]);
});

test('a second extension, two questions and a name that points somewhere are format errors', async () => {
  const { server } = await serve([WEB]);
  const query = question(`web.${end}`, 1);
  const twice = withExtension(withExtension(query, 0), 0);
  twice[11] = 2;
  const two = Buffer.from(query);
  two[5] = 2;
  const pointing = Buffer.concat([query.subarray(0, 12), Buffer.from([0xc0, 0, 0, 1, 0, 1])]);
  for (const wrong of [twice, two, pointing]) expect((await askRaw(server.port, wrong))[3]! & 0xf).toBe(1);
});

test('other classes and whole zones are refused', async () => {
  const { server } = await serve([WEB]);
  const chaos = question(`web.${end}`, 1);
  chaos[chaos.length - 1] = 3;
  const multicast = question(`web.${end}`, 1);
  multicast[multicast.length - 2] = 0x80;
  for (const query of [chaos, multicast, question(end, 252)]) {
    const response = await askRaw(server.port, query);
    expect(response[3]! & 0xf).toBe(5);
    expect(response.subarray(12)).toEqual(query.subarray(12));
  }
});

test('the start of authority of a zone is found, and so are names that only have names below them', async () => {
  const { resolver } = await serve([WEB]);
  expect(await resolver.resolveSoa(end)).toMatchObject({ nsname: `ns.dns.${end}`, minttl: 5 });
  expect(await codeOf(resolver.resolve4(`_tcp.web.${end}`))).toBe('ENODATA');
});

test('what is above a zone, or above a record of another zone, is for somebody else', async () => {
  const { resolver } = await serve([DB]);
  for (const name of ['cluster.local', 'local', '2.1.10.in-addr.arpa', 'arpa'])
    expect(await codeOf(resolver.resolve4(name))).toBe('EREFUSED');
});

test('long questions are not remembered, and of the others no more than a bound', async () => {
  const { server } = await serve([WEB]);
  const long = withExtension(question(`web.${end}`, 1), 0);
  long.writeUInt16BE(1004, long.length - 2);
  await askRaw(server.port, Buffer.concat([long, Buffer.from([0, 12, 3, 232]), Buffer.alloc(1000)]));
  expect(server.held.responses).toBe(0);
  for (let i = 0; i < 5000; i++) {
    await askRaw(server.port, question(`no-${i}.${end}`, 1));
    if (server.held.responses > 4096) break;
  }
  expect(server.held.responses).toBe(5000 - 4096);
});

test('an answer of somebody else that comes after the end is sent to nobody', async () => {
  let answer: (response: Buffer) => void = () => {};
  let heard: () => void = () => {};
  const hasHeard = new Promise<void>(resolve => {
    heard = resolve;
  });
  const later = new Promise<Buffer>(resolve => {
    answer = resolve;
  });
  const server = await DnsServer.listen(zone(WEB), {
    host: '127.0.0.1',
    port: 0,
    forward: () => {
      heard();
      return later;
    },
  });
  void askRaw(server.port, question('far.example', 1));
  await hasHeard;
  await server.close();
  answer(question('far.example', 1));
  await new Promise(resolve => setImmediate(resolve)); // vitest fails on a rejection that nobody hears
  expect(server.held.connections).toBe(0);
});

test('who ends its half of a connection still hears what somebody else says', async () => {
  const query = question('far.example', 1);
  const { server } = await serve([WEB], async asked => {
    await new Promise(resolve => setImmediate(resolve));
    return Buffer.from(asked);
  });
  const socket = connect(server.port, '127.0.0.1');
  socket.end(framed(query));
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks)).toEqual(framed(query));
});

test('whatever comes as the answer of somebody else, only what fits the question is believed', async () => {
  const { createSocket } = await import('node:dgram');
  const liar = createSocket('udp4');
  onTestFinished(() => void liar.close());
  await new Promise<void>(resolve => liar.bind(0, '127.0.0.1', resolve));
  const ids = new Set<number>();
  liar.on('message', (query, from) => {
    ids.add(query.readUInt16BE(0));
    const right = Buffer.from(query);
    right[2] = 0x81;
    const otherId = Buffer.from(right);
    otherId[0]! ^= 1;
    const otherName = Buffer.from(right);
    otherName[13]! ^= 1;
    const noQuestion = Buffer.from(right.subarray(0, 12));
    noQuestion[5] = 0;
    right[3] = 0x85;
    for (const each of [query, otherId, otherName, noQuestion, right.subarray(0, 11), right])
      liar.send(each, from.port, from.address);
  });
  const forward = createForward(`127.0.0.1:${liar.address().port}`, () => undefined);
  const { server } = await serve([WEB], forward);
  for (let i = 0; i < 20; i++) {
    const response = await askRaw(server.port, question('far.example', 1, 7));
    expect([response.readUInt16BE(0), response[3]]).toEqual([7, 0x85]);
  }
  expect(ids.size).toBeGreaterThan(1);
});

test('a server that would ask itself does not', async () => {
  const forward = createForward('127.0.0.1:5353', () => ({ host: '0.0.0.0', port: 5353 }));
  expect(await forward(question('far.example', 1), false)).toBeUndefined();
});

test('whatever bytes arrive, the server goes on answering', async () => {
  const { server, resolver } = await serve([WEB]);
  const whole = question(`_http._tcp.web.${end}`, 33);
  let state = 42;
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const kinds = new Map<string, number>();
  for (let i = 0; i < 40_000; i++) {
    const bytes = Buffer.from(whole);
    for (let change = random(6); change >= 0; change--) bytes[random(bytes.length)] = random(256);
    const cut = random(4) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
    const request = readRequest(cut);
    kinds.set(request.kind, (kinds.get(request.kind) ?? 0) + 1);
    if (request.kind === 'malformed') expect(complain(request).length).toBe(12);
  }
  expect([...kinds.keys()].toSorted()).toEqual(['malformed', 'nothing', 'question']);
  const { createSocket } = await import('node:dgram');
  const udp = createSocket('udp4');
  onTestFinished(() => void udp.close());
  for (let i = 0; i < 2000; i++) {
    const bytes = Buffer.from(whole);
    bytes[random(bytes.length)] = random(256);
    udp.send(bytes, server.port, '127.0.0.1');
  }
  const tcp = connect(server.port, '127.0.0.1');
  tcp.on('error', () => {});
  tcp.write(Buffer.from([255, 255, 1, 2, 3]));
  expect(await resolver.resolve4(`web.${end}`)).toEqual(['127.0.0.1']);
  tcp.destroy();
});

test('whatever bytes arrive over TCP, the server goes on answering and holds on to nothing', async () => {
  const { server, resolver } = await serve([WEB]);
  const whole = question(`web.${end}`, 1);
  let state = 7;
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  let ended = 0;
  for (let i = 0; i < 100; i++) {
    const messages = Array.from({ length: 200 }, () => {
      const bytes = Buffer.from(whole);
      for (let change = random(4); change >= 0; change--) bytes[random(bytes.length)] = random(256);
      const frame = framed(bytes);
      if (random(100) === 0) frame[random(2)] = random(256);
      return frame;
    });
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => {}); // the server hangs up on what is no question
    socket.resume().end(Buffer.concat(messages));
    await new Promise(resolve => socket.once('close', resolve));
    ended++;
  }
  expect(ended).toBe(100);
  await expect.poll(() => server.held).toEqual({ responses: 0, connections: 0 });
  expect(await resolver.resolve4(`web.${end}`)).toEqual(['127.0.0.1']);
});

test('a system answers for its services while it runs, and tells them where', async () => {
  const [dnsPort, webPort] = [await freePort(), await freePort()];
  const { supervisor, printed, until } = await openSystem({
    'fuge.yml': `fuge_global: {monitor: false, dns_enabled: true, dns_port: ${dnsPort}, dns_namespace: shop, dns_suffix: local}
web: {type: node, run: web.cjs, ports: [http=${webPort}]}
asks: {type: node, run: asks.cjs, depends_on: [web]}
`,
    'web.cjs': "require('node:http').createServer().listen(process.env.PORT, '127.0.0.1')",
    'asks.cjs': `
      const { Resolver } = require('node:dns').promises;
      const { DNS_HOST, DNS_PORT, DNS_NAMESPACE, DNS_SUFFIX } = process.env;
      const resolver = new Resolver();
      resolver.setServers([DNS_HOST + ':' + DNS_PORT]);
      resolver.resolveSrv(['_http._tcp.web', DNS_NAMESPACE, DNS_SUFFIX].join('.')).then(found => console.log(JSON.stringify(found)));
    `,
  });
  void supervisor.start(['web', 'asks']);
  await until(event => event.type === 'lines' && event.service === 'asks');
  expect(JSON.parse(printed('asks')[0]!)).toEqual([
    { name: 'web.shop.local', port: webPort, priority: 0, weight: 100 },
  ]);
  expect(await supervisor.zone()).toMatchObject({ server: `127.0.0.1:${dnsPort}` });
  await supervisor.close();
  expect((await supervisor.zone()).server).toBeUndefined();
});

test('the name of several instances leads to those that are ready', async () => {
  const [dnsPort, webPort] = [await freePort(), await freePorts(3)];
  const { supervisor } = await openSystem({
    'fuge.yml': `fuge_global: {monitor: false, dns_enabled: true, dns_port: ${dnsPort}, dns_suffix: local}
web: {type: node, run: web.cjs, instances: 3, ports: [http=${webPort}]}
`,
    'web.cjs': "require('node:http').createServer().listen(process.env.PORT, '127.0.0.1')",
  });
  await supervisor.start(['web-1', 'web-2', 'web-3']);
  const resolver = new Resolver({ timeout: 2000, tries: 1 });
  resolver.setServers([`127.0.0.1:${dnsPort}`]);
  const found = async () =>
    (await resolver.resolveSrv('_http._tcp.web.local'))
      .map(({ name, port, weight }) => `${name} ${port - webPort} ${weight}`)
      .toSorted();
  await expect.poll(found).toEqual(['web-1.local 0 33', 'web-2.local 1 33', 'web-3.local 2 33']);
  await supervisor.stop(['web-2']);
  expect(await found()).toEqual(['web-1.local 0 50', 'web-3.local 2 50']);
  expect(await resolver.resolve4('web.local')).toEqual(['127.0.0.1']);
  expect(await resolver.resolve4('web-2.local')).toEqual(['127.0.0.1']);
  await supervisor.stop(['web-1', 'web-3']);
  expect((await found()).length).toBe(3);
});

test('a port that is taken is told with its holder, and everything else runs', async () => {
  const { server } = await serve([WEB]);
  const { supervisor, events, until } = await openSystem({
    'fuge.yml': `fuge_global:\n  monitor: false\n  dns_enabled: true\n  dns_port: ${server.port}\nweb: {type: process, run: sleep 1000}\n`,
  });
  expect(await supervisor.start(['web'])).toMatchObject([{ result: 'ready' }]);
  await until(event => event.type === 'notice');
  expect(events.flatMap(event => (event.type === 'notice' ? [event.diagnostic] : []))).toMatchObject([
    {
      code: 'dns-port-taken',
      message: expect.stringContaining(`nothing answers DNS: 127.0.0.1:${server.port} is taken by pid ${process.pid}`),
      at: { line: 4, column: 13 },
      hint: 'end it, or give another dns_port',
    },
  ]);
});
