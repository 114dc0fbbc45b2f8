// `fuge run`: a system for the time of one command.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually, standingIn } from '../rig/fuge-process.js';
import { freePort, temporaryFolder } from '../rig/open-system.js';
import { hasTmux, Terminal } from '../rig/tmux.js';

const binary = fileURLToPath(new URL('../../bin/fuge.js', import.meta.url));

const SERVER = `
  require('node:http')
    .createServer((request, response) => {
      if (request.url === '/crash') throw new Error('asked to crash');
      response.end(process.env.GREETING);
    })
    .listen(process.env.PORT, '127.0.0.1', () => console.log('listening'));
`;
const FILES = {
  'fuge.yml': `
name: shop
fuge_global: {environment: {STAGE: test}, discovery: [kubernetes, url]}
api:
  type: node
  path: api
  run: server.cjs
  ports: [http=auto]
  environment: {GREETING: hello}
  restart: 'no'
web:
  type: node
  path: web
  run: server.cjs
  ports: [http=auto]
  depends_on: [api]
`,
  'api/server.cjs': SERVER,
  'web/server.cjs': SERVER,
  'ask.cjs': `fetch(process.env.API_URL + '/' + (process.argv[2] ?? '')).then(answer => answer.text()).then(
    text => console.log(process.env.STAGE, text, process.env.WEB_SERVICE_HOST), () => {})`,
};

/** A folder in which `fuge run` runs without a terminal, and leaves nothing. */
function open(files: Readonly<Record<string, string>> = FILES) {
  const folder = temporaryFolder(files);
  const begin = (...args: string[]) => {
    const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1' };
    const child = spawn(process.execPath, [binary, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const told = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', text => {
        told[stream] += text;
      });
    const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>(resolve =>
      child.once('close', code => resolve({ code, ...told })),
    );
    onTestFinished(async () => {
      child.kill('SIGTERM');
      await ended;
    });
    return { child, told, ended };
  };
  const fuge = (...args: string[]) => begin(...args).ended;
  const run = (...args: string[]) => fuge('run', ...args);
  return { folder, begin, fuge, run };
}

const withoutTimes = (text: string) => text.replace(/\d+(\.\d+)? (ms|s)\b/g, 'T').replace(/:\d{5}/g, ':P');

describe('fuge run', () => {
  it('runs the command when all is ready, tells it where all is, and leaves nothing', async () => {
    const { folder, run } = open();
    const { code, stdout, stderr } = await run('--', 'node', 'ask.cjs');
    expect(code).toBe(0);
    expect(stdout).toBe('test hello 127.0.0.1\n');
    expect(withoutTimes(stderr).split('\n')).toEqual([
      'api ▸ starting server.cjs  :P',
      'web … waiting for api',
      'api ✓ ready in T',
      'web ▸ starting server.cjs  :P',
      'web ✓ ready in T',
      '2 ready in T',
      '$ node ask.cjs',
      'all stopped in T',
      '',
    ]);
    expect(standingIn(folder)).toEqual([]);
  });

  it('ends with the exit code of the command; a signal counts from 128', async () => {
    const { run } = open();
    expect((await run('--', 'sh', '-c', 'exit 7')).code).toBe(7);
    expect((await run('--services', 'api', '--', 'kill -9 $$; true')).code).toBe(137);
  });

  it('starts only what is named, and what that needs', async () => {
    const { run } = open();
    expect((await run('api', '--', 'true')).stderr).not.toContain('web');
    expect((await run('--services', 'web', '--', 'true')).stderr).toContain('2 ready in');
    expect(await run('ap', '--', 'true')).toMatchObject({
      code: 2,
      stderr: 'no service or group is called "ap". Did you mean "api"?\n',
    });
  });

  it('starts nothing for a command that does not exist, and gives 127', async () => {
    const { run, folder } = open();
    expect(await run('--', 'no-such-program', 'x')).toEqual({
      code: 127,
      stdout: '',
      stderr: 'no-such-program: command not found\n',
    });
    expect((await run('api', '--', './not-there')).stderr).toContain('./not-there: command not found\n');
    writeFileSync(join(folder, 'plain'), '');
    expect(await run('api', '--', './plain')).toMatchObject({
      code: 126,
      stderr: expect.stringContaining('./plain may not be run: it is no program, or not executable\n'),
    });
    expect(standingIn(folder)).toEqual([]);
  });

  it('says what is wrong with how it is called', async () => {
    const { run } = open();
    const said = async (...args: string[]) => {
      const { code, stderr } = await run(...args);
      return [code, stderr];
    };
    expect(await said()).toEqual([2, 'run needs a command behind "--": fuge run -- npm test\n']);
    expect(await said('--until', 'up', '--', 'true')).toEqual([2, '--until takes ready or started, not "up"\n']);
    expect(await said('--timeout', 'soon', '--', 'true')).toEqual([
      2,
      '--timeout takes a duration like 60s or 2m, not "soon"\n',
    ]);
    expect(await said('--artifacts', 'fuge.yml/x', '--', 'true')).toEqual([
      2,
      expect.stringMatching(/^fuge\.yml\/x can't be made: ENOTDIR/),
    ]);
  });

  it('does not run the command where a service does not come up: exit code 1, and its last lines', async () => {
    const { run, folder } = open({
      'fuge.yml': `
bad:
  type: process
  run: sh -c "for i in 1 2 3 4 5 6 7; do echo line $$i; done; exit 3"
  restart: 'no'
slow: {type: process, run: sleep 300, ports: [auto]}
`,
    });
    const { code, stdout, stderr } = await run('--timeout', '1500ms', '--', 'echo', 'never');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/… slow is not ready yet: nothing answers on port \d+\n/);
    expect(stderr).toMatch(/1 failed \(bad\), 1 still starting \(slow\)\nall stopped in /);
    expect(stderr).toContain('✗ bad: it crashed: code 3; its last 7 lines:\n    line 1\n    line 2\n');
    expect(standingIn(folder)).toEqual([]);
  });

  it('names who holds the port of a service', async () => {
    const port = await freePort();
    const server = createServer().listen(port, '127.0.0.1');
    onTestFinished(() => void server.close());
    const { run } = open({ ...FILES, 'fuge.yml': FILES['fuge.yml'].replace('http=auto', `http=${port}`) });
    const { code, stderr } = await run('api', '--report', 'deep/report.xml', '--', 'true');
    expect(code).toBe(1);
    expect(stderr).toContain(`port ${port} of "api" is taken by pid ${process.pid} `);
  });

  it('waits for no readiness with --until started', async () => {
    const { run } = open({ 'fuge.yml': 'slow: {type: process, run: sleep 300, ports: [auto]}\n' });
    const { code, stdout, stderr } = await run('--until', 'started', '--', 'echo', 'begun');
    expect([code, stdout]).toEqual([0, 'begun\n']);
    expect(stderr).toContain('1 started\n');
  });

  it('tells of a crash while the command runs, with the last lines at the end', async () => {
    const { run } = open();
    const { code, stderr } = await run('--', 'node', 'ask.cjs', 'crash');
    expect(code).toBe(0);
    expect(stderr).toMatch(/\$ node ask\.cjs crash\napi ✗ crashed: exit code 1 after .*\n.*Error: asked to crash/);
    expect(stderr).toMatch(/✗ api: it crashed: code 1; Error: asked to crash \(api\/server\.cjs:\d+:\d+\); its last/);
  });

  it('shows what services print with --logs', async () => {
    const { run } = open();
    expect((await run('--logs', '--', 'true')).stderr).toMatch(/^api +│ listening$/m);
    expect((await run('--', 'true')).stderr).not.toContain('listening');
  });
});

describe('what is left for CI', () => {
  it('is a report, the logs, and a summary', async () => {
    const { run, folder } = open();
    const { code } = await run('--report', 'out/fuge.xml', '--artifacts', 'out/logs', '--', 'exit 4; true');
    expect(code).toBe(4);
    const report = readFileSync(join(folder, 'out/fuge.xml'), 'utf8');
    expect(report).toMatch(/<testcase name="api" classname="shop" time="\d+\.\d{3}">/);
    expect(report).toContain('<property name="exit.code" value="4"/>');
    expect(readdirSync(join(folder, 'out/logs')).sort()).toEqual(['api.log', 'summary.json', 'web.log']);
    expect(readFileSync(join(folder, 'out/logs/api.log'), 'utf8')).toBe('listening\n');
    expect(JSON.parse(readFileSync(join(folder, 'out/logs/summary.json'), 'utf8'))).toMatchObject({
      version: 1,
      system: 'shop',
      reused: false,
      outcome: 'failed',
      command: ['exit 4; true'],
      exitCode: 4,
      services: [
        { name: 'api', result: 'ready', readyAfterMs: expect.any(Number), problem: null, lastLines: ['listening'] },
        { name: 'web', result: 'ready' },
      ],
    });
  });

  it('is there after an interruption, too', async () => {
    const { begin, folder } = open({ 'fuge.yml': 'slow: {type: process, run: sleep 300, ports: [auto]}\n' });
    const { child, told, ended } = begin('run', '--report', 'fuge.xml', '--artifacts', 'logs', '--', 'echo', 'never');
    await eventually(() => expect(told.stderr).toContain('slow ▸ starting'));
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 130, stdout: '' });
    expect(readFileSync(join(folder, 'fuge.xml'), 'utf8')).toContain('value="interrupted"');
    expect(JSON.parse(readFileSync(join(folder, 'logs/summary.json'), 'utf8'))).toMatchObject({ exitCode: 130 });
    expect(standingIn(folder)).toEqual([]);
  });

  it('gives 1 where the report can not be written', async () => {
    const { run, folder } = open();
    mkdirSync(join(folder, 'taken.xml'));
    const { code, stderr } = await run('--report', 'taken.xml', '--', 'true');
    expect(code).toBe(1);
    expect(stderr).toMatch(/taken\.xml can't be written: EISDIR/);
  });
});

describe('a signal', () => {
  const WAITING = 'echo begun; sleep 300; true';

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends the command and then everything', async (signal, code) => {
    const { begin, folder } = open();
    const { child, told, ended } = begin('run', 'api', '--', WAITING);
    await eventually(() => expect(told.stdout).toBe('begun\n'));
    child.kill(signal);
    expect((await ended).code).toBe(code);
    expect(standingIn(folder)).toEqual([]);
  });

  it('that the command ignores kills it at the third time', async () => {
    const { begin, folder } = open();
    const { child, told, ended } = begin(
      'run',
      'api',
      '--',
      `trap 'echo heard' INT; echo begun; while :; do sleep 1; done`,
    );
    await eventually(() => expect(told.stdout).toBe('begun\n'));
    child.kill('SIGINT');
    await eventually(() => expect(told.stdout).toBe('begun\nheard\n'));
    child.kill('SIGINT');
    await eventually(() => expect(told.stderr).toContain('goes on in spite of Ctrl-C: once more kills it\n'));
    child.kill('SIGINT');
    expect((await ended).code).toBe(137);
    expect(standingIn(folder)).toEqual([]);
  });

  it('SIGKILL leaves nothing: neither services nor the command nor what left it', async () => {
    const { begin, folder } = open();
    const { child, told } = begin('run', '--', `setsid sleep 300 & ${WAITING}`);
    await eventually(() => expect(told.stdout).toBe('begun\n'));
    child.kill('SIGKILL');
    await eventually(() => expect(standingIn(folder)).toEqual([]));
  });

  it('ends with the command what it leaves behind', async () => {
    const { run, folder } = open();
    expect((await run('api', '--', 'setsid sleep 300 & sleep 300 & exit 0')).code).toBe(0);
    expect(standingIn(folder)).toEqual([]);
  });

  it.skipIf(!hasTmux)("of the keyboard is the command's own, as its input is", async () => {
    const { folder } = open();
    const terminal = new Terminal(folder, ['run', 'api', '--', 'cat']);
    await terminal.sees(/\$ cat/);
    terminal.enter('typed');
    await terminal.sees(/typed\s+typed/);
    terminal.press('C-c');
    await terminal.sees(/all stopped in[\s\S]*CODE=130/);
    // The terminal's own shell.
    expect(standingIn(folder)).toHaveLength(1);
  });
});

describe('a system that runs already', () => {
  it('is used, gets what it lacks, and goes on', async () => {
    const { fuge, run } = open();
    onTestFinished(async () => void (await fuge('down', '--force')));
    await fuge('up', '-d', 'api');
    const { code, stdout, stderr } = await run('--', 'node', 'ask.cjs');
    expect([code, stdout]).toEqual([0, 'test hello 127.0.0.1\n']);
    expect(stderr).toMatch(/^on the system that runs already \(pid \d+\), which goes on afterwards\nweb ▸ starting/);
    const rows = (await fuge('ps', '--json')).stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(rows.map(({ state }) => state)).toEqual(['ready', 'ready']);
    expect(await run('--fresh', '--', 'true')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^fuge\.yml runs already \(pid \d+\), and --fresh wants it for itself/),
    });
  });
});

describe('saving files', () => {
  it('is not watched meanwhile', async () => {
    const { run } = open();
    const { stdout } = await run('--', process.execPath, binary, 'ps', '--json');
    const rows = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(rows.map(({ state, watch }) => [state, watch])).toEqual([
      ['ready', 'off'],
      ['ready', 'off'],
    ]);
  });

  it('restarts services with --watch', async () => {
    const { run, folder } = open();
    const save = "printf '\\n' >>api/server.cjs; until grep -q -c . marker 2>/dev/null; do sleep 0.1; done";
    // The server itself says that it was started twice.
    writeFileSync(
      join(folder, 'api/server.cjs'),
      `${SERVER}\nconst fs = require('node:fs');
      if (fs.existsSync('../begun')) fs.writeFileSync('../marker', 'again'); else fs.writeFileSync('../begun', '');`,
    );
    expect((await run('api', '--watch', '--', save)).code).toBe(0);
    expect(existsSync(join(folder, 'marker'))).toBe(true);
  });
});
