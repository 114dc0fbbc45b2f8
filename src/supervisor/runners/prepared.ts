/**
 * Node processes that are started before they are wanted: each waits before the first line of user code (node-gate.cjs) for
 * the launch that it was made for.
 *
 * Node needs 40 to 60 ms before it comes to a program. A save spends them while the old run ends and while it shows whether
 * more saves follow; with `warm: true` they were spent before the save. A process that waits has bound no port, read no file
 * of the service and run none of its code.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { earlyOption, earlyOptionOf } from '../../node-options.js';
import type { NodeService } from '../../system.js';
import { type Child, childOf, type SpawnOptions } from './child.js';
import type { Owner } from './owner.js';

const GATE = fileURLToPath(new URL('../runners/node-gate.cjs', import.meta.url));

/** A launch as the system is asked for it. */
export interface NodeLaunch {
  readonly program: readonly [string, ...string[]];
  readonly options: SpawnOptions;
}

interface Waiting {
  readonly child: ChildProcess & { readonly pid: number };
  readonly launch: NodeLaunch;
  /** A directory that was made anew since is another one, though its name is the same. */
  readonly directory: string;
  isTaken: boolean;
}

/** Whether a process of this service can wait before user code. `tty: true` has its terminal only when it is launched. */
export function canWait(service: NodeService): boolean {
  return service.command?.kind === 'argv' && !service.tty && earlyOption(service.command.argv) === undefined;
}

export class PreparedProcesses {
  readonly #owner: Owner;
  readonly #waiting = new Map<string, Waiting>();

  constructor(owner: Owner) {
    this.#owner = owner;
  }

  has(service: string): boolean {
    return this.#waiting.has(service);
  }

  /** Starts the process of a launch, unless it waits already. What can't be started is told by the launch itself. */
  begin(service: string, launch: NodeLaunch): void {
    const { program, options } = launch;
    if (this.#isFor(this.#waiting.get(service), launch)) return;
    this.discard(service);
    const nodeOptions = options.env.NODE_OPTIONS ?? '';
    const directory = identityOf(options.cwd);
    if (directory === undefined || earlyOption(program.slice(1)) || earlyOptionOf(nodeOptions)) return;
    if (!existsSync(program[0])) return;
    const child = spawn(program[0], program.slice(1), {
      cwd: options.cwd,
      // First of all preloads: those that NODE_OPTIONS names are user code.
      env: { ...options.env, NODE_OPTIONS: `--require ${JSON.stringify(GATE)} ${nodeOptions}`.trimEnd() },
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      detached: true,
    });
    child.once('error', () => {});
    gateOf(child)?.on('error', () => {}); // it has ended; its exit is told as well
    if (!hasStarted(child)) return;
    this.#owner.protect(child.pid);
    const waiting: Waiting = { child, launch, directory, isTaken: false };
    child.once('exit', () => {
      if (waiting.isTaken) return;
      this.#owner.release(child.pid);
      if (this.#waiting.get(service) === waiting) this.#waiting.delete(service);
    });
    this.#waiting.set(service, waiting);
  }

  /** The process that waits for just this launch, on its way now; undefined: there is none. */
  take(service: string, launch: NodeLaunch): Child | undefined {
    const waiting = this.#waiting.get(service);
    if (!waiting || !this.#isFor(waiting, launch)) {
      this.discard(service);
      return undefined;
    }
    this.#waiting.delete(service);
    waiting.isTaken = true;
    const { NODE_OPTIONS: nodeOptions } = launch.options.env;
    const order = { nodeOptions: nodeOptions === undefined ? null : Buffer.from(nodeOptions).toString('base64') };
    gateOf(waiting.child)?.end(`${JSON.stringify(order)}\n`);
    return childOf(waiting.child);
  }

  /** Ends what waits for a launch of this service. */
  discard(service: string): void {
    const waiting = this.#waiting.get(service);
    if (!waiting) return;
    this.#waiting.delete(service);
    waiting.child.kill('SIGKILL');
    for (const stream of waiting.child.stdio) stream?.destroy();
  }

  #isFor(waiting: Waiting | undefined, { program, options }: NodeLaunch): boolean {
    return (
      waiting !== undefined &&
      waiting.directory === identityOf(options.cwd) &&
      JSON.stringify(waiting.launch.program) === JSON.stringify(program) &&
      isSameRecord(waiting.launch.options.env, options.env)
    );
  }
}

const gateOf = (child: ChildProcess): Writable | undefined => (child.stdio[3] as Writable | null) ?? undefined;

const hasStarted = (child: ChildProcess): child is ChildProcess & { readonly pid: number } => child.pid !== undefined;

function identityOf(directory: string): string | undefined {
  const stats = statSync(directory, { throwIfNoEntry: false });
  return stats && `${stats.dev}:${stats.ino}`;
}

function isSameRecord(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every(name => a[name] === b[name]);
}
