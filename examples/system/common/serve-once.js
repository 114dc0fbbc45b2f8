// For the tests of the services: a server on a free port, and a function that asks it.
import { once } from 'node:events';
import { createWebServer } from './http.js';

/** Serves routes until the test is over. `ask(path)` answers `{ status, body }`. */
export async function serveOnce(test, routes) {
  const server = createWebServer(routes).listen(0, '127.0.0.1');
  await once(server, 'listening');
  test.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = `http://127.0.0.1:${server.address().port}`;
  const ask = async (path, options) => {
    const response = await fetch(address + path, options);
    const text = await response.text();
    const json = response.headers.get('content-type')?.startsWith('application/json');
    return { status: response.status, body: json ? JSON.parse(text) : text };
  };
  return { address, ask };
}
