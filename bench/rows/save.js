// A save until the new process answers HTTP, against the bare start of the same service and against other watchers; and how
// often user code starts when 20 files are saved over a second.
import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  compare,
  folder,
  freePorts,
  hasWarm,
  interleave,
  measure,
  openSystem,
  peer,
  program,
  start,
} from '../harness.js';
import { HttpServices } from '../http-service.js';

export const title = 'A save, until the new process answers';
export const limitedBy = "the start of Node, some 40 ms of each, and the program's own load";

const MODULES = 20;
/** Until a contender's next save, so that it is no part of a burst. */
const QUIET_MS = 1200;
/** After the last of 20 saves; one that still restarts then is counted up to here. */
const LONGEST_BURST_MS = 8000;
const LOAD = `for (let i = 0; i < ${MODULES}; i++) require('./lib/f' + i);`;

/** The same service for all: a server with twenty modules, which those that watch what is loaded see, too. */
function project(services, port, { isWarm = false } = {}) {
  const files = {
    'server.js': services.source({ port, load: LOAD }),
    'fuge.yml': `web:\n  type: node\n  run: server.js\n  ports: [main=${port}]\n${isWarm ? '  warm: true\n' : ''}`,
    // fuge 2 watches its own log unless it is told not to.
    'fuge2.yml': `fuge_global:\n  monitor: true\n  monitor_excludes: ['**/node_modules/**', '**/*.log']\nweb:\n  type: node\n  path: .\n  run: server.js\n  ports: [main=${port}]\n`,
    'package.json': JSON.stringify({
      private: true,
      scripts: { dev: 'wireit' },
      wireit: { dev: { command: 'node server.js', service: true, files: ['server.js', 'lib/*.js'] } },
    }),
  };
  for (let i = 0; i < MODULES; i++) files[`lib/f${i}.js`] = `module.exports = ${i};`;
  return folder(files);
}

/** `{ name: cwd => end }`: starts the service under each watcher, with its default settings. */
function watchers() {
  const ours = async cwd => {
    const system = await openSystem(cwd);
    await system.enter('start all', /^\d+ ready in/);
    return () => system.close();
  };
  const simple = (file, args, env) => cwd => {
    const running = start(file, args, { cwd, env });
    return () => running.end();
  };
  const kinds = { fuge: ours };
  if (hasWarm) kinds['fuge, warm: true'] = ours;
  kinds['node --watch'] = simple(process.execPath, ['--watch', 'server.js']);
  const [nodemon, tsx, wireit, pm2] = [
    peer('nodemon', '3'),
    peer('tsx', '4'),
    peer('wireit', '0.14'),
    peer('pm2', '6'),
  ];
  if (nodemon) kinds.nodemon = simple(nodemon, ['server.js']);
  if (tsx) kinds['tsx watch'] = simple(tsx, ['watch', 'server.js']);
  if (wireit)
    kinds['wireit --watch'] = simple('npm', ['run', 'dev', '--watch'], {
      PATH: `${dirname(wireit)}:${process.env.PATH}`,
    });
  if (pm2)
    kinds['pm2 --watch'] = cwd => {
      const options = { cwd, env: { ...process.env, PM2_HOME: folder() }, stdio: 'ignore' };
      execFileSync(pm2, ['start', 'server.js', '--watch'], options);
      return () => execFileSync(pm2, ['kill'], options);
    };
  const entr = program('entr');
  if (entr)
    kinds['entr -r'] = cwd => {
      const running = start(entr, ['-n', '-r', 'node', 'server.js'], { cwd, stdin: 'pipe' });
      const files = ['server.js', ...readdirSync(join(cwd, 'lib')).map(file => `lib/${file}`)];
      running.child.stdin.end(files.join('\n'));
      return () => running.end();
    };
  const fuge2 = peer('fuge', '2.0.2');
  if (fuge2)
    kinds['fuge 2'] = cwd => {
      const running = start(fuge2, ['shell', 'fuge2.yml'], { cwd, stdin: 'pipe' });
      running.child.stdin.write('start all\n');
      return () => running.end();
    };
  return kinds;
}

export default async function save(runs) {
  const kinds = watchers();
  const names = Object.keys(kinds);
  const ports = await freePorts(names.length * 4 + 1);
  const opened = {};
  try {
    for (const name of names) {
      const watcher = await open(name, kinds[name], ports.pop());
      if (watcher) opened[name] = watcher;
    }
    await pause(1500); // all watchers are ready by then

    const bare = new HttpServices();
    const bareAt = project(bare, ports.pop());
    const contenders = {
      'bare start': async () => {
        await pause(100);
        const answered = bare.answered();
        const began = performance.now();
        const stdio = ['ignore', 'pipe', 'pipe'];
        // A session of its own, as fuge gives it: Linux shares the cores out by sessions first.
        const child = spawn(process.execPath, ['server.js'], { cwd: bareAt, detached: true, stdio });
        const took = (await answered) - began;
        child.kill('SIGKILL');
        await new Promise(resolve => child.once('exit', resolve));
        return took;
      },
    };
    let count = 0;
    for (const [name, watcher] of Object.entries(opened))
      contenders[name] = async () => {
        await pause(Math.max(100, watcher.at + QUIET_MS - performance.now()));
        const answered = watcher.services.answered();
        const began = performance.now();
        writeFileSync(join(watcher.cwd, 'lib', 'f0.js'), `module.exports = ${++count + 100};`);
        watcher.at = await answered;
        return watcher.at - began;
      };
    const peers = names.filter(name => !name.startsWith('fuge,') && name !== 'fuge');
    const measured = await interleave(contenders, runs * 2, { peers });
    await bare.close();

    const deaths = {};
    const bursts = await interleave(
      Object.fromEntries(
        Object.keys(opened).map(name => [
          name,
          async () => {
            const starts = await burst(opened[name]);
            if (starts > 0) return starts;
            // What it runs is dead since the burst before.
            await close(opened[name]);
            opened[name] = await open(name, kinds[name], ports.pop());
            deaths[name] = (deaths[name] ?? 0) + 1;
            await pause(1500);
            return burst(opened[name]);
          },
        ]),
      ),
      runs,
      { peers, isWarmedUp: true },
    );
    return [...report(measured), ...reportBursts(bursts, deaths)];
  } finally {
    for (const watcher of Object.values(opened)) await close(watcher);
  }
}

/** A watcher that runs the service; undefined (and said) if the service does not start. */
async function open(name, kind, port) {
  const services = new HttpServices();
  const cwd = project(services, port, { isWarm: name.includes('warm') });
  const up = services.answered();
  const end = await kind(cwd);
  try {
    return { services, cwd, end, at: await up };
  } catch (error) {
    await close({ services, end });
    if (name.startsWith('fuge') && name !== 'fuge 2') throw error;
    console.log(`left out: ${name} does not start the service`);
    return undefined;
  }
}

async function close({ services, end }) {
  await end();
  await services.close();
}

/** How many processes reach user code when 20 files are saved over a second. */
async function burst({ services, cwd }) {
  const before = services.begun;
  for (let i = 0; i < MODULES; i++) {
    writeFileSync(join(cwd, 'lib', `f${i}.js`), `module.exports = ${Math.random()};`);
    await pause(50);
  }
  let quietSince = performance.now();
  let last = before;
  for (const began = quietSince; performance.now() - began < LONGEST_BURST_MS; await pause(50)) {
    if (services.begun !== last) quietSince = performance.now();
    last = services.begun;
    if (last > before && performance.now() - quietSince > 1000) return last - before;
  }
  return last - before;
}

function report(measured) {
  const what = 'save → the new process answers HTTP';
  const ours = Object.keys(measured).filter(name => name.startsWith('fuge') && name !== 'fuge 2');
  return ours.flatMap(name => [
    compare(what, measured, name, 'bare start', { goal: 1.15 }),
    ...Object.keys(measured)
      .filter(other => other !== 'bare start' && !ours.includes(other))
      .map(other => compare(what, measured, name, other, { below: 1 })),
  ]);
}

function reportBursts(bursts, deaths) {
  const what = '20 saves over 1 s: processes that reach user code';
  const ours = Object.keys(bursts).filter(name => name.startsWith('fuge') && name !== 'fuge 2');
  const others = Object.keys(bursts).filter(name => !ours.includes(name));
  return [
    ...ours.map(name =>
      measure(name === 'fuge' ? what : `${what} (${name})`, bursts[name], { limit: 1, every: true, unit: 'starts' }),
    ),
    ...others.map(name =>
      compare(what, bursts, 'fuge', name, {
        unit: 'starts',
        note:
          deaths[name] &&
          `${name} started nothing any more ${deaths[name] === 1 ? 'once' : `${deaths[name]} times`} after a burst, and was opened anew`,
      }),
    ),
  ];
}
