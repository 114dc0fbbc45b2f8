// Orders on their way from the shop to the worker: a list in Redis. An order is moved, never just taken: while it is
// being packed it stands in a second list, so that one whose worker dies meanwhile is not lost.

const WAITING = 'orders:waiting';
const BEGUN = 'orders:begun';
const key = id => `order:${id}`;

/** An order for so many of something; gives its number. */
export async function put(redis, { item, count }) {
  const id = await redis.command('INCR', 'orders:last');
  await redis.command('HSET', key(id), 'item', item, 'count', count, 'state', 'waiting');
  await redis.command('LPUSH', WAITING, id);
  return id;
}

/** The next order, as soon as there is one. One that was begun and never finished comes first. */
export async function take(redis) {
  const [begun] = await redis.command('LRANGE', BEGUN, -1, -1);
  const id = begun ?? (await redis.command('BLMOVE', WAITING, BEGUN, 'RIGHT', 'LEFT', 0));
  return look(redis, id);
}

/** The worker's answer to an order. */
export async function finish(redis, id, answer) {
  await redis.command('HSET', key(id), 'state', 'packed', 'answer', answer);
  await redis.command('LREM', BEGUN, 1, id);
}

/** What is known of an order; undefined: there is none of that number. */
export async function look(redis, id) {
  const fields = await redis.command('HGETALL', key(id));
  if (fields.length === 0) return undefined;
  const order = { id: Number(id) };
  for (let i = 0; i < fields.length; i += 2) order[fields[i]] = fields[i + 1];
  return { ...order, count: Number(order.count) };
}

/** How many orders wait. */
export const length = redis => redis.command('LLEN', WAITING);
