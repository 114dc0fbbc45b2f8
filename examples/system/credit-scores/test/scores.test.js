import assert from 'node:assert/strict';
import test from 'node:test';
import { serveOnce } from '../../common/serve-once.js';
import { routes, scoreOf } from '../scores.js';

test('a score lies between 300 and the highest', () => {
  for (let id = 1; id <= 500; id++) {
    const { score, outOf } = scoreOf(id, 850);
    assert.ok(score >= 300 && score <= outOf, `customer ${id} has ${score}`);
  }
});

test('a customer has the same score each time', async t => {
  const { ask } = await serveOnce(t, routes);
  const first = await ask('/credit-scores/1');
  assert.equal(first.status, 200);
  assert.deepEqual(await ask('/credit-scores/1'), first);
});

test('something else than a number is refused', async t => {
  const { ask } = await serveOnce(t, routes);
  assert.deepEqual(await ask('/credit-scores/ada'), { status: 400, body: { error: '"ada" is no customer number' } });
});
