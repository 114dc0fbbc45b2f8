// Four children (node, npm, sh, one that ignores SIGTERM), a signal to the runner only: until when who is left. And who
// is alive after three restarts on change.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { folder, fuge, median, peer, signalGroup, start } from '../harness.js';

export const title = 'What is left after a signal';
export const limitedBy = 'the grace of the child that does not want to go';

/** ms after which what is left counts as left. */
const LONGEST = 4000;
const GRACE = 1000;
const CHILD = `
const { writeFileSync } = require('node:fs');
if (process.argv[2] === 'stubborn') process.on('SIGTERM', () => {});
setInterval(() => {}, 1e6);
writeFileSync(__dirname + '/pids/' + process.argv[2] + '.' + process.pid, '');
`;
const COMMANDS = {
  direct: 'node child.cjs direct',
  npm: 'npm run --silent work',
  shell: 'sh shell.sh',
  stubborn: 'node child.cjs stubborn',
};
/** A runner that knows node only is given a program that starts the command. */
const SPAWN = `require('node:child_process').spawn(process.argv[2], { shell: true, stdio: 'inherit' });`;
const FILES = {
  'child.cjs': CHILD,
  'spawn.cjs': SPAWN,
  'shell.sh': 'node child.cjs shell\ntrue\n',
  'package.json': '{ "private": true, "scripts": { "work": "node child.cjs npm" } }',
  'pids/.keep': '',
  'fuge.yml': `fuge_global:\n  monitor: false\n  tail: false\n${Object.entries(COMMANDS)
    .map(([name, run]) => `${name}:\n  type: process\n  run: ${run}\n`)
    .join('')}`,
};
/** Restarted on change: a parent whose child is to go with it. */
const WATCHED = {
  'app/parent.cjs': `require('node:child_process').spawn(process.execPath, ['../child.cjs', 'grandchild']); setInterval(() => {}, 1e6);`,
  'child.cjs': CHILD,
  'pids/.keep': '',
  'fuge.yml': 'app:\n  type: process\n  path: app\n  run: node parent.cjs\n',
};

/** How each runs all four, or one each, and how it watches. */
async function contenders() {
  const [concurrently, nodemon, fuge2] = [peer('concurrently', '9'), peer('nodemon', '3'), peer('fuge', '2.0.2')];
  const shell = (program, grace) => ({
    runs: cwd => [[program, ['shell', 'fuge.yml'], { cwd, stdin: 'pipe' }, 'start all\n']],
    watches: cwd => [program, ['shell', 'fuge.yml'], { cwd, stdin: 'pipe' }, 'start all\n'],
    prepare: cwd =>
      grace &&
      writeFileSync(
        join(cwd, 'fuge.yml'),
        readFile(cwd).replace(/^fuge_global:\n/, `$&  stop_grace_period: ${grace}ms\n`),
      ),
  });
  const one = (program, argsOf) => cwd => Object.values(COMMANDS).map(line => [program, argsOf(line), { cwd }]);
  return {
    fuge: shell(fuge, GRACE),
    ...(concurrently && {
      concurrently: { runs: cwd => [[concurrently, Object.values(COMMANDS), { cwd }]] },
    }),
    'node --watch': {
      runs: one(process.execPath, line =>
        line.startsWith('node ') ? ['--watch', ...line.split(' ').slice(1)] : ['--watch', 'spawn.cjs', line],
      ),
      watches: cwd => [process.execPath, ['--watch', 'parent.cjs'], { cwd: join(cwd, 'app') }],
    },
    ...(nodemon && {
      nodemon: {
        runs: one(nodemon, line => ['--quiet', '--watch', 'spawn.cjs', '--exec', line]),
        watches: cwd => [nodemon, ['--quiet', 'parent.cjs'], { cwd: join(cwd, 'app') }],
      },
    }),
    ...(fuge2 && { 'fuge 2': shell(fuge2) }),
  };
}

const readFile = cwd => readFileSync(join(cwd, 'fuge.yml'), 'utf8');

/** The pids that were told in `pids`, as far as they live. */
const alive = cwd => told(cwd).filter(isAlive);
const told = cwd =>
  readdirSync(join(cwd, 'pids'))
    .filter(file => file !== '.keep')
    .map(file => Number(file.split('.')[1]));

function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return process.platform !== 'linux';
  }
}

async function until(isSo, ms) {
  const began = performance.now();
  while (!isSo()) {
    if (performance.now() - began > ms) return undefined;
    await pause(10);
  }
  return performance.now() - began;
}

function open([program, args, options, input]) {
  const runner = start(program, args, options);
  runner.child.stdin?.on('error', () => {});
  if (input) runner.child.stdin.write(input);
  return runner;
}

/** Ends whatever is there, however. */
function clear(cwd, runners) {
  for (const { child } of runners) signalGroup(child.pid, 'SIGKILL');
  for (const pid of alive(cwd)) process.kill(pid, 'SIGKILL');
}

/** What comes of a signal to the runner only. */
async function struck({ runs, prepare }, signal) {
  const cwd = folder(FILES);
  prepare?.(cwd);
  const runners = runs(cwd).map(open);
  try {
    if ((await until(() => told(cwd).length === 4, 20_000)) === undefined)
      return { failed: `only ${told(cwd).length} of 4 started` };
    await pause(300); // the runner knows that all have started
    for (const { child } of runners) child.kill(signal);
    const isRunning = () => runners.some(({ child }) => child.exitCode === null && child.signalCode === null);
    const took = await until(() => alive(cwd).length === 0 && !isRunning(), LONGEST);
    return { took, left: alive(cwd).length, isRunning: isRunning() };
  } finally {
    clear(cwd, runners);
  }
}

/** How many grandchildren live after three restarts. */
async function restarted({ watches }) {
  if (!watches) return undefined;
  const cwd = folder(WATCHED);
  const runner = open(watches(cwd));
  try {
    for (let count = 1; count <= 4; count++) {
      if ((await until(() => told(cwd).length >= count, 10_000)) === undefined) return `${count - 1} restarts seen`;
      await pause(1000); // the watcher is ready, and a save is no part of a burst
      if (count < 4) writeFileSync(join(cwd, 'app/parent.cjs'), `${WATCHED['app/parent.cjs']} // ${count}`);
    }
    return alive(cwd).length;
  } finally {
    runner.child.kill('SIGTERM');
    await until(() => alive(cwd).length === 0, 2000);
    clear(cwd, [runner]);
  }
}

function outcome(results) {
  const failed = results.find(result => result.failed);
  if (failed) return failed.failed;
  const unclean = results.filter(({ took }) => took === undefined);
  if (unclean.length === 0) return `clean in ${(median(results.map(({ took }) => took)) / 1000).toFixed(2)} s`;
  const left = Math.max(...unclean.map(result => result.left));
  const hangs = unclean.some(({ isRunning }) => isRunning) ? 'hangs, ' : '';
  return `${hangs}${left} left alive after ${LONGEST / 1000} s`;
}

export default async function signals(runs) {
  const all = await contenders();
  const table = {};
  for (const [name, contender] of Object.entries(all)) {
    const cells = { SIGTERM: [], SIGKILL: [] };
    for (let run = 0; run < runs; run++)
      await Promise.all(
        ['SIGTERM', 'SIGKILL'].map(async signal => cells[signal].push(await struck(contender, signal))),
      );
    const grandchildren = await restarted(contender);
    table[name] = [
      outcome(cells.SIGTERM),
      outcome(cells.SIGKILL),
      grandchildren === undefined ? 'does not watch' : `${grandchildren}`,
    ];
  }
  const what = [
    `SIGTERM to the runner of four children (stubborn one: ${GRACE / 1000} s of grace)`,
    'SIGKILL to the runner of four children',
    'grandchildren alive after three restarts on change (1 is right)',
  ];
  const { fuge: ours, ...peers } = table;
  return what.flatMap((text, i) =>
    Object.entries(peers).map(([name, cells], peer) => ({
      what: text,
      ours: { name: 'fuge', text: ours[i] },
      theirs: { name, text: cells[i] },
      ...(peer === 0 && { goal: i < 2 ? 'clean' : '1', met: /^clean|^1$/.test(ours[i]) }),
    })),
  );
}
