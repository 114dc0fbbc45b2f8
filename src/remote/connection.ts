/** One client of a running fuge: its requests, what it hears of, and what it may cost. */
import type { Socket } from 'node:net';
import type { ExecSession, Supervisor } from '../control.js';
import type { Diagnostic } from '../diagnostic.js';
import type { Event } from '../event.js';
import { ERROR, type ErrorReply, type Hello, type ServerNotifications } from '../protocol.js';
import { MessageReader, TooLong } from './message-reader.js';
import { type Caller, methods } from './methods.js';
import { InvalidParams, Params } from './params.js';

/** Bytes of one message of a client. */
const LONGEST_MESSAGE = 8 * 1024 * 1024;
/** Bytes that wait for a slow client, beyond which lines of output are left out for it. */
const LINES_BOUND = 1024 * 1024;
/** … and beyond which it is given up. */
const BOUND = 64 * 1024 * 1024;
/** Requests of one client that are being worked on. */
const MOST_REQUESTS = 256;

export interface ConnectionHost {
  readonly supervisor: Supervisor;
  readonly hello: Hello;
  /** An event as a message, made once for all clients. */
  encode(event: Event): Buffer;
  /** Called once, when the client is gone. */
  gone(): void;
}

interface Message {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: unknown;
}

export class Connection implements Caller {
  readonly #socket: Socket;
  readonly #host: ConnectionHost;
  readonly #reader = new MessageReader(LONGEST_MESSAGE);
  readonly #requests = new Map<unknown, AbortController>();
  readonly #sessions = new Map<number, ExecSession>();
  #endSubscription: (() => void) | undefined;
  /** Lines that were left out, by service. */
  readonly #missed = new Map<string, number>();

  constructor(socket: Socket, host: ConnectionHost) {
    this.#socket = socket;
    this.#host = host;
    socket.on('data', chunk => this.#receive(chunk));
    socket.on('drain', () => this.#tellMissed());
    socket.on('error', () => {}); // "close" follows
    socket.on('close', () => this.#end());
    this.#notify('hello', host.hello);
  }

  /** Sends what is on its way and ends. */
  close(): void {
    this.#socket.end();
    // A client that does not read must not keep fuge alive.
    this.#socket.unref();
  }

  subscribe(options: { readonly lines: boolean; readonly backlog: number }): void {
    this.#endSubscription?.();
    if (!options.lines) this.#missed.clear();
    this.#endSubscription = this.#host.supervisor.subscribe(event => this.#hear(event), options);
  }

  unsubscribe(): void {
    this.#endSubscription?.();
    this.#endSubscription = undefined;
    this.#missed.clear();
  }

  async openSession(number: number, open: Parameters<Caller['openSession']>[1]): Promise<void> {
    if (this.#sessions.has(number)) throw new InvalidParams(`session ${number} is open already`);
    const session = await open((stream, data) =>
      this.#notify('output', { session: number, stream, data: Buffer.from(data).toString('base64') }),
    );
    if (this.#socket.destroyed) return session.close();
    this.#sessions.set(number, session);
    void session.exit.then(exit => {
      this.#sessions.delete(number);
      this.#notify('exited', { session: number, exit });
    });
  }

  #receive(chunk: Buffer): void {
    try {
      for (const line of this.#reader.push(chunk)) this.#take(line);
    } catch (error) {
      if (!(error instanceof TooLong)) throw error;
      this.#reply(null, { code: ERROR.request, message: `a message has at most ${LONGEST_MESSAGE} bytes` });
      this.#socket.destroySoon();
    }
  }

  #take(line: string): void {
    let message: Message;
    try {
      message = JSON.parse(line) as Message;
    } catch {
      return this.#reply(null, { code: ERROR.parse, message: 'a message must be one line of JSON' });
    }
    const { id, method, params } = Object(message) as Message;
    if (typeof method !== 'string')
      return this.#reply(id ?? null, { code: ERROR.request, message: 'a message must be an object with a method' });
    if (id === undefined) return this.#hearNotification(method, params);
    if (!Object.hasOwn(methods, method))
      return this.#reply(id, { code: ERROR.method, message: `there is no method "${method}"` });
    if (this.#requests.has(id))
      return this.#reply(id, { code: ERROR.request, message: 'a request of this id is being worked on' });
    if (this.#requests.size >= MOST_REQUESTS)
      return this.#reply(id, { code: ERROR.request, message: `at most ${MOST_REQUESTS} requests at once` });
    void this.#answer(id, method as keyof typeof methods, params);
  }

  async #answer(id: unknown, method: keyof typeof methods, values: unknown): Promise<void> {
    const abort = new AbortController();
    this.#requests.set(id, abort);
    try {
      const params = new Params(values);
      const call = { supervisor: this.#host.supervisor, params, caller: this, signal: abort.signal };
      const result = await methods[method](call);
      this.#send(JSON.stringify({ jsonrpc: '2.0', id, result }));
    } catch (error) {
      this.#reply(id, errorReply(error));
    } finally {
      this.#requests.delete(id);
    }
  }

  /** What needs no answer gets none, also where it is wrong. */
  #hearNotification(method: string, values: unknown): void {
    try {
      const params = new Params(values);
      if (method === 'cancel') return this.#requests.get(params.count('id'))?.abort();
      const session = this.#sessions.get(params.count('session'));
      if (method === 'input') session?.write(params.bytes('data'));
      else if (method === 'endInput') session?.end();
      else if (method === 'resize') session?.resize(params.count('columns'), params.count('rows'));
      else if (method === 'closeSession') session?.close();
    } catch (error) {
      if (!(error instanceof InvalidParams)) throw error;
    }
  }

  #hear(event: Event): void {
    const isOutput = event.type === 'lines' || event.type === 'partial';
    if (isOutput && (this.#missed.size > 0 || this.#socket.writableLength > LINES_BOUND)) {
      const lines = event.type === 'lines' ? event.lines.length : 0;
      this.#missed.set(event.service, (this.#missed.get(event.service) ?? 0) + lines);
      return;
    }
    this.#write(this.#host.encode(event));
  }

  /** The client has caught up. */
  #tellMissed(): void {
    const missed = [...this.#missed];
    this.#missed.clear();
    const at = Date.now();
    for (const [service, lines] of missed)
      if (lines > 0) this.#write(this.#host.encode({ type: 'missed', at, service, lines }));
  }

  #notify<M extends keyof ServerNotifications>(method: M, params: ServerNotifications[M]): void {
    this.#send(JSON.stringify({ jsonrpc: '2.0', method, params }));
  }

  #reply(id: unknown, error: ErrorReply): void {
    this.#send(JSON.stringify({ jsonrpc: '2.0', id, error }));
  }

  #send(message: string): void {
    this.#write(Buffer.from(`${message}\n`));
  }

  #write(bytes: Buffer): void {
    if (this.#socket.destroyed || this.#socket.writableEnded) return;
    this.#socket.write(bytes);
    if (this.#socket.writableLength > BOUND) this.#socket.destroy();
  }

  #end(): void {
    this.unsubscribe();
    for (const abort of this.#requests.values()) abort.abort();
    for (const session of this.#sessions.values()) session.close();
    this.#sessions.clear();
    this.#host.gone();
  }
}

function errorReply(error: unknown): ErrorReply {
  if (error instanceof InvalidParams) return { code: ERROR.params, message: error.message };
  if (isDiagnostic(error)) return { code: ERROR.refused, message: error.message, data: { diagnostic: error } };
  return { code: ERROR.internal, message: (error as Error).message };
}

function isDiagnostic(error: unknown): error is Diagnostic {
  return typeof error === 'object' && error !== null && 'severity' in error && 'code' in error;
}
