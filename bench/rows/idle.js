// Processor time that fuge uses over 100 idle services and 10,000 watched files, per cent of one core.
import { setTimeout as pause } from 'node:timers/promises';
import { cpuTime, folder, inotifyWatches, isLong, measure, openSystem } from '../harness.js';

export const title = 'Processor time of an idle system';
export const limitedBy =
  'the collector of V8, which clears up once after the start; else no timer is set, and nothing is looked at';

const SERVICES = 100;
const FILES = 10_000;
const LOOK_MS = 15_000;

export default async function idle(runs) {
  if (process.platform !== 'linux') {
    console.log('skipped: processor time is read from /proc');
    return [];
  }
  const files = {};
  for (let i = 0; i < FILES; i++) files[`s${i % SERVICES}/d${i % 1000}/f${i}.js`] = '';
  for (let i = 0; i < SERVICES; i++)
    files['fuge.yml'] = `${files['fuge.yml'] ?? ''}s${i}:\n  type: process\n  path: s${i}\n  run: sleep 100000\n`;
  const system = await openSystem(folder(files));
  await system.enter('start all', /^\d+ ready in/);
  await pause(5000);
  const values = [];
  for (let run = 0; run < runs; run++) {
    const before = cpuTime(system.pid);
    const ms = isLong ? 10 * LOOK_MS : LOOK_MS;
    await pause(ms);
    values.push(((cpuTime(system.pid) - before) / ms) * 100);
  }
  const note = `${inotifyWatches(system.pid)} inotify watches`;
  await system.close();
  return [measure('idle: 100 services, 10,000 watched files, of one core', values, { limit: 0.3, unit: '%', note })];
}
