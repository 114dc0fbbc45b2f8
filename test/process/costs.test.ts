// What fuge costs, as counts that no machine's speed changes: a limit that is passed tells of something that a start or a
// line has to pay for from then on. Raise a limit only with a reason beside it.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { FugeProcess } from '../rig/fuge-process.js';
import { temporaryFolder } from '../rig/open-system.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const fuge = join(root, 'bin', 'fuge.js');
const isLinux = process.platform === 'linux';
const canTrace = isLinux && spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0;

const SERVICES = 20;
const SYSTEM = Array.from({ length: SERVICES }, (_, i) => `s${i}:\n  type: process\n  run: sleep 1000\n`).join('');

const environment = (folder: string) => ({ ...process.env, XDG_RUNTIME_DIR: join(folder, 'run'), NO_COLOR: '1' });

/** The files that Node loads for a command: its coverage report names each. */
function loadedBy(folder: string, args: readonly string[], input = ''): string[] {
  const reports = mkdtempSync(join(folder, 'coverage-'));
  const env = { ...environment(folder), NODE_V8_COVERAGE: reports };
  execFileSync(process.execPath, [fuge, ...args], { cwd: folder, env, input, stdio: ['pipe', 'ignore', 'inherit'] });
  const [report] = readdirSync(reports);
  const { result } = JSON.parse(readFileSync(join(reports, report!), 'utf8')) as { result: { url: string }[] };
  return result.map(({ url }) => url).filter(url => url.startsWith('file:'));
}

/** Lines of strace for a program and all that it starts, each process's together. */
function traced(calls: string, folder: string, args: readonly string[], input = ''): string[] {
  const traces = mkdtempSync(join(folder, 'trace-'));
  const options = ['-ff', '-qq', '-o', join(traces, 'of'), '-e', `trace=${calls}`];
  execFileSync('strace', [...options, process.execPath, ...args], {
    cwd: folder,
    env: environment(folder),
    input,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  return readdirSync(traces).flatMap(file => readFileSync(join(traces, file), 'utf8').split('\n'));
}

/** bytes that a process has read (`rchar`) and written (`wchar`) so far, by any kind of file. */
function trafficOf(pid: number): Record<string, number> {
  const text = readFileSync(`/proc/${pid}/io`, 'latin1');
  return Object.fromEntries([...text.matchAll(/^(\w+): (\d+)$/gm)].map(([, name, value]) => [name, Number(value)]));
}

function isJson(path: string): boolean {
  try {
    JSON.parse(readFileSync(path, 'utf8'));
    return true;
  } catch {
    return false;
  }
}

/** MB of a process: now (`VmRSS`), at its peak (`VmHWM`). */
function memoryOf(pid: number): Record<string, number> {
  const text = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Object.fromEntries(
    [...text.matchAll(/^(\w+):\s+(\d+) kB$/gm)].map(([, name, value]) => [name, Number(value) / 1024]),
  );
}

function inotifyWatchesOf(pid: number): number {
  const folder = `/proc/${pid}/fdinfo`;
  return readdirSync(folder)
    .map(each => readFileSync(join(folder, each), 'latin1').match(/^inotify wd:/gm)?.length ?? 0)
    .reduce((sum, count) => sum + count, 0);
}

describe('modules loaded', () => {
  test('by version: the binary, the entry, the version', () => {
    expect(loadedBy(temporaryFolder(), ['version'])).toHaveLength(3);
  });

  test('by ps on a running system: no parser of flags or of YAML, no supervisor', async () => {
    const folder = temporaryFolder({ 'fuge.yml': SYSTEM, 'run/.keep': '' });
    const running = new FugeProcess(folder);
    running.enter('start s0');
    await running.says(/1 ready/);
    const loaded = loadedBy(folder, ['ps']);
    expect(loaded.filter(url => /commander|js-yaml|supervisor-/.test(url))).toEqual([]);
    // The binary, the entry, the bundles of version, commands, attach and ps, and 2 files that measure text.
    expect(loaded.length).toBeLessThanOrEqual(8);
  });

  test('by the prompt: the YAML parser and nothing of containers, the dashboard, flags', () => {
    const folder = temporaryFolder({ 'fuge.yml': SYSTEM, 'run/.keep': '' });
    const loaded = loadedBy(folder, ['shell'], 'exit\n');
    const foreign = loaded.filter(url => url.includes('/node_modules/')).map(url => basename(url));
    expect(foreign.sort()).toEqual(['index.js', 'js-yaml.mjs', 'utils.js']);
    // As for ps, and the bundles of load, shell, supervisor and exit, and the YAML parser.
    expect(loaded.length).toBeLessThanOrEqual(13);
  });

  test('by up: of Node itself neither crypto nor http (undici, in later releases) nor readline', () => {
    const folder = temporaryFolder({
      'fuge.yml': 'once:\n  type: process\n  run: "true"\n',
      'list.cjs': `process.on('exit', () => require('fs').writeFileSync('list.json', JSON.stringify(process.moduleLoadList)));`,
      'run/.keep': '',
    });
    const options = { cwd: folder, env: environment(folder), stdio: 'ignore' } as const;
    execFileSync(process.execPath, ['--require', './list.cjs', fuge, 'up'], options);
    const list = JSON.parse(readFileSync(join(folder, 'list.json'), 'utf8')) as string[];
    expect(list).toContain('NativeModule child_process');
    expect(list.filter(name => /^NativeModule (crypto|http|readline|internal\/deps\/undici.*)$/.test(name))).toEqual(
      [],
    );
  });
});

describe('memory', () => {
  test('the bundle is ASCII: V8 keeps its text, and one other character makes it twice as large', () => {
    for (const folder of ['program', 'engine'])
      for (const file of readdirSync(join(root, 'dist', folder)))
        expect([file, /[^\x00-\x7f]/.exec(readFileSync(join(root, 'dist', folder, file), 'utf8'))?.[0]]).toEqual([
          file,
          undefined,
        ]);
  });

  test.runIf(isLinux)('no service that runs has its environment kept', async () => {
    const names = Array.from({ length: SERVICES }, (_, i) => `s${i}`);
    const folder = temporaryFolder({
      'fuge.yml': names.map(name => `${name}:\n  type: process\n  run: sleep 1000\n  env_file: ${name}.env\n`).join(''),
      ...Object.fromEntries(names.map(name => [`${name}.env`, `WORD=the-word-of-${name}-alone\n`])),
      'run/.keep': '',
    });
    const running = new FugeProcess(folder, { node: ['--heapsnapshot-signal=SIGUSR2'] });
    running.enter('start all');
    await running.says(new RegExp(`^${SERVICES} ready`, 'm'));
    running.kill('SIGUSR2');
    const snapshot = () => readdirSync(folder).find(file => file.endsWith('.heapsnapshot'));
    // It is written a piece at a time.
    await expect.poll(() => snapshot() && isJson(join(folder, snapshot()!)), { timeout: 30_000 }).toBe(true);
    const heap = readFileSync(join(folder, snapshot()!), 'utf8');
    expect(heap).toContain('s19.env');
    // The last one may be left in what V8 keeps of the last match of a pattern.
    expect(new Set(heap.match(/the-word-of-s\d+-alone/g)).size).toBeLessThanOrEqual(1);
  });

  test.runIf(isLinux)('a look at the process table leaves no buffers', async () => {
    const { processTable } = await import('../../src/supervisor/runners/process-group.js');
    await processTable();
    const before = process.memoryUsage().arrayBuffers;
    for (let look = 0; look < 20; look++) expect((await processTable()).length).toBeGreaterThan(1);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThanOrEqual(64 * 1024);
  });
});

describe.skipIf(!canTrace)('system calls', () => {
  test('version looks at few files more than Node itself', () => {
    const folder = temporaryFolder();
    const least = traced('file', folder, ['-e', '0']).length;
    // 29 on Node 20, most of them for package.json and for links in the path of 3 modules.
    expect(traced('file', folder, [fuge, 'version']).length - least).toBeLessThanOrEqual(45);
  });

  test('a start of 20 services starts 20 programs and one guard', () => {
    const folder = temporaryFolder({ 'fuge.yml': SYSTEM, 'run/.keep': '' });
    const calls = traced('execve', folder, [fuge, 'shell'], 'start all\n');
    const programs = calls
      .flatMap(call => /execve\("([^"]*)".* = 0$/.exec(call)?.[1] ?? [])
      .map(each => basename(each));
    const counts: Record<string, number> = {};
    for (const program of programs) counts[program] = (counts[program] ?? 0) + 1;
    expect(counts).toMatchObject({ sleep: SERVICES });
    // Node for fuge itself, the guard, and nothing that looks around (ps, lsof, git).
    expect(programs.length - SERVICES).toBeLessThanOrEqual(2);
  });
});

describe.runIf(isLinux)('a running system', () => {
  test('watches the wanted directories, and none in node_modules or .git', async () => {
    const dependencies = Array.from({ length: 50 }, (_, i) => [`web/node_modules/p${i}/lib/index.js`, '']);
    const folder = temporaryFolder({
      'fuge.yml': 'web:\n  type: process\n  path: web\n  run: sleep 1000\n',
      'run/.keep': '',
      'web/.git/objects/aa/bb': '',
      'web/src/a/one.js': '',
      'web/src/b/two.js': '',
      ...Object.fromEntries(dependencies),
    });
    const running = new FugeProcess(folder);
    running.enter('start all');
    await running.says(/1 ready/);
    // web, src, a, b; the folder of the system file; the folder of git's own ignore file.
    expect(inotifyWatchesOf(running.pid)).toBeLessThanOrEqual(6);
    expect(inotifyWatchesOf(running.pid)).toBeGreaterThanOrEqual(4);
  });

  test('reads a line once and writes it twice: to its log and to the output', async () => {
    const lines = 100_000;
    const bytes = lines * 100;
    const flood = `const line = 'x'.repeat(99) + '\\n'; for (let i = 0; i < ${lines / 100}; i++) require('fs').writeSync(1, line.repeat(100)); setInterval(() => {}, 1e9);`;
    const folder = temporaryFolder({
      'fuge.yml':
        'fuge_global:\n  monitor: false\nflood:\n  type: process\n  run: node flood.js\nlast:\n  type: process\n  run: sleep 1000\n',
      'flood.js': flood,
      'run/.keep': '',
    });
    const running = new FugeProcess(folder);
    running.enter('start last');
    await running.says(/1 ready/);
    const before = trafficOf(running.pid);
    const memory = memoryOf(running.pid).VmRSS!;
    running.enter('start flood');
    await expect.poll(() => running.output.match(/x{99}/g)?.length, { timeout: 30_000 }).toBe(lines);
    const after = trafficOf(running.pid);
    const grown = (what: string) => (after[what]! - before[what]!) / bytes;
    // Beside the lines themselves: /proc for usage, modules loaded at the first start.
    expect(grown('rchar')).toBeLessThanOrEqual(1.2);
    // Once to the log as it came, with a time before it; once to the output, with the name before it.
    expect(grown('wchar')).toBeLessThanOrEqual(2.6);
    // 64 KiB at once is what a pipe holds: a write for each line would be hundreds of times more.
    expect(after.syscw! - before.syscw!).toBeLessThanOrEqual(lines / 40);
    // What is kept (1 MB), what waits for the disk, and little for the garbage collector: the rest is memory that is used again.
    expect(memoryOf(running.pid).VmHWM! - memory).toBeLessThanOrEqual(30);
  });
});
