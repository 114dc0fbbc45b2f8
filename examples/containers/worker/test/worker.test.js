import assert from 'node:assert/strict';
import test from 'node:test';
import { startFakeRedis } from '../../common/fake-redis.js';
import * as queue from '../../common/queue.js';
import { Redis } from '../../common/redis.js';
import { Worker } from '../worker.js';

/** A queue, a client of it, and a function that makes workers; what they say comes out of `next()`. */
async function startQueue(t) {
  const { address, drop } = await startFakeRedis(t);
  const where = { host: '127.0.0.1', port: address.port };
  const redis = new Redis(where);
  const said = [];
  const waiting = [];
  const log = line => (waiting.length > 0 ? waiting.shift()(line) : said.push(line));
  const next = () => (said.length > 0 ? said.shift() : new Promise(resolve => waiting.push(resolve)));
  const startWorker = () => {
    const worker = new Worker(new Redis(where), { log });
    const ended = worker.run();
    t.after(() => worker.stop());
    return { worker, ended };
  };
  t.after(() => redis.close());
  return { redis, drop, next, startWorker };
}

test('orders are packed in the order in which they came, and answered', async t => {
  const { redis, next, startWorker } = await startQueue(t);
  await queue.put(redis, { item: 'tea', count: 2 });
  await queue.put(redis, { item: 'cup', count: 1 });
  const { worker } = startWorker();
  assert.equal(await next(), 'order 1: packed 2 × tea');
  assert.equal(await next(), 'order 2: packed 1 × cup');
  assert.deepEqual(await queue.look(redis, 1), {
    id: 1,
    item: 'tea',
    count: 2,
    state: 'packed',
    answer: 'packed 2 × tea',
  });
  assert.deepEqual(
    worker.packed.map(({ id }) => id),
    [2, 1],
  );
});

test('an order that comes while the worker waits is packed at once', async t => {
  const { redis, next, startWorker } = await startQueue(t);
  startWorker();
  await queue.put(redis, { item: 'tea', count: 1 });
  assert.equal(await next(), 'order 1: packed 1 × tea');
});

test('an order that a dead worker had begun is taken up by the next', async t => {
  const { redis, next, startWorker } = await startQueue(t);
  await queue.put(redis, { item: 'tea', count: 1 });
  const dead = await queue.take(redis);
  assert.equal(dead.id, 1);
  startWorker();
  assert.equal(await next(), 'order 1: packed 1 × tea');
});

test('a Redis that goes away and comes back is found again', async t => {
  const { redis, drop, next, startWorker } = await startQueue(t);
  startWorker();
  await queue.put(redis, { item: 'tea', count: 1 });
  assert.equal(await next(), 'order 1: packed 1 × tea');
  drop();
  assert.match(await next(), /^Redis is away: /);
  await queue.put(redis, { item: 'cup', count: 1 });
  assert.equal(await next(), 'order 2: packed 1 × cup');
});

test('a worker that is told to stop ends', async t => {
  const { next, redis, startWorker } = await startQueue(t);
  const { worker, ended } = startWorker();
  await queue.put(redis, { item: 'tea', count: 1 });
  await next();
  worker.stop();
  await ended;
  assert.equal(await queue.length(redis), 0);
});
