/**
 * Keeps the way to the system that the server is for: to the fuge that runs it, anew when that one was replaced, and, where
 * nothing runs it, to its file and its log files.
 */
import { setTimeout as pause } from 'node:timers/promises';
import {
  type AttachedSupervisor,
  createSupervisor,
  type Diagnostic,
  findSystemFile,
  formatDiagnostic,
  type LoadResult,
  type Supervisor,
} from '../../index.js';
import { attachTo } from '../attach.js';
import type { Located } from '../file-operand.js';
import { notRunning } from '../run-once.js';
import { up } from '../up.js';
import { keepingOutput } from './said.js';
import { Refusal } from './tool.js';

/** ms that a call gets to tell its own end when the system has gone under it. */
const LOSS_PATIENCE_MS = 500;

/** What a call works on. */
export interface Opened {
  readonly supervisor: Supervisor;
  readonly isRunning: boolean;
  /** Settles, with what to say, when it has gone; never where nothing runs. */
  readonly lost: Promise<string>;
  done(): Promise<void>;
}

/** How tools reach a system; tests bring their own. */
export interface Reach {
  file(): Promise<string | undefined>;
  /** @throws Refusal where that can't be. */
  open(on: 'running' | 'either'): Promise<Opened>;
  load(): Promise<LoadResult>;
  startInBackground(services: readonly string[], timeout: string): Promise<{ code: number; text: string }>;
}

export interface ConnectionOptions {
  readonly located: Located;
  readonly profiles: readonly string[];
  readonly portOffset: string | undefined;
  /** Whether the tool `up` is offered. */
  readonly mayControl: boolean;
}

export class Connection implements Reach {
  readonly #options: ConnectionOptions;
  #attached: AttachedSupervisor | undefined;
  #attaching: Promise<AttachedSupervisor | string | undefined> | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  file(): Promise<string | undefined> {
    return findSystemFile(this.#options.located.file);
  }

  load(): Promise<LoadResult> {
    return this.#options.located.load();
  }

  async open(on: 'running' | 'either'): Promise<Opened> {
    const found = await this.#attach();
    if (typeof found === 'object') {
      const { gone, hello } = found;
      const lost = gone.then(async wasStopped => {
        await pause(LOSS_PATIENCE_MS, undefined, { ref: false });
        const how = wasStopped ? 'was stopped meanwhile' : 'has gone without a word';
        return `the fuge that ran "${hello.system}" (pid ${hello.pid}) ${how}. ${this.#howToStart()}`;
      });
      return { supervisor: found, isRunning: true, lost, done: async () => {} };
    }
    if (found !== undefined) throw new Refusal(found);
    const { system, diagnostics } = await this.load();
    if (!system) throw new Refusal(diagnostics.map(diagnostic => formatDiagnostic(diagnostic)).join('\n'));
    if (on === 'running') throw new Refusal(`${notRunning(system.file)}. ${this.#howToStart()}`);
    const supervisor = await createSupervisor(system);
    return {
      supervisor,
      isRunning: false,
      lost: new Promise(() => {}),
      done: () => supervisor.close({ force: true }),
    };
  }

  async startInBackground(services: readonly string[], timeout: string): Promise<{ code: number; text: string }> {
    const { located, profiles, portOffset } = this.#options;
    const kept = keepingOutput();
    const flags = new Map<string, string | true>([
      ['detach', true],
      ['timeout', timeout],
    ]);
    const code = await up(
      { located: { ...located, loaded: undefined }, words: services, flags, profiles, portOffset },
      kept.out,
    );
    return { code, text: kept.text() };
  }

  close(): void {
    this.#attached?.disconnect();
  }

  #howToStart(): string {
    if (this.#options.mayControl) return 'The tool "up" starts it';
    return 'This server may not start it (it has no --allow-control): ask the user, or run that command';
  }

  /** What runs the system; a text: why it can't be reached, undefined: nothing does. */
  #attach(): Promise<AttachedSupervisor | string | undefined> {
    if (this.#attached) return Promise.resolve(this.#attached);
    this.#attaching ??= this.#attachAnew().finally(() => {
      this.#attaching = undefined;
    });
    return this.#attaching;
  }

  async #attachAnew(): Promise<AttachedSupervisor | string | undefined> {
    const found = await attachTo(this.#options.located.file);
    if (found.kind === 'problem') return formatDiagnostic(found.diagnostic satisfies Diagnostic);
    if (found.kind === 'not-running') return undefined;
    const { supervisor } = found;
    this.#attached = supervisor;
    void supervisor.gone.then(() => {
      if (this.#attached === supervisor) this.#attached = undefined;
    });
    return supervisor;
  }
}
