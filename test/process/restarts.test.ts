import { execFileSync, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Event } from '../../src/index.js';
import { eventually } from '../rig/fuge-process.js';
import { comesTo, type OpenSystem, openSystem, prints, temporaryFolder } from '../rig/open-system.js';

const fuge = fileURLToPath(new URL('../../bin/fuge.js', import.meta.url));

const SERVER = `console.log('up ' + process.pid); setInterval(() => {}, 1e9);`;
const YAML = 'web:\n  type: node\n  path: web\n  run: server.js\n  monitor_excludes: ["*.log"]\n';

/** A watched service that is up; saves are seen from now on. */
async function watched(files: Record<string, string> = {}, yaml = YAML): Promise<OpenSystem> {
  const system = await openSystem({ 'fuge.yml': yaml, 'web/server.js': SERVER, 'web/lib/a.js': '', ...files });
  await system.supervisor.start(['web']);
  await system.supervisor.watch(['web'], true);
  await system.until(prints('web', 'up'));
  return system;
}

/** Starts that reached user code. */
const starts = ({ printed }: OpenSystem) => printed('web').filter(line => line.startsWith('up ')).length;

/** Settles when a run after this one is ready: 250 ms after its launch, so later than any event of the save. */
async function ready(system: OpenSystem, afterRun: number): Promise<void> {
  await system.until(
    event =>
      event.type === 'phase' && event.service === 'web' && event.phase.id === 'ready' && event.phase.run > afterRun,
  );
}

/** How often user code was reached from a save until the service is ready again. */
async function restartsAfter(system: OpenSystem, save: (folder: string) => Promise<void> | void): Promise<number> {
  const run = system.supervisor.status('web')!.run!.id;
  const before = starts(system);
  await save(join(system.folder, 'web'));
  await ready(system, run);
  return starts(system) - before;
}

describe('one save is one restart, whichever way it is made', () => {
  test.each<[string, (folder: string) => void]>([
    ['written in place', folder => writeFileSync(join(folder, 'lib/a.js'), 'x')],
    [
      'written aside and renamed over it',
      folder => {
        writeFileSync(join(folder, 'lib/.a.js.tmp'), 'x');
        renameSync(join(folder, 'lib/.a.js.tmp'), join(folder, 'lib/a.js'));
      },
    ],
    [
      'moved to a backup and written anew',
      folder => {
        renameSync(join(folder, 'lib/a.js'), join(folder, 'lib/a.js~'));
        writeFileSync(join(folder, 'lib/a.js'), 'x');
        unlinkSync(join(folder, 'lib/a.js~'));
      },
    ],
    ['deleted', folder => unlinkSync(join(folder, 'lib/a.js'))],
    [
      'a new directory with files',
      folder => {
        mkdirSync(join(folder, 'new/deep'), { recursive: true });
        for (let i = 0; i < 20; i++) writeFileSync(join(folder, `new/deep/${i}.js`), 'x');
      },
    ],
    ['a directory removed', folder => rmSync(join(folder, 'lib'), { recursive: true })],
  ])('%s', async (_name, save) => {
    const system = await watched();
    expect(await restartsAfter(system, save)).toBe(1);
    expect(system.supervisor.status('web')?.restarts).toBe(1);
  });

  test('a checkout of 500 files', async () => {
    const files = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`web/lib/f${i}.js`, 'one']));
    const system = await watched(files);
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
        cwd: system.folder,
        stdio: 'ignore',
      });
    await system.supervisor.watch(['web'], false);
    git('init');
    git('add', '-A');
    git('commit', '-m', 'one');
    git('checkout', '-b', 'two');
    for (const name of Object.keys(files)) writeFileSync(join(system.folder, name), 'two, and longer');
    git('commit', '-am', 'two');
    await system.supervisor.watch(['web'], true);
    expect(await restartsAfter(system, () => void git('checkout', 'master'))).toBe(1);
  });

  test('twenty saves within a second', async () => {
    const system = await watched();
    const count = await restartsAfter(system, async folder => {
      for (let i = 0; i < 20; i++) {
        writeFileSync(join(folder, 'lib/a.js'), `${i}`.repeat(i + 1));
        if (i < 19) await pause(50);
      }
    });
    expect(count).toBe(1);
  });
});

test('what is excluded, and the log files, restart nothing', async () => {
  const system = await watched();
  const run = system.supervisor.status('web')!.run!.id;
  const folder = join(system.folder, 'web');
  writeFileSync(join(folder, 'lib/debug.log'), 'x');
  mkdirSync(join(folder, 'node_modules/left-pad'), { recursive: true });
  writeFileSync(join(folder, 'node_modules/left-pad/index.js'), 'x');
  writeFileSync(join(folder, 'lib/a.js'), 'x'); // the first that counts
  const restarted = (await system.until(event => event.type === 'phase' && event.phase.id === 'stopping')) as Extract<
    Event,
    { type: 'phase' }
  >;
  expect(restarted.cause).toEqual({ type: 'files', files: ['lib/a.js'] });
  await ready(system, run);
});

test('a save revives what crashed, and the error of a save that breaks it is told with its place', async () => {
  const system = await watched();
  writeFileSync(join(system.folder, 'web/server.js'), 'prt(1);\n');
  const crash = (await system.until(comesTo('web', 'failed'))) as Extract<Event, { type: 'phase' }>;
  expect(crash.error).toEqual({
    message: 'ReferenceError: prt is not defined',
    at: { file: join(system.folder, 'web/server.js'), line: 1, column: 1 },
  });
  expect(system.supervisor.status('web')?.error).toEqual(crash.error);
  writeFileSync(join(system.folder, 'web/server.js'), SERVER);
  await ready(system, 2);
  expect(system.supervisor.status('web')?.error).toBeUndefined();
});

test('a service that writes into its own folder is found out, and named', async () => {
  const writer = `setInterval(() => require('fs').writeFileSync('data.json', String(Date.now())), 200); ${SERVER}`;
  const system = await openSystem({ 'fuge.yml': YAML, 'web/server.js': writer, 'web/data.json': '' });
  void system.supervisor.start(['web']);
  const paused = (await system.until(event => event.type === 'notice')) as Extract<Event, { type: 'notice' }>;
  expect(paused.diagnostic).toMatchObject({
    code: 'writes-its-own-files',
    message:
      '"web" writes into the folder that is watched (data.json), and each write restarted it: watching is paused',
  });
  expect(system.supervisor.status('web')?.watching).toBe('paused');
});

test('an edited env_file restarts the services that read it, with the new value', async () => {
  const yaml = `${YAML}  env_file: ../web.env\nother:\n  type: process\n  run: sleep 1000\n  monitor: false\n`;
  const server = `console.log('up ' + process.env.COLOUR); setInterval(() => {}, 1e9);`;
  const system = await watched({ 'web.env': 'COLOUR=red\n', 'web/server.js': server }, yaml);
  await system.supervisor.start(['other']);
  const other = system.supervisor.status('other')!.run!.id;
  writeFileSync(join(system.folder, 'web.env'), 'COLOUR=green\n');
  await system.until(prints('web', 'up green'));
  expect(system.supervisor.status('other')?.run?.id).toBe(other);
});

test('an edited system file is told, and changes nothing by itself', async () => {
  const system = await watched();
  writeFileSync(join(system.folder, 'fuge.yml'), `${YAML}new:\n  type: process\n  run: sleep 1\n`);
  const told = (await system.until(event => event.type === 'system-file-changed')) as { files: readonly string[] };
  expect(told.files).toEqual([join(system.folder, 'fuge.yml')]);
  expect(system.supervisor.statuses().map(status => status.name)).toEqual(['web']);
});

test('what fuge prints into a watched folder is no save', async () => {
  const folder = temporaryFolder({
    'fuge.yml': 'web:\n  type: node\n  run: server.js\n',
    'server.js': SERVER,
    'run/.keep': '',
  });
  const out = join(folder, 'out.txt');
  const printed = openSync(out, 'a');
  const env = { ...process.env, NO_COLOR: '1', XDG_RUNTIME_DIR: join(folder, 'run') };
  const options: SpawnOptions = { cwd: folder, env, stdio: ['ignore', printed, printed] };
  const child = spawn(process.execPath, [fuge, 'up'], options);
  closeSync(printed);
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  const count = (word: RegExp) => readFileSync(out, 'utf8').match(word)?.length ?? 0;
  await eventually(() => expect(count(/✓ ready/g)).toBe(1));
  writeFileSync(join(folder, 'server.js'), `${SERVER}\n`);
  await eventually(() => expect(count(/✓ ready/g)).toBe(2));
  child.kill('SIGINT');
  await ended;
  expect([count(/│ up/g), count(/↻/g)]).toEqual([2, 1]);
});
