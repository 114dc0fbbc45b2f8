// A system without a prompt, and everything that reaches it: up, ps, logs, start, stop, wait, down, ls, attach.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually, standingIn } from '../rig/fuge-process.js';
import { isAlive, temporaryFolder } from '../rig/open-system.js';
import { hasTmux, Terminal } from '../rig/tmux.js';

const binary = fileURLToPath(new URL('../../bin/fuge.js', import.meta.url));

const SERVER = `
  const server = require('node:http').createServer((request, response) => {
    console.log('GET ' + request.url);
    response.end(process.env.GREETING);
  });
  server.listen(process.env.PORT, '127.0.0.1', () => console.log('listening'));
`;
const FILES = {
  'fuge.yml': `
name: shop
api:
  type: node
  path: api
  run: server.cjs
  ports: [http=auto]
  environment: {GREETING: hello}
web:
  type: node
  path: web
  run: server.cjs
  ports: [http=auto]
  depends_on: [api]
`,
  'api/server.cjs': SERVER,
  'web/server.cjs': SERVER,
};

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder with a system, in which `fuge` runs as in a terminal of its own; what still runs there at the end is stopped. */
function open(
  files: Readonly<Record<string, string>> = FILES,
  variables: (folder: string) => NodeJS.ProcessEnv = () => ({}),
) {
  const folder = temporaryFolder(files);
  const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1', ...variables(folder) };
  const begin = (...args: string[]) => spawn(process.execPath, [binary, ...args], { cwd: folder, env });
  const fuge = (...args: string[]): Promise<Ended> =>
    new Promise(resolve => {
      const child = begin(...args);
      let [stdout, stderr] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', text => {
        stdout += text;
      });
      child.stderr.setEncoding('utf8').on('data', text => {
        stderr += text;
      });
      child.once('close', code => resolve({ code, stdout, stderr }));
    });
  onTestFinished(async () => {
    await fuge('down', '--force');
  });
  const rows = async (...args: string[]) =>
    (await fuge(...args, '--json')).stdout
      .trim()
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line));
  const states = async () => Object.fromEntries((await rows('ps')).map(({ name, state }) => [name, state]));
  const pidOfFuge = async () => (await rows('ls')).find(({ file }) => file === join(folder, 'fuge.yml'))?.pid;
  return { folder, begin, fuge, rows, states, pidOfFuge };
}

const withoutTimes = (text: string) => text.replace(/\d+(\.\d+)? (ms|s)\b/g, 'T').replace(/:\d{5}/g, ':P');

describe('fuge up -d', () => {
  it('returns when all is ready, and every command reaches what runs', async () => {
    const { folder, fuge, rows, states } = open();
    const up = await fuge('up', '-d');
    expect(up.stderr).toBe('');
    expect(up.code).toBe(0);
    expect(withoutTimes(up.stdout).split('\n')).toEqual([
      'api ▸ starting server.cjs  :P',
      'web … waiting for api',
      'api ✓ ready in T',
      'web ▸ starting server.cjs  :P',
      'web ✓ ready in T',
      '2 ready in T',
      expect.stringMatching(/^in the background \(pid \d+\): fuge ps, fuge logs -f, fuge attach; fuge down stops it$/),
      '',
    ]);
    const [api, web] = await rows('ps');
    expect([api.state, web.state]).toEqual(['ready', 'ready']);
    const answer = await fetch(`http://127.0.0.1:${api.ports[0].port}/one`);
    expect(await answer.text()).toBe('hello');
    expect((await fuge('logs', 'api', '--raw')).stdout).toBe('listening\nGET /one\n');

    expect(await fuge('stop', 'web')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 service stopped in'),
    });
    expect(await states()).toEqual({ api: 'ready', web: 'stopped' });
    expect(await fuge('start', 'web')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^web ▸ starting .*\nweb ✓ ready in .*\n2 ready in .*\n$/),
    });
    expect(await fuge('wait')).toMatchObject({ code: 0, stdout: expect.stringContaining('api, web ready after') });
    expect((await fuge('set', 'api', 'GREETING=bye')).code).toBe(0);
    expect((await fuge('env', 'api')).stdout).toMatch(/GREETING=bye\s+.*set/);
    expect((await fuge('restart', 'api')).code).toBe(0);
    const greeting = await fetch(`http://127.0.0.1:${api.ports[0].port}/two`);
    expect(await greeting.text()).toBe('bye');
    expect((await fuge('grep', 'two')).stdout).toMatch(/^api:\d+: GET \/two\n$/);
    expect((await fuge('exec', 'api', 'echo', '$GREETING $PWD')).stdout).toBe(`$GREETING $PWD\n`);
    expect((await fuge('exec', 'api', 'echo $GREETING $PWD')).stdout).toBe(`bye ${folder}/api\n`);
    expect((await fuge('info', 'nope')).stderr).toMatch(/^no service or group is called "nope"/);

    const down = await fuge('down');
    expect(withoutTimes(down.stdout)).toBe('stopping 2 services …\nall stopped in T\n');
    expect(down.code).toBe(0);
    expect(standingIn(folder)).toEqual([]);
    expect(await fuge('down')).toEqual({ code: 0, stdout: 'nothing runs fuge.yml\n', stderr: '' });
    expect((await fuge('stop', 'api')).code).toBe(1);
  });

  it('gives 1 where a service does not come up, with its last lines, and leaves the rest', async () => {
    const { fuge, states } = open({
      ...FILES,
      'fuge.yml': `${FILES['fuge.yml']}\nbad:\n  type: process\n  path: api\n  run: sh -c 'echo no database here; exit 3'\n`,
    });
    const { code, stdout } = await fuge('up', '-d');
    expect(code).toBe(1);
    expect(stdout).toContain('✗ bad crashed, code 3\n    no database here\n');
    expect(stdout).toMatch(/2 ready in .*, 1 failed \(bad\)\n/);
    expect(await states()).toEqual({ api: 'ready', web: 'ready', bad: 'crashed' });
    expect(await fuge('wait', 'bad')).toMatchObject({ code: 1, stderr: 'not ready:\n  bad crashed, code 3\n' });
  });

  it('gives 1 where a service is not ready in time, with its last lines', async () => {
    const { fuge } = open({
      'fuge.yml': 'slow:\n  type: process\n  run: sh -c "echo thinking; sleep 60"\n  ports: [auto]\n',
    });
    const { code, stdout } = await fuge('up', '-d', '--timeout', '1500ms');
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /… slow is not ready yet: nothing answers on port \d+\n {4}thinking\n1 still starting \(slow\)\n/,
    );
  });

  it('starts what a running system lacks, and nothing twice', async () => {
    const { fuge, states, pidOfFuge } = open();
    expect((await fuge('up', '-d', 'api')).code).toBe(0);
    expect(await states()).toEqual({ api: 'ready', web: 'stopped' });
    const pid = await pidOfFuge();
    expect((await fuge('up', '-d')).code).toBe(0);
    expect(await states()).toEqual({ api: 'ready', web: 'ready' });
    expect(await pidOfFuge()).toBe(pid);
    expect(await fuge('up')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`fuge.yml runs already (pid ${pid})`),
    });
  });

  it('starts the services of a profile that the running system was begun without', async () => {
    const { fuge, states } = open({
      'fuge.yml': `
api: {type: process, run: sleep 600}
load: {type: process, run: sleep 600, profiles: [load]}
other: {type: process, run: sleep 600, profiles: [other]}
`,
    });
    expect((await fuge('up', '-d')).code).toBe(0);
    expect(await states()).toEqual({ api: 'ready', load: 'stopped', other: 'stopped' });
    expect((await fuge('up', '-d', '--profile', 'load')).code).toBe(0);
    expect(await states()).toEqual({ api: 'ready', load: 'ready', other: 'stopped' });
  });

  it('refuses to move the ports of what runs', async () => {
    const { fuge, pidOfFuge } = open({ 'fuge.yml': 'api: {type: process, run: sleep 600}\n' });
    expect((await fuge('up', '-d')).code).toBe(0);
    expect(await fuge('up', '-d', '--port-offset', '100')).toEqual({
      code: 2,
      stdout: '',
      stderr: `fuge.yml runs already (pid ${await pidOfFuge()}) with ports +0, not +100: "fuge down" first\n`,
    });
    expect((await fuge('up', '-d', '--port-offset', '0')).code).toBe(0);
    expect((await fuge('up', '-d', '--port-offset', 'auto')).code).toBe(0);
  });

  it('runs services where no log file can be written', async () => {
    const { fuge, states } = open({
      'fuge.yml': 'api: {type: process, run: sleep 600}\n',
      log: 'a file where the directory should be',
    });
    const { code, stdout, stderr } = await fuge('up', '-d');
    expect(stderr).not.toContain('bug');
    expect(code).toBe(0);
    expect(stdout).toContain('1 ready in');
    expect(await states()).toEqual({ api: 'ready' });
  });

  it('says what to do where no socket can be made', async () => {
    const { fuge, folder } = open(
      {
        'fuge.yml': 'api: {type: process, run: sleep 600}\n',
        state: 'a file where the directory should be',
      },
      folder => ({ XDG_RUNTIME_DIR: undefined, XDG_STATE_HOME: join(folder, 'state') }),
    );
    const { code, stdout, stderr } = await fuge('up', '-d');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error not-reachable: this system can't be reached from other terminals: \S/);
    expect(stderr).toContain(
      '\n  hint: nothing could stop a system in the background then: set XDG_RUNTIME_DIR to a folder of your own, or run "fuge up" without -d\n',
    );
    expect(standingIn(folder)).toEqual([]);
  });

  it('waits for the end of a system that is being stopped, and starts it anew', async () => {
    const { begin, fuge, states, pidOfFuge, folder } = open({
      'fuge.yml': 'slow:\n  type: process\n  run: node slow.cjs\n  ready: false\n  stop_grace_period: 3s\n',
      'slow.cjs': "process.on('SIGTERM', () => console.log('no')); setInterval(() => {}, 1000);",
    });
    await fuge('up', '-d');
    await eventually(async () => expect((await fuge('logs')).code).toBe(0));
    const pid = await pidOfFuge();
    const down = begin('down');
    const ended = new Promise(resolve => down.once('exit', resolve));
    await eventually(async () => expect(await states()).toEqual({ slow: 'stopping' }));
    const again = await fuge('up', '-d');
    expect(again.code).toBe(0);
    expect(again.stderr).toBe(`fuge.yml is being stopped (pid ${pid}): waiting for the end of that\n`);
    expect(await ended).toBe(0);
    expect(await pidOfFuge()).not.toBe(pid);
    expect(await states()).toEqual({ slow: 'ready' });
    expect(standingIn(folder).length).toBeGreaterThan(0);
  });

  it('twice at once makes one system', async () => {
    const { fuge, rows, folder } = open();
    const both = await Promise.all([fuge('up', '-d'), fuge('up', '-d')]);
    expect(both.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    expect((await rows('ls')).filter(({ file }) => file.startsWith(folder))).toHaveLength(1);
    expect((await rows('ps')).map(({ restarts }) => restarts)).toEqual([0, 0]);
  });

  it('gives 2 for a file with mistakes, and starts nothing', async () => {
    const { fuge, folder } = open({ 'fuge.yml': 'api:\n  type: nod\n' });
    const { code, stderr, stdout } = await fuge('up', '-d');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('fuge.yml:2:9 error');
    expect(standingIn(folder)).toEqual([]);
  });

  it('killed before all is ready takes all with it', async () => {
    const { begin, folder, pidOfFuge } = open({
      'fuge.yml': 'slow:\n  type: process\n  run: sleep 300\n  ports: [auto]\n',
    });
    const up = begin('up', '-d');
    await eventually(async () => expect(await pidOfFuge()).toBeGreaterThan(0));
    await eventually(() => expect(standingIn(folder).length).toBeGreaterThanOrEqual(3));
    up.kill('SIGKILL');
    await eventually(() => expect(standingIn(folder)).toEqual([]));
  });

  it('interrupted before all is ready stops what it began, with 130', async () => {
    const { begin, folder, pidOfFuge } = open({
      'fuge.yml': 'slow:\n  type: process\n  run: sleep 300\n  ports: [auto]\n',
    });
    const up = begin('up', '-d');
    const ended = new Promise(resolve => up.once('exit', resolve));
    await eventually(async () => expect(await pidOfFuge()).toBeGreaterThan(0));
    up.kill('SIGINT');
    expect(await ended).toBe(130);
    await eventually(() => expect(standingIn(folder)).toEqual([]));
  });

  it('does not speak of a background that "fuge down" has ended meanwhile', async () => {
    const { fuge, states } = open({ 'fuge.yml': 'api: {type: process, run: sleep 600, ready: {log: never}}\n' });
    const up = fuge('up', '-d');
    await eventually(async () => expect((await states()).api).toBe('starting'));
    expect(await fuge('down')).toMatchObject({ code: 0 });
    const { code, stdout } = await up;
    expect(code).toBe(1);
    expect(stdout).toContain('1 stopped meanwhile (api)\n');
    expect(stdout).not.toContain('in the background');
  });

  it('tells whoever waits that its fuge has gone', async () => {
    const { fuge, pidOfFuge } = open({
      'fuge.yml': 'slow:\n  type: process\n  run: sleep 300\n  ports: [auto]\n',
    });
    await fuge('up', '-d', '--timeout', '100ms');
    const waiting = fuge('wait');
    const pid = await pidOfFuge();
    // It waits as soon as it has asked, which nothing tells: a kill a moment too early is told in the same words.
    process.kill(pid, 'SIGKILL');
    const { code, stderr } = await waiting;
    expect(code).toBe(1);
    expect(stderr).toMatch(/has gone without a word|nothing runs fuge\.yml/);
  });

  it('leaves nothing when its fuge is killed', async () => {
    const { fuge, folder, pidOfFuge, states } = open();
    await fuge('up', '-d');
    process.kill(await pidOfFuge(), 'SIGKILL');
    await eventually(() => expect(standingIn(folder)).toEqual([]));
    expect(await pidOfFuge()).toBeUndefined();
    expect(await states()).toEqual({ api: 'stopped', web: 'stopped' });
  });

  it('writes down what its fuge says, which nobody sees', async () => {
    const { fuge, folder } = open();
    await fuge('up', '-d');
    await fuge('down');
    const log = readFileSync(join(folder, 'log/fuge.log'), 'utf8').replace(/^\S+ \S+ /gm, '');
    expect(withoutTimes(log).split('\n')).toEqual([
      expect.stringMatching(/^runs "shop" \(pid \d+\): .*\/fuge\.yml$/),
      'api ▸ starting server.cjs  :P',
      'web … waiting for api',
      'api ✓ ready in T',
      'web ▸ starting server.cjs  :P',
      'web ✓ ready in T',
      'ended',
      '',
    ]);
  });

  it('without watching restarts nothing when a file is saved', async () => {
    const { fuge, rows } = open();
    await fuge('up', '-d', '--no-watch');
    expect((await rows('ps')).map(({ watch }) => watch)).toEqual(['off', 'off']);
  });
});

describe('fuge up', () => {
  it('prints what services print, and stops them all on Ctrl-C', async () => {
    const { begin, folder } = open();
    const up = begin('up');
    let output = '';
    up.stdout.setEncoding('utf8').on('data', text => {
      output += text;
    });
    const ended = new Promise(resolve => up.once('exit', resolve));
    await eventually(() => expect(output).toMatch(/2 ready in/));
    expect(output).toMatch(/^api +│ listening$/m);
    up.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(output).toMatch(/all stopped in/);
    expect(standingIn(folder)).toEqual([]);
  });

  it('ends by itself when nothing runs any more, with 1 if something failed', async () => {
    const task = (exit: number) => ({
      'fuge.yml': `task:\n  type: process\n  run: sh -c "echo done; exit ${exit}"\n  ready: false\n  restart: 'no'\n`,
    });
    const { fuge } = open(task(0));
    const good = await fuge('up', '--no-watch');
    expect(good.stdout).toMatch(/task │ done/);
    expect(good.code).toBe(0);
    expect((await open(task(4)).fuge('up', '--no-watch')).code).toBe(1);
  });
});

describe('what runs at a prompt in another terminal', () => {
  it.skipIf(!hasTmux)('is reached, too, and its shell ends with it', async () => {
    const { fuge, folder, rows } = open();
    const terminal = new Terminal(folder, ['shell', 'fuge.yml', '--start']);
    await terminal.sees(/2 ready in/);
    const pids = (await rows('ps')).map(({ pid }) => pid as number);
    expect(pids.map(isAlive)).toEqual([true, true]);
    expect((await fuge('stop', 'web')).code).toBe(0);
    await terminal.sees(/web +■ stopped/);
    expect((await fuge('down')).code).toBe(0);
    await terminal.sees(/stopped from another terminal[\s\S]*CODE=0/);
    expect(pids.map(isAlive)).toEqual([false, false]);
  });

  it.skipIf(!hasTmux)('can be attached to: exit leaves it as it is, down stops it', async () => {
    const { fuge, folder, pidOfFuge, states } = open();
    await fuge('up', '-d');
    const pid = await pidOfFuge();
    const terminal = new Terminal(folder, ['attach']);
    await terminal.sees(/system "shop"/);
    terminal.enter('restart web');
    await terminal.sees(/1 ready in/);
    await terminal.sees(/web +│ listening/);
    terminal.enter('exit');
    await terminal.sees(/left: the system goes on[\s\S]*CODE=0/);
    expect(isAlive(pid)).toBe(true);
    expect(await states()).toEqual({ api: 'ready', web: 'ready' });
    const again = new Terminal(folder, ['shell']);
    await again.sees(/attach to it \(a\)/);
    again.enter('a');
    await again.sees(/system "shop"/);
    again.enter('down');
    await again.sees(/the system was stopped[\s\S]*CODE=0/);
    await eventually(() => expect(isAlive(pid)).toBe(false));
  });

  it('applies an edited file for whoever asks, as it was read first', async () => {
    const { fuge, folder, rows } = open();
    await fuge('up', '-d');
    writeFileSync(join(folder, 'fuge.yml'), FILES['fuge.yml'].replace('hello', 'moin'));
    expect((await fuge('reload')).stdout).toContain('changed api (restarted where it ran)\n');
    await fuge('wait');
    const [api] = await rows('ps');
    expect(await (await fetch(`http://127.0.0.1:${api.ports[0].port}/`)).text()).toBe('moin');
    writeFileSync(join(folder, 'fuge.yml'), 'api: [');
    const broken = await fuge('reload');
    expect(broken.code).toBe(1);
    expect(broken.stderr).toContain('the system file has errors: everything goes on as it was\n');
    // The file is of no use now; what runs can be asked all the same.
    expect((await rows('ps')).map(({ state }) => state)).toEqual(['ready', 'ready']);
  });
});

describe('fuge ls', () => {
  it('lists the systems that run, with how they stand', async () => {
    const { fuge, folder, rows } = open();
    const other = open({ 'fuge.yml': 'name: other\nx:\n  type: process\n  run: sleep 300\n  ready: false\n' });
    await Promise.all([fuge('up', '-d', 'api'), other.fuge('up', '-d')]);
    const listed = (await rows('ls')).filter(({ file }) => [folder, other.folder].some(each => file.startsWith(each)));
    expect(listed.map(({ name, services, ready, troubled }) => [name, services, ready, troubled]).sort()).toEqual([
      ['other', 1, 1, []],
      ['shop', 2, 1, []],
    ]);
    const table = (await fuge('ls')).stdout;
    expect(table).toMatch(/^NAME +STATE +PID +UP +FILE$/m);
    expect(table).toMatch(/^shop +1 of 2 ready +\d+ +.* fuge\.yml$/m);
  });
});
