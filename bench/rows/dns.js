// Answers for a name of ours over UDP: how many a second with 64 questions on the way, and how long one takes on its own.
import { createSocket } from 'node:dgram';
import { compare, folder, fuge, interleave, median, program, start } from '../harness.js';

export const title = 'Answers of DNS';
export const limitedBy = 'Node, which makes an object of every datagram';

const THROUGH = 20_000;
const ON_THE_WAY = 64;
const ALONE = 2000;
const NAME = 'web.shop.local';

const labels = NAME.split('.').flatMap(label => [label.length, ...Buffer.from(label)]);
const QUERY = Buffer.from([0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, 1, 0, 1]);

/** Asks `count` times with at most `width` questions on the way; ms that each answer took. A wrong or lost one is an error. */
function ask(port, count, width) {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    const times = [];
    const sent = new Map();
    let next = 0;
    const settle = error => {
      clearTimeout(late);
      socket.close();
      error ? reject(error) : resolve(times);
    };
    const late = setTimeout(() => settle(new Error(`${sent.size} questions are not answered`)), 5000);
    const send = () => {
      const query = Buffer.from(QUERY);
      const id = next++ & 0xffff;
      query.writeUInt16BE(id, 0);
      sent.set(id, performance.now());
      socket.send(query);
    };
    socket.on('error', settle);
    socket.on('message', response => {
      const id = response.readUInt16BE(0);
      if (!sent.has(id) || (response[3] & 15) !== 0 || response.readUInt16BE(6) !== 1)
        return settle(new Error('a wrong answer'));
      times.push(performance.now() - sent.get(id));
      sent.delete(id);
      if (next < count) send();
      else if (times.length === count) settle();
    });
    socket.once('connect', () => {
      for (let i = 0; i < width; i++) send();
    });
    socket.connect(port, '127.0.0.1');
  });
}

/** Until it answers. */
async function ready(port) {
  for (let left = 100; ; left--) {
    try {
      return await ask(port, 1, 1);
    } catch (error) {
      if (left === 0) throw error;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  }
}

function freePort() {
  return new Promise(resolve => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}

const at = (times, share) => times.toSorted((a, b) => a - b)[Math.floor(times.length * share)];

export default async function dns(runs) {
  if (!program('dnsmasq')) return [];
  const ports = { fuge: await freePort(), dnsmasq: await freePort() };
  const cwd = folder({
    'fuge.yml': `fuge_global: {monitor: false, dns_enabled: true, dns_port: ${ports.fuge}, dns_namespace: shop, dns_suffix: local}\nweb: {type: process, run: sleep 1000}\n`,
  });
  const ours = start(process.execPath, [fuge, 'shell', 'fuge.yml'], { cwd, stdin: 'pipe' });
  ours.child.stdin.write('start web\n');
  const theirs = start('dnsmasq', [
    '--keep-in-foreground',
    '--conf-file=/dev/null',
    '--no-resolv',
    '--no-hosts',
    '--bind-interfaces',
    '--listen-address=127.0.0.1',
    '--user=',
    '--pid-file=',
    `--port=${ports.dnsmasq}`,
    `--host-record=${NAME},127.0.0.1`,
  ]);
  try {
    await Promise.all([ready(ports.fuge), ready(ports.dnsmasq)]);
    const through = name => async () => {
      const began = performance.now();
      await ask(ports[name], THROUGH, ON_THE_WAY);
      return (performance.now() - began) / (THROUGH / 1000);
    };
    const late = { fuge: [], dnsmasq: [] };
    const alone = name => async () => {
      const times = await ask(ports[name], ALONE, 1);
      late[name].push(at(times, 0.99));
      return at(times, 0.5);
    };
    const both = run => ({ dnsmasq: run('dnsmasq'), fuge: run('fuge') });
    const many = await interleave(both(through), runs);
    const one = await interleave(both(alone), runs);
    const rate = name => Math.round(1e6 / median(many[name]));
    return [
      compare('1000 answers of DNS over UDP, 64 questions on the way', many, 'fuge', 'dnsmasq', {
        goal: 2,
        note: `${rate('fuge')} answers a second against ${rate('dnsmasq')}`,
      }),
      compare('one answer of DNS over UDP, half of them within', one, 'fuge', 'dnsmasq', {
        note: `99 of 100 within ${median(late.fuge.slice(-runs)).toFixed(2)} ms against ${median(late.dnsmasq.slice(-runs)).toFixed(2)} ms`,
      }),
    ];
  } finally {
    await Promise.all([ours.end(), theirs.end()]);
  }
}
