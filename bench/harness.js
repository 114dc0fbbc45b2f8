// What every row of the benchmark needs: peers, interleaved runs, medians, a table. Nothing here asserts anything.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const fuge = join(root, 'bin', 'fuge.js');

const cache = join(root, 'node_modules', '.cache', 'peers');

/** The path of a program of a peer's npm package, installed on first use; undefined (and said by name) without a registry. */
export function peer(name, version, program = name) {
  const folder = join(cache, `${name}@${version}`);
  const path = join(folder, 'node_modules', '.bin', program);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private": true}\n');
  try {
    execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', `${name}@${version}`], {
      cwd: folder,
      stdio: 'ignore',
    });
    return path;
  } catch {
    console.log(`skipped: ${name}@${version} is not installed and npm can't fetch it`);
    return undefined;
  }
}

/** The path of a program of the system; undefined (and said by name) where there is none. */
export function program(name) {
  const found = (process.env.PATH ?? '').split(':').find(directory => directory && existsSync(join(directory, name)));
  if (found) return join(found, name);
  console.log(`skipped: ${name} is not installed`);
  return undefined;
}

/** Whether rows that can look for longer do: an hour, where it is a minute otherwise (`--long`). */
export const isLong = process.argv.includes('--long');

/** A container engine of our own and the docker command that talks to it; undefined (and said why) where there can be none. */
export async function containerEngine() {
  const { TestEngine } = await import('../scripts/engine/engine.js');
  try {
    execFileSync('docker', ['--version'], { stdio: 'ignore' });
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

/** A folder with these files; it goes when the process ends. */
export function folder(files = {}) {
  const path = mkdtempSync(join(tmpdir(), 'fuge-bench-'));
  process.on('exit', () => rmSync(path, { recursive: true, force: true }));
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

/** Resident memory of a living process now, MB; Linux only. */
export function memory(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))[1]) / 1024;
}

/** Processor time that a process has used so far, ms, by all its threads; Linux only. */
export function cpuTime(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10; // ticks are 1/100 s on every Linux of today
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
 */
export async function interleave(contenders, runs) {
  const names = Object.keys(contenders);
  const measured = Object.fromEntries(names.map(name => [name, []]));
  for (let round = 0; round <= runs; round++) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      const value = await contenders[name]();
      if (round > 0) measured[name].push(value);
    }
  }
  return measured;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const spread = values => `${round(Math.min(...values))}–${round(Math.max(...values))}`;

/** One line of the result that is held against a number, because there is no sense in a ratio. */
export function measure(what, values, { limit, unit = 'ms', note = '' } = {}) {
  const value = median(values);
  return {
    what,
    ours: `${round(value)} ${unit} (${spread(values)})`,
    theirs: '',
    ratio: '',
    goal: limit === undefined ? '' : `≤ ${limit} ${unit}`,
    met: limit === undefined ? '' : value <= limit ? 'yes' : 'no',
    note,
  };
}

const round = value => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));

/** One line of the result: ours against the first contender. */
export function compare(what, measured, ours, theirs, { goal, unit = 'ms', note = '' } = {}) {
  const [a, b] = [median(measured[ours]), median(measured[theirs])];
  return {
    what,
    ours: `${round(a)} ${unit} (${spread(measured[ours])})`,
    theirs: `${theirs}: ${round(b)} ${unit} (${spread(measured[theirs])})`,
    ratio: `${(a / b).toFixed(2)}`,
    goal: goal === undefined ? '' : `≤ ${goal}`,
    met: goal === undefined ? '' : a / b <= goal ? 'yes' : 'no',
    note,
  };
}

export function machine() {
  const [cpu] = cpus();
  return `${cpus().length} × ${cpu?.model.trim() ?? 'unknown cpu'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${process.arch}, Node ${process.version}, load ${loadavg()[0].toFixed(1)}`;
}
