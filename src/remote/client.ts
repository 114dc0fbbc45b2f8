/** A running system of another fuge, asked over its socket as if it ran here. */
import { createConnection, type Socket } from 'node:net';
import type {
  CloseOptions,
  EnvironmentReport,
  ExecOptions,
  ExecSession,
  Outcome,
  Reread,
  RunOptions,
  ServiceStatus,
  StartOptions,
  SubscribeOptions,
  Supervisor,
  TerminalOptions,
  Usage,
  Zone,
} from '../control.js';
import type { Diagnostic } from '../diagnostic.js';
import type { Changes, Event, Exit, Line } from '../event.js';
import {
  type ClientNotifications,
  decodeSystem,
  type ErrorReply,
  type EventMessage,
  encodeSystem,
  type Hello,
  type Method,
  type Methods,
  type OrderParams,
  PROTOCOL_VERSION,
  type ServerNotifications,
  type Snapshot,
} from '../protocol.js';
import type { Command, System } from '../system.js';
import { MessageReader } from './message-reader.js';

/** Bytes of one message from fuge: what a service's kept output comes to, several times over. */
const LONGEST_MESSAGE = 256 * 1024 * 1024;

/** A system that another fuge runs. */
export interface AttachedSupervisor extends Supervisor {
  readonly hello: Hello;
  /** Settles when the connection has ended: with true if the system was stopped, false if fuge has gone without a word. */
  readonly gone: Promise<boolean>;
  /** Leaves; the system goes on. */
  disconnect(): void;
}

/**
 * Connects to the fuge behind this socket.
 *
 * @throws Diagnostic where it speaks another protocol; an error of Node's where nobody listens.
 */
export async function attach(path: string): Promise<AttachedSupervisor> {
  const socket = createConnection(path);
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  const client = new Client(socket);
  await client.begin();
  return client;
}

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

interface Listener {
  readonly tell: (event: Event) => void;
  /** Whether it hears output by now. */
  hearsLines: boolean;
  /** It hears the backlog that comes before this answer. */
  awaitsBacklog: boolean;
}

class Client implements AttachedSupervisor {
  readonly #socket: Socket;
  readonly #reader = new MessageReader(LONGEST_MESSAGE);
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Set<Listener>();
  readonly #sessions = new Map<number, { onOutput: ExecOptions['onOutput']; end: (exit: Exit) => void }>();
  readonly #statuses = new Map<string, ServiceStatus>();
  /** Listeners whose backlog was asked for, in the order of the requests. */
  readonly #awaitingBacklog: Listener[] = [];
  readonly gone: Promise<boolean>;
  #nextId = 1;
  #holds = 0;
  #wasClosed = false;
  #isGone = false;
  /** Whether fuge was asked for lines of output. */
  #asksForLines = false;
  #system!: System;
  #hello!: Hello;
  #greeted!: (hello: Hello) => void;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', chunk => {
      for (const line of this.#reader.push(chunk)) this.#take(JSON.parse(line) as Record<string, unknown>);
    });
    socket.on('error', () => {}); // "close" follows
    this.gone = new Promise(resolve => socket.once('close', () => resolve(this.#end())));
  }

  /** Waits for the greeting, then for the snapshot that all events lead on from. */
  async begin(): Promise<void> {
    const greeted = new Promise<Hello>(resolve => {
      this.#greeted = resolve;
    });
    const hello = await Promise.race([greeted, this.gone.then(() => undefined)]);
    if (!hello) throw connectionLost(undefined);
    this.#hello = hello;
    if (hello.protocol !== PROTOCOL_VERSION) {
      this.disconnect();
      throw otherProtocol(hello);
    }
    this.#adopt(await this.#ask('subscribe', { lines: false }));
  }

  get hello(): Hello {
    return this.#hello;
  }

  get system(): System {
    return this.#system;
  }

  statuses(): readonly ServiceStatus[] {
    return [...this.#system.services.keys()].flatMap(name => this.#statuses.get(name) ?? []);
  }

  status(name: string): ServiceStatus | undefined {
    return this.#statuses.get(name);
  }

  subscribe(listener: (event: Event) => void, options: SubscribeOptions = {}): () => void {
    const { lines = true, backlog = 0 } = options;
    const own: Listener = {
      tell: listener,
      hearsLines: lines && this.#asksForLines && backlog === 0,
      awaitsBacklog: false,
    };
    this.#listeners.add(own);
    if ((lines && !own.hearsLines) || backlog > 0) void this.#join(own, lines, backlog);
    return () => {
      this.#listeners.delete(own);
      const isWanted = [...this.#listeners].some(each => each.hearsLines || each.awaitsBacklog);
      if (isWanted || !this.#asksForLines || this.#isGone) return;
      this.#asksForLines = false;
      void this.#ask('subscribe', { lines: false }).catch(() => {});
    };
  }

  /** What is told before the answer is older than the subscription: the kept lines, then from the answer on the new ones. */
  async #join(listener: Listener, lines: boolean, backlog: number): Promise<void> {
    const asked = { lines: lines || this.#asksForLines, backlog };
    this.#asksForLines = asked.lines;
    listener.awaitsBacklog = true;
    this.#awaitingBacklog.push(listener);
    const answered = () => {
      this.#awaitingBacklog.splice(this.#awaitingBacklog.indexOf(listener), 1);
      listener.awaitsBacklog = false;
      listener.hearsLines = lines;
    };
    try {
      await this.#ask('subscribe', asked, answered);
    } catch {
      // the connection is gone, which everybody learns by `gone`
    }
  }

  async claim(): Promise<undefined> {
    return undefined; // it has been, by the fuge that runs it
  }

  start(names: readonly string[], options: StartOptions = {}): Promise<readonly Outcome[]> {
    return this.#ask('start', order(names, options));
  }

  stop(names: readonly string[]): Promise<readonly Outcome[]> {
    return this.#ask('stop', { services: names });
  }

  restart(names: readonly string[], options: StartOptions = {}): Promise<readonly Outcome[]> {
    return this.#ask('restart', order(names, options));
  }

  kill(names: readonly string[]): Promise<readonly Outcome[]> {
    return this.#ask('kill', { services: names });
  }

  switch(names: readonly string[], options: StartOptions = {}): Promise<readonly Outcome[]> {
    return this.#ask('switch', order(names, options));
  }

  async watch(names: readonly string[], on: boolean): Promise<void> {
    await this.#ask('watch', { services: names, on });
  }

  async tail(names: readonly string[], on: boolean): Promise<void> {
    await this.#ask('tail', { services: names, on });
  }

  async setVariable(name: string, variable: string, value: string | undefined): Promise<void> {
    await this.#ask('set', { service: name, variable, value: value ?? null });
  }

  environment(name: string): Promise<EnvironmentReport> {
    return this.#ask('environment', { service: name });
  }

  lines(name: string, limit?: number): Promise<readonly Line[]> {
    return this.#ask('lines', { service: name, ...(limit !== undefined && { limit }) });
  }

  zone(): Promise<Zone> {
    return this.#ask('zone', {});
  }

  logFiles(name: string): Promise<readonly string[]> {
    return this.#ask('logFiles', { service: name });
  }

  async usage(): Promise<ReadonlyMap<string, Usage>> {
    return new Map(await this.#ask('usage', {}));
  }

  async run(name: string, command: Command, label: string, options: RunOptions = {}): Promise<Exit> {
    const { signal, quiet = false } = options;
    const id = this.#nextId;
    const cancel = () => this.#notify('cancel', { id });
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await this.#ask('run', { service: name, command, label, quiet });
    } finally {
      signal?.removeEventListener('abort', cancel);
    }
  }

  exec(name: string, command: readonly [string, ...string[]], options: ExecOptions): Promise<ExecSession> {
    const { onOutput, terminal, ...rest } = options;
    return this.#openSession(onOutput, session =>
      this.#ask('exec', { service: name, command, session, ...rest, ...(terminal && { terminal }) }),
    );
  }

  openTerminal(name: string, { onOutput, columns, rows }: TerminalOptions): Promise<ExecSession> {
    return this.#openSession(onOutput, session => this.#ask('openTerminal', { service: name, session, columns, rows }));
  }

  async #openSession(
    onOutput: ExecOptions['onOutput'],
    ask: (session: number) => Promise<unknown>,
  ): Promise<ExecSession> {
    const session = this.#nextId;
    let end!: (exit: Exit) => void;
    const exit = new Promise<Exit>(resolve => {
      end = resolve;
    });
    this.#sessions.set(session, { onOutput, end });
    try {
      await ask(session);
    } catch (error) {
      this.#sessions.delete(session);
      throw error;
    }
    return {
      exit,
      write: data => this.#notify('input', { session, data: Buffer.from(data).toString('base64') }),
      end: () => this.#notify('endInput', { session }),
      resize: (columns, rows) => this.#notify('resize', { session, columns, rows }),
      close: () => this.#notify('closeSession', { session }),
    };
  }

  reload(system: System): Promise<Changes> {
    return this.#ask('reload', { system: encodeSystem(system) });
  }

  reloadFile(): Promise<Reread> {
    return this.#ask('reloadFile', {});
  }

  /** The services themselves are not held: what this side does not read in time is left out for it, and told. */
  holdOutput(): () => void {
    this.#holds++;
    this.#socket.pause();
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      this.#holds--;
      if (this.#holds === 0) this.#socket.resume();
    };
  }

  async close(options: CloseOptions = {}): Promise<void> {
    this.#socket.resume();
    if (this.#isGone) return;
    this.#wasClosed = true;
    // No answer comes: the connection ends when all is done.
    void this.#ask('close', { ...options }).catch(() => {});
    await this.gone;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.disconnect();
  }

  disconnect(): void {
    this.#socket.destroy();
  }

  #ask<M extends Method>(
    method: M,
    params: Methods[M]['params'],
    /** Called in the very order of messages, before the next one is looked at. */
    answered: () => void = () => {},
  ): Promise<Methods[M]['result']> {
    if (this.#isGone) return Promise.reject(connectionLost(this.#hello));
    const id = this.#nextId++;
    return new Promise<unknown>((resolve, reject) => {
      this.#pending.set(id, {
        resolve: result => {
          answered();
          resolve(result);
        },
        reject,
      });
      this.#socket.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    }) as Promise<Methods[M]['result']>;
  }

  #notify<M extends keyof ClientNotifications>(method: M, params: ClientNotifications[M]): void {
    if (!this.#isGone) this.#socket.write(`${JSON.stringify({ jsonrpc: '2.0', method, params })}\n`);
  }

  #take(message: Record<string, unknown>): void {
    if (typeof message.method === 'string')
      return this.#hear(message.method as keyof ServerNotifications, message.params as never);
    const pending = this.#pending.get(message.id as number);
    if (!pending) return;
    this.#pending.delete(message.id as number);
    const error = message.error as ErrorReply | undefined;
    if (error) pending.reject(error.data?.diagnostic ?? new Error(error.message));
    else pending.resolve(message.result);
  }

  #hear<M extends keyof ServerNotifications>(method: M, params: ServerNotifications[M]): void {
    switch (method) {
      case 'hello':
        return this.#greeted(params as Hello);
      case 'event':
        return this.#happened(params as EventMessage);
      case 'output': {
        const { session, stream, data } = params as ServerNotifications['output'];
        return this.#sessions.get(session)?.onOutput(stream, Buffer.from(data, 'base64'));
      }
      case 'exited': {
        const { session, exit } = params as ServerNotifications['exited'];
        this.#sessions.get(session)?.end(exit);
        this.#sessions.delete(session);
      }
    }
  }

  #happened({ event, status, snapshot }: EventMessage): void {
    if (snapshot) this.#adopt(snapshot);
    if (status) this.#statuses.set(status.name, status);
    if (event.type === 'closing') this.#wasClosed = true;
    if (event.type === 'backlog') {
      const [first] = this.#awaitingBacklog;
      if (first && this.#listeners.has(first)) first.tell(event);
      return;
    }
    const isOutput = event.type === 'lines' || event.type === 'partial' || event.type === 'missed';
    for (const listener of [...this.#listeners])
      if (this.#listeners.has(listener) && (!isOutput || listener.hearsLines)) listener.tell(event);
  }

  #adopt({ system, statuses }: Snapshot): void {
    this.#system = decodeSystem(system);
    this.#statuses.clear();
    for (const status of statuses) this.#statuses.set(status.name, status);
  }

  #end(): boolean {
    this.#isGone = true;
    for (const { reject } of this.#pending.values()) reject(connectionLost(this.#hello));
    this.#pending.clear();
    for (const { end } of this.#sessions.values()) end({ reason: 'lost', problem: 'the connection to fuge has ended' });
    this.#sessions.clear();
    return this.#wasClosed;
  }
}

function order(services: readonly string[], { debug, patienceMs }: StartOptions): OrderParams {
  return { services, ...(debug !== undefined && { debug }), ...(patienceMs !== undefined && { patienceMs }) };
}

function connectionLost(hello: Hello | undefined): Diagnostic {
  const whose = hello ? ` that runs "${hello.system}" (pid ${hello.pid})` : '';
  return {
    severity: 'error',
    code: 'connection-lost',
    message: `the fuge${whose} has gone`,
    hint: '"fuge ls" lists those that run, "fuge up -d" starts the system anew',
  };
}

function otherProtocol({ fuge, protocol, pid, file }: Hello): Diagnostic {
  return {
    severity: 'error',
    code: 'other-protocol',
    message: `${file} is run by fuge ${fuge} (pid ${pid}), which speaks protocol ${protocol}; this one speaks ${PROTOCOL_VERSION}`,
    hint: 'use the fuge of that version, or end it and start the system with this one',
  };
}
