/** The ports that services declare: whether somebody else holds one, and whether the service answers there. */
import type { Diagnostic } from '../diagnostic.js';
import type { Service } from '../system.js';
import { nameHolder } from './port-holder.js';
import { connects } from './runners/connects.js';
import { portHolder } from './runners/process-group.js';

/** A port is often freed a moment after whoever held it was told to end, ms. */
const PATIENCE_MS = 400;
const LOOK_EVERY_MS = 25;

/**
 * The first declared TCP port of a service that somebody else holds, told with the holder; undefined: all are free.
 *
 * @param ownerId Of the fuge that wants to start it: its own services are named.
 */
export async function takenPortProblem(service: Service, ownerId?: string): Promise<Diagnostic | undefined> {
  for (const port of service.ports) {
    if (port.automatic || port.protocol !== 'tcp') continue;
    let holder = await portHolder(port.host, service.host);
    for (let waited = 0; holder && waited < PATIENCE_MS; waited += LOOK_EVERY_MS) {
      await new Promise(resolve => setTimeout(resolve, LOOK_EVERY_MS));
      holder = await portHolder(port.host, service.host);
    }
    if (!holder) continue;
    const { who, hint } = nameHolder(holder, port.host, ownerId);
    return {
      severity: 'error',
      code: 'port-taken',
      message: `port ${port.host} of "${service.name}" is taken by ${who}`,
      ...(port.at && { at: port.at }),
      hint: `${hint}, or change the port`,
    };
  }
  return undefined;
}

/** Whether something accepts connections at a TCP port. A service that listens on `localhost` may be on ::1 only. */
export async function acceptsConnections(port: number, host: string, timeoutMs: number): Promise<boolean> {
  if (await connects(port, host, timeoutMs)) return true;
  return host === '127.0.0.1' || host === 'localhost' ? connects(port, '::1', timeoutMs) : false;
}
