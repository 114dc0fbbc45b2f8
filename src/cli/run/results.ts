/** What became of each service while a command ran on the system: for people, for JUnit's readers, as data. */
import {
  type CrashError,
  type Event,
  type Exit,
  type Outcome,
  type ServiceStatus,
  type Supervisor,
  type System,
  type Until,
  withDependencies,
} from '../../index.js';
import { describeExit, formatError } from '../render/state.js';

/** Newest lines of a service that are kept with its result. */
export const KEPT = 200;

export interface ServiceResult {
  readonly name: string;
  readonly type: string;
  /**
   * `ready`, `completed`, or what went wrong: `failed` (it crashed, or could not be started), `not ready`, `waiting`,
   * `unhealthy`, `stopped`; `skipped`: it can't run here, or runs elsewhere.
   */
  readonly result:
    | 'ready'
    | 'completed'
    | 'started'
    | 'failed'
    | 'not ready'
    | 'waiting'
    | 'unhealthy'
    | 'stopped'
    | 'skipped';
  /** ms from the order to start until it was ready (a task: had ended); null: it never was. 0: it was before. */
  readonly readyAfterMs: number | null;
  readonly crashes: number;
  readonly restarts: number;
  /** What went wrong, or why it was skipped, in one sentence. */
  readonly problem: string | null;
  /** The error that it crashed with, as far as its last lines tell. */
  readonly error: string | null;
  readonly ports: Readonly<Record<string, number>>;
  readonly lastLines: readonly string[];
}

export function isFailure({ result }: ServiceResult): boolean {
  return !['ready', 'completed', 'started', 'skipped'].includes(result);
}

interface Story {
  readyAfterMs: number | undefined;
  crashes: number;
  exit: Exit | undefined;
  error: CrashError | undefined;
}

/** Listens from before the start until {@link gather}. */
export class Results {
  readonly #supervisor: Supervisor;
  readonly #system: System;
  readonly #names: readonly string[];
  readonly #begun = Date.now();
  readonly #stories = new Map<string, Story>();
  readonly #end: () => void;

  constructor(supervisor: Supervisor, names: readonly string[]) {
    this.#supervisor = supervisor;
    this.#system = supervisor.system;
    this.#names = withDependencies(supervisor.system, names);
    for (const name of this.#names) {
      const phase = supervisor.status(name)?.phase.id;
      const isThere = phase === 'ready' || phase === 'completed';
      this.#stories.set(name, { readyAfterMs: isThere ? 0 : undefined, crashes: 0, exit: undefined, error: undefined });
    }
    this.#end = supervisor.subscribe(event => this.#hear(event), { lines: false });
  }

  #hear(event: Event): void {
    if (event.type !== 'phase') return;
    const story = this.#stories.get(event.service);
    if (!story) return;
    const { phase } = event;
    if (phase.id === 'ready' || phase.id === 'completed') story.readyAfterMs ??= Math.max(0, event.at - this.#begun);
    if (phase.id !== 'failed' && phase.id !== 'backoff') return;
    story.crashes++;
    story.exit = phase.exit;
    story.error = event.error;
  }

  /** As it is now: to be asked before the system is stopped. */
  async gather(outcomes: readonly Outcome[], until: Until): Promise<readonly ServiceResult[]> {
    this.#end();
    return Promise.all(
      this.#names.map(async name => {
        const status = this.#supervisor.status(name);
        const outcome = outcomes.find(({ service }) => service === name);
        const story = this.#stories.get(name)!;
        const lines = await this.#supervisor.lines(name, KEPT).catch(() => []);
        const type = this.#system.services.get(name)!.type;
        return {
          name,
          type,
          ...judge(story, status, outcome, until),
          readyAfterMs: story.readyAfterMs ?? null,
          crashes: story.crashes,
          restarts: status?.restarts ?? 0,
          error: story.error === undefined ? null : formatError(story.error),
          ports: Object.fromEntries((status?.ports ?? []).map(port => [port.name, port.host])),
          lastLines: lines.map(({ text }) => text),
        };
      }),
    );
  }
}

function judge(
  { exit, crashes }: Story,
  status: ServiceStatus | undefined,
  outcome: Outcome | undefined,
  until: Until,
): Pick<ServiceResult, 'result' | 'problem'> {
  if (status === undefined) return { result: 'stopped', problem: 'it is no part of the system any more' };
  const { phase, unavailable, waitingFor } = status;
  if (unavailable !== undefined) return { result: 'skipped', problem: unavailable };
  if (exit !== undefined) {
    const often = crashes > 1 ? ` (${crashes} times)` : '';
    if (exit.reason === 'not-started') return { result: 'failed', problem: exit.problem.message };
    return { result: 'failed', problem: `it crashed${often}: ${describeExit(exit)}` };
  }
  if (outcome?.result === 'failed') return { result: 'failed', problem: outcome.problem?.message ?? 'it failed' };
  switch (phase.id) {
    case 'ready':
    case 'completed':
      return { result: phase.id, problem: null };
    case 'unhealthy':
      return { result: 'unhealthy', problem: phase.problem };
    case 'waiting': {
      const needs = waitingFor.join(', ');
      return { result: 'waiting', problem: needs === '' ? 'it waits for its start' : `it waits for ${needs}` };
    }
    case 'starting': {
      if (until === 'started') return { result: 'started', problem: null };
      const port = status.ports.find(({ automatic }) => !automatic)?.host;
      return {
        result: 'not ready',
        problem: port === undefined ? 'it is not ready' : `nothing answers on port ${port}`,
      };
    }
    default:
      return { result: 'stopped', problem: 'it was stopped' };
  }
}
