/** Passes requests on to a service: plain ones, uploads, streams, WebSockets. All that knows the proxy library. */
import { lookup } from 'node:dns';
import { Agent, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import type { LookupFunction, Socket } from 'node:net';
import { createProxyServer } from 'httpxy';
import { endAtThisHop } from './hop.js';

/** A service on this machine may listen at either loopback address only, as many dev servers do at ::1. */
const lookUpBoth: LookupFunction = (name, options, callback) => {
  if (name !== 'localhost') return lookup(name, options, callback);
  if (!options.all) return callback(null, '127.0.0.1', 4);
  return callback(null, [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ]);
};

export interface Target {
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
}

export interface PassOn {
  /** Rejects if the service can't be reached or breaks off; the response may have begun by then. */
  request(request: IncomingMessage, response: ServerResponse, target: Target): Promise<void>;
  /** Calls `failed` likewise, before the socket is ended; it may have been written to by then. */
  upgrade(
    request: IncomingMessage,
    socket: Socket,
    head: Buffer,
    target: Target,
    failed: (error: Error) => void,
  ): Promise<void>;
}

export function createPassOn(): PassOn {
  // A connection for each request: one that is kept may break under the first request after a restart.
  const agents = {
    http: new Agent({ lookup: lookUpBoth } as ConstructorParameters<typeof Agent>[0]),
    https: new SecureAgent({ lookup: lookUpBoth } as ConstructorParameters<typeof SecureAgent>[0]),
  };
  const proxy = createProxyServer({ xfwd: true, secure: false });
  // What the service wants of its connection is not meant for the client's.
  proxy.on('proxyRes', answer => {
    endAtThisHop(answer.headers);
    delete answer.headers.connection;
    // What is no HTTP status can't be passed on: it would be thrown where nobody catches it.
    if ((answer.statusCode ?? 0) < 100) answer.statusCode = 502;
  });
  // A service that goes over to another protocol unasked has no answer for the client.
  proxy.on('proxyReq', (asked, _request, response) => {
    asked.on('upgrade', (_answer, socket) => {
      socket.destroy();
      response.destroy();
    });
  });
  // Of a WebSocket the library tells a failure in time only by this event: a rejection comes when the socket is ended.
  const upgrades = createProxyServer({ xfwd: true, secure: false });
  const failures = new WeakMap<object, (error: Error) => void>();
  upgrades.on('error', (error, _request, socket) => socket && failures.get(socket)?.(error));
  const optionsFor = ({ host, port, isSecure }: Target) => ({
    target: `${isSecure ? 'https' : 'http'}://${hostInUrl(host)}:${port}`,
    agent: isSecure ? agents.https : agents.http,
  });
  return {
    request: (request, response, target) => {
      endAtThisHop(request.headers);
      return proxy.web(request, response, optionsFor(target));
    },
    upgrade: (request, socket, head, target, failed) => {
      failures.set(socket, failed);
      return upgrades.ws(request, socket, optionsFor(target), head);
    },
  };
}

function hostInUrl(host: string): string {
  if (host === '127.0.0.1' || host === '0.0.0.0' || host === '::1' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
