// The life of a service: listen on PORT, register with the gateway and keep saying so, leave cleanly on SIGTERM.
import { lookUp } from './discovery.js';
import { createWebServer } from './http.js';

const HEARTBEAT_MS = 500;

/** What a service tells the gateway about itself. */
export const startedAt = Date.now();

/** Runs a service until it is told to stop. `onStop` may end what would keep the server open. */
export function runService(name, { defaultPort, routes, quiet = [], register = true, onStop = () => {} }) {
  const port = Number(process.env.PORT ?? defaultPort);
  const log = process.env.LOG_LEVEL === 'silent' ? () => {} : line => console.log(line);
  const server = createWebServer(routes, { log, quiet });
  const registration = register ? keepRegistered({ name, port, pid: process.pid, startedAt }, log) : undefined;

  server.on('error', error => {
    console.error(error.code === 'EADDRINUSE' ? `port ${port} is taken by another program` : error.message);
    process.exit(1);
  });
  server.listen(port, '127.0.0.1', () => log(`listening on http://127.0.0.1:${port}`));

  const stop = async signal => {
    log(`${signal}: finishing what is under way`);
    onStop();
    server.close(() => process.exit(0));
    await registration?.leave();
    server.closeIdleConnections();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  return server;
}

/** Registers with the gateway at once and with every heartbeat, so that a gateway that restarts learns of us again. */
function keepRegistered(entry, log) {
  const gateway = lookUp('gateway');
  if (!gateway) {
    log('no gateway known (GATEWAY_SERVICE_HOST is not set): running alone');
    return undefined;
  }
  const url = `${gateway}/services/${entry.name}`;
  let wasKnown;
  const beat = async () => {
    const known = await tell(url, 'PUT', entry);
    if (known !== wasKnown && (known || wasKnown)) log(known ? 'registered with the gateway' : 'the gateway is away');
    wasKnown = known;
  };
  beat();
  const timer = setInterval(beat, HEARTBEAT_MS);
  return {
    leave: () => {
      clearInterval(timer);
      return tell(url, 'DELETE', { pid: entry.pid });
    },
  };
}

/** Whether the gateway heard it. It may be starting, stopping or not there at all: that is no failure of ours. */
async function tell(url, method, body) {
  try {
    const response = await fetch(url, {
      method,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(HEARTBEAT_MS),
    });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
