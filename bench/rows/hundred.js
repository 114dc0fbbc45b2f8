// 100 services: start all, ps, tab completion and stop all, as the user waits for them.
import { execFileSync, spawn } from 'node:child_process';
import { compare, folder, fuge, interleave, openSystem } from '../harness.js';

const COUNT = 100;
const SERVICE = "process.on('SIGTERM', () => process.exit(0)); console.log('up'); setInterval(() => {}, 1e9);";

/** ms from the first spawn until all have said a line, and from the first SIGTERM until all are gone. */
async function bare(cwd) {
  const began = performance.now();
  const children = Array.from({ length: COUNT }, () =>
    spawn(process.execPath, ['service.js'], { cwd, stdio: ['ignore', 'pipe', 'pipe'] }),
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
  const took = { 'bare stop': [], stop: [], 'node -e 0': [], ps: [], completion: [] };
  const measured = await interleave(
    {
      'bare spawn': async () => {
        const { start, stop } = await bare(cwd);
        took['bare stop'].push(stop);
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
        took.ps.push(time([fuge, 'ps']));
        took.completion.push(time([fuge, 'complete', '--', 'start', 'service-9']));
        took.stop.push(await system.enter('stop all', /^\d+ services stopped in/));
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
      note: 'limited by the start of 100 Nodes on these cores',
    }),
    compare(what('ps'), took, 'ps', 'node -e 0', { note: 'must be below 150 ms; limited by the start of Node' }),
    compare(what('tab completion'), took, 'completion', 'node -e 0', {
      note: 'limited by reading the system file each time',
    }),
    compare(what('stop all'), took, 'stop', 'bare stop', {
      goal: 1.2,
      note: 'limited by the ends of 100 Nodes; fuge looks, too, for what left its group',
    }),
  ];
}
