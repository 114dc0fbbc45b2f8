import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { formatDiagnostic } from '../../src/diagnostic.js';
import { sweepLeftovers } from '../../src/supervisor/leftovers.js';
import {
  alreadyRunning,
  ownRegistration,
  type Registration,
  Registry,
  registryDirectory,
} from '../../src/supervisor/registry.js';
import { birthTimeOf } from '../../src/supervisor/runners/process-identity.js';
import { temporaryFolder } from '../rig/open-system.js';

/** A pid that nobody has: its process has just ended. */
const DEAD = spawnSync('true').pid;
const id = (pid: number, last = 'a') => `${pid}-00000000000${last}`;
const own = (last: string, more: Partial<Registration> = {}): Registration => ({
  ...ownRegistration(id(more.pid ?? process.pid, last), '/shop/fuge.yml', 'shop', 1000),
  ...more,
});

function open() {
  const directory = join(temporaryFolder(), 'fuge');
  return { directory, registry: new Registry(directory) };
}

describe('the socket of a registration', () => {
  it('goes with it, wherever it lies', () => {
    const { directory, registry } = open();
    const elsewhere = join(temporaryFolder(), `${id(DEAD)}.sock`);
    registry.add(own('a', { pid: DEAD, id: id(DEAD), socket: elsewhere }));
    for (const socket of [elsewhere, join(directory, `${id(DEAD)}.sock`)]) writeFileSync(socket, '');
    registry.remove(id(DEAD));
    expect(readdirSync(directory)).toEqual([]);
    expect(existsSync(elsewhere)).toBe(false);
  });

  it('is no other file, whatever a registration says', () => {
    const { registry } = open();
    const precious = join(temporaryFolder({ precious: 'mine' }), 'precious');
    registry.add(own('a', { pid: DEAD, id: id(DEAD), socket: precious }));
    registry.remove(id(DEAD));
    expect(existsSync(precious)).toBe(true);
  });

  it('tells by itself of one that was killed', () => {
    const { directory, registry } = open();
    registry.add(own('b'));
    writeFileSync(join(directory, `${id(DEAD)}.sock`), '');
    expect(registry.dead()).toEqual([{ id: id(DEAD), registration: undefined }]);
  });
});

describe('the directory of registrations', () => {
  it('is in the runtime directory, if there is one', () => {
    const folder = temporaryFolder();
    expect(registryDirectory({ XDG_RUNTIME_DIR: folder, XDG_STATE_HOME: '/state', HOME: '/home/me' })).toBe(
      `${folder}/fuge`,
    );
  });

  it('is in the state directory otherwise, never in the project', () => {
    const missing = { XDG_RUNTIME_DIR: '/no/such/directory' };
    expect(registryDirectory({ ...missing, XDG_STATE_HOME: '/state' })).toBe('/state/fuge/run');
    expect(registryDirectory({ HOME: '/home/me' })).toBe('/home/me/.local/state/fuge/run');
  });

  it('and its files are for the user alone', () => {
    const { directory, registry } = open();
    registry.add(own('a'));
    const mode = (path: string) => execFileSync('ls', ['-ld', path], { encoding: 'utf8' }).slice(0, 10);
    expect(mode(directory)).toBe('drwx------');
    expect(mode(registry.pathOf(own('a').id))).toBe('-rw-------');
  });

  it('may be missing, or one that nobody can write to', () => {
    const folder = temporaryFolder({ file: '' });
    for (const registry of [new Registry(join(folder, 'missing')), new Registry(join(folder, 'file/below'))]) {
      expect(registry.living()).toEqual([]);
      expect(registry.dead()).toEqual([]);
      expect(registry.findOwner('/shop/fuge.yml')).toBeUndefined();
    }
    const registry = new Registry(join(folder, 'file/below'));
    expect(registry.claim(own('a'))).toBeUndefined();
    registry.remove(own('a').id);
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('');
  });
});

describe('a registration', () => {
  it('of a living owner counts, and is left alone by the sweep', async () => {
    const { directory, registry } = open();
    registry.add(own('a'));
    expect(registry.living()).toEqual([own('a')]);
    expect(await sweepLeftovers(registry)).toEqual([]);
    expect(readdirSync(directory)).toEqual([`${own('a').id}.json`]);
  });

  it('of a dead owner does not count, and goes with the sweep', async () => {
    const { directory, registry } = open();
    registry.add(own('a', { pid: DEAD }));
    expect(registry.living()).toEqual([]);
    expect(registry.dead().map(each => each.id)).toEqual([id(DEAD)]);
    expect(await sweepLeftovers(registry)).toEqual([]);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('whose pid is another process by now counts as dead', () => {
    const { registry } = open();
    registry.add(own('a', { startTime: 'some other time' }));
    expect(registry.living()).toEqual([]);
    expect(registry.dead().map(each => each.id)).toEqual([id(process.pid)]);
  });

  it('without a start time counts as long as the pid is in use', () => {
    const { registry } = open();
    registry.add(own('a', { startTime: null }));
    registry.add(own('b', { pid: DEAD, startTime: null }));
    expect(registry.living().map(each => each.id)).toEqual([id(process.pid, 'a')]);
    expect(registry.dead().map(each => each.id)).toEqual([id(DEAD, 'b')]);
  });

  it('of another machine or container says nothing: its pids are others', async () => {
    const { directory, registry } = open();
    registry.add(own('a', { pid: DEAD, machine: 'elsewhere:pid:[1]' }));
    registry.add(own('b', { machine: 'elsewhere:pid:[1]' }));
    expect(registry.living()).toEqual([]);
    await sweepLeftovers(registry);
    expect(readdirSync(directory)).toHaveLength(2);
  });

  it('that is garbage does no harm; its name says whether its owner is dead, then it is swept', async () => {
    const { directory, registry } = open();
    mkdirSync(directory);
    const garbage = ['', 'null', '[]', '{"id":', '{}', '\0\0\0', '{"id":"other","pid":1}', '{"pid":-1}'];
    garbage.forEach((text, i) => {
      writeFileSync(registry.pathOf(id(process.pid, String(i))), text);
      writeFileSync(registry.pathOf(id(DEAD, String(i))), text);
    });
    writeFileSync(join(directory, 'notes.json'), 'not ours');
    writeFileSync(join(directory, 'README'), 'not ours');
    mkdirSync(join(directory, `${id(process.pid, 'f')}.json`));
    registry.add(own('c'));
    expect(registry.living()).toEqual([own('c')]);
    expect(await sweepLeftovers(registry)).toEqual([]);
    const left = readdirSync(directory);
    expect(left.filter(name => name.startsWith(`${DEAD}-`))).toEqual([]);
    expect(left).toHaveLength(garbage.length + 4);
  });

  it('that was never finished is swept when its writer is dead', async () => {
    const { directory, registry } = open();
    mkdirSync(directory);
    writeFileSync(`${registry.pathOf(id(DEAD))}.new`, '{');
    writeFileSync(`${registry.pathOf(id(process.pid))}.new`, '{');
    await sweepLeftovers(registry);
    expect(readdirSync(directory)).toEqual([`${id(process.pid)}.json.new`]);
  });

  it.skipIf(process.getuid?.() === 0)('that can not be read does no harm', () => {
    const { registry } = open();
    registry.add(own('a', { pid: DEAD }));
    chmodSync(registry.pathOf(id(DEAD)), 0o000);
    expect(registry.living()).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('of a zombie counts as dead: nobody is there any more', async () => {
    // sh replaces itself by a program that never collects its child.
    const parent = spawn('/bin/sh', ['-c', 'sh -c "sleep 0.05" & echo $!; exec sleep 1000'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [chunk] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(String(chunk).trim());
    const startTime = birthTimeOf(pid)!;
    expect(startTime).not.toBe('ended');
    await expect.poll(() => birthTimeOf(pid), { timeout: 10_000 }).toBe('ended');
    const { registry } = open();
    registry.add(own('a', { pid, startTime }));
    expect(registry.living()).toEqual([]);
  });
});

describe('of those who run the same system file', () => {
  it('the second is told of the first', () => {
    const { directory, registry } = open();
    expect(registry.claim(own('a'))).toBeUndefined();
    expect(registry.claim(own('b'))).toEqual(own('a'));
    expect(readdirSync(directory)).toEqual([`${own('a').id}.json`]);
  });

  it('whoever comes while another one claims it waits, and sees what came of that', () => {
    const { directory, registry } = open();
    const first = own('a', { since: 2000 });
    const second = own('b', { since: 1000 });
    registry.add(first);
    const [registered, hidden, lock] = [`${first.id}.json`, 'hidden', 'claim.lock'].map(name => join(directory, name));
    renameSync(registered!, hidden!);
    // The other one: it has looked, and has not written yet.
    const other = spawn('sh', ['-c', `sleep 0.2; mv '${hidden}' '${registered}'; rm '${lock}'`], { stdio: 'ignore' });
    writeFileSync(lock!, String(other.pid));
    expect(registry.claim(second)).toEqual(first);
    expect(readdirSync(directory)).toEqual([`${first.id}.json`]);
  });

  it('one that was killed while it claimed keeps nobody waiting', () => {
    const { directory, registry } = open();
    mkdirSync(directory);
    writeFileSync(join(directory, 'claim.lock'), String(DEAD));
    expect(registry.claim(own('a'))).toBeUndefined();
    expect(readdirSync(directory)).toEqual([`${own('a').id}.json`]);
  });

  it('a link to it is the same file', () => {
    const folder = temporaryFolder({ 'shop/fuge.yml': '' });
    symlinkSync(join(folder, 'shop'), join(folder, 'link'));
    const { registry } = open();
    registry.claim(ownRegistration(id(process.pid), join(folder, 'link/fuge.yml'), 'shop', 1));
    expect(registry.findOwner(join(folder, 'shop/fuge.yml'))?.systemFile).toBe(join(folder, 'shop/fuge.yml'));
    expect(registry.findOwner(join(folder, 'link/fuge.yml'))).toBeDefined();
  });

  it("another checkout, a command only, and a dead one are in nobody's way", () => {
    const { registry } = open();
    registry.add(own('a', { systemFile: '/elsewhere/fuge.yml' }));
    registry.add(own('b', { systemFile: null }));
    registry.add(own('c', { pid: DEAD }));
    expect(registry.claim(own('d'))).toBeUndefined();
  });

  it('the second gets to know the pid, since when, and what to do', () => {
    const since = new Date(2026, 0, 2, 9, 5).getTime();
    expect(formatDiagnostic(alreadyRunning(own('a', { pid: 4711, since })))).toBe(
      'error already-running: another fuge runs this system (pid 4711, since 09:05): /shop/fuge.yml\n' +
        '  hint: fuge attach opens a prompt on it, fuge down stops it',
    );
  });
});
