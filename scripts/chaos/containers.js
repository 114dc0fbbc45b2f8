// The engine of a chaos run: made for it, with its images; what is done to containers behind fuge's back, and what is left of them.
import { ask, leftIn, makeForeign } from '../engine/api.js';
import { TestEngine } from '../engine/engine.js';
import { busybox, flooding, living, makeImage, stubborn } from '../engine/images.js';

const LIVE = "trap 'exit 0' TERM\necho up\nwhile :; do sleep 1000 & wait $!; done";
const healthcheck = test => [`HEALTHCHECK --interval=100ms --timeout=5s --retries=2 CMD ${test}`];
const IMAGES = {
  'busybox:1': busybox(),
  'calm:1': living(LIVE),
  'stubborn:1': stubborn(),
  'flooding:1': flooding(),
  'healthy:1': living(LIVE, healthcheck('true')),
  'unhealthy:1': living(LIVE, healthcheck('false')),
};

export class ChaosEngine {
  #engine;

  static async open() {
    // While it is restarted its containers live on: that is the harder case, and the quicker one.
    const engine = new ChaosEngine(await TestEngine.open({ liveRestore: true }));
    for (const [name, recipe] of Object.entries(IMAGES)) await makeImage(engine.#engine.socket, name, recipe);
    return engine;
  }

  constructor(engine) {
    this.#engine = engine;
  }

  get url() {
    return this.#engine.url;
  }

  makeForeign() {
    return makeForeign(this.#engine.socket, 'busybox:1');
  }

  left() {
    return leftIn(this.#engine.socket);
  }

  restart() {
    return this.#engine.restart();
  }

  close() {
    return this.#engine.close();
  }

  /** Settles with what was hit. */
  async strike(service, blow) {
    const labels = encodeURIComponent(JSON.stringify({ label: [`io.fuge.service=${service}`] }));
    const send = (method, path) => ask(this.#engine.socket, method, path);
    const [container] = await send('GET', `/containers/json?filters=${labels}`);
    if (!container) return 'not running';
    const { Id: id } = container;
    try {
      if (blow === 'remove') await send('DELETE', `/containers/${id}?force=1`);
      else await send('POST', `/containers/${id}/${blow}${blow === 'stop' || blow === 'restart' ? '?t=0' : ''}`);
      return id.slice(0, 12);
    } catch (error) {
      return error.message; // it ended meanwhile
    }
  }

  /** What an earlier round left must not count against the next. */
  async clear() {
    const labels = encodeURIComponent(JSON.stringify({ label: ['io.fuge.owner'] }));
    const send = (method, path) => ask(this.#engine.socket, method, path).catch(() => {});
    for (const { Id } of (await send('GET', `/containers/json?all=1&filters=${labels}`)) ?? [])
      await send('DELETE', `/containers/${Id}?force=1&v=1`);
    await send('POST', `/networks/prune?filters=${labels}`);
  }
}
