// The gateway's routes: the joined customer, the registry, and the page that shows both as they change.
import { readFile } from 'node:fs/promises';
import { Refusal } from '../common/http.js';
import { joinCustomer } from './join.js';

const types = { html: 'text/html', css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' };

/** Every service of the system, in the order of the page. */
const services = ['customers', 'credit-scores', 'social-security'];

/** Routes over a registry; `self` is the gateway's own entry. `closeStreams` ends the pages' event streams. */
export function createGateway({ registry, self, env = process.env }) {
  const streams = new Set();
  const snapshot = () => ({ services: [{ ...self, answers: true }, ...services.map(name => registry.get(name))] });

  let last = '';
  const publish = () => {
    const text = JSON.stringify(snapshot());
    if (text === last) return;
    last = text;
    for (const stream of streams) stream.write(`data: ${text}\n\n`);
  };
  // A service that falls silent sends nothing, so we look by ourselves too.
  const timer = setInterval(publish, 250).unref();

  const file =
    name =>
    async ({ response }) => {
      const content = await readFile(new URL(`./page/${name}`, import.meta.url));
      response.writeHead(200, { 'content-type': `${types[name.split('.').pop()]}; charset=utf-8` }).end(content);
    };

  const routes = {
    'GET /': file('index.html'),
    'GET /page.css': file('page.css'),
    'GET /page.js': file('page.js'),
    'GET /icon.svg': file('icon.svg'),
    'GET /services': snapshot,
    'GET /events': ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write(`retry: 500\ndata: ${JSON.stringify(snapshot())}\n\n`);
      streams.add(response);
      response.on('close', () => streams.delete(response));
    },
    'PUT /services/:name': ({ params, body }) => {
      if (!services.includes(params.name)) throw new Refusal(404, `"${params.name}" is no service of this system`);
      if (!Number.isInteger(body?.pid)) throw new Refusal(400, 'a service registers with its pid');
      registry.put(params.name, body);
      publish();
    },
    'DELETE /services/:name': ({ params, body }) => {
      registry.remove(params.name, body?.pid);
      publish();
    },
    'GET /customers/:id': async ({ params }) => {
      const joined = await joinCustomer(params.id, env);
      if (!joined) throw new Refusal(404, `there is no customer ${params.id}`);
      return joined;
    },
  };

  return {
    routes,
    closeStreams: () => {
      clearInterval(timer);
      for (const stream of streams) stream.end();
    },
  };
}
