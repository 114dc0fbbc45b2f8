// A million lines of 100 characters from a container, through a pipe: fuge, which also keeps its log file, against `docker logs -f`.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { compare, containerEngine, folder, fuge, interleave, median, peakMemory, signalGroup } from '../harness.js';

export const title = '1,000,000 lines from a container';
export const limitedBy = 'the engine, which hands its log out line by line';

const COUNT = 1_000_000;
const TAIL = 'x'.repeat(91);
const lineOf = n => String(n).padStart(8, '0') + TAIL;
const LAST = lineOf(COUNT - 1);

/** Settles with all that was printed when the last line has come; `then` ends the program, which is not measured. */
async function untilLast(child, began, peaks) {
  const chunks = [];
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, peakMemory(child.pid) ?? 0);
  }, 20);
  const took = await new Promise((resolve, reject) => {
    let tail = '';
    child.stdout.on('data', chunk => {
      chunks.push(chunk);
      tail = (tail + chunk.toString('latin1', Math.max(0, chunk.length - 400))).slice(-400);
      if (tail.includes(LAST)) resolve(performance.now() - began);
    });
    child.once('exit', code => reject(new Error(`ended with ${code} before the last line`)));
  });
  clearInterval(timer);
  peaks.push(peak);
  checkWhole(Buffer.concat(chunks).toString('latin1'), child.spawnfile);
  return took;
}

/** Every line once, in order, whole. */
function checkWhole(text, who) {
  let expected = 0;
  for (const match of text.matchAll(/(\d{8})x{91}(?!x)/g))
    if (Number(match[1]) !== expected++) throw new Error(`${who}: line ${expected - 1} is missing`);
  if (expected !== COUNT) throw new Error(`${who}: ${expected} lines of ${COUNT} arrived`);
}

async function bare({ env, docker }, peaks) {
  const began = performance.now();
  const id = docker('run', '-d', 'flood:1');
  const child = spawn('docker', ['logs', '-f', id], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const took = await untilLast(child, began, peaks);
  child.kill();
  docker('rm', '-f', id);
  return took;
}

async function ours({ env }, cwd, peaks) {
  rmSync(join(cwd, 'log'), { recursive: true, force: true });
  const child = spawn(process.execPath, [fuge, 'shell', 'fuge.yml'], {
    cwd,
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  await new Promise(resolve => child.stdout.once('data', resolve)); // its greeting
  const began = performance.now();
  child.stdin.write('start flood\n');
  const ended = new Promise(resolve => child.once('exit', resolve));
  try {
    const took = await untilLast(child, began, peaks);
    child.stdin.end('exit\n');
    child.stdout.resume();
    await ended;
    checkWhole(readFileSync(join(cwd, 'log', 'flood.log'), 'latin1'), 'the log file');
    return took;
  } catch (error) {
    signalGroup(child.pid, 'SIGTERM');
    await ended;
    throw error;
  }
}

export default async function containerLogs(runs) {
  const engine = await containerEngine();
  if (!engine) return [];
  try {
    const { living, makeImage } = await import('../../scripts/engine/images.js');
    const { files, instructions } = living('cat /flood\nexec sleep 1000000');
    const flood = Array.from({ length: COUNT }, (_, n) => `${lineOf(n)}\n`).join('');
    await makeImage(engine.socket, 'flood:1', { files: { ...files, flood }, instructions });
    const cwd = folder({
      'fuge.yml':
        'fuge_global:\n  stop_grace_period: 100ms\nflood:\n  type: container\n  image: flood:1\n  ports: []\n',
    });
    const peaks = { docker: [], fuge: [] };
    const measured = await interleave(
      { 'docker logs -f': () => bare(engine, peaks.docker), fuge: () => ours(engine, cwd, peaks.fuge) },
      runs,
    );
    const note = `peak memory ${median(peaks.fuge).toFixed(0)} MB against ${median(peaks.docker).toFixed(0)} MB; no line lost, the log file whole`;
    return [
      compare('1,000,000 lines of 100 characters from a container to a pipe', measured, 'fuge', 'docker logs -f', {
        note,
      }),
    ];
  } finally {
    await engine.close();
  }
}
