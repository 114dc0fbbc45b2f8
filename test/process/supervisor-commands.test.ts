import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Command, type Event, formatDiagnostic } from '../../src/index.js';
import type { Service } from '../../src/system.js';
import { isAlive, openSystem, prints } from '../rig/open-system.js';

const shell = (line: string): Command => ({ kind: 'shell', line, source: line });
const YAML = `
fuge_global:
  monitor: false
web:
  type: process
  run: sleep 1000
  build: 'node build.js && echo built'
  test: no-such-runner --all
  environment:
    - GREETING=hello
`;
const open = (files: Readonly<Record<string, string>> = {}) => openSystem({ 'fuge.yml': YAML, ...files });
const linesOf = (events: readonly Event[], command: string) =>
  events.flatMap(event => (event.type === 'lines' && event.command === command ? event.lines : []));
const commandOf = (service: Service | undefined, key: 'build' | 'test') =>
  (service?.type === 'process' ? service[key] : undefined)!;
const pidIn = async (until: (fits: (event: Event) => boolean) => Promise<Event>) => {
  const event = (await until(prints('web', 'pid '))) as Extract<Event, { type: 'lines' }>;
  return Number(/pid (\d+)/.exec(event.lines.join('\n'))![1]);
};

test('a command runs in the directory and with the environment of its service, and its lines carry its label', async () => {
  const { supervisor, events, folder } = await open({ 'build.js': 'console.log(process.cwd(), process.env.GREETING)' });
  const build = commandOf(supervisor.system.services.get('web'), 'build');
  expect(await supervisor.run('web', build, 'build')).toEqual({ reason: 'code', code: 0 });
  expect(linesOf(events, 'build')).toEqual([`${folder} hello`, 'built']);
  expect(await supervisor.lines('web')).toEqual([]);
  expect(supervisor.status('web')?.phase.id).toBe('stopped');
});

test('a command that fails says with which code or signal', async () => {
  const { supervisor } = await open();
  expect(await supervisor.run('web', shell('exit 7'), 'apply')).toEqual({ reason: 'code', code: 7 });
  expect(await supervisor.run('web', shell('kill -9 $$'), 'apply')).toEqual({ reason: 'signal', signal: 'SIGKILL' });
});

test('a command whose program is missing is told with its place', async () => {
  const { supervisor, folder } = await open();
  const exit = await supervisor.run('web', commandOf(supervisor.system.services.get('web'), 'test'), 'test');
  expect(exit.reason === 'not-started' && formatDiagnostic(exit.problem).replaceAll(folder, '.')).toBe(
    './fuge.yml:8:9 error missing-executable: "web" can\'t start: no program "no-such-runner" is found on the PATH\n' +
      '  hint: install no-such-runner, or change test',
  );
});

test('giving a command up ends its whole process group', async () => {
  const { supervisor, until } = await open();
  const abort = new AbortController();
  const exit = supervisor.run('web', shell('sleep 1000 & echo "pid $!"; wait'), 'apply', { signal: abort.signal });
  const pid = await pidIn(until);
  expect(isAlive(pid)).toBe(true);
  abort.abort();
  expect(await exit).toEqual({ reason: 'signal', signal: 'SIGTERM' });
  expect(isAlive(pid)).toBe(false);
});

test('a command that is given up before it begins runs nothing', async () => {
  const { supervisor, folder } = await open();
  const exit = await supervisor.run('web', shell('touch ran'), 'apply', { signal: AbortSignal.abort() });
  expect(exit).toEqual({ reason: 'signal', signal: 'SIGTERM' });
  expect(() => readFileSync(join(folder, 'ran'))).toThrow(/ENOENT/);
});

test('what a command leaves in the background neither delays its end nor survives it', async () => {
  const { supervisor, until } = await open();
  const exit = await supervisor.run('web', shell('sleep 1000 & echo "pid $!"'), 'apply');
  expect(exit).toEqual({ reason: 'code', code: 0 });
  expect(isAlive(await pidIn(until))).toBe(false);
});

test.runIf(process.platform === 'linux')('a daemon that a command starts does not hold it by its output', async () => {
  const { supervisor, until } = await open();
  const exit = await supervisor.run(
    'web',
    shell('setsid sh -c \'echo "pid $$"; exec sleep 1000\' & sleep 0.2'),
    'build',
  );
  expect(exit).toEqual({ reason: 'code', code: 0 });
  process.kill(await pidIn(until), 'SIGKILL');
});

test('close ends a command that runs, and waits for its end', async () => {
  const { supervisor, until } = await open();
  const exit = supervisor.run(
    'web',
    shell('trap "sleep 0.1; exit 3" TERM; echo "pid $$"; while :; do sleep 0.05; done'),
    'apply',
  );
  const pid = await pidIn(until);
  await supervisor.close();
  expect(isAlive(pid)).toBe(false);
  expect(await exit).toEqual({ reason: 'code', code: 3 });
});

test('a forced close does not wait for a command that ignores SIGTERM', async () => {
  const { supervisor, until } = await open();
  const exit = supervisor.run('web', shell('trap "" TERM; echo "pid $$"; while :; do sleep 0.05; done'), 'apply');
  const pid = await pidIn(until);
  void supervisor.close();
  await supervisor.close({ force: true });
  expect(isAlive(pid)).toBe(false);
  expect(await exit).toEqual({ reason: 'signal', signal: 'SIGKILL' });
});

test('after close no command runs any more', async () => {
  const { supervisor } = await open();
  await supervisor.close();
  expect(await supervisor.run('web', shell('exit 0'), 'apply')).toEqual({ reason: 'signal', signal: 'SIGTERM' });
});

test('a command that floods is held with everything else, and loses nothing', async () => {
  const { supervisor, events, until } = await open();
  const release = supervisor.holdOutput();
  const exit = supervisor.run('web', shell('seq 100000'), 'apply');
  expect(linesOf(events, 'apply')).toEqual([]);
  release();
  expect(await exit).toEqual({ reason: 'code', code: 0 });
  await until(prints('web', '100000'));
  expect(linesOf(events, 'apply')).toHaveLength(100_000);
});
