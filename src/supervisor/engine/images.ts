/** Sees that the image of a service is there: fetched or built once, however many services want it. */
import type { ContainerService } from '../../system.js';
import type { Progress } from '../runners/runner.js';
import { type Engine, EngineError, type ImageFacts } from './engine.js';

export interface ImageWish {
  /** Aborts when this service no longer wants it; the last one to leave cancels it. */
  readonly signal: AbortSignal;
  progress(progress: Progress): void;
  /** Output of a build. */
  output(text: string): void;
}

/** Builds the image of a service, under the name that its `image` says. */
export type BuildImage = (engine: Engine, service: ContainerService, wish: ImageWish) => Promise<void>;

/** A pull or build that is under way. */
interface Task {
  readonly wishes: Set<ImageWish>;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

export class Images {
  readonly #engine: Engine;
  readonly #build: BuildImage;
  readonly #tasks = new Map<string, Task>();
  /** Built since this engine was found: its cache makes a further build quick, but not free. */
  readonly #built = new Set<string>();

  constructor(engine: Engine, build: BuildImage) {
    this.#engine = engine;
    this.#build = build;
  }

  /** Rejects with an {@link EngineError}, or with the signal's reason. */
  async provide(service: ContainerService, wish: ImageWish): Promise<ImageFacts> {
    const { image, platform, pull, build } = service;
    const present = pull === 'always' ? undefined : await this.#engine.image(image, platform);
    const isBuilt = build !== undefined && pull !== 'always' && pull !== 'never';
    if (isBuilt && (pull === 'build' || !this.#built.has(image))) {
      await this.#share('build', service, wish, all => this.#build(this.#engine, service, all));
      this.#built.add(image);
    } else if (!present) {
      if (pull === 'never') throw new EngineError(`No such image: ${image}`, { status: 404 });
      await this.#share('pull', service, wish, all => this.#pull(service, all));
    } else return present;
    const made = await this.#engine.image(image, platform);
    if (!made) throw new EngineError(`No such image: ${image}`, { status: 404 });
    return made;
  }

  #pull({ image, platform }: ContainerService, { signal, progress }: ImageWish): Promise<void> {
    let bytes: Progress['bytes'];
    return this.#engine
      .pull(image, {
        platform,
        signal,
        onProgress: sum => {
          bytes = sum;
          progress({ task: 'pull', subject: image, state: 'going on', bytes: sum });
        },
      })
      .then(() => progress({ task: 'pull', subject: image, state: 'done', ...(bytes && { bytes }) }));
  }

  /** Joins what is under way for the same image, or begins it. */
  async #share(
    task: 'pull' | 'build',
    service: ContainerService,
    wish: ImageWish,
    run: (all: ImageWish) => Promise<void>,
  ): Promise<void> {
    const subject = service.image;
    const key = `${task} ${subject} ${service.platform ?? ''}`;
    wish.signal.throwIfAborted();
    const shared = this.#tasks.get(key) ?? this.#begin(key, run);
    shared.wishes.add(wish);
    wish.progress({ task, subject, state: 'begun' });
    const leave = () => {
      shared.wishes.delete(wish);
      if (shared.wishes.size > 0) return;
      this.#forget(key, shared); // whoever wants it from now on begins anew
      shared.abort.abort();
    };
    wish.signal.addEventListener('abort', leave, { once: true });
    try {
      await Promise.race([shared.done, rejectedBy(wish.signal)]);
      if (task === 'build') wish.progress({ task, subject, state: 'done' });
    } catch (error) {
      wish.progress({ task, subject, state: 'failed' });
      throw error;
    } finally {
      wish.signal.removeEventListener('abort', leave);
      shared.wishes.delete(wish);
    }
  }

  #begin(key: string, run: (all: ImageWish) => Promise<void>): Task {
    const wishes = new Set<ImageWish>();
    const abort = new AbortController();
    const all: ImageWish = {
      signal: abort.signal,
      progress: progress => {
        for (const wish of wishes) wish.progress(progress);
      },
      output: text => {
        for (const wish of wishes) wish.output(text);
      },
    };
    const done = run(all);
    const task: Task = { wishes, abort, done };
    this.#tasks.set(key, task);
    // Whoever waits for it is told how it ended.
    void done.catch(() => {}).then(() => this.#forget(key, task));
    return task;
  }

  #forget(key: string, task: Task): void {
    if (this.#tasks.get(key) === task) this.#tasks.delete(key);
  }
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) return reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
