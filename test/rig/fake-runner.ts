/** Runs that are no processes, and files that are no files: tests say what happens to them. */
import type { Exit, StreamName } from '../../src/event.js';
import {
  type LaunchOrder,
  type Preparation,
  type Progress,
  type Run,
  type Runner,
  type RunReport,
  withEnvironment,
} from '../../src/supervisor/runners/runner.js';
import type { Watcher, WatcherOptions } from '../../src/supervisor/watch.js';

export class FakeRun implements Run {
  readonly order: LaunchOrder;
  readonly pid: number;
  /** What it was sent, in order. */
  readonly signals: string[] = [];
  isHeld = false;
  isOver = false;
  readonly #report: RunReport;
  readonly #endsPolitely: boolean;

  constructor(order: LaunchOrder, report: RunReport, pid: number, endsPolitely: boolean) {
    this.order = withEnvironment(order);
    this.pid = pid;
    this.#report = report;
    this.#endsPolitely = endsPolitely;
  }

  launched(): void {
    if (!this.isOver) this.#report.launched({ pid: this.pid });
  }

  /** It waits for an image. */
  progress(state: Progress['state'], task: Progress['task'] = 'pull'): void {
    this.#report.progress({ task, subject: 'an-image:1', state });
  }

  terminate(signal: NodeJS.Signals): void {
    this.signals.push(signal);
    if (this.#endsPolitely) queueMicrotask(() => this.exit({ reason: 'signal', signal }));
  }

  kill(): void {
    this.signals.push('SIGKILL');
    queueMicrotask(() => this.exit({ reason: 'signal', signal: 'SIGKILL' }));
  }

  hold(isHeld: boolean): void {
    this.isHeld = isHeld;
  }

  print(text: string, stream: StreamName = 'stdout'): void {
    this.#report.output(stream, Buffer.from(text));
  }

  exit(exit: Exit | number): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#report.exited(typeof exit === 'number' ? { reason: 'code', code: exit } : exit, false);
  }
}

export class FakeRunner implements Runner {
  /** What waits for its launch, `service#run`. */
  readonly prepared = new Map<string, string>();
  /** What was begun so far, in order. */
  readonly preparations: string[] = [];
  readonly preparation: Preparation = {
    isPossible: service => service.type === 'node',
    begin: ({ service: { name }, run }) => {
      this.prepared.set(name, `${name}#${run}`);
      this.preparations.push(`${name}#${run}`);
    },
    discard: service => void this.prepared.delete(service),
    isReady: service => this.prepared.has(service),
  };
  readonly runs: FakeRun[] = [];
  /** Services whose runs ignore the polite signal. */
  readonly stubborn = new Set<string>();
  /** Services whose launch hangs before there is a process. */
  readonly slow = new Set<string>();

  launch(order: LaunchOrder, report: RunReport): Run {
    const { name } = order.service;
    this.prepared.delete(name);
    const run = new FakeRun(order, report, 1000 + this.runs.length, !this.stubborn.has(name));
    this.runs.push(run);
    if (!this.slow.has(name)) queueMicrotask(() => run.launched());
    return run;
  }

  /** The newest run of a service. */
  of(service: string): FakeRun {
    return this.runs.findLast(run => run.order.service.name === service)!;
  }

  /** `service#run` of every launch, in order. */
  get launches(): string[] {
    return this.runs.map(({ order }) => `${order.service.name}#${order.run}`);
  }
}

export class FakeWatcher implements Watcher {
  readonly watched = new Set<string>();
  readonly files = new Map<string, readonly string[]>();
  isClosed = false;
  #options: WatcherOptions | undefined;

  /** What makes a watcher for the supervisor. */
  readonly make = (options: WatcherOptions): Watcher => {
    this.#options = options;
    return this;
  };

  /** A file of a service is saved. */
  save(service: string, relative: string): void {
    if (this.watched.has(service))
      this.#options!.onChange({ key: service, path: `/shop/${relative}`, relative, kind: 'changed' });
  }

  /** An env file or the system file is saved. */
  saveFile(path: string): void {
    for (const [key, files] of this.files)
      if (files.includes(path))
        this.#options!.onChange({ key, path, relative: path.split('/').at(-1)!, kind: 'changed' });
  }

  async watch(key: string): Promise<void> {
    this.watched.add(key);
  }

  async watchFiles(key: string, files: readonly string[]): Promise<void> {
    this.files.set(key, files);
  }

  unwatch(key: string): void {
    this.watched.delete(key);
    this.files.delete(key);
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}
