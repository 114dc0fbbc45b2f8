// Memory of fuge itself over idle watched services, some seconds after their start.
import { setTimeout as pause } from 'node:timers/promises';
import { measure, memory, peer, start } from '../harness.js';
import { LIMITS, openIdleSystem } from '../idle-system.js';

export const title = 'Memory of an idle fuge';
export const limitedBy =
  'Node itself (39 to 45 MB), and by room that V8 took for the start and gives back within a minute';

const LATER_MS = 10_000;

export default async function idleMemory(runs) {
  if (process.platform !== 'linux') {
    console.log('skipped: memory is read from /proc');
    return [];
  }
  const results = [];
  for (const [count, limit] of LIMITS) {
    const values = [];
    const growths = [];
    for (let run = 0; run < runs; run++) {
      const system = await openIdleSystem(count);
      const before = memory(system.pid);
      await pause(LATER_MS);
      values.push(memory(system.pid));
      growths.push(memory(system.pid) - before);
      await system.close();
    }
    const note = `${Math.max(...growths).toFixed(1)} MB more than ${LATER_MS / 1000} s before, at most${await others(count)}`;
    results.push(measure(`memory of fuge, ${count} idle watched services`, values, { limit, unit: 'MB', note }));
  }
  return results;
}

async function others(count) {
  const concurrently = peer('concurrently', '9');
  if (!concurrently) return '';
  const running = start(process.execPath, [concurrently, ...Array(count).fill('exec sleep 100000')]);
  await pause(4000);
  const theirs = memory(running.child.pid);
  await running.end();
  return `; concurrently, which watches nothing: ${theirs.toFixed(0)} MB`;
}
