// For the tests: a server on a free port that speaks RESP and knows the few commands of the queue.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createReader } from './resp.js';

/** Runs until the test is over. `drop()` cuts every connection. */
export async function startFakeRedis(test) {
  const lists = new Map();
  const hashes = new Map();
  const numbers = new Map();
  const blocked = [];
  const sockets = new Set();
  const list = name => lists.get(name) ?? lists.set(name, []).get(name);
  const move = (from, to) => {
    const value = list(from).pop();
    if (value !== undefined) list(to).unshift(value);
    return value;
  };

  const commands = {
    PING: () => '+PONG\r\n',
    INCR: name => {
      numbers.set(name, (numbers.get(name) ?? 0) + 1);
      return `:${numbers.get(name)}\r\n`;
    },
    HSET: (name, ...fields) => {
      const hash = hashes.get(name) ?? hashes.set(name, new Map()).get(name);
      for (let i = 0; i < fields.length; i += 2) hash.set(fields[i], fields[i + 1]);
      return `:${fields.length / 2}\r\n`;
    },
    HGETALL: name => texts([...(hashes.get(name) ?? [])].flat()),
    LPUSH: (name, value) => {
      list(name).unshift(value);
      const waiter = blocked.shift();
      waiter?.answer(text(move(waiter.from, waiter.to)));
      return `:${list(name).length}\r\n`;
    },
    LLEN: name => `:${list(name).length}\r\n`,
    LRANGE: name => texts(list(name).slice(-1)),
    LREM: (name, _count, value) => {
      lists.set(
        name,
        list(name).filter(each => each !== value),
      );
      return ':1\r\n';
    },
  };

  const server = createServer(socket => {
    const read = createReader();
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    socket.on('data', chunk => {
      for (const [name, ...words] of read(chunk)) {
        const answer = said => socket.write(said);
        if (name === 'BLMOVE') {
          const moved = move(words[0], words[1]);
          if (moved === undefined) blocked.push({ from: words[0], to: words[1], answer });
          else answer(text(moved));
        } else answer(commands[name]?.(...words) ?? `-ERR unknown command '${name}'\r\n`);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const drop = () => {
    blocked.length = 0;
    for (const socket of sockets) socket.destroy();
  };
  test.after(() => {
    drop();
    server.close();
  });
  return { address: server.address(), drop };
}

const text = value => `$${Buffer.byteLength(value)}\r\n${value}\r\n`;
const texts = values => `*${values.length}\r\n${values.map(text).join('')}`;
