/**
 * Reaches an engine through ssh, as the docker command does: the machine's own `ssh` runs `docker system dial-stdio` over
 * there, so that the user's keys, agent, known hosts and ~/.ssh/config count.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { Agent } from 'node:http';
import { Duplex } from 'node:stream';
import type { EngineAddress } from './address.js';
import { EngineError } from './engine.js';

/** s that ssh waits for the other machine. */
const CONNECT_TIMEOUT_S = 10;
/** Of what ssh says, so many characters are kept for the error. */
const KEPT_WORDS = 2000;

export function sshArguments(address: EngineAddress & { kind: 'ssh' }): string[] {
  return [
    ...['-o', `ConnectTimeout=${CONNECT_TIMEOUT_S}`, '-o', 'BatchMode=yes', '-T'],
    ...(address.user === undefined ? [] : ['-l', address.user]),
    ...(address.port === undefined ? [] : ['-p', String(address.port)]),
    ...['--', address.host, 'docker'],
    ...(address.path === undefined ? [] : ['--host', `unix://${address.path}`]),
    ...['system', 'dial-stdio'],
  ];
}

/** An agent of node:http whose connections are ssh processes. They are kept for further requests: to make one takes long. */
export function sshAgent(address: EngineAddress & { kind: 'ssh' }): Agent {
  const agent = new Agent({ keepAlive: true, timeout: 60_000 });
  // The types know only sockets of the net module; any duplex stream does.
  (agent as unknown as { createConnection: () => Duplex }).createConnection = () =>
    new SshConnection(spawn('ssh', sshArguments(address), { stdio: 'pipe', windowsHide: true }));
  return agent;
}

class SshConnection extends Duplex {
  readonly #child: ChildProcessWithoutNullStreams;
  #words = '';

  constructor(child: ChildProcessWithoutNullStreams) {
    super({ allowHalfOpen: false });
    this.#child = child;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#words = (this.#words + text).slice(-KEPT_WORDS);
    });
    child.stdout.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) child.stdout.pause();
    });
    child.stdin.on('error', () => {}); // its end is told by `close`
    child.on('error', error => {
      const { code } = error as NodeJS.ErrnoException;
      this.destroy(
        new EngineError(code === 'ENOENT' ? 'there is no ssh on this machine' : error.message, { code: 'SSH' }),
      );
    });
    child.on('close', code => {
      if (code === 0 || this.destroyed) this.push(null);
      else this.destroy(new EngineError(this.#words.trim() || `ssh ended with code ${code}`, { code: 'SSH' }));
    });
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (this.#child.stdin.write(chunk)) done();
    else this.#child.stdin.once('drain', done);
  }

  override _final(done: () => void): void {
    this.#child.stdin.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const { stdin, stdout, stderr } = this.#child;
    // Some versions of `docker system dial-stdio` do not end at a signal, but all do at the end of their input.
    for (const stream of [stdin, stdout, stderr]) stream.destroy();
    this.#child.kill();
    done(error);
  }

  // What the agent and the client ask of a socket.
  setKeepAlive(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }
  ref(): this {
    this.#child.ref();
    return this;
  }
  unref(): this {
    this.#child.unref();
    return this;
  }
}
