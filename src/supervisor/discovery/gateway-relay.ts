/**
 * Lets containers reach processes that listen on loopback only, as most dev servers do: listens at the gateways of the
 * container networks, at the same ports, and passes on what comes there.
 *
 * - Only on Linux, where a container's way to this machine ends at a bridge of it; elsewhere the engine does this itself.
 * - Only at the gateways of bridges, which nobody but containers reaches.
 * - Only while a service is up and listens at loopback alone: a port that it may still want is never taken from it.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Service } from '../../system.js';
import type { Clock } from '../clock.js';
import { listensAt } from '../runners/process-group.js';

/** ms until it is looked again whether a service listens at its port: first, and at most. */
const LOOK_FIRST_MS = 100;
const LOOK_LATEST_MS = 5000;
/** Where services listen that listen at loopback only. */
const LOOPBACK = ['127.0.0.1', '::1'] as const;

/** One port of a service that is up. */
interface Way {
  readonly port: number;
  isClosed: boolean;
  cancelLook: () => void;
  readonly servers: Map<string, Server>;
  readonly sockets: Set<Socket>;
}

export class GatewayRelay {
  readonly #clock: Clock;
  readonly #ways = new Map<string, readonly Way[]>();
  #gateways: readonly string[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Where containers look for this machine, now. */
  setGateways(addresses: readonly string[]): void {
    this.#gateways = addresses;
    for (const way of [...this.#ways.values()].flat()) {
      for (const [address, server] of way.servers) if (!addresses.includes(address)) endServer(way, address, server);
      this.#look(way);
    }
  }

  /** A service is up, or is not. What was opened for it is closed before this returns: its next run may want the ports. */
  review(service: Service, isUp: boolean): void {
    const { name, ports } = service;
    if (isUp === this.#ways.has(name)) return;
    if (!isUp) {
      for (const way of this.#ways.get(name) ?? []) close(way);
      this.#ways.delete(name);
      return;
    }
    const numbers = new Set(ports.filter(port => port.protocol === 'tcp' && !port.automatic).map(port => port.host));
    const ways = [...numbers].map(port => ({
      port,
      isClosed: false,
      cancelLook: () => {},
      servers: new Map<string, Server>(),
      sockets: new Set<Socket>(),
    }));
    this.#ways.set(name, ways);
    for (const way of ways) this.#look(way);
  }

  close(): void {
    for (const way of [...this.#ways.values()].flat()) close(way);
    this.#ways.clear();
  }

  /** Opens what is not open yet as soon as the service listens at loopback. */
  #look(way: Way, pauseMs = LOOK_FIRST_MS): void {
    way.cancelLook();
    if (this.#gateways.length === 0 || way.isClosed) return;
    const where = listensAt(way.port);
    if (where === 'everywhere') return; // containers reach it as it is
    if (where === 'nowhere') {
      way.cancelLook = this.#clock.after(pauseMs, () => this.#look(way, Math.min(pauseMs * 2, LOOK_LATEST_MS)));
      return;
    }
    for (const address of this.#gateways) if (!way.servers.has(address)) listen(way, address);
  }
}

function listen(way: Way, address: string): void {
  const server = createServer({ allowHalfOpen: true }, socket => passOn(way, socket));
  way.servers.set(address, server);
  // The service listens there itself, or no bridge has this address just now: there is nothing to relay.
  server.on('error', () => way.servers.delete(address));
  server.on('listening', () => {
    if (way.servers.get(address) !== server) server.close();
  });
  server.listen(way.port, address);
  server.unref();
}

function passOn(way: Way, socket: Socket): void {
  way.sockets.add(socket);
  socket.unref();
  socket.on('error', () => {}); // its end is heard below
  socket.on('close', () => way.sockets.delete(socket));
  const reach = ([host, ...others]: readonly string[]) => {
    if (host === undefined || socket.destroyed) return socket.destroy();
    const target = connect({ host, port: way.port, allowHalfOpen: true });
    target.unref();
    const giveUp = () => target.destroy();
    const tryNext = () => {
      socket.off('close', giveUp);
      reach(others);
    };
    socket.once('close', giveUp);
    target.once('error', tryNext);
    target.once('connect', () => {
      target.off('error', tryNext);
      target.on('error', () => socket.destroy());
      socket.pipe(target).pipe(socket);
    });
    return undefined;
  };
  reach(LOOPBACK);
}

function endServer(way: Way, address: string, server: Server): void {
  way.servers.delete(address);
  server.close();
}

function close(way: Way): void {
  way.isClosed = true;
  way.cancelLook();
  for (const [address, server] of way.servers) endServer(way, address, server);
  for (const socket of way.sockets) socket.destroy();
}
