// Fifty Node HTTP services until all answer: `start all` at the prompt against the same fifty spawned bare, and `fuge up`,
// from the command on, against the commands of other runners.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compare, folder, freePorts, fuge, interleave, openSystem, peer, program, start } from '../harness.js';
import { HttpServices } from '../http-service.js';
import { turboWorkspace } from '../turbo.js';

export const title = 'Start of 50 Node services';
export const limitedBy = 'the start of 50 Nodes on these cores';

const COUNT = 50;
const SCRIPT = '/usr/bin/script';

/** `{ name: { begin, close } }`: `begin()` starts all and gives what ends them. */
function runners(services, cwd, ports) {
  const commands = ports.map(port => `node service.js ${port}`);
  const simple =
    (file, args, { signal = 'SIGKILL', ...options } = {}) =>
    () => {
      const running = start(file, args, { cwd, ...options });
      return () => running.end(signal);
    };
  const kinds = {
    'fuge up': {
      begin: simple(process.execPath, [fuge, 'up', 'fuge.yml'], {
        signal: 'SIGTERM',
        env: { XDG_RUNTIME_DIR: join(cwd, 'run-up') },
      }),
    },
  };
  const [concurrently, mprocs, pm2, turbo, fuge2] = [
    peer('concurrently', '9'),
    peer('mprocs', '0.7'),
    peer('pm2', '6'),
    peer('turbo', '2'),
    peer('fuge', '2.0.2'),
  ];
  const foreman = program('foreman');
  if (concurrently) kinds.concurrently = { begin: simple(concurrently, commands) };
  if (foreman) {
    writeFileSync(join(cwd, 'Procfile'), commands.map((line, i) => `s${i}: exec ${line}\n`).join(''));
    kinds.foreman = { begin: simple(foreman, ['start']) };
  }
  if (mprocs && existsSync(SCRIPT)) {
    writeFileSync(
      join(cwd, 'mprocs.yaml'),
      `procs:\n${commands.map((line, i) => `  s${i}:\n    shell: "${line}"\n`).join('')}`,
    );
    kinds.mprocs = { begin: simple(SCRIPT, ['-qfec', mprocs, '/dev/null'], { env: { TERM: 'xterm' }, stdin: 'pipe' }) };
  }
  if (turbo)
    kinds.turbo = {
      begin: simple(turbo, ['run', 'serve', '--ui=stream', `--concurrency=${COUNT + 1}`], {
        cwd: turboWorkspace(
          'serve',
          ports.map(port => `exec node ../../service.js ${port}`),
          { 'service.js': services.source() },
          { isPersistent: true },
        ),
        env: { TURBO_TELEMETRY_DISABLED: '1' },
      }),
    };
  if (fuge2) kinds['fuge 2'] = { begin: shellOfFuge2(fuge2, cwd) };
  if (pm2) {
    // Its daemon runs already, as it does with those who use it.
    const options = { cwd, env: { ...process.env, PM2_HOME: folder() }, stdio: 'ignore' };
    const apps = ports.map((port, i) => ({ name: `s${i}`, script: 'service.js', args: String(port) }));
    writeFileSync(join(cwd, 'ecosystem.config.json'), JSON.stringify({ apps }));
    execFileSync(pm2, ['ping'], options);
    kinds.pm2 = {
      begin: () => {
        spawn(pm2, ['start', 'ecosystem.config.json'], options);
        return () => execFileSync(pm2, ['delete', 'all'], options);
      },
      close: () => execFileSync(pm2, ['kill'], options),
    };
  }
  return kinds;
}

const shellOfFuge2 = (fuge2, cwd) => () => {
  const running = start(fuge2, ['shell', 'fuge2.yml'], { cwd, stdin: 'pipe' });
  running.child.stdin.write('start all\n');
  return () => running.end();
};

async function bare(services, cwd, ports) {
  const answered = services.answered(COUNT);
  const began = performance.now();
  const children = ports.map(port =>
    // A session of its own for each, as fuge gives it: Linux shares the cores out by sessions first.
    spawn(process.execPath, ['service.js', port], { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
  const took = (await answered) - began;
  const gone = Promise.all(children.map(child => new Promise(exited => child.once('exit', exited))));
  for (const child of children) child.kill('SIGKILL');
  await gone;
  return took;
}

export default async function start50(runs) {
  const services = new HttpServices();
  const ports = (await freePorts(COUNT)).map(String);
  const systemOf = (type, path) =>
    ports
      .map((port, i) => `s${i}:\n  type: ${type}\n${path}  run: service.js ${port}\n  ports: [main=${port}]\n`)
      .join('');
  const cwd = folder({
    'service.js': services.source(),
    'fuge.yml': systemOf('node', ''),
    'fuge2.yml': `fuge_global:\n  monitor: false\n${systemOf('node', '  path: .\n')}`,
  });
  const system = await openSystem(cwd);
  const kinds = runners(services, cwd, ports);
  try {
    const cleared = async took => {
      await services.clear();
      return took;
    };
    const contenders = {
      'bare spawn': async () => cleared(await bare(services, cwd, ports)),
      'start all': async () => {
        const answered = services.answered(COUNT);
        const began = performance.now();
        const ready = system.enter('start all', /^\d+ ready in/);
        const took = (await answered) - began;
        await ready;
        await system.enter('stop all', /^\d+ services stopped in/);
        return cleared(took);
      },
    };
    for (const [name, { begin }] of Object.entries(kinds))
      contenders[name] = async () => {
        const answered = services.answered(COUNT);
        const began = performance.now();
        const end = begin();
        try {
          return (await answered) - began;
        } finally {
          await end();
          await services.clear();
        }
      };
    const peers = Object.keys(kinds).filter(name => name !== 'fuge up');
    const measured = await interleave(contenders, runs, { peers, isWarmedUp: true });
    return [
      compare('`start all` at the prompt, until all answer HTTP', measured, 'start all', 'bare spawn', { goal: 1.1 }),
      compare('`fuge up`, until all answer HTTP', measured, 'fuge up', 'bare spawn', {
        note: 'from the command on, its own start included',
      }),
      ...peers
        .filter(name => measured[name])
        .map(name => compare('`fuge up`, until all answer HTTP', measured, 'fuge up', name, { below: 1 })),
    ];
  } finally {
    await system.close();
    for (const { close } of Object.values(kinds)) close?.();
    await services.close();
  }
}
