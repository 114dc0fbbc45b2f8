// pull and status with the real git.
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeSupervisor } from '../rig/fake-supervisor.js';
import { containerService, nodeService, systemOf } from '../rig/system.js';
import { call, type } from '../rig/verb.js';

let folder: string;
let origin: string;
let checkout: string;

function git(directory: string, ...args: string[]): void {
  const who = ['-c', 'user.name=T', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false'];
  execFileSync('git', [...who, ...args], { cwd: directory, stdio: 'ignore' });
}

function commit(text: string): void {
  const source = join(folder, 'source');
  appendFileSync(join(source, 'a.txt'), text);
  git(source, 'add', '.');
  git(source, 'commit', '-m', text);
  git(source, 'push', origin, 'HEAD:main');
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fuge-git-'));
  origin = join(folder, 'origin.git');
  checkout = join(folder, 'deep', 'api');
  mkdirSync(join(folder, 'source'));
  git(folder, 'init', '--bare', '--initial-branch=main', origin);
  git(join(folder, 'source'), 'init', '--initial-branch=main');
  commit('one');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A system whose services come from the origin; `isMissing`: not checked out yet. */
function make(isMissing: boolean) {
  const place = { cwd: checkout, repository: `file://${origin}` };
  const disabled = isMissing ? `its path ${checkout} does not exist` : undefined;
  return new FakeSupervisor(
    systemOf([nodeService('api', { ...place, disabled }), nodeService('worker', { ...place, disabled })]),
  );
}

describe('pull', () => {
  it('clones what is missing, once for services that share it, and names reload', async () => {
    expect(await type('pull', make(true))).toMatchObject({
      code: 0,
      text: `api, worker: cloning file://${origin}\ncloned ${checkout}: "reload" takes it in`,
    });
    expect(readFileSync(join(checkout, 'a.txt'), 'utf8')).toBe('one');
  });

  it('pulls what is there', async () => {
    await type('pull', make(true));
    commit('two');
    expect(await type('pull api', make(false))).toMatchObject({ code: 0, text: `api: pulling file://${origin}` });
    expect(readFileSync(join(checkout, 'a.txt'), 'utf8')).toBe('onetwo');
  });

  it('a failure of one is told, the others go on', async () => {
    const supervisor = new FakeSupervisor(
      systemOf([
        nodeService('gone', { cwd: join(folder, 'gone'), repository: `file://${folder}/no.git`, disabled: 'missing' }),
        nodeService('api', { cwd: checkout, repository: `file://${origin}`, disabled: 'missing' }),
      ]),
    );
    const { code, text } = await call('pull', [], {}, supervisor);
    expect(code).toBe(1);
    expect(text).toContain(`gone: cloning file://${folder}/no.git\n  fatal: `);
    expect(text).toMatch(/\nfailed: gone$/);
    expect(existsSync(checkout)).toBe(true);
  });

  it('images are left alone, as yet', async () => {
    const supervisor = new FakeSupervisor(systemOf([containerService('redis')]));
    expect((await type('pull redis', supervisor)).text).toBe('redis: pulling images is not supported yet');
  });
});

describe('status', () => {
  it('shows branch, changes, and how it stands to the origin', async () => {
    await type('pull', make(true));
    expect(await type('status', make(false))).toMatchObject({ code: 0, text: 'api, worker  main  clean' });

    writeFileSync(join(checkout, 'new file.txt'), 'x');
    appendFileSync(join(checkout, 'a.txt'), 'x');
    git(checkout, 'commit', '-am', 'mine');
    commit('two');
    git(checkout, 'fetch');
    expect((await type('status', make(false))).text).toBe(
      'api, worker  main  1 change, 1 ahead, 1 behind\n  ?? "new file.txt"',
    );
    expect((await call('status', ['api'], { json: true }, make(false))).json).toEqual([
      { services: ['api'], directory: checkout, branch: 'main', ahead: 1, behind: 1, changes: ['?? "new file.txt"'] },
    ]);
  });

  it('a repository without a commit has a branch', async () => {
    mkdirSync(checkout, { recursive: true });
    git(checkout, 'init', '--initial-branch=fresh');
    expect((await type('status', make(false))).text).toBe('api, worker  fresh  clean');
  });

  it('one that is not checked out is told with its remedy', async () => {
    expect(await type('status api', make(true))).toMatchObject({
      code: 1,
      text: `api: ${checkout} does not exist ("pull" clones it)`,
    });
    expect((await call('status', ['api'], {}, make(true))).text).toContain('"fuge pull" clones it');
  });

  it('a directory that is no repository is told', async () => {
    mkdirSync(checkout, { recursive: true });
    const { code, text } = await type('status api', make(false));
    expect(code).toBe(1);
    expect(text).toMatch(/^api: fatal: not a git repository/);
  });
});
