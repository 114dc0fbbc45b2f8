/** Asks another resolver what is not ours: the system's, or one that is named. */

import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns';
import { createConnection, isIP, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type Clock, systemClock } from '../clock.js';
import type { Forward } from './dns-server.js';

/** ms that one resolver gets before the next is asked. */
const PATIENCE_MS = 2000;
/** Questions that may be open at once; further ones are not passed on, so that a flood stays here. */
const MOST_OPEN = 512;

/** ms for which the system's resolvers are remembered. */
const REREAD_MS = 5000;
const HEADER_BYTES = 12;

interface Upstream {
  readonly host: string;
  readonly port: number;
}

/** For tests. */
export interface ForwardOptions {
  readonly clock?: Clock;
  /** What the system uses now. */
  readonly read?: () => readonly string[];
}

/** Of answers that say that this resolver, unlike perhaps the next, can't or won't help: SERVFAIL, NOTIMP, REFUSED. */
const UNHELPFUL = [2, 4, 5];

/**
 * Asks one resolver after the other until one of them helps; if none does, the first refusal is the answer.
 *
 * @param named `ADDRESS` or `ADDRESS:PORT`; true: what the system uses.
 * @param own Where our own server listens: it is never asked.
 */
export function createForward(
  named: true | string,
  own: () => Upstream | undefined,
  // A new resolver reads the system's settings anew: they change with the network.
  { clock = systemClock, read = () => new Resolver().getServers() }: ForwardOptions = {},
): Forward {
  let open = 0;
  let known: { readonly at: number; readonly servers: readonly string[] } | undefined;
  const servers = () => {
    // The clock may have been set back.
    if (!known || Math.abs(clock.now() - known.at) > REREAD_MS) known = { at: clock.now(), servers: read() };
    return known.servers;
  };
  const isOwn = ({ host, port }: Upstream) => {
    const self = own();
    return (
      self !== undefined &&
      port === self.port &&
      (host === self.host || (['0.0.0.0', '::'].includes(self.host) && isOfThisMachine(host)))
    );
  };
  const upstreams = () => (named === true ? servers() : [named]).flatMap(parse).filter(each => !isOwn(each));
  return async (query, overTcp) => {
    if (open >= MOST_OPEN) return undefined;
    open++;
    try {
      let refusal: Buffer | undefined;
      for (const upstream of upstreams()) {
        const response = await (overTcp ? askOverTcp : askOverUdp)(upstream, query, clock);
        if (response && !UNHELPFUL.includes(response[3]! & 0xf)) return response;
        refusal ??= response;
      }
      return refusal;
    } finally {
      open--;
    }
  };
}

/** `1.2.3.4`, `1.2.3.4:53`, `::1`, `[::1]:53`. */
function parse(text: string): Upstream[] {
  if (isIP(text)) return [{ host: text, port: 53 }];
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  return host && isIP(host) ? [{ host, port: Number(port) }] : [];
}

function isOfThisMachine(host: string): boolean {
  return Object.values(networkInterfaces()).some(addresses => addresses?.some(({ address }) => address === host));
}

/** Whether it says that it answers this very question. An error may come without the question. */
function fits(response: Buffer, asked: Buffer): boolean {
  if (response.length < HEADER_BYTES || (response[2]! & 0x80) === 0) return false;
  if (response.readUInt16BE(0) !== asked.readUInt16BE(0)) return false;
  const questions = response.readUInt16BE(4);
  if (questions === 0) return (response[3]! & 0xf) !== 0;
  const end = questionEnd(asked);
  const text = (bytes: Buffer) => bytes.toString('latin1', HEADER_BYTES, end).toLowerCase();
  return questions === 1 && response.length >= end && text(response) === text(asked);
}

/** Of a question that has been read before. */
function questionEnd(query: Buffer): number {
  let at = HEADER_BYTES;
  while (query[at]) at += query[at]! + 1;
  return at + 5;
}

/** With an id of its own each, so that nobody can guess an answer. */
function withNewId(query: Buffer): Buffer {
  const asked = Buffer.from(query);
  asked.writeUInt16BE(randomInt(0x10000), 0);
  return asked;
}

/** With a port of its own each, for the same reason; what comes from elsewhere does not arrive. */
function askOverUdp({ host, port }: Upstream, query: Buffer, clock: Clock): Promise<Buffer | undefined> {
  const asked = withNewId(query);
  return new Promise(resolve => {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    let isSettled = false;
    const settle = (response?: Buffer) => {
      if (isSettled) return;
      isSettled = true;
      cancel();
      socket.close();
      resolve(response);
    };
    const cancel = clock.after(PATIENCE_MS, () => settle());
    socket.on('error', () => settle());
    socket.on('message', response => {
      if (!fits(response, asked)) return;
      query.copy(response, 0, 0, 2);
      settle(response);
    });
    socket.once('connect', () => socket.send(asked));
    socket.connect(port, host);
  });
}

function askOverTcp({ host, port }: Upstream, query: Buffer, clock: Clock): Promise<Buffer | undefined> {
  const asked = withNewId(query);
  return new Promise(resolve => {
    const socket = createConnection({ host, port });
    const settle = (response?: Buffer) => {
      cancel();
      socket.destroy();
      resolve(response);
    };
    const cancel = clock.after(PATIENCE_MS, () => settle());
    let all: Buffer = Buffer.alloc(0);
    socket.on('error', () => settle());
    socket.once('close', () => settle());
    socket.on('data', chunk => {
      all = Buffer.concat([all, chunk]);
      if (all.length < 2 || all.length < 2 + all.readUInt16BE(0)) return;
      const response = all.subarray(2, 2 + all.readUInt16BE(0));
      if (!fits(response, asked)) return settle();
      query.copy(response, 0, 0, 2);
      settle(response);
    });
    const length = Buffer.alloc(2);
    length.writeUInt16BE(asked.length);
    socket.write(Buffer.concat([length, asked]));
  });
}
