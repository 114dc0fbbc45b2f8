// Ten containers by `start all` until each has said its first line, against ten `docker run -d` at once, until each has come back.
import { spawn } from 'node:child_process';
import { compare, containerEngine, folder, fuge, interleave, start } from '../harness.js';

export const title = 'Start of 10 containers';
export const limitedBy = 'the engine, which makes one container after the other';

const COUNT = 10;
const names = Array.from({ length: COUNT }, (_, i) => `c${i}`);

async function bare({ env, docker }) {
  const began = performance.now();
  const codes = await Promise.all(
    names.map(
      name =>
        new Promise(resolve =>
          spawn('docker', ['run', '-d', '--name', name, '--network', 'bench', 'living:1'], {
            env,
            stdio: 'ignore',
          }).once('exit', resolve),
        ),
    ),
  );
  const took = performance.now() - began;
  if (codes.some(code => code !== 0)) throw new Error('docker run failed');
  docker('rm', '-f', ...names);
  return took;
}

async function ours({ env }, cwd) {
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
    env,
    stdin: 'pipe',
    onLine: line => {
      if (line.startsWith('fuge ')) begin();
      if (line.endsWith('│ up') && ++up === COUNT) done(performance.now());
    },
  });
  await open; // what a start costs, not what opening the shell costs
  const began = performance.now();
  running.child.stdin.write('start all\n');
  const ended = await Promise.race([all, running.exited]);
  if (up < COUNT) throw new Error(`fuge ended with ${ended} when ${up} of ${COUNT} containers were up`);
  running.child.stdin.end('exit\n');
  await running.exited;
  return ended - began;
}

export default async function containers(runs) {
  const engine = await containerEngine();
  if (!engine) return [];
  try {
    const { living, makeImage } = await import('../../scripts/engine/images.js');
    await makeImage(
      engine.socket,
      'living:1',
      living('trap "exit 0" TERM\necho up\nwhile :; do sleep 1000 & wait $!; done'),
    );
    engine.docker('network', 'create', 'bench');
    const cwd = folder({
      'fuge.yml': names.map(name => `${name}:\n  type: container\n  image: living:1\n  ports: []\n`).join(''),
    });
    const contenders = { 'docker run -d': () => bare(engine), fuge: () => ours(engine, cwd) };
    const measured = await interleave(contenders, runs);
    const note = 'fuge also makes the network and reads the first line; docker has its network already';
    return [compare('start of 10 containers', measured, 'fuge', 'docker run -d', { goal: 1.2, note })];
  } finally {
    await engine.close();
  }
}
