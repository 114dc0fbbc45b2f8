// What every row of the benchmark needs: peers, interleaved runs, medians, lines of a result. Nothing here asserts anything.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const fuge = join(root, 'bin', 'fuge.js');

const cache = join(root, 'node_modules', '.cache', 'peers');

/** The versions of the peers that were asked for since it was cleared, by their names. */
export const peersMet = new Map();

/** Whether this fuge knows the key `warm`. */
export const hasWarm = true;

/** The path of a program of a peer's npm package, installed on first use; undefined (and said by name) without a registry. */
export function peer(name, version, program = name) {
  const folder = join(cache, `${name}@${version}`);
  const path = join(folder, 'node_modules', '.bin', program);
  const met = () => {
    const manifest = readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8');
    peersMet.set(name, JSON.parse(manifest).version);
    return path;
  };
  if (existsSync(path)) return met();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private": true}\n');
  try {
    execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', `${name}@${version}`], {
      cwd: folder,
      stdio: 'ignore',
    });
    return met();
  } catch {
    console.log(`skipped: ${name}@${version} is not installed and npm can't fetch it`);
    return undefined;
  }
}

/** The path of a program of the system; undefined (and said by name) where there is none. It tells its version by `flag`. */
export function program(name, flag = '--version') {
  const found = (process.env.PATH ?? '').split(':').find(directory => directory && existsSync(join(directory, name)));
  if (found) {
    const { stdout, stderr } = spawnSync(join(found, name), [flag], { encoding: 'utf8' });
    peersMet.set(name, /\d+(\.\d+)+/.exec(stdout + stderr)?.[0] ?? '');
    return join(found, name);
  }
  console.log(`skipped: ${name} is not installed`);
  return undefined;
}

/** Whether rows that can look for longer do: an hour, where it is a minute otherwise (`--long`). */
export const isLong = process.argv.includes('--long');

/** A container engine of our own and the docker command that talks to it; undefined (and said why) where there can be none. */
export async function containerEngine() {
  const { TestEngine } = await import('../scripts/engine/engine.js');
  try {
    if (!program('docker')) return undefined;
    const engine = await TestEngine.open();
    const env = { ...process.env, DOCKER_HOST: engine.url, DOCKER_CONFIG: folder() };
    return {
      env,
      socket: engine.socket,
      docker: (...args) => execFileSync('docker', args, { env, encoding: 'utf8' }).trim(),
      close: () => engine.close(),
    };
  } catch (error) {
    console.log(`skipped: no container engine: ${error.message}`);
    return undefined;
  }
}

const made = [];
process.on('exit', () => {
  for (const path of made) rmSync(path, { recursive: true, force: true });
});

/** A folder with these files; it goes when the process ends. */
export function folder(files = {}) {
  const path = mkdtempSync(join(tmpdir(), 'fuge-bench-'));
  made.push(path);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return path;
}

/** Starts a program whose output is read by `onLine(line)`; everything of it ends with `end()`. */
export function start(program, args, { cwd, env, onLine, stdin = 'ignore' } = {}) {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: [stdin, 'pipe', 'pipe'],
    detached: true,
  });
  let rest = '';
  const read = chunk => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) onLine?.(line);
  };
  child.stdout.setEncoding('utf8').on('data', read);
  child.stderr.setEncoding('utf8').on('data', read);
  const exited = new Promise(resolve => child.once('exit', resolve));
  return {
    child,
    exited,
    async end(signal = 'SIGTERM') {
      signalGroup(child.pid, signal);
      const force = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), 5000);
      await exited;
      clearTimeout(force);
      signalGroup(child.pid, 'SIGKILL');
    },
  };
}

/** A fuge of its own over the system in `cwd`: `enter(line, /what it says then/)` settles with the ms until it has said so. */
export async function openSystem(cwd, { onLine } = {}) {
  const waiting = new Set();
  const env = { XDG_RUNTIME_DIR: join(cwd, 'run') };
  mkdirSync(env.XDG_RUNTIME_DIR, { recursive: true });
  const running = start(process.execPath, [fuge, 'shell', 'fuge.yml'], {
    cwd,
    env,
    stdin: 'pipe',
    onLine: line => {
      onLine?.(line);
      for (const wait of [...waiting]) wait(line);
    },
  });
  const says = pattern =>
    new Promise((resolve, reject) => {
      const wait = line => {
        if (!pattern.test(line)) return;
        waiting.delete(wait);
        resolve(performance.now());
      };
      waiting.add(wait);
      running.exited.then(code => reject(new Error(`fuge has ended with ${code}, before it said ${pattern}`)));
    });
  await says(/^fuge /);
  return {
    pid: running.child.pid,
    env,
    exited: running.exited,
    async enter(line, pattern) {
      const said = says(pattern);
      const began = performance.now();
      running.child.stdin.write(`${line}\n`);
      return (await said) - began;
    },
    async close() {
      running.child.stdin.end('exit\n');
      await running.exited;
      await running.end();
    },
  };
}

/** `count` ports of loopback that are free now, none of them one that people use. */
export async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise((resolve, reject) =>
        server.once('error', reject).listen(0, '127.0.0.1', () => resolve(server)),
      );
    }),
  );
  const ports = servers.map(server => server.address().port);
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
  return ports;
}

export function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // all of it has ended
  }
}

/** Highest resident memory of a living process, MB; Linux only. */
export function peakMemory(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))[1]) / 1024;
  } catch {
    return undefined;
  }
}

/**
 * Runs a program to its end: ms it took, the highest resident memory of it, MB, and how many bytes came through the pipe.
 * @param stdout a file descriptor, or `pipe`
 */
export async function runToEnd(program, args, { cwd, env = {}, stdout }) {
  const began = performance.now();
  const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', stdout, 'inherit'] });
  let bytes = 0;
  let peak = 0;
  child.stdout?.on('data', chunk => {
    bytes += chunk.length;
  });
  const timer = setInterval(() => {
    peak = Math.max(peak, peakMemory(child.pid) ?? 0);
  }, 20);
  await new Promise(resolve => child.once('close', resolve));
  const took = performance.now() - began;
  clearInterval(timer);
  return { took, peak, bytes };
}

/** Resident memory of a living process now, MB; Linux only. */
export function memory(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))[1]) / 1024;
}

/** Processor time that all threads of a process have used so far, ms, by the scheduler's own count; Linux only. */
export function cpuTime(pid) {
  let sum = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    try {
      sum += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'latin1').split(' ')[0]) / 1e6;
    } catch {
      // this thread has ended meanwhile
    }
  }
  return sum;
}

/** inotify watches that a process holds; Linux only. */
export function inotifyWatches(pid) {
  const files = readdirSync(`/proc/${pid}/fdinfo`).map(fd => join(`/proc/${pid}/fdinfo`, fd));
  return files.reduce((sum, file) => {
    try {
      return sum + (readFileSync(file, 'latin1').match(/^inotify wd:/gm)?.length ?? 0);
    } catch {
      return sum; // closed meanwhile
    }
  }, 0);
}

/**
 * Runs contenders in turn, `runs` times each, the order reversed every other round, after one round that does not count.
 * @param contenders `{ name: async () => number }`; a run gives its own measure
 * @param options `peers`: names of those that are left out (and said to be) once a run of theirs fails; `isWarmedUp`:
 * there is no need of a round that does not count
 */
export async function interleave(contenders, runs, { peers = [], isWarmedUp = false } = {}) {
  const names = Object.keys(contenders);
  const measured = Object.fromEntries(names.map(name => [name, []]));
  for (let round = isWarmedUp ? 1 : 0; round <= runs; round++) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      if (!measured[name]) continue;
      try {
        const value = await contenders[name]();
        if (round > 0) measured[name].push(value);
      } catch (error) {
        if (!peers.includes(name)) throw error;
        console.log(`left out: ${name}: ${error.message}`);
        delete measured[name];
      }
    }
  }
  return measured;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** What a contender took, as it is kept. */
function summary(name, values) {
  const kept = value => Number(value.toPrecision(4));
  return {
    name,
    median: kept(median(values)),
    least: kept(Math.min(...values)),
    most: kept(Math.max(...values)),
    values: values.map(kept),
  };
}

/**
 * One line of the result that is held against a number, because there is no sense in a ratio.
 * @param options `limit`: the goal, held by the median, or by every run with `every`; `limitedBy`: what limits this line,
 * where it is not what limits its row; `at`: `{ plot, line, x }`, a point of a plot
 */
export function measure(what, values, { limit, every = false, unit = 'ms', note, limitedBy, at } = {}) {
  const value = every ? Math.max(...values) : median(values);
  const goal = limit === undefined ? {} : { goal: `≤ ${limit} ${unit}`, met: value <= limit };
  return { what, unit, ours: summary('fuge', values), ...goal, note, limitedBy, at };
}

/**
 * One line of the result: ours against another contender.
 * @param options `goal`: what the ratio of the medians must not pass; `below`: what it must stay below
 */
export function compare(what, measured, ours, theirs, { goal, below, unit = 'ms', note, limitedBy } = {}) {
  const ratio = median(measured[ours]) / median(measured[theirs]);
  const held =
    below !== undefined
      ? { goal: `< ${below}`, met: ratio < below }
      : goal !== undefined
        ? { goal: `≤ ${goal}`, met: ratio <= goal }
        : {};
  return {
    what,
    unit,
    ours: summary(ours, measured[ours]),
    theirs: summary(theirs, measured[theirs]),
    ratio: Number(ratio.toPrecision(3)),
    ...held,
    note,
    limitedBy,
  };
}
