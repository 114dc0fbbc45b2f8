import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Event } from '../../src/index.js';
import { acceptsConnections } from '../../src/supervisor/ports.js';
import { kinOf, portHolder, signalGroup } from '../../src/supervisor/runners/process-group.js';
import { comesTo, isAlive, openSystem, prints } from '../rig/open-system.js';

const FOREVER = 'setInterval(() => {}, 1e9);';
const yaml = (keys: string) => `fuge_global:\n  monitor: false\nweb:\n  type: node\n  run: web.js\n${keys}`;
const onLinux = test.runIf(process.platform === 'linux');

describe('a service', () => {
  test('that is told to restart twenty times at once ends in one run', async () => {
    const { supervisor, events } = await openSystem({ 'fuge.yml': yaml(''), 'web.js': FOREVER });
    await supervisor.start(['web']);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => supervisor.restart(['web'])));
    expect(outcomes.flat().every(outcome => outcome.result === 'ready')).toBe(true);
    const pids = events.flatMap(event => (event.type === 'launched' ? [event.pid!] : []));
    expect(pids).toHaveLength(2);
    expect(pids.filter(isAlive)).toEqual([supervisor.status('web')?.run?.pid]);
  });

  test('that is stopped while it starts leaves nothing behind', async () => {
    const { supervisor, events } = await openSystem({ 'fuge.yml': yaml(''), 'web.js': FOREVER });
    const started = supervisor.start(['web']);
    expect(await supervisor.stop(['web'])).toMatchObject([{ result: 'stopped' }]);
    expect(await started).toMatchObject([{ result: 'superseded' }]);
    const pids = events.flatMap(event => (event.type === 'launched' ? [event.pid!] : []));
    expect(pids.filter(isAlive)).toEqual([]);
    expect(supervisor.status('web')).toMatchObject({ phase: { id: 'stopped' }, run: undefined });
  });

  test('that is killed has no time for anything', async () => {
    const { supervisor, printed, until } = await openSystem({
      'fuge.yml': yaml(''),
      'web.js': `process.on('SIGTERM', () => console.log('bye')); console.log('up'); ${FOREVER}`,
    });
    void supervisor.start(['web']);
    await until(prints('web', 'up'));
    expect(await supervisor.kill(['web'])).toMatchObject([{ result: 'stopped' }]);
    expect(printed('web')).toEqual(['up']);
    expect(supervisor.status('web')?.lastExit).toEqual({ reason: 'signal', signal: 'SIGKILL' });
  });

  test('that forks is counted with its children, and ends with them', async () => {
    const { supervisor, until } = await openSystem({
      'fuge.yml': `fuge_global:\n  monitor: false\nweb:\n  type: process\n  run: 'node web.js & node web.js; :'\n`,
      'web.js': `console.log('pid ' + process.pid); const block = Buffer.alloc(16 * 1024 * 1024, 1); ${FOREVER}`,
    });
    await supervisor.start(['web']);
    const pids = new Set<number>();
    await until(event => {
      if (event.type === 'lines')
        for (const line of event.lines) if (line.startsWith('pid ')) pids.add(Number(line.slice(4)));
      return pids.size === 2;
    });
    const usage = (await supervisor.usage()).get('web');
    expect(usage?.processes).toBe(3);
    expect(usage?.memory).toBeGreaterThan(2 * 16 * 1024 * 1024);
    expect(usage?.cpu).toBeGreaterThanOrEqual(0);
    await supervisor.stop(['web']);
    expect([...pids].filter(isAlive)).toEqual([]);
    expect(await supervisor.usage()).toEqual(new Map());
  });

  test('finds the others, its own variables and those of its env file in its environment', async () => {
    const { supervisor, printed, until } = await openSystem({
      'fuge.yml': yaml(
        '  env_file: .env\n  environment:\n    - OWN=1\n' +
          'db:\n  type: external\n  host: db.test\n  ports:\n    - main=5432\n',
      ),
      '.env': 'FILED="two words"\nOWN=0\n',
      'web.js': `const { OWN, FILED, DB_SERVICE_HOST, DB_PORT, SECRET } = process.env;
        console.log(JSON.stringify({ OWN, FILED, DB_SERVICE_HOST, DB_PORT, SECRET })); ${FOREVER}`,
    });
    supervisor.setVariable('web', 'SECRET', 'x=y "z"');
    void supervisor.start(['web']);
    await until(prints('web', '{'));
    expect(JSON.parse(printed('web')[0]!)).toEqual({
      OWN: '1',
      FILED: 'two words',
      DB_SERVICE_HOST: 'db.test',
      DB_PORT: 'tcp://db.test:5432',
      SECRET: 'x=y "z"',
    });
  });

  test('keeps the order of each of its streams, in the events and in the file', async () => {
    const { supervisor, folder, events, until } = await openSystem({
      'fuge.yml': yaml(''),
      'web.js': `const { writeSync } = require('fs');
        for (let i = 0; i < 20000; i++) { writeSync(1, 'out ' + i + '\\n'); writeSync(2, 'err ' + i + '\\n'); }`,
    });
    void supervisor.start(['web']);
    await until(comesTo('web', 'completed'));
    await supervisor.close();
    const told = (stream: string) =>
      events.flatMap(event => (event.type === 'lines' && event.stream === stream ? event.lines : []));
    const expected = (stream: string) => Array.from({ length: 20_000 }, (_, i) => `${stream} ${i}`);
    expect(told('stdout')).toEqual(expected('out'));
    expect(told('stderr')).toEqual(expected('err'));
    const filed = readFileSync(join(folder, 'log/web.log'), 'utf8').split('\n').slice(0, -1);
    expect(filed.filter(line => line.startsWith('out'))).toEqual(expected('out'));
    expect(filed.filter(line => line.startsWith('err'))).toEqual(expected('err'));
    expect(filed).toHaveLength(40_000);
  });

  test('asks without a newline, and the question is shown', async () => {
    const { supervisor, until } = await openSystem({
      'fuge.yml': yaml(''),
      'web.js': `process.stdout.write('Continue? '); ${FOREVER}`,
    });
    void supervisor.start(['web']);
    const partial = await until((event): event is Extract<Event, { type: 'partial' }> => event.type === 'partial');
    expect(partial).toMatchObject({ service: 'web', run: 1, stream: 'stdout', text: 'Continue? ' });
  });

  test('blocks in its own writes while output is held, and loses nothing', async () => {
    const { supervisor, until, printed } = await openSystem({
      'fuge.yml': yaml(''),
      'web.js': `for (let i = 0; i < 50000; i++) require('fs').writeSync(1, i + '\\n');`,
    });
    const release = supervisor.holdOutput();
    void supervisor.start(['web']);
    await until(event => event.type === 'launched');
    expect(printed('web')).toEqual([]);
    release();
    await until(comesTo('web', 'completed'));
    expect(printed('web')).toEqual(Array.from({ length: 50_000 }, (_, i) => `${i}`));
  });

  test('that is debugged has an inspector on the port that its status shows', async () => {
    const { supervisor, until } = await openSystem({ 'fuge.yml': yaml(''), 'web.js': FOREVER });
    void supervisor.start(['web'], { debug: true });
    await until(prints('web', 'Debugger listening on ws://127.0.0.1:'));
    const { inspectPort } = supervisor.status('web')!;
    expect(await acceptsConnections(inspectPort!, '127.0.0.1', 1000)).toBe(true);
  });
});

describe.runIf(process.platform === 'linux')('a daemon of a service, in a session of its own, is asked to end', () => {
  const DAEMON = `process.on('SIGTERM', () => { require('fs').writeFileSync('told', ''); process.exit(); });
console.log('daemon up'); ${FOREVER}`;
  const launch = `require('child_process').spawn(process.execPath, ['daemon.js'], { detached: true, stdio: 'inherit' });`;

  test.each([
    ['when its parent has ended', `${launch} ${FOREVER}`, { reason: 'signal', signal: 'SIGTERM' }],
    [
      'while its parent waits for it',
      `${launch} process.on('SIGTERM', () => setInterval(() => require('fs').existsSync('told') && process.exit(3), 5)); ${FOREVER}`,
      { reason: 'code', code: 3 },
    ],
  ])('%s', async (_name, parent, exit) => {
    const { supervisor, folder, until } = await openSystem({
      'fuge.yml': yaml('  stop_grace_period: 1h\n'),
      'web.js': parent,
      'daemon.js': DAEMON,
    });
    void supervisor.start(['web']);
    await until(prints('web', 'daemon up'));
    await supervisor.stop(['web']);
    expect(existsSync(join(folder, 'told'))).toBe(true);
    expect(supervisor.status('web')?.lastExit).toEqual(exit);
  });
});

describe('the holder of a port', () => {
  const listen = async (host: string) => {
    const server = createServer();
    const isListening = await new Promise<boolean>(resolve => {
      server.once('error', () => resolve(false));
      server.listen(0, host, () => resolve(true));
    });
    onTestFinished(() => void server.close());
    return isListening ? (server.address() as { port: number }).port : undefined;
  };

  test.each(['0.0.0.0', '127.0.0.1', '::', '::1'])('at %s is named', async host => {
    const port = await listen(host);
    if (port === undefined) return expect(host).toContain(':'); // a machine without IPv6
    const holder = await portHolder(port, host === '::1' ? '::1' : '127.0.0.1');
    expect(holder?.pid).toBe(process.pid);
    expect(holder?.command).toContain('node');
  });

  onLinux('at an address that the service does not use is not in its way', async () => {
    const port = (await listen('127.0.0.2'))!;
    expect(await portHolder(port, '127.0.0.1')).toBe(undefined);
    expect(await portHolder(port, '127.0.0.2')).toMatchObject({ pid: process.pid });
  });

  test('of a port that is free is nobody', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise(resolve => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    await new Promise(resolve => server.close(resolve));
    expect(await portHolder(port, '127.0.0.1')).toBe(undefined);
    expect(await acceptsConnections(port, '127.0.0.1', 1000)).toBe(false);
  });

  test('on ::1 alone is found where localhost is asked', async () => {
    const port = await listen('::1');
    if (port === undefined) return expect(port).toBe(undefined); // a machine without IPv6
    expect(await acceptsConnections(port, '127.0.0.1', 1000)).toBe(true);
    expect(await acceptsConnections(port, '127.0.0.2', 1000)).toBe(false);
  });
});

onLinux('a process group of nothing but zombies is empty', async () => {
  // The shell becomes a sleep that never waits for its child.
  const parent = spawn('/bin/sh', ['-c', "setsid sh -c 'echo $$' & exec sleep 1000"], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const pgid = Number(await new Promise(resolve => parent.stdout.once('data', resolve)));
  const state = () => /\) (.)/.exec(readFileSync(`/proc/${pgid}/stat`, 'latin1'))?.[1];
  while (state() !== 'Z') await new Promise(resolve => setImmediate(resolve));
  expect(signalGroup(pgid, 0)).toBe(true);
  expect(await kinOf({ pgid, mark: 'NO=SUCH', since: undefined, isOther: () => false })).toEqual({
    group: false,
    strays: [],
  });
});
