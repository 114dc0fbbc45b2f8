import assert from 'node:assert/strict';
import test from 'node:test';
import { serveOnce } from '../../common/serve-once.js';
import { mask, routes } from '../numbers.js';

test('all but the last four digits are hidden', () => {
  assert.equal(mask('000-12-4821'), '•••-••-4821');
});

test('a number leaves the service only masked', async t => {
  const { ask } = await serveOnce(t, routes);
  assert.deepEqual(await ask('/social-security/3'), { status: 200, body: { number: '•••-••-9034' } });
});

test('an unknown customer is a 404', async t => {
  const { ask } = await serveOnce(t, routes);
  assert.deepEqual(await ask('/social-security/toString'), {
    status: 404,
    body: { error: 'nothing is known of toString' },
  });
});
