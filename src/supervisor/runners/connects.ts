/** Whether something accepts a TCP connection. */
import { createConnection } from 'node:net';

/** ms that a proxy takes at most to find that nobody listens behind it. */
const HANGS_UP_WITHIN_MS = 50;

/** Errors of an address that nobody listens at. */
const NOBODY = ['ECONNREFUSED', 'EADDRNOTAVAIL', 'EAFNOSUPPORT', 'ENETUNREACH'];

/** Never throws; gives up after `timeoutMs`. */
export async function connects(port: number, host: string, timeoutMs: number): Promise<boolean> {
  return (await knock(port, host, timeoutMs)) === 'accepted';
}

/** Whether it is sure that nobody listens at a TCP port of this machine. No answer within `timeoutMs` leaves that open. */
export async function isFree(port: number, host: string, timeoutMs: number): Promise<boolean> {
  return (await knock(port, host, timeoutMs)) === 'nobody';
}

function knock(port: number, host: string, timeoutMs: number): Promise<'accepted' | 'nobody' | 'no answer'> {
  return new Promise(resolve => {
    const socket = createConnection({ port, host });
    const settle = (answer: 'accepted' | 'nobody' | 'no answer') => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle('accepted'));
    socket.once('error', ({ code = '' }: NodeJS.ErrnoException) =>
      settle(NOBODY.includes(code) ? 'nobody' : 'no answer'),
    );
    socket.setTimeout(timeoutMs, () => settle('no answer'));
  });
}

/**
 * Whether a connection is accepted and kept. The engine's proxy accepts on a container's published port before anything
 * listens inside, and hangs up when it finds nobody.
 */
export function keepsConnections(port: number, host: string, timeoutMs: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = createConnection({ port, host });
    const settle = (isOpen: boolean) => {
      clearTimeout(held);
      socket.destroy();
      resolve(isOpen);
    };
    let held: NodeJS.Timeout | undefined;
    socket.once('connect', () => {
      held = setTimeout(() => settle(true), HANGS_UP_WITHIN_MS);
    });
    socket.once('data', () => settle(true));
    socket.once('end', () => settle(false));
    socket.once('error', () => settle(false));
    socket.setTimeout(timeoutMs, () => settle(false));
  });
}
