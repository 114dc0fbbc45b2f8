// `fuge ps` on a running system against the least that Node can do.
import { execFileSync } from 'node:child_process';
import { compare, folder, fuge, interleave, openSystem } from '../harness.js';

export const title = 'fuge ps on a running system';
export const limitedBy =
  'the start of Node, and reading and compiling 13 files; Node 22 and later keep what they compiled';

export default async function ps(runs) {
  const services = Array.from({ length: 10 }, (_, i) => `s${i}:\n  type: process\n  run: sleep 100000\n`);
  const cwd = folder({ 'fuge.yml': services.join('') });
  const system = await openSystem(cwd);
  await system.enter('start all', /^\d+ ready in/);
  const time = args => () => {
    const began = performance.now();
    execFileSync(process.execPath, args, { cwd, env: { ...process.env, ...system.env }, stdio: 'ignore' });
    return performance.now() - began;
  };
  const measured = await interleave({ 'node -e 0': time(['-e', '0']), fuge: time([fuge, 'ps']) }, runs * 3);
  await system.close();
  return [compare('fuge ps on a running system', measured, 'fuge', 'node -e 0', { goal: 1.8 })];
}
