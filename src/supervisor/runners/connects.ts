/** Whether something accepts a TCP connection. */
import { createConnection } from 'node:net';

/** Never throws; gives up after `timeoutMs`. */
export function connects(port: number, host: string, timeoutMs: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = createConnection({ port, host });
    const settle = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.setTimeout(timeoutMs, () => settle(false));
  });
}
