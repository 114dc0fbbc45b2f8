// A save until the new process's first line, and how often user code starts when 20 files are saved over a second.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { compare, folder, fuge, interleave, peer, start } from '../harness.js';

export const title = 'A save, until the new process answers';
export const limitedBy = "the start of Node, some 40 ms of each, and the program's own load";

const SERVER = `
console.log('up ' + process.pid);
require('http').createServer((request, response) => response.end()).listen(0);
`;

/** Runs the service under a watcher; `next()` settles with the time of its next first line. */
function watched(program, args, cwd, stdin) {
  let wake;
  let starts = 0;
  const running = start(program, args, {
    cwd,
    stdin,
    onLine: line => {
      if (!/\bup \d+/.test(line)) return;
      starts++;
      wake?.(performance.now());
    },
  });
  const next = () =>
    new Promise(resolve => {
      wake = resolve;
    });
  return { ...running, next, starts: () => starts };
}

const files = () => {
  const files = { 'server.js': SERVER, 'fuge.yml': 'web:\n  type: node\n  run: server.js\n', 'package.json': '{}' };
  for (let i = 0; i < 20; i++) files[`lib/f${i}.js`] = `module.exports = ${i};`;
  return folder(files);
};

async function open(kind, nodemon) {
  const cwd = files();
  const isOurs = kind === 'fuge';
  const run = isOurs
    ? watched(process.execPath, [fuge, 'shell', 'fuge.yml'], cwd, 'pipe')
    : watched(nodemon, ['server.js'], cwd, 'ignore');
  const up = run.next();
  if (isOurs) run.child.stdin.write('start all\n');
  await up;
  await pause(1500); // both watchers are ready by then, and the start is no part of a burst
  return { cwd, run };
}

export default async function save(runs) {
  const nodemon = peer('nodemon', '3');
  if (!nodemon) return [];
  const contenders = {};
  const opened = [];
  for (const kind of ['nodemon', 'fuge']) {
    const { cwd, run } = await open(kind, nodemon);
    opened.push(run);
    let count = 0;
    contenders[kind] = async () => {
      await pause(800);
      const next = run.next();
      const began = performance.now();
      writeFileSync(join(cwd, 'lib', 'f0.js'), `module.exports = ${++count + 100};`);
      return (await next) - began;
    };
  }
  const measured = await interleave(contenders, runs * 2);
  for (const run of opened) await run.end();

  const bursts = { nodemon: [], fuge: [] };
  for (let round = 0; round < 3; round++)
    for (const kind of ['nodemon', 'fuge']) {
      const { cwd, run } = await open(kind, nodemon);
      const before = run.starts();
      for (let i = 0; i < 20; i++) {
        writeFileSync(join(cwd, 'lib', `f${i}.js`), `module.exports = ${Math.random()};`);
        await pause(50);
      }
      await pause(1500);
      bursts[kind].push(run.starts() - before);
      await run.end();
    }
  return [
    compare("save → new process's first line", measured, 'fuge', 'nodemon', { goal: 1.5 }),
    compare('20 saves over 1 s: starts that reach user code', bursts, 'fuge', 'nodemon', {
      unit: 'starts',
      note: 'ours must be 1',
    }),
  ];
}
