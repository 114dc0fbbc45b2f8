import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SystemShell } from '../../../src/cli/shell/system-shell.js';
import { nodeService, systemOf } from '../../rig/fake-supervisor.js';

const system = systemOf(nodeService('gateway'));
let directory: string;
beforeAll(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), 'fuge-shell-')));
  mkdirSync(join(directory, 'sub dir'));
  mkdirSync(join(directory, 'bin'));
  writeFileSync(join(directory, 'bin', 'gatewax'), '', { mode: 0o755 });
  writeFileSync(join(directory, 'file'), '');
});
afterAll(() => rmSync(directory, { recursive: true }));

const open = () => new SystemShell(directory, { PATH: join(directory, 'bin'), HOME: directory });

describe('cd', () => {
  it('changes the directory for what is run later', () => {
    const shell = open();
    expect(shell.changeDirectory('cd "sub dir"')).toBeUndefined();
    expect(shell.cwd).toBe(join(directory, 'sub dir'));
    expect(shell.changeDirectory('cd ..')).toBeUndefined();
    expect(shell.cwd).toBe(directory);
    expect(shell.changeDirectory('cd -')).toBeUndefined();
    expect(shell.cwd).toBe(join(directory, 'sub dir'));
    expect(shell.changeDirectory('cd')).toBeUndefined();
    expect(shell.cwd).toBe(directory);
    expect(shell.changeDirectory('cd ~/bin')).toBeUndefined();
    expect(shell.cwd).toBe(join(directory, 'bin'));
  });

  it('says what is wrong', () => {
    const shell = open();
    expect(shell.changeDirectory('cd nowhere')).toBe('cd: there is no nowhere');
    expect(shell.changeDirectory('cd file')).toBe('cd: file is not a directory');
    expect(shell.changeDirectory('cd -')).toBe('cd -: there is no previous directory');
    expect(shell.cwd).toBe(directory);
  });

  it('with anything that needs a shell is left to it', () => {
    const shell = open();
    for (const line of ['cd', 'cd x', 'cd "a b"']) expect(shell.isChangeOfDirectory(line)).toBe(true);
    for (const line of ['cd x && ls', 'cd $HOME', 'cd a b', 'cdx', '(cd x)', 'ls'])
      expect(shell.isChangeOfDirectory(line)).toBe(false);
  });
});

describe('a word that nobody knows', () => {
  it('gets the near name', () => {
    expect(open().refusal('gatway', undefined, system)).toBe(
      'no service, group or command is called "gatway". Did you mean "gateway"? ("!gatway" asks the system\'s shell)',
    );
    expect(open().refusal('strat all', 'start', system)).toBe(
      'no service, group or command is called "strat". Did you mean "start"? ("!strat" asks the system\'s shell)',
    );
  });

  it('is told that it is a service', () => {
    expect(open().refusal('gateway', undefined, system)).toBe(
      '"gateway" is a service, not a command: "info gateway" shows it, "help" lists the commands',
    );
  });

  it('is left to the shell if that knows it, if nothing is near, or if it is more than a word', () => {
    const shell = open();
    for (const line of ['gatewax', 'export X=1', 'kubectl get pods', './gatway', 'gatway=1 x', '(gatway)'])
      expect(shell.refusal(line, undefined, system)).toBeUndefined();
  });
});

describe('running a line', () => {
  it('happens in the directory, with the exit code of the shell', async () => {
    const shell = new SystemShell(directory, process.env);
    const never = new AbortController().signal;
    expect(await shell.run('exit 3', 'ignore', never)).toBe(3);
    expect(await shell.run('kill -TERM $$', 'ignore', never)).toBe(143);
    expect(await shell.run(`test "$PWD" = "${directory}"`, 'ignore', never)).toBe(0);
  });

  it('ends when it is aborted', async () => {
    const shell = new SystemShell(directory, { ...process.env, SHELL: '/bin/sh' });
    const controller = new AbortController();
    const ended = shell.run('exec sleep 60', 'ignore', controller.signal);
    controller.abort();
    expect(await ended).toBe(143);
  });
});
