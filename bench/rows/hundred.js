// 100 services: start all, ps, tab completion and stop all, as the user waits for them.
import { execFileSync, spawn } from 'node:child_process';
import { compare, folder, fuge, interleave, measure, openSystem } from '../harness.js';

export const title = '100 services';
export const limitedBy = 'the start and the end of 100 Nodes on these cores';

const COUNT = 100;
const SERVICE = "process.on('SIGTERM', () => process.exit(0)); console.log('up'); setInterval(() => {}, 1e9);";

/** ms from the first spawn until all have said a line, and from the first SIGTERM until all are gone. */
async function bare(cwd) {
  const began = performance.now();
  const children = Array.from({ length: COUNT }, () =>
    // A session of its own for each, as fuge gives it: Linux shares the cores out by sessions first.
    spawn(process.execPath, ['service.js'], { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
  await Promise.all(children.map(child => new Promise(up => child.stdout.once('data', up))));
  const started = performance.now();
  const gone = Promise.all(children.map(child => new Promise(exited => child.once('exit', exited))));
  for (const child of children) child.kill('SIGTERM');
  await gone;
  return { start: started - began, stop: performance.now() - started };
}

export default async function hundred(runs) {
  const services = Array.from({ length: COUNT }, (_, i) => `service-${i}:\n  type: node\n  run: service.js\n`);
  const cwd = folder({ 'fuge.yml': services.join(''), 'service.js': SERVICE });
  let up = 0;
  let allUp = () => {};
  const system = await openSystem(cwd, {
    onLine: line => {
      if (line.endsWith('│ up') && ++up === COUNT) allUp(performance.now());
    },
  });
  const env = { ...process.env, ...system.env };
  const time = args => {
    const began = performance.now();
    execFileSync(process.execPath, args, { cwd, env, stdio: 'ignore' });
    return performance.now() - began;
  };
  const took = { 'bare signals': [], 'stop all': [], 'node -e 0': [], 'fuge ps': [], 'tab completion': [] };
  const measured = await interleave(
    {
      'bare spawn': async () => {
        const { start, stop } = await bare(cwd);
        took['bare signals'].push(stop);
        return start;
      },
      fuge: async () => {
        up = 0;
        const all = new Promise(resolve => {
          allUp = resolve;
        });
        const began = performance.now();
        const ready = system.enter('start all', /^\d+ ready in/);
        const started = (await all) - began;
        await ready;
        took['node -e 0'].push(time(['-e', '0']));
        took['fuge ps'].push(time([fuge, 'ps']));
        took['tab completion'].push(time([fuge, 'complete', '--', 'start', 'service-9']));
        took['stop all'].push(await system.enter('stop all', /^\d+ services stopped in/));
        return started;
      },
    },
    runs,
  );
  await system.close();
  for (const times of Object.values(took)) times.shift(); // of the round that does not count
  const what = text => `100 Node services: ${text}`;
  return [
    compare(what('start all, until each has said its first line'), measured, 'fuge', 'bare spawn', {
      goal: 1.1,
    }),
    measure(what('fuge ps'), took['fuge ps'], { limit: 150, limitedBy: 'the start of Node' }),
    compare(what('fuge ps'), took, 'fuge ps', 'node -e 0'),
    measure(what('tab completion'), took['tab completion'], {
      limit: 150,
      limitedBy: 'the start of Node, and reading the system file each time',
    }),
    compare(what('tab completion'), took, 'tab completion', 'node -e 0'),
    compare(what('stop all'), took, 'stop all', 'bare signals', {
      goal: 1.2,
      limitedBy: 'the ends of 100 Nodes, and one look for what left its group',
    }),
  ];
}
