// A Docker engine made for tests, benchmarks and chaos, on this machine and apart from any other: nothing of it is left when it, or its user, ends.
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { whyNoEngine } from './machine.js';

const keeper = fileURLToPath(new URL('keeper.js', import.meta.url));

export class TestEngine {
  #keeper;
  #asked = 0;
  /** @type {Map<number, { resolve: (answer: any) => void, reject: (error: Error) => void }>} */
  #waiting = new Map();
  #ended;
  #socket = '';

  /**
   * Settles when it answers; rejects with the reason where it can't be made.
   *
   * @param {{ liveRestore?: boolean }} [options] `liveRestore`: containers live on while the engine is restarted.
   */
  static async open(options = {}) {
    const reason = whyNoEngine();
    if (reason) throw new Error(reason);
    const engine = new TestEngine();
    try {
      const { socket } = await engine.#ask('open', options);
      engine.#socket = socket;
      return engine;
    } catch (error) {
      await engine.close();
      throw error;
    }
  }

  constructor() {
    this.#keeper = fork(keeper, [], { detached: true, stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
    this.#keeper.on('message', (/** @type {any} */ { id, done, failed }) => {
      const { resolve, reject } = this.#waiting.get(id) ?? {};
      this.#waiting.delete(id);
      if (failed === undefined) resolve?.(done);
      else reject?.(new Error(failed));
    });
    this.#ended = /** @type {Promise<void>} */ (
      new Promise(resolve =>
        this.#keeper.once('exit', () => {
          for (const { reject } of this.#waiting.values()) reject(new Error('the keeper of the engine has ended'));
          resolve();
        }),
      )
    );
  }

  /** Path of its Unix socket; the same over restarts. */
  get socket() {
    return this.#socket;
  }

  /** For DOCKER_HOST. */
  get url() {
    return `unix://${this.#socket}`;
  }

  /** After {@link stop} or {@link kill}; settles when it answers, with its images, containers and networks. */
  async start() {
    await this.#ask('start');
  }

  /** Containers are stopped with it. */
  async stop() {
    await this.#ask('stop');
  }

  /** By SIGKILL: containers live on, until the next start at the latest (with `liveRestore`: beyond). */
  async kill() {
    await this.#ask('kill');
  }

  async restart() {
    await this.stop();
    await this.start();
  }

  /** Ends it and removes all it was made of. */
  async close() {
    if (this.#keeper.connected) this.#keeper.disconnect();
    await this.#ended;
  }

  /** @param {string} action @param {object} [options] @returns {Promise<any>} */
  #ask(action, options = {}) {
    return new Promise((resolve, reject) => {
      const id = ++this.#asked;
      this.#waiting.set(id, { resolve, reject });
      this.#keeper.send({ id, action, options }, error => error && reject(error));
    });
  }
}
