/** Whether a port of this machine is free: it is taken for a moment, and given back. */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import type { Port } from '../../system.js';

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1|0\.0\.0\.0|::)$/;
/** Addresses that stand for all: a listener at any of this machine's is in the way of one of them. */
const EVERYWHERE = ['::', '0.0.0.0'] as const;

/** @param address Where it would be listened on. Of what can't be tried (a port for administrators only) it is true. */
export async function isFree(port: number, protocol: Port['protocol'], address: string): Promise<boolean> {
  if (protocol === 'sctp') return true;
  const isBound = protocol === 'udp' ? bindsUdp : bindsTcp;
  for (const each of LOOPBACK.test(address) ? [...EVERYWHERE, '127.0.0.1'] : [address])
    if (!(await isBound(port, each))) return false;
  return true;
}

/** A machine without IPv6, or without that address, has nothing in the way there. */
const isTaken = (error: NodeJS.ErrnoException) => error.code === 'EADDRINUSE';

function bindsTcp(port: number, host: string): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', error => resolve(!isTaken(error)));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function bindsUdp(port: number, address: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.once('error', error => {
      socket.close();
      resolve(!isTaken(error));
    });
    socket.bind({ port, address, exclusive: true }, () => socket.close(() => resolve(true)));
  });
}
