/** Whether a port of this machine can be listened on right now. */
import { createServer } from 'node:net';

export function isFreePort(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer();
    server.unref();
    server.once('error', () => resolve(false));
    // On all addresses, since what has the port on any of them is in the way.
    server.listen(port, '0.0.0.0', () => server.close(() => resolve(true)));
  });
}
