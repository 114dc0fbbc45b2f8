// Services that do nothing, each in a watched folder of its own: what is seen then is fuge itself.
import { setTimeout as pause } from 'node:timers/promises';
import { folder, openSystem } from './harness.js';

/** Of so many services, MB that fuge may take. */
export const LIMITS = [
  [10, 60],
  [100, 90],
];

/** Settles when all run and what their start needed is collected. */
export async function openIdleSystem(count) {
  const files = Object.fromEntries(Array.from({ length: count }, (_, i) => [`s${i}/lib/a.js`, '']));
  const services = Object.keys(files).map((_, i) => `s${i}:\n  type: process\n  path: s${i}\n  run: sleep 100000\n`);
  const system = await openSystem(folder({ ...files, 'fuge.yml': services.join('') }));
  await system.enter('start all', /^\d+ ready in/);
  await pause(2000);
  return system;
}
