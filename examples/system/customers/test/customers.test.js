import assert from 'node:assert/strict';
import test from 'node:test';
import { serveOnce } from '../../common/serve-once.js';
import { routes } from '../customers.js';

test('a customer is found by number', async t => {
  const { ask } = await serveOnce(t, routes);
  const { status, body } = await ask('/customers/2');
  assert.equal(status, 200);
  assert.equal(body.name, 'Chidi Okafor');
});

test('an unknown customer is a 404 that says so', async t => {
  const { ask } = await serveOnce(t, routes);
  assert.deepEqual(await ask('/customers/77'), { status: 404, body: { error: 'there is no customer 77' } });
});

test('all customers are listed', async t => {
  const { ask } = await serveOnce(t, routes);
  const { body } = await ask('/customers');
  assert.deepEqual(
    body.map(customer => customer.id),
    [1, 2, 3],
  );
});
