// What both services share: a small web server that answers JSON, listens where fuge says, and leaves on SIGTERM.
import { createServer } from 'node:http';

/** Throw it to answer with a status other than 200. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** @param answer `(method, path, body) => value to send as JSON`, or a promise of it */
export function createJsonServer(answer) {
  return createServer(async (request, response) => {
    const send = (status, value) =>
      response
        .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
        .end(`${JSON.stringify(value)}\n`);
    try {
      send(
        200,
        await answer(request.method, new URL(request.url, 'http://localhost').pathname, await readBody(request)),
      );
    } catch (error) {
      // What is no refusal of ours came from Redis, or from the way there.
      send(error.status ?? 503, { error: error.message });
    }
  });
}

async function readBody(request) {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    throw new Refusal(400, 'the body is not JSON');
  }
}

/** Listens until SIGTERM or SIGINT; `onStop` closes the rest. */
export function serve(server, defaultPort, onStop) {
  const port = Number(process.env.PORT ?? defaultPort);
  server.on('error', error => {
    console.error(error.code === 'EADDRINUSE' ? `port ${port} is taken by another program` : error.message);
    process.exit(1);
  });
  server.listen(port, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${port}`));
  for (const signal of ['SIGTERM', 'SIGINT'])
    process.once(signal, () => {
      console.log(`${signal}: finishing what is under way`);
      server.close();
      server.closeIdleConnections();
      onStop();
    });
}
