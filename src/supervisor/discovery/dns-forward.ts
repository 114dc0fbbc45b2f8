/** Asks another resolver what is not ours: the system's, or one that is named. */

import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { getServers } from 'node:dns';
import { createConnection, isIP, isIPv6 } from 'node:net';
import type { Forward } from './dns-server.js';

/** ms that one resolver gets before the next is asked. */
const PATIENCE_MS = 2000;
/** Questions that may be open at once; further ones are not passed on, so that a flood stays here. */
const MOST_OPEN = 512;

interface Upstream {
  readonly host: string;
  readonly port: number;
}

/**
 * @param named `ADDRESS` or `ADDRESS:PORT`; true: what the system uses.
 * @param own Where our own server listens: it is never asked.
 */
export function createForward(named: true | string, own: () => Upstream | undefined): Forward {
  let open = 0;
  const isOwn = ({ host, port }: Upstream) => {
    const self = own();
    return (
      self !== undefined && port === self.port && (host === self.host || self.host === '0.0.0.0' || self.host === '::')
    );
  };
  const upstreams = () => (named === true ? getServers() : [named]).flatMap(parse).filter(each => !isOwn(each));
  return async (query, overTcp) => {
    if (open >= MOST_OPEN) return undefined;
    open++;
    try {
      for (const upstream of upstreams()) {
        const response = await (overTcp ? askOverTcp(upstream, query) : askOverUdp(upstream, query));
        if (response) return response;
      }
      return undefined;
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

/** With a port and an id of its own each, so that nobody can guess an answer. */
function askOverUdp({ host, port }: Upstream, query: Buffer): Promise<Buffer | undefined> {
  const asked = Buffer.from(query);
  asked.writeUInt16BE(randomInt(0x10000), 0);
  return new Promise(resolve => {
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    const settle = (response?: Buffer) => {
      clearTimeout(timer);
      socket.close();
      resolve(response);
    };
    const timer = setTimeout(settle, PATIENCE_MS);
    socket.once('error', () => settle());
    socket.on('message', response => {
      if (response.length < 12 || response.readUInt16BE(0) !== asked.readUInt16BE(0)) return;
      query.copy(response, 0, 0, 2);
      settle(response);
    });
    socket.connect(port, host, () => socket.send(asked));
  });
}

function askOverTcp({ host, port }: Upstream, query: Buffer): Promise<Buffer | undefined> {
  return new Promise(resolve => {
    const socket = createConnection({ host, port });
    const settle = (response?: Buffer) => {
      socket.destroy();
      resolve(response);
    };
    const chunks: Buffer[] = [];
    socket.setTimeout(PATIENCE_MS, () => settle());
    socket.once('error', () => settle());
    socket.once('close', () => resolve(undefined));
    socket.on('data', chunk => {
      chunks.push(chunk);
      const all = Buffer.concat(chunks);
      if (all.length >= 2 && all.length >= 2 + all.readUInt16BE(0)) settle(all.subarray(2, 2 + all.readUInt16BE(0)));
    });
    const length = Buffer.alloc(2);
    length.writeUInt16BE(query.length);
    socket.write(Buffer.concat([length, query]));
  });
}
