// `fuge version` against the least that Node can do.
import { execFileSync } from 'node:child_process';
import { compare, fuge, interleave } from '../harness.js';

export const title = 'fuge version';
export const limitedBy = 'the start of Node, and the one look at the file system that finds package.json';

const time = args => () => {
  const began = performance.now();
  execFileSync(process.execPath, args, { stdio: 'ignore' });
  return performance.now() - began;
};

export default async function version(runs) {
  const measured = await interleave({ 'node -e 0': time(['-e', '0']), fuge: time([fuge, 'version']) }, runs * 3);
  return [compare('fuge version', measured, 'fuge', 'node -e 0', { goal: 1.3 })];
}
