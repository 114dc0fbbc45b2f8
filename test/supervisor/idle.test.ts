// What a system costs over which nothing happens.
import { expect, test } from 'vitest';
import { openFakeSystem } from '../rig/fake-system.js';
import { port, processService } from '../rig/system.js';

test('no timer is set for services that are ready, with a port or without, until something happens', async () => {
  const names = Array.from({ length: 50 }, (_, i) => `s${i}`);
  const services = names.map((name, i) =>
    processService(name, i % 2 === 0 ? {} : { ports: [port(`main=${3000 + i}`)] }),
  );
  const { supervisor, clock } = openFakeSystem(services);
  const outcomes = supervisor.start(names);
  await clock.advance(10_000);
  expect((await outcomes).every(({ result }) => result === 'ready')).toBe(true);
  expect(clock.pending).toBe(0);
});
