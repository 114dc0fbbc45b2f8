// What the shop answers: it takes orders, and tells what became of them.
import * as queue from '../common/queue.js';
import { createJsonServer, Refusal } from '../common/serve.js';

const MOST = 100;

export function createShop(redis) {
  return createJsonServer(async (method, path, body) => {
    const [, place, number, ...more] = path.split('/');
    if (place !== 'orders' || more.length > 0) throw new Refusal(404, `there is no ${path} here`);
    if (method === 'POST' && number === undefined) {
      const id = await queue.put(redis, checked(body));
      console.log(`order ${id}: ${body.count} × ${body.item}`);
      return queue.look(redis, id);
    }
    if (method !== 'GET') throw new Refusal(405, `${method} is not possible here`);
    if (number === undefined) return { waiting: await queue.length(redis) };
    const order = await queue.look(redis, number);
    if (!order) throw new Refusal(404, `there is no order ${number}`);
    return order;
  });
}

function checked(order) {
  const { item, count } = order ?? {};
  if (typeof item !== 'string' || item.trim() === '') throw new Refusal(400, 'an order names an item');
  if (!Number.isInteger(count) || count < 1 || count > MOST)
    throw new Refusal(400, `a count is a whole number from 1 to ${MOST}`);
  return { item, count };
}
