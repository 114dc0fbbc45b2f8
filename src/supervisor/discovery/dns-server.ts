/**
 * Answers for the names of a system, over UDP and TCP at one port (RFC 1035, 7766).
 *
 * The same question is asked again and again, so a response is kept as bytes until the zone changes; only its id is new.
 */
import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { type AddressInfo, createServer, isIPv6, type Server, type Socket } from 'node:net';
import { Answers } from './answer.js';
import {
  complain,
  questionAbout,
  RCODE,
  type Request,
  readChased,
  readRequest,
  refuse,
  respond,
} from './dns-message.js';
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

/** Who is told what their place says: more are not told apart. */
const MOST_VIEWS = 1024;
/** Questions that wait until it is known from where they come. */
const MOST_WAITING = 1024;

type Question = Extract<Request, { kind: 'question' }>;

/** What one asker, or everybody, is told. */
interface View {
  readonly answers: Answers;
  readonly kept: Map<string, Buffer>;
}
const viewOf = (zone: Zone): View => ({ answers: new Answers(zone), kept: new Map() });

/** Asks somebody else. Undefined: nobody answered. */
export type Forward = (query: Buffer, overTcp: boolean) => Promise<Buffer | undefined>;

export interface DnsServerOptions {
  readonly host: string;
  /** 0: any. */
  readonly port: number;
  /**
   * There is another at this port: one listens at every address, and the others (`beside`) at single ones and over UDP alone.
   * What is answered over UDP from every address may come from another one than was asked, and is not believed.
   */
  readonly shared?: 'every' | 'beside' | undefined;
  /** For what is not ours; undefined: refused. */
  readonly forward?: Forward | undefined;
  /** What somebody at this address is told, until the zone is another; undefined: what everybody is. */
  readonly zoneFor?: ((address: string) => Promise<Zone | undefined>) | undefined;
}

export class DnsServer {
  readonly #udp: UdpSocket;
  readonly #tcp: Server;
  readonly #connections = new Set<Socket>();
  readonly #forward: Forward | undefined;
  readonly #zoneFor: DnsServerOptions['zoneFor'];
  #common: View;
  /** By address. */
  readonly #views = new Map<string, View | Promise<View>>();
  #waiting = 0;
  #isClosed = false;

  private constructor(zone: Zone, udp: UdpSocket, tcp: Server, { forward, zoneFor }: DnsServerOptions) {
    this.#common = viewOf(zone);
    this.#zoneFor = zoneFor;
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
  static async listen(zone: Zone, options: DnsServerOptions): Promise<DnsServer> {
    const { host, port, shared } = options;
    const tcp = createServer({ allowHalfOpen: true });
    if (shared !== 'beside')
      await new Promise<void>((resolve, reject) =>
        tcp.once('error', reject).listen(port, host, () => resolve(tcp.off('error', reject) && undefined)),
      );
    // A name may mean several addresses: both have the same one.
    const { port: given, address } = (tcp.address() as AddressInfo | null) ?? { port, address: host };
    const udp = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4', reuseAddr: shared !== undefined });
    try {
      await new Promise<void>((resolve, reject) =>
        udp.once('error', reject).bind(given, address, () => resolve(udp.off('error', reject) && undefined)),
      );
    } catch (error) {
      tcp.close();
      udp.close();
      throw error;
    }
    return new DnsServer(zone, udp, tcp, options);
  }

  get port(): number {
    return this.#udp.address().port;
  }

  /** From now on it answers by this. */
  set zone(zone: Zone) {
    this.#common = viewOf(zone);
    this.#views.clear();
  }

  /** How many responses are kept, and how many connections are open. */
  get held(): { readonly responses: number; readonly connections: number } {
    const views = [this.#common, ...this.#views.values()];
    const responses = views.reduce((sum, view) => sum + (view instanceof Promise ? 0 : view.kept.size), 0);
    return { responses, connections: this.#connections.size };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const socket of this.#connections) socket.destroy();
    await Promise.all([
      new Promise<void>(resolve => this.#udp.close(() => resolve())),
      new Promise<void>(resolve => this.#tcp.close(() => resolve())),
    ]);
  }

  #heard(query: Buffer, from: RemoteInfo): void {
    // A client that names port 0 can't be answered.
    if (from.port === 0) return;
    const view = this.#viewFor(from.address);
    if (!(view instanceof Promise)) return this.#heardIn(view, query, from);
    if (this.#waiting >= MOST_WAITING) return;
    this.#waiting++;
    void view.then(found => {
      this.#waiting--;
      this.#heardIn(found, query, from);
    });
  }

  #heardIn(view: View, query: Buffer, { port, address }: RemoteInfo): void {
    const send = (response: Buffer) => {
      // Somebody else's answer may come late.
      if (!this.#isClosed) this.#udp.send(response, port, address);
    };
    const key = query.toString('latin1', 2);
    const kept = view.kept.get(key);
    if (kept) {
      // The bytes are sent before the next message is read, but not before this returns: each has its own.
      const response = Buffer.from(kept);
      response[0] = query[0]!;
      response[1] = query[1]!;
      return send(response);
    }
    const request = readRequest(query);
    const response = this.#answer(view, request, query, false);
    if (response instanceof Promise) return void response.then(send);
    if (!response) return;
    if (request.kind === 'question' && query.length <= LONGEST_KEPT) keep(view, key, response);
    send(response);
  }

  /** What somebody at this address is told; it may have to be found out. */
  #viewFor(address: string): View | Promise<View> {
    if (!this.#zoneFor) return this.#common;
    const known = this.#views.get(address);
    if (known) return known;
    if (this.#views.size >= MOST_VIEWS) this.#views.clear();
    const found = this.#zoneFor(address).then(
      zone => (zone ? viewOf(zone) : undefined),
      () => undefined,
    );
    const finding: Promise<View> = found.then(view => {
      // Meanwhile the zone may be another: this one is asked about anew.
      if (this.#views.get(address) === finding) this.#views.set(address, view ?? this.#common);
      return view ?? this.#common;
    });
    this.#views.set(address, finding);
    return finding;
  }

  /** Undefined: nothing. A promise: somebody else is asked. */
  #answer(view: View, request: Request, query: Buffer, overTcp: boolean): Buffer | Promise<Buffer> | undefined {
    if (request.kind === 'nothing') return undefined;
    if (request.kind === 'malformed') return complain(request);
    const recursion = this.#forward !== undefined;
    if (request.edns && request.edns.version > 0) return refuse(request, RCODE.badVersion, recursion);
    // Zones are not given away as a whole (AXFR, IXFR).
    if (!request.isInternet || request.type.endsWith('XFR')) return refuse(request, RCODE.refused, recursion);
    const limit = overTcp ? LONGEST_MESSAGE : request.limit;
    if (this.#forward && (request.type === 'A' || request.type === 'AAAA')) {
      const answer = view.answers.to(request);
      if (answer.kind === 'data' && answer.leadsTo !== undefined)
        return this.#chased(view, request, answer.leadsTo, request.type, limit);
    }
    const response = respond(request, view.answers, limit, recursion);
    if (response) return response;
    return recursion ? this.#forwarded(query, request, overTcp) : refuse(request, RCODE.refused, recursion);
  }

  async #forwarded(query: Buffer, request: Question, overTcp: boolean): Promise<Buffer> {
    const response = await this.#forward!(query, overTcp).catch(() => undefined);
    return response ?? refuse(request, RCODE.serverFailure, true);
  }

  /** A name of ours that leads to somebody else's: what that one has is told as well, where it can be learned (CoreDNS). */
  async #chased(view: View, request: Question, name: string, type: 'A' | 'AAAA', limit: number): Promise<Buffer> {
    const query = questionAbout(name, request);
    let response = await this.#forward!(query, false).catch(() => undefined);
    if (response && isTruncated(response)) response = await this.#forward!(query, true).catch(() => undefined);
    const chased = response && readChased(response, name, type);
    return respond(request, view.answers, limit, true, chased) ?? refuse(request, RCODE.serverFailure, true);
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
    const view = await this.#viewFor(socket.remoteAddress ?? '');
    const response = await this.#answer(view, request, query, true);
    if (!response || socket.destroyed) return;
    const length = Buffer.alloc(2);
    length.writeUInt16BE(response.length);
    socket.write(Buffer.concat([length, response]));
    // Whoever asks and does not read is left alone.
    if (socket.writableLength > LONGEST_MESSAGE * 4) socket.destroy();
  }
}

function keep({ kept }: View, key: string, response: Buffer): void {
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(key, response);
}

const isTruncated = (response: Buffer) => (response[2]! & 2) !== 0;
