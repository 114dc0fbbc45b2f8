// The life of a service: listen, answer GET requests from a table of routes, leave cleanly.
import { createServer } from 'node:http';

/**
 * Serves until it is told to stop. A route returns a text, or something else that is sent as JSON. `/health` says that the
 * process lives, `/ready` that it may be asked: a probe of each is in fuge.yml and in the manifests. Neither asks other
 * services, so that one that is away does not take the others with it.
 */
export function serve(routes) {
  const all = { ...routes, '/health': () => 'ok\n', '/ready': () => 'ready\n' };
  const server = createServer(async (request, response) => {
    const route = all[request.url];
    if (request.method !== 'GET' || !route)
      return send(response, 404, `there is no ${request.method} ${request.url}\n`);
    try {
      send(response, 200, await route());
    } catch (error) {
      // Others may be starting still, or away: it is for them to come back, and for us to say so.
      send(response, 503, `${error.message}\n`);
    }
  });
  server.on('error', error => {
    console.error(error.message);
    process.exit(1);
  });
  // On a laptop nobody else needs to reach us; in a container (its image sets LISTEN) everybody does.
  const host = process.env.LISTEN ?? '127.0.0.1';
  server.listen(Number(process.env.PORT), host, () => console.log(`listening on ${host}:${process.env.PORT}`));
  for (const signal of ['SIGTERM', 'SIGINT'])
    process.once(signal, () => {
      server.close(() => process.exit(0));
      server.closeIdleConnections();
    });
}

/** What another service answers, as JSON. */
export async function ask(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(error => {
    throw new Error(`${url} does not answer: ${error.cause?.code ?? error.message}`);
  });
  if (!response.ok) throw new Error(`${url} answers ${response.status}: ${(await response.text()).trim()}`);
  return response.json();
}

function send(response, status, body) {
  const isText = typeof body === 'string';
  response.writeHead(status, { 'content-type': isText ? 'text/plain; charset=utf-8' : 'application/json' });
  response.end(isText ? body : `${JSON.stringify(body)}\n`);
}
