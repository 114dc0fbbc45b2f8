import assert from 'node:assert/strict';
import test from 'node:test';
import { Refusal } from '../../common/http.js';
import { serveOnce } from '../../common/serve-once.js';
import { createGateway } from '../gateway.js';
import { Registry } from '../registry.js';

const self = { name: 'gateway', port: 3000, pid: 1, startedAt: 0 };

/** A gateway whose three services answer what the test says; the ones left out do not exist. */
async function startGateway(t, answers) {
  const env = {};
  for (const [service, answer] of Object.entries(answers)) {
    const { address } = await serveOnce(t, { [`GET /${service}/:id`]: answer });
    const name = service.toUpperCase().replaceAll('-', '_');
    env[`${name}_SERVICE_HOST`] = '127.0.0.1';
    env[`${name}_SERVICE_PORT`] = new URL(address).port;
  }
  const gateway = createGateway({ registry: new Registry(), self, env });
  t.after(gateway.closeStreams);
  return serveOnce(t, gateway.routes);
}

const everything = {
  customers: () => ({ id: 1, name: 'Ada' }),
  'credit-scores': () => ({ score: 700 }),
  'social-security': () => ({ number: '•••-••-4821' }),
};

test('one URL joins the answers of three services', async t => {
  const { ask } = await startGateway(t, everything);
  assert.deepEqual(await ask('/customers/1'), {
    status: 200,
    body: {
      id: '1',
      customer: { id: 1, name: 'Ada' },
      creditScore: { score: 700 },
      socialSecurity: { number: '•••-••-4821' },
    },
  });
});

test('a service that is down leaves its part unavailable and the others whole', async t => {
  const { 'credit-scores': _, ...others } = everything;
  const { ask } = await startGateway(t, others);
  const { status, body } = await ask('/customers/1');
  assert.equal(status, 200);
  assert.deepEqual(body.creditScore, { unavailable: 'nobody told us where credit-scores is' });
  assert.deepEqual(body.customer, { id: 1, name: 'Ada' });
});

test('an unknown customer is a 404, whatever the others say', async t => {
  const customers = () => {
    throw new Refusal(404, 'there is no customer 77');
  };
  const { ask } = await startGateway(t, { ...everything, customers });
  assert.deepEqual(await ask('/customers/77'), { status: 404, body: { error: 'there is no customer 77' } });
});

test('a service that registers is shown with its pid until it leaves', async t => {
  const { ask } = await startGateway(t, everything);
  const send = (method, body) => ask('/services/customers', { method, body: JSON.stringify(body) });
  const shown = async () => (await ask('/services')).body.services.find(({ name }) => name === 'customers');

  assert.deepEqual(await shown(), { name: 'customers', answers: false });
  assert.equal((await send('PUT', { port: 3001, pid: 812, startedAt: 5 })).status, 204);
  assert.deepEqual(await shown(), { name: 'customers', answers: true, port: 3001, pid: 812, startedAt: 5 });
  await send('DELETE', { pid: 812 });
  assert.deepEqual(await shown(), { name: 'customers', answers: false });
});

test('the late goodbye of a replaced process does not remove the new one', () => {
  const registry = new Registry();
  registry.put('customers', { port: 3001, pid: 2, startedAt: 0 });
  registry.remove('customers', 1);
  assert.equal(registry.get('customers').answers, true);
});

test('a service that misses three heartbeats counts as gone', () => {
  let now = 0;
  const registry = new Registry(() => now);
  registry.put('customers', { port: 3001, pid: 2, startedAt: 0 });
  now = 1_499;
  assert.equal(registry.get('customers').answers, true);
  now = 1_500;
  assert.equal(registry.get('customers').answers, false);
});

test('the page is served', async t => {
  const { ask } = await startGateway(t, everything);
  const { status, body } = await ask('/');
  assert.equal(status, 200);
  assert.match(body, /<title>/);
});
