import { existsSync, readFileSync, rmdirSync, statSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Event, formatDiagnostic, type Outcome } from '../../src/index.js';
import { LONGEST_LINE } from '../../src/supervisor/lines.js';
import { KEPT_BYTES } from '../../src/supervisor/recent-lines.js';
import { comesTo, freePort, isAlive, loadFrom, openSystem, prints } from '../rig/open-system.js';

const system = (keys: string) => `fuge_global:\n  monitor: false\nweb:\n  type: process\n${keys}`;
const script = (keys = '') => system(`  run: node web.js\n${keys}`);
const problemOf = (outcome: Outcome | undefined, folder: string) =>
  outcome?.problem && formatDiagnostic(outcome.problem).replaceAll(folder, '.');
const FOREVER = 'setInterval(() => {}, 1e9);';

test('a program that is not installed is named, with the line that asks for it', async () => {
  const { supervisor, folder } = await openSystem({ 'fuge.yml': system('  run: no-such-program --fast\n') });
  const [outcome] = await supervisor.start(['web']);
  expect(outcome?.result).toBe('failed');
  expect(problemOf(outcome, folder)).toBe(
    './fuge.yml:5:8 error missing-executable: "web" can\'t start: no program "no-such-program" is found on the PATH\n' +
      '  hint: install no-such-program, or change run',
  );
});

test('a directory that went after loading is named, not the program', async () => {
  const { supervisor, folder } = await openSystem({
    'fuge.yml': system('  path: web\n  run: node web.js\n'),
    'web/web.js': FOREVER,
  });
  unlinkSync(join(folder, 'web/web.js'));
  rmdirSync(join(folder, 'web'));
  const [outcome] = await supervisor.start(['web']);
  expect(problemOf(outcome, folder)).toBe(
    './fuge.yml:5:9 error missing-directory: "web" can\'t start: its directory ./web does not exist\n' +
      '  hint: create it, or change its path',
  );
});

test('a script without permission is told how to get it', async () => {
  const { supervisor, folder } = await openSystem({ 'fuge.yml': system('  run: ./run.sh\n'), 'run.sh': '#!/bin/sh\n' });
  const [outcome] = await supervisor.start(['web']);
  expect(problemOf(outcome, folder)).toBe(
    './fuge.yml:5:8 error not-executable: "web" can\'t start: ./run.sh is not executable\n' +
      '  hint: chmod +x ./run.sh, or name its interpreter in run',
  );
});

test('a port that somebody else holds is told with its holder', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const { supervisor, folder } = await openSystem({
    'fuge.yml': script(`  ports:\n    - main=${port}\n`),
    'web.js': FOREVER,
  });
  const [outcome] = await supervisor.start(['web']);
  expect(outcome?.problem).toMatchObject({ code: 'port-taken', at: { line: 7 } });
  expect(problemOf(outcome, folder)).toContain(`port ${port} of "web" is taken by pid ${process.pid} (`);
  expect(outcome?.problem?.hint).toBe('end it, or change the port');
});

// With a port that it never opens, a service does not count as ready just because a slow machine let it live for long.
const neverReady = async (keys = '') => script(`  ports:\n    - main=${await freePort()}\n${keys}`);

test('a crash at once fails the start and leaves the last words', async () => {
  const { supervisor, printed } = await openSystem({
    'fuge.yml': await neverReady(),
    'web.js': 'console.error("no luck"); process.exit(3);',
  });
  expect(await supervisor.start(['web'])).toMatchObject([
    { result: 'failed', problem: { code: 'crashed', message: '"web" exited with code 3' } },
  ]);
  expect(printed('web')).toEqual(['no luck']);
  expect(supervisor.status('web')).toMatchObject({
    phase: { id: 'failed' },
    run: undefined,
    lastExit: { reason: 'code', code: 3 },
  });
});

test('the last words of a crash are told before the crash', async () => {
  const { supervisor, events } = await openSystem({
    'fuge.yml': await neverReady(),
    'web.js': 'process.stdout.write("end without newline"); process.exit(1)',
  });
  await supervisor.start(['web']);
  const line = events.findIndex(prints('web', 'end without newline'));
  expect(line).toBeGreaterThan(-1);
  expect(line).toBeLessThan(events.findIndex(comesTo('web', 'failed')));
});

test('a crash after it was ready is tried again, and the count is told', async () => {
  const { supervisor, until, events } = await openSystem({
    'fuge.yml': script('  restart_on_error: true\n  max_restarts: 2\n'),
    'web.js': 'setTimeout(() => process.exit(1), 400)',
  });
  expect(await supervisor.start(['web'])).toMatchObject([{ result: 'ready' }]);
  await until(comesTo('web', 'failed'));
  expect(events.filter(event => event.type === 'launched')).toHaveLength(3);
  expect(supervisor.status('web')).toMatchObject({ restarts: 2, crashes: 3 });
});

test('an exit with code 0 is completed, not crashed', async () => {
  const { supervisor } = await openSystem({
    'fuge.yml': await neverReady('  restart_on_error: true\n'),
    'web.js': 'console.log("done")',
  });
  expect(await supervisor.start(['web'])).toMatchObject([{ service: 'web', result: 'completed' }]);
});

test('a grandchild that holds stdout neither delays the end nor survives it', async () => {
  const { supervisor, until } = await openSystem({
    'fuge.yml': await neverReady(),
    'web.js': `
      const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => console.log("still here"), 20)'], { stdio: 'inherit' });
      console.log('grandchild ' + child.pid);
      child.on('spawn', () => process.exit(1));`,
  });
  await supervisor.start(['web']);
  const line = (await until(prints('web', 'grandchild'))) as Extract<Event, { type: 'lines' }>;
  const pid = Number(line.lines.join('\n').match(/grandchild (\d+)/)?.[1]);
  expect(supervisor.status('web')?.phase.id).toBe('failed');
  expect(isAlive(pid)).toBe(false);
});

test.runIf(process.platform === 'linux')(
  'a child that left the process group, and goes on writing, is ended with its service',
  async () => {
    const { supervisor, until } = await openSystem({
      'fuge.yml': await neverReady(),
      'web.js': `
      const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => console.log("late"), 10)'], { stdio: 'inherit', detached: true });
      console.log('escapee ' + child.pid);
      child.on('spawn', () => process.exit(0));`,
    });
    expect(await supervisor.start(['web'])).toMatchObject([{ result: 'completed' }]);
    const line = (await until(prints('web', 'escapee'))) as Extract<Event, { type: 'lines' }>;
    expect(isAlive(Number(line.lines.join('\n').match(/escapee (\d+)/)?.[1]))).toBe(false);
    expect(await supervisor.restart(['web'])).toMatchObject([{ result: 'completed' }]);
  },
);

test('a child that ignores SIGTERM is killed when the grace is over', async () => {
  const { supervisor, until, events } = await openSystem({
    'fuge.yml': script('  stop_grace_period: 300ms\n'),
    'web.js': `process.on('SIGTERM', () => console.log('no')); console.log('up'); ${FOREVER}`,
  });
  void supervisor.start(['web']);
  await until(prints('web', 'up'));
  const pid = supervisor.status('web')!.run!.pid!;
  expect(await supervisor.stop(['web'])).toMatchObject([{ service: 'web', result: 'stopped' }]);
  expect(isAlive(pid)).toBe(false);
  expect(events.filter(comesTo('web', 'stopping'))).toMatchObject([
    { phase: { forced: false } },
    { phase: { forced: true } },
  ]);
});

test('100 MB without a newline arrive whole in the log file, while memory keeps the end only', async () => {
  const { supervisor, folder, until } = await openSystem({
    'fuge.yml': script(),
    'web.js': `const mb = Buffer.alloc(1024 * 1024, 'x'); let n = 0;
      const more = () => { while (n < 100) { n++; if (!process.stdout.write(mb)) return process.stdout.once('drain', more); } };
      more();`,
  });
  void supervisor.start(['web']);
  await until(comesTo('web', 'completed'));
  await supervisor.close();
  expect(statSync(join(folder, 'log/web.log')).size).toBe(100 * 1024 * 1024);
  const kept = (await supervisor.lines('web')).reduce((sum, line) => sum + line.text.length, 0);
  expect(kept).toBeGreaterThan(KEPT_BYTES / 2);
  expect(kept).toBeLessThanOrEqual(KEPT_BYTES + LONGEST_LINE);
});

test('invalid UTF-8 and binary output lose nothing around them, and stand in the file as they were', async () => {
  const bytes = Buffer.from([0x61, 0xff, 0xfe, 0x62, 10, 0, 1, 2, 0x1b, 10, 0xf0, 0x9f, 0x90, 0xb1, 10]);
  const { supervisor, folder, printed } = await openSystem({
    'fuge.yml': script(),
    'web.js': `for (const byte of [${[...bytes]}]) require('fs').writeSync(1, Buffer.from([byte]));`,
  });
  await supervisor.start(['web']);
  expect(printed('web')).toEqual(['a\ufffd\ufffdb', '\0\u0001\u0002\u001b', '🐱']);
  await supervisor.close();
  expect(readFileSync(join(folder, 'log/web.log'))).toEqual(bytes);
});

test('a program file that is deleted while it runs does not disturb the run; the restart says what is missing', async () => {
  const { supervisor, folder, printed, until } = await openSystem({ 'fuge.yml': script(), 'web.js': FOREVER });
  await supervisor.start(['web']);
  unlinkSync(join(folder, 'web.js'));
  expect(supervisor.status('web')?.phase.id).toBe('ready');
  void supervisor.restart(['web']);
  await until(comesTo('web', 'failed'));
  expect(printed('web').join('\n')).toContain('Cannot find module');
});

test('a log folder that can not be made costs one warning, not the run', async () => {
  const { supervisor, events, folder, printed } = await openSystem({
    'fuge.yml': script(),
    'web.js': `console.log('one'); setTimeout(() => console.log('two'), 50); ${FOREVER}`,
    log: 'a file where the folder should be',
  });
  expect(await supervisor.start(['web'])).toMatchObject([{ result: 'ready' }]);
  expect(printed('web')).toEqual(['one', 'two']);
  const warnings = events.flatMap(event => (event.type === 'notice' ? [formatDiagnostic(event.diagnostic)] : []));
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain(`the output of "web" is not written to ${folder}/log/web.log: `);
});

test.skipIf(!existsSync('/dev/full'))('a full disk costs one warning, not the run', async () => {
  const { supervisor, events, folder } = await openSystem({
    'fuge.yml': script('').replace('monitor: false', 'monitor: false\n  log_path: logs'),
    'web.js': `for (let i = 0; i < 1000; i++) console.log('line ' + i); ${FOREVER}`,
    'logs/.keep': '',
  });
  symlinkSync('/dev/full', join(folder, 'logs/web.log'));
  expect(await supervisor.start(['web'])).toMatchObject([{ result: 'ready' }]);
  expect(await supervisor.lines('web')).toHaveLength(1000);
  const warnings = events.flatMap(event => (event.type === 'notice' ? [event.diagnostic] : []));
  expect(warnings).toMatchObject([{ code: 'log-not-written', message: expect.stringMatching(/: the disk is full$/) }]);
});

test('200 services start, answer and stop', async () => {
  const names = Array.from({ length: 200 }, (_, i) => `s${i}`);
  const yaml = names.map(name => `${name}:\n  type: process\n  run: sh -c "echo up; exec sleep 1000"\n`).join('');
  const { supervisor, printed } = await openSystem({ 'fuge.yml': `fuge_global:\n  monitor: false\n${yaml}` });
  const outcomes = await supervisor.start(names);
  expect(outcomes.filter(outcome => outcome.result !== 'ready')).toEqual([]);
  expect(names.filter(name => printed(name)[0] !== 'up')).toEqual([]);
  const pids = supervisor.statuses().map(status => status.run!.pid!);
  await supervisor.close();
  expect(pids.filter(isAlive)).toEqual([]);
});

test('a system that is reloaded restarts what changed, starts nothing else, and stops what was removed', async () => {
  const yaml = (extra: string, value: string) =>
    `fuge_global:\n  monitor: false\na:\n  type: process\n  run: sleep 1000\nb:\n  type: process\n  run: sleep 1000\n  environment:\n    - X=${value}\n${extra}`;
  const { supervisor, folder, until } = await openSystem({
    'fuge.yml': yaml('c:\n  type: process\n  run: sleep 1000\n', '1'),
  });
  await supervisor.start(['a', 'b', 'c']);
  const pids = Object.fromEntries(supervisor.statuses().map(status => [status.name, status.run!.pid]));
  writeFileSync(join(folder, 'fuge.yml'), yaml('d:\n  type: process\n  run: sleep 1000\n', '2'));
  expect(await supervisor.reload(await loadFrom(folder))).toEqual({ added: ['d'], removed: ['c'], changed: ['b'] });
  await until(event => event.type === 'launched' && event.service === 'b' && event.run === 2);
  expect(supervisor.status('a')?.run?.pid).toBe(pids.a);
  expect(isAlive(pids.c!)).toBe(false);
  expect(supervisor.status('d')?.phase.id).toBe('stopped');
});
