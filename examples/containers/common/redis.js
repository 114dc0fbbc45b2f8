// A client of Redis: as much as two small services need. It connects when there is something to say, and again after
// the connection was lost, so that a Redis that is restarted is no more than a few refused commands.
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { createReader, encode, RedisError } from './resp.js';

/** Where Redis is, as fuge tells it. */
export function whereRedisIs(env = process.env) {
  const { REDIS_SERVICE_HOST: host, REDIS_SERVICE_PORT: port } = env;
  if (!host || !port)
    throw new Error('nobody told us where Redis is: REDIS_SERVICE_HOST and REDIS_SERVICE_PORT are not set');
  return { host, port: Number(port) };
}

export class Redis {
  #address;
  #connection;
  #socket;
  #waiting = [];

  /** @param address `{ host, port }` */
  constructor(address) {
    this.#address = address;
  }

  /** Sends a command, as in `command('SET', 'answer', 42)`. Commands are answered in the order in which they were sent. */
  async command(...words) {
    this.#connection ??= this.#connect();
    const socket = await this.#connection;
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      socket.write(encode(words));
    });
  }

  close() {
    this.#socket?.destroy();
  }

  async #connect() {
    const socket = createConnection(this.#address);
    this.#socket = socket;
    const read = createReader();
    socket.on('data', chunk => {
      try {
        for (const answer of read(chunk)) this.#settle(answer);
      } catch (error) {
        socket.destroy(error);
      }
    });
    let reason = 'Redis closed the connection';
    socket.on('error', error => {
      reason = error.message || error.code;
    });
    socket.once('close', () => {
      this.#connection = undefined;
      for (const { reject } of this.#waiting.splice(0)) reject(new Error(reason));
    });
    await once(socket, 'connect');
    return socket;
  }

  #settle(answer) {
    const { resolve, reject } = this.#waiting.shift();
    if (answer instanceof RedisError) reject(answer);
    else resolve(answer);
  }
}
