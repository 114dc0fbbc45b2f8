// Memory of fuge itself over idle watched services for an hour, looked at every minute: it must not grow. With --long only.
import { setTimeout as pause } from 'node:timers/promises';
import { isLong, measure, memory } from '../harness.js';
import { LIMITS, openIdleSystem } from '../idle-system.js';

export const title = 'An idle fuge for an hour';
export const limitedBy = 'Node itself (39 to 45 MB); each spread is of 60 looks, a minute apart, at one fuge';

const LOOKS = 60;
const EVERY_MS = 60_000;

export default async function hour() {
  if (!isLong || process.platform !== 'linux') {
    console.log('skipped: it takes an hour (--long), and memory is read from /proc');
    return [];
  }
  return Promise.all(LIMITS.map(([count, limit]) => overAnHour(count, limit)));
}

async function overAnHour(count, limit) {
  const system = await openIdleSystem(count);
  const atFirst = memory(system.pid);
  const values = [];
  for (let look = 0; look < LOOKS; look++) {
    await pause(EVERY_MS);
    values.push(memory(system.pid));
  }
  await system.close();
  const note = `${atFirst.toFixed(1)} MB 2 s after the start, ${values.at(-1).toFixed(1)} MB at the end`;
  return measure(`memory of fuge over an hour, ${count} idle watched services`, values, {
    limit,
    every: true,
    unit: 'MB',
    note,
  });
}
