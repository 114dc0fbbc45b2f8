import assert from 'node:assert/strict';
import { once } from 'node:events';
import test from 'node:test';
import { startFakeRedis } from '../../common/fake-redis.js';
import * as queue from '../../common/queue.js';
import { Redis } from '../../common/redis.js';
import { createShop } from '../shop.js';

/** A shop, and a function that asks it. */
async function openShop(t, address) {
  const redis = new Redis(address);
  const server = createShop(redis).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    redis.close();
    server.closeAllConnections();
    server.close();
  });
  const ask = async (method, path, body) => {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const response = await fetch(`http://127.0.0.1:${server.address().port}${path}`, init);
    return { status: response.status, body: await response.json() };
  };
  return { redis, ask };
}

const withRedis = async t => openShop(t, { host: '127.0.0.1', port: (await startFakeRedis(t)).address.port });

test('an order waits in the queue until it is packed', async t => {
  const { redis, ask } = await withRedis(t);
  const order = { id: 1, item: 'tea', count: 2, state: 'waiting' };
  assert.deepEqual(await ask('POST', '/orders', { item: 'tea', count: 2 }), { status: 200, body: order });
  assert.deepEqual(await ask('GET', '/orders'), { status: 200, body: { waiting: 1 } });
  assert.deepEqual(await ask('GET', '/orders/1'), { status: 200, body: order });

  await queue.finish(redis, (await queue.take(redis)).id, 'packed 2 × tea');
  assert.deepEqual(await ask('GET', '/orders'), { status: 200, body: { waiting: 0 } });
  assert.deepEqual((await ask('GET', '/orders/1')).body, { ...order, state: 'packed', answer: 'packed 2 × tea' });
});

test('an order that makes no sense is refused', async t => {
  const { ask } = await withRedis(t);
  const refused = error => ({ status: 400, body: { error } });
  assert.deepEqual(await ask('POST', '/orders', { count: 1 }), refused('an order names an item'));
  const count = 'a count is a whole number from 1 to 100';
  assert.deepEqual(await ask('POST', '/orders', { item: 'tea', count: 0 }), refused(count));
  assert.deepEqual(await ask('POST', '/orders', { item: 'tea', count: '7' }), refused(count));
});

test('an unknown order is a 404', async t => {
  const { ask } = await withRedis(t);
  assert.deepEqual(await ask('GET', '/orders/7'), { status: 404, body: { error: 'there is no order 7' } });
});

test('without Redis the shop answers that it is closed for a while', async t => {
  const { ask } = await openShop(t, { host: '127.0.0.1', port: 1 });
  const { status, body } = await ask('GET', '/orders');
  assert.equal(status, 503);
  assert.match(body.error, /ECONNREFUSED/);
});
