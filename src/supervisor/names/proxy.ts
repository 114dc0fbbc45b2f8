/** Answers at the one port of all names: passes on to services, and shows the pages of its own. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ServiceStatus } from '../../control.js';
import type { Event, Line } from '../../event.js';
import { startPageOf, webPortOf } from '../../names.js';
import type { Service, System } from '../../system.js';
import { hasTwoHosts, isForWebSocket, readAsPlain } from './hop.js';
import { downPage, EVENTS_PATH, listServices, serviceTable, startPage, unknownPage } from './pages.js';
import { createPassOn, type PassOn, type Target } from './pass-on.js';
import { routeOf } from './routes.js';
import { mayAnswer, stateOf } from './state.js';

/** What the proxy asks of the running system. */
export interface Surroundings {
  system(): System;
  statuses(): readonly ServiceStatus[];
  lines(name: string, limit: number): readonly Line[];
  subscribe(listener: (event: Event) => void): () => void;
}

/** Log lines on the page of a service that is down. */
const LAST_LINES = 40;
/** Browsers lead names below .localhost to either. */
const ADDRESSES = ['127.0.0.1', '::1'] as const;
/** ms: what happens within is told to a page at once. */
const GATHER_MS = 50;
const LOOK_AGAIN_MS = 2000;

export class NamesProxy {
  readonly #surroundings: Surroundings;
  readonly #passOn: PassOn = createPassOn();
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  #isClosed = false;
  #turn = 0;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** Listens at loopback. Rejects with EADDRINUSE if the port is taken at one of its addresses. */
  async open(port: number): Promise<void> {
    for (const address of ADDRESSES) {
      const server = createServer({ requestTimeout: 0 }, (request, response) => {
        this.#answer(request, response).catch(() => response.destroy());
      });
      server.on('upgrade', (request, socket, head) => {
        if (isForWebSocket(request)) void this.#upgrade(request, socket as Socket, head);
        else readAsPlain(server, request, socket as Socket, head);
      });
      server.on('connection', socket => {
        if (this.#isClosed) return void socket.destroy();
        if (this.#sockets.has(socket)) return; // it is read once more
        this.#sockets.add(socket);
        socket.on('close', () => this.#sockets.delete(socket));
      });
      server.listen(port, address);
      try {
        await once(server, 'listening');
      } catch (error) {
        // A machine without IPv6 has no such address.
        if (address === '::1' && (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') continue;
        await this.close();
        throw error;
      }
      server.unref();
      this.#servers.push(server);
    }
  }

  /** Ends everything that is open, streams and WebSockets too. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const closed = this.#servers.map(server => new Promise(resolve => server.close(resolve)));
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { system, statuses } = this.#surroundings;
    if (hasTwoHosts(request)) return refuse(response, 400, 'a request has one Host');
    const route = routeOf(request.headers.host, system());
    // A full URL in place of a path is for a proxy to anywhere, which this is not.
    if (route.to === 'refused' || !/^[/*]/.test(request.url ?? '')) return refuse(response);
    if (route.to === 'start') return this.#answerStart(request, response);
    if (route.to === 'unknown') {
      const error = `no service has the name ${route.name}`;
      if (!wantsHtml(request)) return sendJson(response, 404, { error, services: this.#list() });
      return sendHtml(response, 404, unknownPage(route.name, system(), statuses()));
    }
    const status = this.#oneOf(route.services);
    const target = targetOf(status);
    if (!target) return this.#sayDown(request, response, status, 'It has no port that speaks HTTP');
    if (!mayAnswer(status)) {
      if (request.url === EVENTS_PATH) return this.#follow(response, status.name);
      return this.#sayDown(request, response, status, 'It does not run');
    }
    try {
      await this.#passOn.request(request, response, target);
    } catch (error) {
      if (response.headersSent || response.destroyed) return void response.destroy();
      // It may begin to answer without a change of its state: the page is to look again.
      if (request.url === EVENTS_PATH) return this.#follow(response, status.name, LOOK_AGAIN_MS);
      const now = statuses().find(({ name }) => name === status.name) ?? status;
      this.#sayDown(request, response, now, problemOf(error, target));
    }
  }

  /** Of several instances that are ready, each in its turn; else one that may answer, or whose state can be told. */
  #oneOf(services: readonly [Service, ...Service[]]): ServiceStatus {
    const names = new Set(services.map(({ name }) => name));
    const all = this.#surroundings.statuses().filter(({ name }) => names.has(name));
    const ready = all.filter(({ phase }) => phase.id === 'ready');
    return ready[this.#turn++ % ready.length] ?? all.find(mayAnswer) ?? all[0]!;
  }

  #answerStart(request: IncomingMessage, response: ServerResponse): void {
    const { system, statuses } = this.#surroundings;
    const path = request.url?.split('?')[0];
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return sendJson(response, 405, { error: 'only GET and HEAD are understood here' }, { Allow: 'GET, HEAD' });
    if (path === '/v1/services') return sendJson(response, 200, { system: system().name, services: this.#list() });
    if (path === EVENTS_PATH) return this.#follow(response);
    if (path !== '/') return sendJson(response, 404, { error: 'there is nothing here', start: '/' });
    if (!wantsHtml(request)) return sendJson(response, 200, { system: system().name, services: this.#list() });
    sendHtml(response, 200, startPage(system(), statuses()));
  }

  async #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    socket.on('error', () => {}); // its end is all there is to know
    if (hasTwoHosts(request)) return endWith(socket, '400 Bad Request', 'a request has one Host');
    const route = routeOf(request.headers.host, this.#surroundings.system());
    const status = route.to === 'service' && this.#oneOf(route.services);
    const target = status ? targetOf(status) : undefined;
    if (!status || !target || !request.url?.startsWith('/'))
      return endWith(socket, route.to === 'refused' ? '403 Forbidden' : '404 Not Found', 'there is no such service');
    if (!mayAnswer(status)) return endWith(socket, '502 Bad Gateway', `${status.name} is ${stateOf(status).word}`);
    const before = socket.bytesWritten;
    const failed = (error: Error) => {
      if (socket.bytesWritten === before) endWith(socket, '502 Bad Gateway', problemOf(error, target));
      else socket.destroy();
    };
    await this.#passOn.upgrade(request, socket, head, target, failed).catch(() => socket.destroy());
  }

  #sayDown(request: IncomingMessage, response: ServerResponse, status: ServiceStatus, problem: string): void {
    request.resume(); // what is still uploaded is for nobody
    const { system, lines } = this.#surroundings;
    const last = lines(status.name, LAST_LINES).map(({ text }) => text);
    if (wantsHtml(request))
      return sendHtml(response, 502, downPage(status, problem, last, startPageOf(system()) ?? '/'));
    const { word, reason } = stateOf(status);
    sendJson(response, 502, { error: problem, service: status.name, state: word, reason, lines: last });
  }

  /** Tells a page of changes, for so long: the start page its new table, that of one service that there is news of it. */
  #follow(response: ServerResponse, service?: string, untilMs?: number): void {
    const { system, statuses, subscribe } = this.#surroundings;
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    const tell = () =>
      response.write(
        `data: ${JSON.stringify(service === undefined ? serviceTable(system(), statuses()) : service)}\n\n`,
      );
    response.write(': listening\n\n');
    if (service === undefined) tell();
    let timer: NodeJS.Timeout | undefined;
    const end = subscribe(event => {
      const tells =
        event.type === 'reloaded' || (event.type === 'phase' && (service === undefined || event.service === service));
      if (!tells || timer) return;
      timer = setTimeout(() => {
        timer = undefined;
        tell();
      }, GATHER_MS);
    });
    const last = untilMs === undefined ? undefined : setTimeout(() => response.end(), untilMs);
    response.on('close', () => {
      clearTimeout(last);
      clearTimeout(timer);
      end();
    });
  }

  #list() {
    const { system, statuses } = this.#surroundings;
    return listServices(system(), statuses());
  }
}

function targetOf(status: ServiceStatus): Target | undefined {
  const port = webPortOf(status);
  return (
    port && { host: port.hostAddress ?? status.host, port: port.host, isSecure: /(^|[-_])https\d*$/i.test(port.name) }
  );
}

/** A browser that shows a page says so; whoever takes just anything is a program. */
function wantsHtml({ headers }: IncomingMessage): boolean {
  return headers.accept?.includes('text/html') ?? false;
}

function problemOf(error: unknown, { port }: Target): string {
  const { code, message, errors } = error as NodeJS.ErrnoException & { readonly errors?: readonly Error[] };
  if (code === 'ECONNREFUSED' || errors) return `Nothing answers on port ${port}`;
  if (code === 'ECONNRESET') return `It broke off the connection to port ${port}`;
  return `Port ${port} can't be reached: ${message}`;
}

const OWN = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };

function sendHtml(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, { ...OWN, 'Content-Type': 'text/html; charset=utf-8', 'X-Frame-Options': 'DENY' });
  response.end(html);
}

function sendJson(response: ServerResponse, status: number, value: unknown, more: Record<string, string> = {}): void {
  response.writeHead(status, { ...OWN, ...more, 'Content-Type': 'application/json' });
  response.end(`${JSON.stringify(value)}\n`);
}

function refuse(response: ServerResponse, status = 403, why = 'only names below .localhost are served here'): void {
  response.writeHead(status, { ...OWN, 'Content-Type': 'text/plain', Connection: 'close' });
  response.end(`${why}\n`);
}

function endWith(socket: Socket, status: string, text: string): void {
  const body = `${text}\n`;
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
