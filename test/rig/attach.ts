/** A system over fake runs, and connections to it through a real socket. */
import { mkdirSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import type { Supervisor } from '../../src/control.js';
import { type AttachedSupervisor, attach } from '../../src/remote/client.js';
import { Door } from '../../src/remote/door.js';
import type { Service } from '../../src/system.js';
import { openFakeSystem } from './fake-system.js';
import { temporaryFolder } from './open-system.js';

export async function openReachable(services: readonly Service[]) {
  const fake = openFakeSystem(services);
  // Whoever is attached waits for answers, so time goes on by itself.
  const time = setInterval(() => void fake.clock.advance(10), 1);
  onTestFinished(() => clearInterval(time));
  return { ...fake, ...(await openDoor(fake.supervisor)) };
}

/** A socket to this supervisor. */
export async function openDoor(supervisor: Supervisor) {
  const directory = join(temporaryFolder(), 'run');
  mkdirSync(directory, { mode: 0o700 });
  const door = new Door(supervisor, '3.0.0');
  const problems: unknown[] = [];
  const path = await door.open(directory, '1-a', problem => problems.push(problem));
  if (path === undefined) throw new Error(JSON.stringify(problems));
  onTestFinished(() => door.close());
  return { door, path };
}

export async function attached(path: string): Promise<AttachedSupervisor> {
  const client = await attach(path);
  onTestFinished(() => client.disconnect());
  return client;
}

/** A client that writes what the test says. */
export class RawClient {
  readonly socket: Socket;
  readonly messages: Record<string, unknown>[] = [];
  isClosed = false;
  #rest = '';

  constructor(path: string) {
    this.socket = createConnection(path);
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.isClosed = true;
    });
    this.socket.on('data', data => {
      const lines = (this.#rest + data).split('\n');
      this.#rest = lines.pop()!;
      this.messages.push(...lines.map(line => JSON.parse(line) as Record<string, unknown>));
    });
    onTestFinished(() => void this.socket.destroy());
  }

  write(text: string): void {
    this.socket.write(text);
  }

  /** Asks, and gives the answer. */
  async ask(id: unknown, method: string, params: unknown = {}): Promise<Record<string, unknown>> {
    this.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    return this.answer(id);
  }

  /** The answer with this id. */
  answer(id: unknown): Promise<Record<string, unknown>> {
    return vi.waitFor(() => {
      const found = this.messages.find(message => 'id' in message && message.id === id);
      if (!found) throw new Error(`no answer to ${String(id)} among ${JSON.stringify(this.messages)}`);
      return found;
    });
  }
}
