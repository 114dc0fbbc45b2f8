// Memory of fuge itself over idle watched services, after its start and at the end: it must not grow. 10 s, or with --long
// an hour.
import { setTimeout as pause } from 'node:timers/promises';
import { folder, isLong, measure, memory, openSystem, peer, start } from '../harness.js';

export const title = 'Memory of an idle fuge';
export const limitedBy =
  'Node itself (39 to 45 MB), and by room that V8 took for the start and gives back within a minute';

const LONG_MS = 3_600_000;
const SHORT_MS = 10_000;
/** Services, and MB that fuge may take over them. */
const SIZES = [
  [10, 60],
  [100, 90],
];

export default async function idleMemory(runs) {
  if (process.platform !== 'linux') {
    console.log('skipped: memory is read from /proc');
    return [];
  }
  const look = ([count, limit]) => memoryOver(count, limit, runs);
  // An hour is waited for once, not twice.
  if (isLong) return Promise.all(SIZES.map(look));
  const results = [];
  for (const size of SIZES) results.push(await look(size));
  return results;
}

async function memoryOver(count, limit, runs) {
  const values = [];
  const growths = [];
  // What an hour does is not repeated.
  for (let run = 0; run < (isLong ? 1 : runs); run++) {
    const files = Object.fromEntries(Array.from({ length: count }, (_, i) => [`s${i}/lib/a.js`, '']));
    const services = Object.keys(files).map((_, i) => `s${i}:\n  type: process\n  path: s${i}\n  run: sleep 100000\n`);
    const system = await openSystem(folder({ ...files, 'fuge.yml': services.join('') }));
    await system.enter('start all', /^\d+ ready in/);
    await pause(2000); // what a start needed is collected by then
    const before = memory(system.pid);
    await pause(isLong ? LONG_MS : SHORT_MS);
    values.push(memory(system.pid));
    growths.push(memory(system.pid) - before);
    await system.close();
  }
  const note = `${Math.max(...growths).toFixed(1)} MB more than ${isLong ? 'an hour' : `${SHORT_MS / 1000} s`} before, at most${await others(count)}`;
  return measure(`memory of fuge, ${count} idle watched services`, values, { limit, unit: 'MB', note });
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
