// Node processes that are started before they are wanted: nothing of the service happens before the launch, and nobody can
// tell afterwards.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { MARK } from '../../src/supervisor/runners/owner.js';
import { pidsOfMarked } from '../../src/supervisor/runners/process-group.js';
import { eventually, FugeProcess } from '../rig/fuge-process.js';
import { comesTo, isAlive, type OpenSystem, openSystem, prints, temporaryFolder } from '../rig/open-system.js';

/** All of a process that differs where it was started in another way, but for what belongs to its run. */
const LOOK = `
const fs = require('node:fs');
const { isMainThread, Worker } = require('node:worker_threads');
const environment = env => Object.entries(env).filter(([name]) => name !== 'FUGE_RUN').sort();
const look = {
  argv: process.argv, execArgv: process.execArgv, cwd: process.cwd(), title: process.title,
  environment: environment(process.env), isMain: require.main === module, loaded: Object.keys(require.cache),
  paths: module.paths, stdin: fs.readFileSync(0, 'utf8'), fd3: (() => { try { return fs.fstatSync(3).isSocket(); } catch { return false; } })(),
};
console.log('main ' + JSON.stringify(look));
`;
const CHILDREN = `
const worker = new Worker('console.log("worker " + JSON.stringify(process.execArgv))', { eval: true });
worker.once('exit', () => {
  const child = require('node:child_process').fork(require('node:path').join(__dirname, 'child.js'), ['x']);
  child.once('exit', () => { console.log('done'); setInterval(() => {}, 1e9); });
});
`;
const CHILD = `console.log('child ' + JSON.stringify([process.argv, process.execArgv, process.env.NODE_OPTIONS]));`;

/** What the service says from one start to its \`done\`. */
const saidBy = (system: OpenSystem, run: number) =>
  system.events.flatMap(event =>
    event.type === 'lines' && event.service === 'web' && event.run === run ? event.lines : [],
  );

async function started(files: Record<string, string>): Promise<OpenSystem> {
  const system = await openSystem(files);
  await system.supervisor.start(['web']);
  await system.until(prints('web', 'done'));
  return system;
}

async function again(system: OpenSystem, run: number): Promise<void> {
  await system.supervisor.restart(['web']);
  await system.until(event => prints('web', 'done')(event) && event.type === 'lines' && event.run === run);
}

describe('a prepared process is as any other', () => {
  test.each([
    ['a program', 'run: look.js --port 3000', ''],
    ['a program with options of Node', 'run: node --enable-source-maps --stack-trace-limit=5 look.js', ''],
    ['NODE_OPTIONS', 'run: look.js', '  environment: [NODE_OPTIONS=--no-warnings --stack-trace-limit=7]\n'],
    ['empty NODE_OPTIONS', 'run: look.js', '  environment: ["NODE_OPTIONS="]\n'],
    ['preloads of its own', 'run: -r ./early.cjs look.js', '  environment: ["NODE_OPTIONS=-r \\"./a b.cjs\\""]\n'],
  ])('%s', async (_name, run, more) => {
    const system = await started({
      'fuge.yml': `web:\n  type: node\n  path: web\n  ${run}\n  monitor: false\n${more}`,
      'web/look.js': LOOK + CHILDREN,
      'web/child.js': CHILD,
      'web/early.cjs': 'console.log("early");',
      'web/a b.cjs': 'console.log("a b");',
    });
    await again(system, 2);
    const first = saidBy(system, 1);
    expect(first.filter(line => line.startsWith('main ')).length).toBe(1);
    expect(saidBy(system, 2)).toEqual(first);
  });

  test('a program of ES modules', async () => {
    const system = await started({
      'fuge.yml': 'web: {type: node, run: look.mjs a, monitor: false}\n',
      'look.mjs': `
        console.log(JSON.stringify([process.argv, process.execArgv, import.meta.url, typeof require, process.env.NODE_OPTIONS]));
        console.log('done'); setInterval(() => {}, 1e9);`,
    });
    await again(system, 2);
    expect(saidBy(system, 2)).toEqual(saidBy(system, 1));
  });
});

describe('nothing of the service happens before its launch', () => {
  test('neither its program nor what it preloads; what is saved meanwhile counts', async () => {
    const system = await openSystem({
      'fuge.yml':
        'web:\n  type: node\n  run: -r ./preload.cjs --import ./register.mjs server.cjs\n  warm: true\n  environment: ["NODE_OPTIONS=-r ./first.cjs"]\n  monitor: false\n',
      'first.cjs': 'console.log("first 1");',
      'preload.cjs': 'console.log("preload 1");',
      'register.mjs': 'console.log("register 1");',
      'server.cjs': 'console.log("server 1"); setInterval(() => {}, 1e9);',
    });
    await system.supervisor.start(['web']);
    const spare = await spareOf(system, 2);
    for (const name of ['first.cjs', 'preload.cjs', 'register.mjs', 'server.cjs']) {
      const path = join(system.folder, name);
      writeFileSync(path, readFileSync(path, 'utf8').replace('1"', '2"'));
    }
    await system.supervisor.restart(['web']);
    await system.until(prints('web', 'server 2'));
    expect(system.supervisor.status('web')?.run?.pid).toBe(spare);
    expect(system.printed('web')).toEqual([
      ...['first 1', 'preload 1', 'register 1', 'server 1'],
      ...['first 2', 'preload 2', 'register 2', 'server 2'],
    ]);
  });
});

const SERVER = 'console.log("up", process.pid, process.env.COLOR); setInterval(() => {}, 1e9);';
const WARM = 'web: {type: node, path: web, run: server.js, warm: true, monitor: false}\n';

/** pid of the process that waits for this run. */
async function spareOf(system: OpenSystem, run: number): Promise<number> {
  const leader = system.supervisor.status('web')!.run!.pid!;
  const mark = new RegExp(`${MARK}=([^:\\0]+):`).exec(readFileSync(`/proc/${leader}/environ`, 'latin1'))![1];
  let spare: number | undefined;
  await eventually(() => {
    [spare] = pidsOfMarked(`${MARK}=${mark}:web:${run}`);
    if (spare === undefined) throw new Error(`there is no spare for run ${run}`);
  });
  return spare!;
}

async function warm(): Promise<{ system: OpenSystem; spare: number }> {
  const system = await openSystem({ 'fuge.yml': WARM, 'web/server.js': SERVER });
  await system.supervisor.start(['web']);
  return { system, spare: await spareOf(system, 2) };
}

const ends = (pid: number) => eventually(() => expect(isAlive(pid)).toBe(false));

describe.skipIf(process.platform !== 'linux')('a spare', () => {
  test('becomes the next run', async () => {
    const { system, spare } = await warm();
    await system.supervisor.restart(['web']);
    await system.until(prints('web', `up ${spare}`));
    expect(system.supervisor.status('web')?.run?.pid).toBe(spare);
  });

  test('is no part of the run that is there: a stop of that ends it, too', async () => {
    const { system, spare } = await warm();
    await system.supervisor.stop(['web']);
    await ends(spare);
    expect(system.supervisor.status('web')?.phase.id).toBe('stopped');
  });

  test('of another environment is not taken', async () => {
    const { system, spare } = await warm();
    await system.supervisor.setVariable('web', 'COLOR', 'red');
    await system.supervisor.restart(['web']);
    const line = await system.until(event => prints('web', 'red')(event));
    expect(line).not.toMatchObject({ lines: [`up ${spare} red`] });
    await ends(spare);
    expect(system.printed('web')).toHaveLength(2);
  });

  test('of a directory that was made anew is not taken: it would stand in the old one', async () => {
    const { system, spare } = await warm();
    renameSync(join(system.folder, 'web'), join(system.folder, 'old'));
    mkdirSync(join(system.folder, 'web'));
    writeFileSync(join(system.folder, 'web/server.js'), SERVER.replace('"up"', '"new"'));
    await system.supervisor.restart(['web']);
    await system.until(prints('web', 'new '));
    expect(system.supervisor.status('web')?.run?.pid).not.toBe(spare);
  });

  test('that somebody killed is missed by nobody', async () => {
    const { system, spare } = await warm();
    process.kill(spare, 'SIGKILL');
    await ends(spare);
    await system.supervisor.restart(['web']);
    await system.until(event => comesTo('web', 'ready')(event) && system.printed('web').length === 2);
    expect(system.supervisor.status('web')?.run?.pid).not.toBe(spare);
  });

  test('is not taken to debug: the inspector would not be open', async () => {
    const { system, spare } = await warm();
    await system.supervisor.restart(['web'], { debug: true });
    const { run, inspectPort } = system.supervisor.status('web')!;
    expect(run?.pid).not.toBe(spare);
    expect(inspectPort).toBeGreaterThan(0);
    await ends(spare);
  });

  test('ends when fuge is killed', async () => {
    const folder = temporaryFolder({ 'fuge.yml': WARM, 'web/server.js': SERVER, 'run/.keep': '' });
    const running = new FugeProcess(folder);
    running.enter('start web');
    await running.says(/up \d+/);
    const [, pid] = /up (\d+)/.exec(running.output)!;
    const mark = new RegExp(`${MARK}=[^:\\0]+:`).exec(readFileSync(`/proc/${pid}/environ`, 'latin1'))![0];
    await eventually(() => expect(pidsOfMarked(`${mark}web:2`)).toHaveLength(1));
    running.kill('SIGKILL');
    await eventually(() => expect(pidsOfMarked(mark)).toEqual([]));
  });
});
