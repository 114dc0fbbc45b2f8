/**
 * Answers for the names of a system, over UDP and TCP at one port (RFC 1035, 7766).
 *
 * The same question is asked again and again, so a response is kept as bytes until the zone changes; only its id is new.
 */
import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { type AddressInfo, createServer, isIPv6, type Server, type Socket } from 'node:net';
import { Answers } from './answer.js';
import { complain, RCODE, type Request, readRequest, refuse, respond } from './dns-message.js';
import type { Zone } from './records.js';

/** Responses that are kept; when there are more, all are forgotten. */
const MOST_KEPT = 4096;
/** Bytes of a question that is kept; no common one is longer. */
const LONGEST_KEPT = 512;
/** Over TCP. */
const LONGEST_MESSAGE = 65_535;
const MOST_CONNECTIONS = 128;
/** ms without a question after which a connection is closed. */
const IDLE_MS = 10_000;

/** Asks somebody else. Undefined: nobody answered. */
export type Forward = (query: Buffer, overTcp: boolean) => Promise<Buffer | undefined>;

export interface DnsServerOptions {
  readonly host: string;
  /** 0: any. */
  readonly port: number;
  /** For what is not ours; undefined: refused. */
  readonly forward?: Forward | undefined;
}

export class DnsServer {
  readonly #udp: UdpSocket;
  readonly #tcp: Server;
  readonly #connections = new Set<Socket>();
  readonly #forward: Forward | undefined;
  #answers: Answers;
  #isClosed = false;
  #kept = new Map<string, Buffer>();

  private constructor(zone: Zone, udp: UdpSocket, tcp: Server, forward: Forward | undefined) {
    this.#answers = new Answers(zone);
    this.#udp = udp;
    this.#tcp = tcp;
    this.#forward = forward;
    udp.on('message', (query, from) => this.#heard(query, from));
    udp.on('error', () => {}); // of one message that could not be sent
    tcp.on('connection', socket => this.#serve(socket));
    tcp.on('error', () => {});
    tcp.maxConnections = MOST_CONNECTIONS;
  }

  /** Rejects (EADDRINUSE …) where it can't listen. */
  static async listen(zone: Zone, { host, port, forward }: DnsServerOptions): Promise<DnsServer> {
    const tcp = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve, reject) =>
      tcp.once('error', reject).listen(port, host, () => resolve(tcp.off('error', reject) && undefined)),
    );
    // A name may mean several addresses: both have the same one.
    const { port: given, address } = tcp.address() as AddressInfo;
    const udp = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    try {
      await new Promise<void>((resolve, reject) =>
        udp.once('error', reject).bind(given, address, () => resolve(udp.off('error', reject) && undefined)),
      );
    } catch (error) {
      tcp.close();
      udp.close();
      throw error;
    }
    return new DnsServer(zone, udp, tcp, forward);
  }

  get port(): number {
    return this.#udp.address().port;
  }

  /** From now on it answers by this. */
  set zone(zone: Zone) {
    this.#answers = new Answers(zone);
    this.#kept = new Map();
  }

  /** How many responses are kept, and how many connections are open. */
  get held(): { readonly responses: number; readonly connections: number } {
    return { responses: this.#kept.size, connections: this.#connections.size };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const socket of this.#connections) socket.destroy();
    await Promise.all([
      new Promise<void>(resolve => this.#udp.close(() => resolve())),
      new Promise<void>(resolve => this.#tcp.close(() => resolve())),
    ]);
  }

  #heard(query: Buffer, { port, address }: RemoteInfo): void {
    // A client that names port 0 can't be answered.
    if (port === 0) return;
    const send = (response: Buffer) => {
      // Somebody else's answer may come late.
      if (!this.#isClosed) this.#udp.send(response, port, address);
    };
    const key = query.toString('latin1', 2);
    const kept = this.#kept.get(key);
    if (kept) {
      // The bytes are sent before the next message is read, but not before this returns: each has its own.
      const response = Buffer.from(kept);
      response[0] = query[0]!;
      response[1] = query[1]!;
      return send(response);
    }
    const request = readRequest(query);
    const response = this.#answer(request, request.kind === 'question' ? request.limit : 0);
    if (response) {
      if (request.kind === 'question' && query.length <= LONGEST_KEPT) this.#keep(key, response);
      return send(response);
    }
    if (request.kind === 'question') void this.#forwarded(query, request, false).then(send);
  }

  #keep(key: string, response: Buffer): void {
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    this.#kept.set(key, response);
  }

  /** Undefined: it is for somebody else, or for nobody. */
  #answer(request: Request, limit: number): Buffer | undefined {
    if (request.kind === 'nothing') return undefined;
    if (request.kind === 'malformed') return complain(request);
    const recursion = this.#forward !== undefined;
    if (request.edns && request.edns.version > 0) return refuse(request, RCODE.badVersion, recursion);
    // Zones are not given away as a whole (AXFR, IXFR).
    if (!request.isInternet || request.type.endsWith('XFR')) return refuse(request, RCODE.refused, recursion);
    const response = respond(request, this.#answers, limit, recursion);
    if (response || recursion) return response;
    return refuse(request, RCODE.refused, recursion);
  }

  async #forwarded(query: Buffer, request: Extract<Request, { kind: 'question' }>, overTcp: boolean): Promise<Buffer> {
    const response = await this.#forward!(query, overTcp).catch(() => undefined);
    return response ?? refuse(request, RCODE.serverFailure, true);
  }

  #serve(socket: Socket): void {
    this.#connections.add(socket);
    // Bytes alone don't keep it open: whoever sends one at a time takes a place from others.
    const idle = setTimeout(() => socket.destroy(), IDLE_MS).unref();
    socket.on('error', () => {}); // `close` follows
    socket.once('close', () => {
      clearTimeout(idle);
      this.#connections.delete(socket);
    });
    let rest: Buffer = Buffer.alloc(0);
    let open = 0;
    let hasEnded = false;
    const endWhenAnswered = () => hasEnded && open === 0 && !socket.destroyed && socket.end();
    socket.on('end', () => {
      hasEnded = true;
      endWhenAnswered();
    });
    socket.on('data', chunk => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      while (rest.length >= 2 && !socket.destroyed) {
        const length = rest.readUInt16BE(0);
        if (rest.length < 2 + length) break;
        const query = rest.subarray(2, 2 + length);
        rest = rest.subarray(2 + length);
        idle.refresh();
        open++;
        void this.#answerOver(socket, query).finally(() => {
          open--;
          endWhenAnswered();
        });
      }
    });
  }

  async #answerOver(socket: Socket, query: Buffer): Promise<void> {
    const request = readRequest(query);
    if (request.kind === 'nothing') return void socket.destroy();
    const response =
      this.#answer(request, LONGEST_MESSAGE) ??
      (request.kind === 'question' ? await this.#forwarded(query, request, true) : undefined);
    if (!response || socket.destroyed) return;
    const length = Buffer.alloc(2);
    length.writeUInt16BE(response.length);
    socket.write(Buffer.concat([length, response]));
    // Whoever asks and does not read is left alone.
    if (socket.writableLength > LONGEST_MESSAGE * 4) socket.destroy();
  }
}
