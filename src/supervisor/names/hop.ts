/**
 * What of a request is meant for the proxy alone and goes no further (RFC 9110, 7.6.1 and 7.8).
 *
 * - Header fields that Connection names, and those that always concern one connection, end here. What says where a message
 *   ends does not, whoever names it: else two sides could see two different requests.
 * - An upgrade to anything but a WebSocket is an offer that is not taken: the request is answered as if it were not there.
 *   curl and Java's client offer HTTP/2 so with every request.
 */
import type { IncomingHttpHeaders, IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

const OF_ONE_CONNECTION = ['keep-alive', 'proxy-connection', 'proxy-authorization', 'te', 'upgrade', 'http2-settings'];
const KEPT = new Set(['host', 'content-length', 'transfer-encoding', 'trailer', 'close', 'keep-alive', 'upgrade']);

/** Removes them; of Connection only a wish to close remains. */
export function endAtThisHop(headers: IncomingHttpHeaders): void {
  const options = optionsIn(headers.connection);
  for (const name of OF_ONE_CONNECTION) delete headers[name];
  for (const name of options) if (!KEPT.has(name)) delete headers[name];
  if (options.includes('close')) headers.connection = 'close';
  else delete headers.connection;
}

export function isForWebSocket({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket';
}

/** Has the server read a request that came as an upgrade once more, as a plain one with its body. */
export function readAsPlain(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const [name, value] = [request.rawHeaders[i]!, request.rawHeaders[i + 1]!];
    if (!['connection', 'upgrade', 'http2-settings'].includes(name.toLowerCase())) lines.push(`${name}: ${value}`);
  }
  if (optionsIn(request.headers.connection).includes('close')) lines.push('Connection: close');
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  server.emit('connection', socket);
}

/** Whether it names its host twice: whoever looks at the other one sees another request. */
export function hasTwoHosts({ rawHeaders }: IncomingMessage): boolean {
  return rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host').length > 1;
}

const optionsIn = (connection = '') =>
  connection
    .toLowerCase()
    .split(',')
    .map(option => option.trim());
