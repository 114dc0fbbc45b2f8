// `stop all` over 50 polite services against sending the signals bare.
import { spawn } from 'node:child_process';
import { compare, folder, interleave, openSystem } from '../harness.js';

export const title = 'Stop of 50 services';
export const limitedBy = 'the ends of 50 Nodes; fuge waits until each group is empty, and says so';

const COUNT = 50;
const SERVICE = "process.on('SIGTERM', () => process.exit(0)); console.log('up'); setInterval(() => {}, 1e9);";

async function bare(cwd) {
  const children = Array.from({ length: COUNT }, () =>
    spawn(process.execPath, ['service.js'], { cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true }),
  );
  await Promise.all(children.map(child => new Promise(up => child.stdout.once('data', up))));
  const gone = Promise.all(children.map(child => new Promise(exited => child.once('exit', exited))));
  const began = performance.now();
  for (const child of children) process.kill(-child.pid, 'SIGTERM');
  await gone;
  return performance.now() - began;
}

export default async function stop50(runs) {
  const services = Array.from({ length: COUNT }, (_, i) => `s${i}:\n  type: node\n  run: service.js\n`);
  const cwd = folder({ 'fuge.yml': services.join(''), 'service.js': SERVICE });
  const system = await openSystem(cwd);
  const measured = await interleave(
    {
      'bare signals': () => bare(cwd),
      fuge: async () => {
        await system.enter('start all', /^\d+ ready in/);
        return system.enter('stop all', /^\d+ services stopped in/);
      },
    },
    runs,
  );
  await system.close();
  return [compare('stop all, 50 polite services', measured, 'fuge', 'bare signals', { goal: 1.2 })];
}
