/** The real fuge as a process of its own, and the processes it starts, seen from outside. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished, vi } from 'vitest';
import { isAlive } from './open-system.js';

const binary = fileURLToPath(new URL('../../bin/fuge.js', import.meta.url));

/** Polls until `look` throws no more. Generous: a loaded machine is slow, and nothing is proved by the time it takes. */
export const eventually = (look: () => void | Promise<void>) => vi.waitFor(look, { timeout: 30_000, interval: 20 });

export class FugeProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  output = '';

  /** `fuge shell fuge.yml` in `folder`, with lines from a pipe. What it keeps of its runs lies in `folder/run`. */
  constructor(folder: string, options: { args?: readonly string[]; node?: readonly string[]; run?: string } = {}) {
    const { args = ['shell', 'fuge.yml'], node = [], run = join(folder, 'run') } = options;
    const env = { ...process.env, NO_COLOR: '1', SHELL: '/bin/sh', XDG_RUNTIME_DIR: run };
    this.child = spawn(process.execPath, [...node, binary, ...args], { cwd: folder, env });
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.setEncoding('utf8').on('data', text => {
        this.output += text;
      });
    this.child.stdin!.on('error', () => {});
    this.ended = new Promise(resolve => this.child.once('exit', (code, signal) => resolve({ code, signal })));
    onTestFinished(async () => {
      this.kill('SIGTERM');
      await this.ended;
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  enter(line: string): void {
    this.child.stdin!.write(`${line}\n`);
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async says(pattern: RegExp): Promise<void> {
    await eventually(() => {
      if (!pattern.test(this.output)) throw new Error(`no ${pattern} in the output:\n${this.output}`);
    });
  }

  /** Its guard, once there is one. */
  async guard(other?: number): Promise<number> {
    let found: number | undefined;
    await eventually(() => {
      found = processes().find(
        ({ pid, parent, command }) => pid !== other && parent === this.pid && isGuard(command),
      )?.pid;
      if (found === undefined) throw new Error('there is no guard');
    });
    return found!;
  }
}

const isGuard = (command: string) => command.split('\0').includes('fuge-guard');

interface Entry {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
  /** Separated by NUL. */
  readonly command: string;
}

/** The living processes of the machine. Linux only. */
export function processes(): Entry[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
        const [state, parent, , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        if (state === 'Z' || state === 'X') return [];
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8');
        return [{ pid: Number(name), parent: Number(parent), session: Number(session), command }];
      } catch {
        return [];
      }
    });
}

/** The living processes that were started in this folder (they are told nothing of it: it is where they stand). */
export function standingIn(folder: string): number[] {
  return processes().flatMap(({ pid }) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder) ? [pid] : [];
    } catch {
      return [];
    }
  });
}

/** Names of the processes that have told their pid in `folder/pids`, as far as they live. */
export function alive(folder: string): string[] {
  return told(folder).flatMap(({ name, pid }) => (isAlive(pid) ? [name] : []));
}

/** Every process that has told its pid so far. */
export function told(folder: string): { name: string; pid: number }[] {
  return readdirSync(join(folder, 'pids'))
    .filter(file => file !== '.keep')
    .map(file => {
      const [name, pid] = file.split('.') as [string, string];
      return { name, pid: Number(pid) };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** The registrations in `run` and their sockets, by name. */
export function registrations(run: string): string[] {
  try {
    return readdirSync(join(run, 'fuge'));
  } catch {
    return [];
  }
}

/** Tells its pid in `pids`; its name says how it lives: stubborn ones ignore every polite signal. */
export const WORKER = `
const { spawn } = require('node:child_process');
const { writeFileSync, mkdirSync } = require('node:fs');
const [name, escapee] = process.argv.slice(2);
if (/stubborn/.test(name)) for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {});
require('node:net').createServer().listen(0, '127.0.0.1', () => {
  writeFileSync(__dirname + '/pids/' + name + '.' + process.pid, '');
  if (escapee) spawn(process.execPath, [__filename, escapee], { detached: true, stdio: 'ignore' }).unref();
});
`;

/** Every way in which services are known to survive their runner. */
export const FAMILY: Readonly<Record<string, string>> = {
  'pids/.keep': '',
  'run/.keep': '',
  'worker.cjs': WORKER,
  'package.json': '{ "private": true, "scripts": { "work": "node worker.cjs npm" } }',
  'fuge.yml': `
fuge_global:
  monitor: false
  stop_grace_period: 500ms
direct:
  type: process
  run: node worker.cjs direct
wrapped:
  type: process
  run: npm run work
shell:
  type: process
  run: sh -c 'node worker.cjs shell; true'
stubborn:
  type: process
  run: sh -c "trap '' TERM INT HUP; node worker.cjs stubborn; true"
parent:
  type: process
  run: node worker.cjs parent stubborn-escapee
`,
};
/** Who tells a pid in it, when all has started. */
export const MEMBERS = ['direct', 'npm', 'parent', 'shell', 'stubborn', 'stubborn-escapee'];
