/** Opens a system of real processes in a folder of its own, and waits for what happens in it. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  createSupervisor,
  type Event,
  formatDiagnostic,
  loadSystem,
  type Supervisor,
  type System,
} from '../../src/index.js';
import type { SupervisorOptions } from '../../src/supervisor/supervisor.js';

/** A folder that goes when the test is over. */
export function temporaryFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'fuge-test-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

export async function loadFrom(folder: string): Promise<System> {
  const { system, diagnostics } = await loadSystem(join(folder, 'fuge.yml'));
  if (!system) throw new Error(diagnostics.map(each => formatDiagnostic(each)).join('\n'));
  return system;
}

export interface OpenSystem {
  readonly supervisor: Supervisor;
  readonly folder: string;
  /** Everything that happened so far. */
  readonly events: readonly Event[];
  /** Settles with the first event, past or coming, that fits. */
  until<T extends Event>(fits: (event: Event) => event is T): Promise<T>;
  until(fits: (event: Event) => boolean): Promise<Event>;
  /** The texts of the lines a service has printed so far. */
  printed(service: string): string[];
}

/** Loads `fuge.yml` of `files` and makes its supervisor; it is closed when the test is over. */
export async function openSystem(
  files: Readonly<Record<string, string>>,
  options: SupervisorOptions = {},
): Promise<OpenSystem> {
  const folder = temporaryFolder(files);
  const supervisor = await createSupervisor(await loadFrom(folder), options);
  const events: Event[] = [];
  const waiting = new Set<(event: Event) => void>();
  supervisor.subscribe(event => {
    events.push(event);
    for (const look of [...waiting]) look(event);
  });
  onTestFinished(() => supervisor.close({ force: true }));
  return {
    supervisor,
    folder,
    events,
    until: (fits: (event: Event) => boolean) =>
      new Promise<never>(resolve => {
        const past = events.find(fits);
        if (past) return resolve(past as never);
        const look = (event: Event) => {
          if (!fits(event)) return;
          waiting.delete(look);
          resolve(event as never);
        };
        waiting.add(look);
      }),
    printed: service =>
      events.flatMap(event => (event.type === 'lines' && event.service === service ? event.lines : [])),
  };
}

/** A TCP port that nobody listens on just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The first of so many free ports that follow one another, below those that the system gives to clients. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = 15_000 + Math.floor(Math.random() * 5000);
    const ports = Array.from({ length: count }, (_, i) => first + i);
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return first;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Whether an event says that a service came to a phase. */
export const comesTo =
  (service: string, phase: string) =>
  (event: Event): boolean =>
    event.type === 'phase' && event.service === service && event.phase.id === phase;

/** Whether an event brings a line with this text. */
export const prints =
  (service: string, text: string) =>
  (event: Event): boolean =>
    event.type === 'lines' && event.service === service && event.lines.some(line => line.includes(text));

/** Whether a process with this pid lives. A zombie that nobody collects does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
