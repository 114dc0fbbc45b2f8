// Whatever ends fuge, nothing that it started is left: the real program, looked at from outside.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  alive,
  eventually,
  FAMILY,
  FugeProcess,
  MEMBERS,
  processes,
  registrations,
  standingIn,
  WORKER,
} from '../rig/fuge-process.js';
import { isAlive, temporaryFolder } from '../rig/open-system.js';
import { hasTmux, Terminal } from '../rig/tmux.js';

/** Beside it lies its socket. */
const isRegistration = (file: string) => file.endsWith('.json');

const isLinux = process.platform === 'linux';

async function startFamily(
  options: ConstructorParameters<typeof FugeProcess>[1] = {},
  folder = temporaryFolder(FAMILY),
) {
  const fuge = new FugeProcess(folder, options);
  fuge.enter('start all');
  await eventually(() => expect(alive(folder)).toEqual(MEMBERS));
  return { folder, fuge, run: options.run ?? join(folder, 'run') };
}

const nothingIsLeft = (folder: string) =>
  eventually(() => {
    expect(alive(folder)).toEqual([]);
    expect(standingIn(folder)).toEqual([]);
  });

describe.runIf(isLinux)('nothing is left', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const)('after %s', async (signal, exitCode) => {
    const { folder, fuge, run } = await startFamily();
    fuge.kill(signal);
    expect(await fuge.ended).toEqual({ code: exitCode, signal: null });
    expect(alive(folder)).toEqual([]);
    expect(standingIn(folder)).toEqual([]);
    expect(registrations(run)).toEqual([]);
  });

  it('after exit', async () => {
    const { folder, fuge, run } = await startFamily();
    const guard = await fuge.guard();
    fuge.enter('exit');
    expect((await fuge.ended).signal).toBe(null);
    expect(alive(folder)).toEqual([]);
    expect(registrations(run)).toEqual([]);
    await eventually(() => expect(isAlive(guard)).toBe(false));
  });

  it('after the end of its input', async () => {
    const { folder, fuge, run } = await startFamily();
    fuge.child.stdin!.end();
    await fuge.ended;
    expect(alive(folder)).toEqual([]);
    expect(registrations(run)).toEqual([]);
  });

  it('after an uncaught exception', async () => {
    const folder = temporaryFolder({
      ...FAMILY,
      'bug.cjs': `process.on('SIGUSR2', () => { throw new Error('a bug'); });`,
    });
    const { fuge, run } = await startFamily({ node: ['--require', join(folder, 'bug.cjs')] }, folder);
    fuge.kill('SIGUSR2');
    expect(await fuge.ended).toEqual({ code: 1, signal: null });
    expect(fuge.output).toContain('fuge has a bug: a bug');
    expect(alive(folder)).toEqual([]);
    expect(registrations(run)).toEqual([]);
  });

  it('after kill -9: the guard ends everything, removes the registration, and ends by itself', async () => {
    const { folder, fuge, run } = await startFamily();
    const guard = await fuge.guard();
    expect(registrations(run).filter(isRegistration)).toHaveLength(1);
    fuge.kill('SIGKILL');
    await fuge.ended;
    await nothingIsLeft(folder);
    await eventually(() => {
      expect(isAlive(guard)).toBe(false);
      expect(registrations(run)).toEqual([]);
    });
  });

  it('after kill -9 of a fuge whose guard was killed before', async () => {
    const { folder, fuge, run } = await startFamily();
    const first = await fuge.guard();
    process.kill(first, 'SIGKILL');
    const second = await fuge.guard(first);
    fuge.enter('echo still here');
    await fuge.says(/^still here$/m);
    expect(alive(folder)).toEqual(MEMBERS);
    fuge.kill('SIGKILL');
    await nothingIsLeft(folder);
    await eventually(() => {
      expect(isAlive(second)).toBe(false);
      expect(registrations(run)).toEqual([]);
    });
  });

  it('after kill -9 of fuge and its guard, when any system starts again; one notice says so', async () => {
    const { folder, fuge, run } = await startFamily();
    const guard = await fuge.guard();
    fuge.kill('SIGSTOP'); // or it would replace the guard
    process.kill(guard, 'SIGKILL');
    fuge.kill('SIGKILL');
    await fuge.ended;
    expect(alive(folder)).toEqual(MEMBERS);
    expect(registrations(run).filter(isRegistration)).toHaveLength(1);

    const other = temporaryFolder({
      'fuge.yml': 'fuge_global:\n  monitor: false\nweb:\n  type: process\n  run: sleep 1000\n',
    });
    const next = new FugeProcess(other, { run });
    next.enter('start web');
    await next.says(/1 ready/);
    expect(alive(folder)).toEqual([]);
    expect(standingIn(folder)).toEqual([]);
    expect(registrations(run).filter(isRegistration)).toHaveLength(1);
    const notices = next.output.split('\n').filter(line => line.includes('were left'));
    expect(notices).toHaveLength(1);
    expect(notices[0]).toContain(
      `processes of "${folder.split('/').at(-1)!.toLowerCase()}" (${folder}/fuge.yml) were left by fuge ${fuge.pid}, which was killed: they are ended`,
    );
    next.enter('exit');
    await next.ended;
    expect(registrations(run)).toEqual([]);
  });

  it('of a daemon that a one-off command started', async () => {
    const folder = temporaryFolder({
      ...FAMILY,
      'fuge.yml': `
fuge_global:
  monitor: false
web:
  type: process
  run: node worker.cjs web
  build: node worker.cjs build daemon
`,
      'worker.cjs': `${FAMILY['worker.cjs']}\nif (name === 'build') setTimeout(() => process.exit(), 300);`,
    });
    const fuge = new FugeProcess(folder);
    fuge.enter('start web');
    fuge.enter('build web');
    await eventually(() => expect(alive(folder)).toEqual(['daemon', 'web']));
    fuge.enter('exit');
    await fuge.ended;
    expect(alive(folder)).toEqual([]);
  });

  it('of a command outside the shell whose fuge and guard are killed, when a system starts; it kept nobody off', async () => {
    const folder = temporaryFolder({
      ...FAMILY,
      'fuge.yml': `
fuge_global:
  monitor: false
web:
  type: process
  run: node worker.cjs web
  build: node worker.cjs build daemon
`,
    });
    const build = new FugeProcess(folder, { args: ['build', 'web', 'fuge.yml'] });
    await eventually(() => expect(alive(folder)).toEqual(['build', 'daemon']));
    const shell = new FugeProcess(folder);
    shell.enter('start web');
    await shell.says(/1 ready/);
    expect(alive(folder)).toEqual(['build', 'daemon', 'web']);
    shell.enter('exit');
    await shell.ended;
    const guard = await build.guard();
    build.kill('SIGSTOP');
    process.kill(guard, 'SIGKILL');
    build.kill('SIGKILL');
    await build.ended;
    expect(alive(folder)).toEqual(['build', 'daemon']);
    const next = new FugeProcess(folder);
    next.enter('start web');
    await next.says(/were left by fuge/);
    next.enter('exit');
    await next.ended;
    expect(alive(folder)).toEqual([]);
    expect(registrations(join(folder, 'run'))).toEqual([]);
  });

  it.skipIf(!hasTmux)('after its terminal is closed', async () => {
    const folder = temporaryFolder(FAMILY);
    const terminal = new Terminal(folder, ['shell', 'fuge.yml', '--start']);
    await eventually(() => expect(alive(folder)).toEqual(MEMBERS));
    terminal.close();
    await nothingIsLeft(folder);
  });
});

describe.runIf(isLinux)('the guard', () => {
  it('is out of reach of the terminal: a session of its own, deaf to its signals, without a mark', async () => {
    const { fuge } = await startFamily();
    const guard = await fuge.guard();
    expect(processes().find(({ pid }) => pid === guard)?.session).toBe(guard);
    const ignored = BigInt(`0x${/^SigIgn:\t(\w+)$/m.exec(readFileSync(`/proc/${guard}/status`, 'utf8'))![1]}`);
    for (const number of [1, 2, 3, 13, 15, 20]) expect(ignored & (1n << BigInt(number - 1))).not.toBe(0n);
    expect(readFileSync(`/proc/${guard}/environ`, 'utf8')).not.toContain('FUGE_RUN');
    for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.kill(guard, signal);
    fuge.kill('SIGKILL');
    await eventually(() => expect(isAlive(guard)).toBe(false));
  });

  it("ends the groups it was told of, and not those that were released: the number may be somebody else's", async () => {
    const folder = temporaryFolder({ 'pids/.keep': '', 'worker.cjs': WORKER });
    const start = (name: string) => {
      const child = spawn(process.execPath, ['worker.cjs', name], { cwd: folder, detached: true, stdio: 'ignore' });
      onTestFinished(() => void child.kill('SIGKILL'));
      return child.pid!;
    };
    const [released, held] = [start('released'), start('stubborn-held')];
    await eventually(() => expect(alive(folder)).toEqual(['released', 'stubborn-held']));
    const driver = `
      const { Guard } = await import('${new URL('../../dist/supervisor/runners/guard.js', import.meta.url)}');
      const guard = new Guard('FUGE_RUN=test-${process.pid}:');
      for (const pgid of [${released}, ${held}, ${released + 1}]) guard.protect(pgid);
      for (const pgid of [${released}, ${released + 1}]) guard.release(pgid);
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), 50);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', driver], { stdio: 'ignore' });
    await once(child, 'exit');
    await eventually(() => {
      expect(isAlive(held)).toBe(false);
      expect(processes().filter(({ command }) => command.includes(`FUGE_RUN=test-${process.pid}:`))).toEqual([]);
    });
    expect(isAlive(released)).toBe(true);
  });
});

describe.runIf(isLinux)('a second fuge', () => {
  it('on the same system file says who runs it, and starts nothing', async () => {
    const { folder, fuge } = await startFamily();
    const second = new FugeProcess(folder);
    second.enter('start direct');
    second.enter('exit');
    await second.ended;
    expect(second.output).toMatch(
      new RegExp(`another fuge runs this system \\(pid ${fuge.pid}, since \\d\\d:\\d\\d\\): ${folder}/fuge.yml`),
    );
    expect(alive(folder)).toEqual(MEMBERS);
  });

  it('on another checkout of the system works beside the first', async () => {
    const { folder, fuge, run } = await startFamily();
    const { folder: beside, fuge: second } = await startFamily({ run });
    expect(registrations(run).filter(isRegistration)).toHaveLength(2);
    second.enter('exit');
    await second.ended;
    expect(alive(beside)).toEqual([]);
    expect(alive(folder)).toEqual(MEMBERS);
    fuge.enter('exit');
    await fuge.ended;
    expect(registrations(run)).toEqual([]);
  });

  it('starts the system after the first was killed, garbage among the registrations or not', async () => {
    const { folder, fuge, run } = await startFamily();
    fuge.kill('SIGKILL');
    await fuge.ended;
    writeFileSync(join(run, 'fuge/garbage.json'), '{"id":');
    const { fuge: next } = await startFamily({}, folder);
    next.enter('exit');
    await next.ended;
    expect(alive(folder)).toEqual([]);
    await eventually(() => expect(registrations(run)).toEqual(['garbage.json']));
  });
});
