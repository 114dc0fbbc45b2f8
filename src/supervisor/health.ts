/** Finds out when a run is ready: its first declared TCP port accepts, or, without one, it has lived for a moment. */
import type { Service } from '../system.js';
import type { Clock } from './clock.js';
import { acceptsConnections } from './ports.js';

/** First and longest pause between two looks at a port, ms. */
const LOOK_FIRST_MS = 10;
const LOOK_LATER_MS = 250;
/** A service without a port counts as ready after this many ms: most that fail at their start have done so by then. */
export const SETTLED_MS = 250;
const CONNECT_TIMEOUT_MS = 1000;

/** Asks whether a port accepts connections; a parameter, so that tests need no network. */
export type PortProbe = (port: number, host: string, timeoutMs: number) => Promise<boolean>;

/** Calls `ready` once when the service is; the returned function gives up. */
export function awaitReady(
  service: Service,
  clock: Clock,
  ready: () => void,
  probe: PortProbe = acceptsConnections,
): () => void {
  const port = service.ports.find(each => !each.automatic && each.protocol === 'tcp');
  if (port === undefined) return clock.after(SETTLED_MS, ready);
  let isGivenUp = false;
  let cancel = () => {};
  const look = async (pauseMs: number): Promise<void> => {
    const isOpen = await probe(port.host, service.host, CONNECT_TIMEOUT_MS);
    if (isGivenUp) return;
    if (isOpen) return ready();
    cancel = clock.after(pauseMs, () => void look(Math.min(pauseMs * 1.25, LOOK_LATER_MS)));
  };
  cancel = clock.after(LOOK_FIRST_MS, () => void look(LOOK_FIRST_MS));
  return () => {
    isGivenUp = true;
    cancel();
  };
}
