import { expect, inject, test } from 'vitest';

const { orders, stock } = inject('urls');

test('an order takes a copy from the stock', async () => {
  const answer = await fetch(`${orders}/emma`);
  expect(await answer.text()).toBe('order 1: emma');
  expect(await (await fetch(`${stock}/emma`)).text()).toBe('2');
});

test('a book that is sold out is not ordered', async () => {
  const answer = await fetch(`${orders}/ulysses`);
  expect(answer.status).toBe(409);
});
