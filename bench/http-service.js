// A small HTTP service of which is known when its code begins and when it answers, whoever runs it: it writes files into a
// folder that no peer watches. So nobody polls while it starts, which would take from the cores that are measured.
import { readdirSync, readlinkSync, unlinkSync, watch } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { folder } from './harness.js';

const PATIENCE_MS = 30_000;

export class HttpServices {
  #folder = folder();
  #seen = new Set();
  #waiting = new Set();
  #watcher = watch(this.#folder, (_event, file) => this.#see(file));

  /** Source of the service; `node service.js PORT`, or on a port of its own. `load`: what it loads before it listens. */
  source({ port = 'Number(process.argv[2])', load = '' } = {}) {
    return `const tell = what => require('node:fs').writeFileSync(${JSON.stringify(`${this.#folder}/`)} + what + '.' + process.pid, '');
tell('began');
${load}
const port = ${port};
require('node:http')
  .createServer((request, response) => response.end(String(process.pid)))
  .listen(port, '127.0.0.1', () => tell('listens.' + port));
`;
  }

  /** How many processes have reached the first statement since they were last forgotten. */
  get begun() {
    return this.#told('began').length;
  }

  /** Settles with the moment when `count` processes more than at the call have answered an HTTP request. */
  answered(count = 1) {
    return new Promise((resolve, reject) => {
      const waiting = { left: count, resolve };
      const late = setTimeout(() => {
        this.#waiting.delete(waiting);
        reject(new Error(`${waiting.left} of ${count} have not answered after ${PATIENCE_MS / 1000} s`));
      }, PATIENCE_MS);
      waiting.done = () => clearTimeout(late);
      this.#waiting.add(waiting);
    });
  }

  /** Ends what its runner has left and forgets all. */
  async clear() {
    const left = this.#told('began').map(file => Number(file.split('.').at(-1)));
    while (left.filter(endOwn).length > 0) await pause(20);
    for (const file of readdirSync(this.#folder)) unlinkSync(join(this.#folder, file));
    this.#seen.clear();
  }

  async close() {
    this.#watcher.close();
    await this.clear();
  }

  #told(what) {
    return readdirSync(this.#folder).filter(file => file.startsWith(what));
  }

  #see(file) {
    if (!file?.startsWith('listens.') || this.#seen.has(file)) return;
    this.#seen.add(file);
    const [, port, pid] = file.split('.');
    const request = get({ host: '127.0.0.1', port, agent: false }, response => {
      let text = '';
      response.setEncoding('utf8').on('data', chunk => {
        text += chunk;
      });
      response.on('end', () => text === pid && this.#count(performance.now()));
    });
    request.on('error', () => {}); // ended meanwhile, as it may in a burst of saves
  }

  #count(now) {
    for (const waiting of [...this.#waiting]) {
      if (--waiting.left > 0) continue;
      this.#waiting.delete(waiting);
      waiting.done();
      waiting.resolve(now);
    }
  }
}

/** Kills a process if it still is one of a benchmark, as its number may belong to another by now; whether it was there. */
function endOwn(pid) {
  try {
    if (!readlinkSync(`/proc/${pid}/cwd`).startsWith(join(tmpdir(), 'fuge-bench-'))) return false;
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false; // it has ended, or there is no /proc: its runner has ended it then
  }
}
