// A registry of images on 127.0.0.1, empty at first: Debian's docker-registry on a Unix socket, behind a door that counts, and can hold what passes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ask } from './api.js';

/** Who may come in where a registry is guarded. */
export const USER = 'ada';
export const PASSWORD = 'secret';
/** bcrypt of the password, made by crypt(3); the only kind of hash that docker-registry takes. */
const HTPASSWD = `${USER}:$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n`;
const STARTING_MS = 30_000;

/** Ends the registry when its standard input does, however the one who holds it has ended. */
const GUARD =
  'docker-registry serve "$1/config.yml" >"$1/log" 2>&1 & pid=$!; read _; kill -9 $pid; wait $pid; rm -rf "$1"';

export class TestRegistry {
  #folder;
  #guard;
  #door;
  /** @type {Set<() => void>} */
  #held = new Set();
  #isHolding = false;
  /** @type {Set<() => void>} */
  #watching = new Set();
  /** What was asked so far: `GET /v2/shop/manifests/1`. @type {string[]} */
  requests = [];

  /** @param {{ guarded?: boolean }} [options] `guarded`: it wants USER and PASSWORD. */
  static async open({ guarded = false } = {}) {
    const registry = new TestRegistry(guarded);
    registry.#door.listen(0, '127.0.0.1');
    await once(registry.#door, 'listening');
    const end = performance.now() + STARTING_MS;
    while (!existsSync(registry.#socket)) {
      if (performance.now() > end) throw new Error('docker-registry does not start');
      await delay(10);
    }
    return registry;
  }

  /** @param {boolean} guarded */
  constructor(guarded) {
    this.#folder = mkdtempSync(path.join(tmpdir(), 'fuge-registry-'));
    writeFileSync(path.join(this.#folder, 'htpasswd'), HTPASSWD);
    writeFileSync(path.join(this.#folder, 'config.yml'), config(this.#folder, this.#socket, guarded));
    this.#guard = spawn('sh', ['-c', GUARD, 'fuge-registry', this.#folder], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    this.#door = http.createServer((request, response) => this.#pass(request, response));
  }

  get #socket() {
    return path.join(this.#folder, 'socket');
  }

  /** `127.0.0.1:PORT`, the begin of the names of its images. */
  get address() {
    return `127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (this.#door.address()).port}`;
  }

  /**
   * Puts an image of an engine here, and takes it from the engine: who wants it then must pull it. Settles with its name.
   *
   * @param {string} socket The engine's.
   * @param {string} image Its name there.
   * @param {string} name Its name here, without this address: `shop:1`.
   */
  async take(socket, image, name) {
    const [repository, tag = 'latest'] = name.split(':');
    const there = `${this.address}/${repository}`;
    await ask(socket, 'POST', `/images/${image}/tag?repo=${there}&tag=${tag}`);
    const credentials = { username: USER, password: PASSWORD, serveraddress: this.address };
    const headers = { 'x-registry-auth': Buffer.from(JSON.stringify(credentials)).toString('base64url') };
    await ask(socket, 'POST', `/images/${there}/push?tag=${tag}`, { headers });
    await ask(socket, 'DELETE', `/images/${there}:${tag}`);
    await ask(socket, 'DELETE', `/images/${image}`);
    return `${there}:${tag}`;
  }

  /** From now on contents of images stop after their first bytes. */
  hold() {
    this.#isHolding = true;
  }

  release() {
    this.#isHolding = false;
    for (const goOn of this.#held) goOn();
    this.#held.clear();
  }

  /** Settles when something has been held. */
  async holding() {
    if (this.#held.size === 0) await /** @type {Promise<void>} */ (new Promise(resolve => this.#watching.add(resolve)));
  }

  async close() {
    this.release();
    this.#door.closeAllConnections();
    this.#door.close();
    this.#guard.stdin.end();
    if (this.#guard.exitCode === null) await once(this.#guard, 'exit');
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** @param {http.IncomingMessage} request @param {http.ServerResponse} response */
  #pass(request, response) {
    const { method = 'GET', url = '/', headers } = request;
    this.requests.push(`${method} ${url}`);
    const onward = http.request({ socketPath: this.#socket, method, path: url, headers, agent: false }, answer => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      const isContent = method === 'GET' && url.includes('/blobs/') && answer.statusCode === 200;
      if (!isContent || !this.#isHolding) {
        answer.pipe(response);
        return;
      }
      answer.once('data', chunk => {
        answer.pause();
        response.write(chunk);
        this.#held.add(() => answer.pipe(response));
        for (const tell of this.#watching) tell();
        this.#watching.clear();
      });
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  }
}

/** @param {string} folder @param {string} socket @param {boolean} guarded */
const config = (folder, socket, guarded) => `version: 0.1
log:
  level: warn
storage:
  filesystem:
    rootdirectory: ${path.join(folder, 'images')}
http:
  net: unix
  addr: ${socket}
${guarded ? `auth:\n  htpasswd:\n    realm: fuge\n    path: ${path.join(folder, 'htpasswd')}\n` : ''}`;
