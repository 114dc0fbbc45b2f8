// Fifty trivial Node services until each has said its first line, against the same fifty spawned bare.
import { spawn } from 'node:child_process';
import { compare, folder, fuge, interleave, start } from '../harness.js';

export const title = 'Start of 50 Node services';
export const limitedBy = 'the start of 50 Nodes on these cores';

const COUNT = 50;

function bare(cwd) {
  return new Promise(resolve => {
    const began = performance.now();
    const children = [];
    let up = 0;
    for (let i = 0; i < COUNT; i++) {
      const child = spawn(process.execPath, ['service.js'], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
      children.push(child);
      child.stdout.once('data', () => {
        if (++up < COUNT) return;
        const took = performance.now() - began;
        for (const each of children) each.kill('SIGKILL');
        Promise.all(children.map(each => new Promise(done => each.once('exit', done)))).then(() => resolve(took));
      });
    }
  });
}

async function ours(cwd) {
  let up = 0;
  let begin;
  let done;
  const all = new Promise(resolve => {
    done = resolve;
  });
  const open = new Promise(resolve => {
    begin = resolve;
  });
  const running = start(process.execPath, [fuge, 'shell', 'fuge.yml'], {
    cwd,
    stdin: 'pipe',
    onLine: line => {
      if (line.startsWith('fuge ')) begin();
      if (line.endsWith('│ up') && ++up === COUNT) done(performance.now());
    },
  });
  await open; // what a start costs, not what opening the shell costs
  const began = performance.now();
  running.child.stdin.write('start all\n');
  const took = (await all) - began;
  running.child.stdin.end('exit\n');
  await running.exited;
  return took;
}

export default async function start50(runs) {
  const services = Array.from({ length: COUNT }, (_, i) => `s${i}:\n  type: node\n  run: service.js\n`);
  const cwd = folder({ 'fuge.yml': services.join(''), 'service.js': "console.log('up'); setInterval(() => {}, 1e9);" });
  const measured = await interleave({ 'bare spawn': () => bare(cwd), fuge: () => ours(cwd) }, runs);
  return [
    compare('start of 50 Node services until each has said its first line', measured, 'fuge', 'bare spawn', {
      goal: 1.3,
    }),
  ];
}
