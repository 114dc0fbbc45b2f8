// Why services are spawned by node:child_process: fifty launches by both, each in a process of its own.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { compare, folder, interleave, root } from '../harness.js';

export const title = 'Why services are spawned by node:child_process';
export const limitedBy = 'what execa loads before its first launch';

const PROGRAM = `
const [kind] = process.argv.slice(2);
const began = performance.now();
const { execa } = kind === 'execa' ? await import(process.argv[3]) : {};
const { spawn } = await import('node:child_process');
const options = { detached: true, cleanup: false, buffer: false, reject: false, stdin: 'ignore' };
const launch = () => kind === 'execa'
  ? execa(process.execPath, ['-e', '0'], options)
  : spawn(process.execPath, ['-e', '0'], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
const first = launch();
const firstAt = performance.now() - began;
const children = [first, ...Array.from({ length: 49 }, launch)];
await Promise.all(children.map(child => new Promise(resolve => { child.stdout.resume(); child.stderr.resume(); child.once('exit', resolve); })));
console.log(JSON.stringify({ first: firstAt, all: performance.now() - began, memory: process.memoryUsage().rss / 2 ** 20 }));
`;

export default async function execa(runs) {
  const cwd = folder({ 'launch.mjs': PROGRAM });
  const library = join(root, 'node_modules', 'execa', 'index.js');
  const seen = { 'node:child_process': [], execa: [] };
  const launch = kind => () => {
    const result = JSON.parse(execFileSync(process.execPath, ['launch.mjs', kind, library], { cwd, encoding: 'utf8' }));
    seen[kind].push(result);
    return result.all;
  };
  const all = await interleave({ 'node:child_process': launch('node:child_process'), execa: launch('execa') }, runs);
  const of = key =>
    Object.fromEntries(Object.entries(seen).map(([kind, results]) => [kind, results.map(result => result[key])]));
  const line = (what, measured, unit) => compare(what, measured, 'execa', 'node:child_process', { unit });
  return [
    line('execa: until the first launch', of('first'), 'ms'),
    line('execa: fifty launches', all, 'ms'),
    line('execa: memory after them', of('memory'), 'MB'),
  ];
}
