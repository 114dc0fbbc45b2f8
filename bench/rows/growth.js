// How fuge's own cost grows: with the number of services (`echo up` and `sleep`, in a watched directory each, so that it is
// not Node's start that is measured), and with the lines that a service prints a second.
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cpuTime, folder, fuge, measure, median, memory, openSystem, start } from '../harness.js';

export const title = 'Growth';
export const limitedBy =
  'one process started after the other by one thread, and by reading what a process writes in pieces of a pipe';

const COUNTS = [1, 10, 100, 300];
const RATES = [100, 1000, 10_000, 100_000];
/** What a start needed is collected by then. */
const SETTLED_MS = 1000;
const WARM_UP_MS = 700;
const SPAN_MS = 1500;

/** Lines of some 100 characters by the clock, in bursts of 10 ms; each begins with the moment and its number. */
const TALK = `
const rate = Number(process.argv[2]);
const began = performance.now();
const tail = ' GET /customers 200 OK in 12 ms, 4711 bytes, from 127.0.0.1'.padEnd(72, '.');
let n = 0;
setInterval(() => {
  const due = Math.floor((performance.now() - began) / 1000 * rate);
  if (due > n + rate) n = due - rate / 100; // held back: what was missed is not made up for
  const now = (performance.timeOrigin + performance.now()).toFixed(2);
  let text = '';
  while (n < due) text += '@' + now + ' ' + n++ + tail + '\\n';
  if (text) process.stdout.write(text);
}, 10);
`;

async function withServices(count) {
  const files = Object.fromEntries(Array.from({ length: count }, (_, i) => [`s${i}/lib/a.js`, '']));
  files['fuge.yml'] = Array.from(
    { length: count },
    (_, i) => `s${i}:\n  type: process\n  path: s${i}\n  run: sh -c 'echo up; exec sleep 100000'\n`,
  ).join('');
  const cwd = folder(files);
  let up = 0;
  let allUp;
  const all = new Promise(resolve => {
    allUp = resolve;
  });
  const system = await openSystem(cwd, {
    onLine: line => {
      if (line.endsWith('│ up') && ++up === count) allUp(performance.now());
    },
  });
  const entered = performance.now();
  const ready = system.enter('start all', /^\d+ ready in/);
  const seen = { 'start all': (await all) - entered };
  await ready;
  await pause(SETTLED_MS);
  seen.memory = memory(system.pid);
  const began = performance.now();
  execFileSync(process.execPath, [fuge, 'ps'], { cwd, env: { ...process.env, ...system.env }, stdio: 'ignore' });
  seen['fuge ps'] = performance.now() - began;
  seen['stop all'] = await system.enter('stop all', /^\d+ services? stopped in/);
  await system.close();
  seen['bare spawn'] = await bare(cwd, count);
  return seen;
}

/** ms until as many processes, spawned one after the other, have said their first line. */
async function bare(cwd, count) {
  const began = performance.now();
  const children = Array.from({ length: count }, (_, i) =>
    spawn('sh', ['-c', 'echo up; exec sleep 100000'], {
      cwd: join(cwd, `s${i}`),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
  await Promise.all(children.map(child => new Promise(up => child.stdout.once('data', up))));
  const took = performance.now() - began;
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(children.map(child => new Promise(exited => child.once('exit', exited))));
  return took;
}

async function withLines(rate) {
  const cwd = folder({
    'talk.js': TALK,
    'fuge.yml': `fuge_global:\n  monitor: false\ntalk:\n  type: node\n  run: talk.js ${rate}\n`,
  });
  const delays = [];
  let [isMeasured, lost, next] = [false, 0, undefined];
  const running = start(process.execPath, [fuge, 'up', 'fuge.yml'], {
    cwd,
    env: { XDG_RUNTIME_DIR: cwd },
    onLine: line => {
      const from = line.indexOf('@');
      if (from < 0) return;
      const space = line.indexOf(' ', from);
      const number = Number.parseInt(line.slice(space + 1, space + 12), 10);
      if (next !== undefined) lost += number - next;
      next = number + 1;
      if (isMeasured) delays.push(performance.timeOrigin + performance.now() - Number(line.slice(from + 1, space)));
    },
  });
  await pause(WARM_UP_MS);
  isMeasured = true;
  const [began, before] = [performance.now(), cpuTime(running.child.pid)];
  await pause(SPAN_MS);
  isMeasured = false;
  const processor = ((cpuTime(running.child.pid) - before) / (performance.now() - began)) * 100;
  await running.end();
  if (lost !== 0) throw new Error(`${lost} lines of ${rate} a second are lost or out of order`);
  delays.sort((a, b) => a - b);
  return {
    processor,
    median: median(delays),
    '99 of 100': delays[Math.floor(delays.length * 0.99)],
  };
}

export default async function growth(runs) {
  if (process.platform !== 'linux') {
    console.log('skipped: memory and processor time are read from /proc');
    return [];
  }
  const units = { memory: 'MB', processor: '% of a core' };
  const results = [];
  for (const { plot, places, look, what } of [
    { plot: 'services', places: COUNTS, look: withServices, what: (line, x) => `${line}, ${x} services` },
    { plot: 'rate', places: RATES, look: withLines, what: (line, x) => `${line}, ${x} lines a second` },
  ]) {
    const seen = Object.fromEntries(places.map(place => [place, []]));
    for (let run = 0; run < runs; run++)
      for (const place of run % 2 === 0 ? places : places.toReversed()) seen[place].push(await look(place));
    for (const place of places)
      for (const line of Object.keys(seen[place][0])) {
        const values = seen[place].map(each => each[line]);
        results.push(measure(what(line, place), values, { unit: units[line] ?? 'ms', at: { plot, line, x: place } }));
      }
  }
  return results;
}
