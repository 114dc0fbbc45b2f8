/** Lets other terminals, scripts and programs of the same user reach a running system: a unix socket that only they can open. */
import { chmodSync, unlinkSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import type { Supervisor } from '../control.js';
import type { Diagnostic } from '../diagnostic.js';
import type { Event } from '../event.js';
import { type EventMessage, PROTOCOL_VERSION } from '../protocol.js';
import { Connection } from './connection.js';
import { snapshotOf } from './methods.js';
import { socketPathFor } from './socket-path.js';

/** Clients at once. */
const MOST_CLIENTS = 512;

/** After these the status of their service may be another one. */
const CHANGES_STATUS: ReadonlySet<Event['type']> = new Set(['phase', 'launched', 'watch', 'tail', 'notice']);

export class Door {
  readonly #supervisor: Supervisor;
  readonly #version: string;
  readonly #connections = new Set<Connection>();
  #server: Server | undefined;
  #isClosing = false;
  #path: string | undefined;
  /** The event that was encoded last: all clients are told of one event before the next. */
  #encoded: { readonly event: Event; readonly bytes: Buffer } | undefined;

  /** @param version That of fuge. */
  constructor(supervisor: Supervisor, version: string) {
    this.#supervisor = supervisor;
    this.#version = version;
  }

  /**
   * Opens the socket and gives its path; undefined: this fuge can't be reached, which `tell` has been told.
   *
   * @param directory Where registrations lie.
   */
  async open(directory: string, id: string, tell: (notice: Diagnostic) => void): Promise<string | undefined> {
    try {
      this.#supervisor.subscribe(
        event => {
          if (event.type === 'closing') this.#isClosing = true;
        },
        { lines: false },
      );
      const path = socketPathFor(directory, id);
      this.#server = await this.#listen(path);
      this.#path = path;
      return path;
    } catch (error) {
      tell({
        severity: 'warning',
        code: 'not-reachable',
        message: `this system can't be reached from other terminals: ${(error as Error).message}`,
        hint: 'everything works in this one; a folder of your own in XDG_RUNTIME_DIR helps',
      });
      return undefined;
    }
  }

  /** Lets nobody in any more, and those who are in go once they have what was sent to them. */
  async close(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    server.close();
    for (const connection of this.#connections) connection.close();
    try {
      if (this.#path !== undefined) unlinkSync(this.#path);
    } catch {
      // the server's end has removed it
    }
  }

  async #listen(path: string): Promise<Server> {
    const server = createServer(socket => {
      const connection: Connection = new Connection(socket, {
        supervisor: this.#supervisor,
        hello: {
          protocol: PROTOCOL_VERSION,
          fuge: this.#version,
          pid: process.pid,
          system: this.#supervisor.system.name,
          file: this.#supervisor.system.file,
          isClosing: this.#isClosing,
        },
        encode: event => this.#encode(event),
        gone: () => this.#connections.delete(connection),
      });
      this.#connections.add(connection);
    });
    server.maxConnections = MOST_CLIENTS;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
    server.removeAllListeners('error').on('error', () => {}); // a client that could not be accepted tries again
    chmodSync(path, 0o600); // its folder is the user's alone already
    // What keeps fuge alive is what it runs, not who looks at it.
    server.unref();
    return server;
  }

  #encode(event: Event): Buffer {
    if (this.#encoded?.event === event) return this.#encoded.bytes;
    const bytes = Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', method: 'event', params: this.#about(event) })}\n`);
    this.#encoded = { event, bytes };
    return bytes;
  }

  #about(event: Event): EventMessage {
    if (event.type === 'reloaded') return { event, snapshot: snapshotOf(this.#supervisor) };
    if (!CHANGES_STATUS.has(event.type) || !('service' in event) || event.service === undefined) return { event };
    const status = this.#supervisor.status(event.service);
    return { event, ...(status && { status }) };
  }
}
