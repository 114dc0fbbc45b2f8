// A web server from a table of routes: `'GET /customers/:id': request => body`.
import { createServer } from 'node:http';

/** Throw it in a route to answer with a status other than 200. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * A server, not listening yet. A route gets `{ params, body, response }` and returns what to send as JSON, or nothing
 * if it has written to the response itself. `log` hears of every request but the ones named in `quiet`.
 */
export function createWebServer(routes, { log = () => {}, quiet = [] } = {}) {
  const table = Object.entries(routes).map(([route, handle]) => ({ route, pattern: compile(route), handle }));

  return createServer(async (request, response) => {
    const began = performance.now();
    const path = new URL(request.url, 'http://localhost').pathname;
    let found;
    const match = table.find(({ pattern }) => {
      found = pattern.exec(`${request.method} ${path}`);
      return found;
    });
    response.on('close', () => {
      if (match && quiet.includes(match.route)) return;
      const ms = Math.round(performance.now() - began);
      log(`${request.method} ${path} ${response.statusCode} ${ms} ms`);
    });
    try {
      if (!match) throw new Refusal(404, `there is no ${request.method} ${path} here`);
      const answer = await match.handle({ params: found.groups ?? {}, body: await readJson(request), response });
      if (answer !== undefined) send(response, 200, answer);
      else if (!response.headersSent) response.writeHead(204).end();
    } catch (error) {
      if (!(error instanceof Refusal)) console.error(error);
      if (response.headersSent) response.destroy();
      else send(response, error.status ?? 500, { error: error.message });
    }
  });
}

function compile(route) {
  return new RegExp(`^${route.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`);
}

async function readJson(request) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, 'the body is not JSON');
  }
}

function send(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(`${JSON.stringify(body)}\n`);
}
