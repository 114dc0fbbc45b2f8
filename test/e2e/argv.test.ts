// The command line as scripts use it: what goes to which stream, and which exit code.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const bin = fileURLToPath(new URL('../../bin/fuge.js', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fuge-argv-'));
  mkdirSync(join(folder, 'api'));
  writeFileSync(join(folder, 'fuge.yml'), GOOD);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const GOOD = `name: shop
api:
  type: node
  path: api
  run: server.js
  test: node -e "console.log('tested')"
  ports: [http=39871]
  environment: {API_TOKEN: hunter2}
web:
  type: process
  path: api
  run: sleep 5
  test: exit 3
  shell: true
  ports: [http=39872]
  group: front
`;

/** Runs fuge in the folder: its exit code and both streams. */
function fuge(...args: string[]) {
  const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1' };
  delete env.FORCE_COLOR; // newer Node warns of both
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env,
  });
  return { code: status, stdout, stderr };
}

describe('what is not known is told, with exit code 2', () => {
  it.each([
    [['strat', 'all'], 'no command is called "strat". Did you mean "start"? ("fuge help" lists them)\n'],
    [['xyz'], 'no command is called "xyz" ("fuge help" lists them)\n'],
    [['tail', 'all'], 'tail works at the prompt: run "fuge shell", then type "tail all"\n'],
    [['fuge.yml'], 'fuge.yml is a system file; to open it, run "fuge shell fuge.yml"\n'],
    [['ps', '--jsn'], 'unknown option \'--jsn\'. Did you mean --json? ("fuge help ps" shows the forms)\n'],
    [['ps', 'apj'], 'no service or group is called "apj". Did you mean "api"? ("fuge ps" lists them)\n'],
    [['info'], 'info needs services: names, groups, patterns or "all", as in "fuge info api"\n'],
    [['apply'], 'apply needs a command: fuge apply git status -s\n'],
    [['shell', 'api', 'web'], '"api" is no system file (.yml, .yaml) and no directory\n'],
    [['help', 'stop', 'now'], '"now" is one too many: fuge help [command]\n'],
    [['logs', '-n', 'x'], '-n needs a number of lines, not "x"\n'],
    [['graph', '--format', 'svg'], 'graph has no format "svg": text, mermaid, dot or json\n'],
  ])('fuge %j', (args, stderr) => {
    expect(fuge(...args)).toEqual({ code: 2, stdout: '', stderr });
  });

  it('a file that is missing', () => {
    const { code, stdout, stderr } = fuge('ps', 'none.yml');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error file-missing: \S*none\.yml does not exist\n {2}hint: /);
  });

  it('no file anywhere', () => {
    rmSync(join(folder, 'fuge.yml'));
    expect(fuge('ps').stderr).toMatch(/^error file-missing: there is no system file in /);
  });
});

describe('check', () => {
  it('a good file', () => {
    expect(fuge('check')).toEqual({
      code: 0,
      stdout: '2 services (1 node, 1 process): no problems\n',
      stderr: '',
    });
  });

  it('a broken file: every problem with its place, exit code 2', () => {
    writeFileSync(join(folder, 'fuge.yml'), 'api:\n  type: nod\n  run: server.js\nweb:\n  type: node\n  rnu: a.js\n');
    const { code, stdout, stderr } = fuge('check');
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
    expect(stdout).toMatch(/^fuge\.yml:2:9 error [\w-]+: .*\n {2}2 \| {3}type: nod\n {4}\| {9}~~~\n/);
    expect(stdout).toMatch(/\nfuge\.yml:6:3 error unknown-key: .*\n {2}6 \| {3}rnu: a\.js\n {4}\| {3}~~~\n/);
    expect(stdout).toContain('did you mean "run"?');
    expect(stdout).toMatch(/\n\d+ errors\n$/);
  });

  it('a file with warnings alone is good', () => {
    writeFileSync(join(folder, 'fuge.yml'), 'api:\n  type: node\n  path: gone\n  run: server.js\n');
    const { code, stdout } = fuge('check');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^fuge\.yml:3:9 warning path-missing: /);
    expect(stdout).toMatch(/\n1 service \(1 node\): 1 warning\n$/);
  });

  it('the same problems keep other commands from running, on standard error', () => {
    writeFileSync(join(folder, 'fuge.yml'), 'api:\n  type: node\n  rnu: a.js\n');
    const { code, stdout, stderr } = fuge('ps');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('fuge.yml:3:3 error unknown-key: ');
  });
});

describe('the file', () => {
  it.each([
    [['ps', 'fuge.yml']],
    [['ps', '.']],
    [['ps', '-f', 'fuge.yml']],
    [['-f', 'fuge.yml', 'ps']],
    [['ps', '--file=fuge.yml']],
    [['ps', 'all', './fuge.yml']],
  ])('fuge %j', args => {
    const { code, stdout } = fuge(...args);
    expect(code).toBe(0);
    expect(stdout.split('\n').map(line => line.split(' ')[0])).toEqual(['NAME', 'api', 'web', '']);
  });

  it('is found from below', () => {
    const inside = spawnSync(process.execPath, [bin, 'check'], { cwd: join(folder, 'api'), encoding: 'utf8' });
    expect(inside.stdout).toContain('2 services');
  });

  it('a service goes before a directory of its name', () => {
    expect(fuge('ps', 'api').stdout).toMatch(/^NAME.*\napi .*\n$/);
  });
});

describe('--json prints one object a line', () => {
  it.each([
    [['ps', '--json'], 2],
    [['ps', 'front', '--json'], 1],
    [['info', 'api', '--json'], 1],
    [['env', 'api', '--json'], undefined],
    [['check', '--json'], 1],
    [['graph', '--json'], 2],
  ])('fuge %j', (args, count) => {
    const { code, stdout } = fuge(...args);
    const objects = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as unknown);
    expect(code).toBe(0);
    if (count === undefined)
      expect(objects).toContainEqual(expect.objectContaining({ name: 'API_TOKEN', value: '••••••' }));
    else expect(objects).toHaveLength(count);
  });
});

describe('commands', () => {
  it('test gives 1 if one fails, and shows what the tests print', () => {
    const { code, stdout } = fuge('test');
    expect(code).toBe(1);
    expect(stdout).toContain('api test │ tested\n');
    expect(stdout).toContain('✗ web: test failed: code 3\n');
    expect(stdout).toMatch(/\n1 passed, 1 failed \(web\) in \d+\.\d+ s\n$/);
    expect(fuge('test', 'api').code).toBe(0);
  });

  it('apply leaves flags to the command', () => {
    writeFileSync(join(folder, 'api', '.hidden'), '');
    const { code, stdout } = fuge('apply', 'ls', '-a');
    expect(code).toBe(0);
    expect(stdout).toContain('api apply │ .hidden\n');
  });

  it('apply of one word is a line for the shell', () => {
    expect(fuge('apply', 'echo a && exit 4')).toMatchObject({ code: 1 });
  });

  it('logs and grep without a log say so', () => {
    expect(fuge('logs')).toEqual({ code: 0, stdout: 'nothing has been printed by api, web\n', stderr: '' });
    expect(fuge('grep', 'x')).toEqual({ code: 1, stdout: '', stderr: 'no line of any log matches x\n' });
  });

  it('version and help need no file', () => {
    rmSync(join(folder, 'fuge.yml'));
    for (const args of [['version'], ['--version'], ['-v']]) expect(fuge(...args).stdout).toMatch(/^fuge 3\./);
    for (const args of [['help'], ['--help'], ['-h'], []]) expect(fuge(...args).stdout).toMatch(/^fuge runs a system/);
    for (const args of [
      ['help', 'ps'],
      ['ps', '--help'],
      ['ps', '-h'],
    ])
      expect(fuge(...args)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^ {2}fuge ps \[service…\]/) });
  });

  it('FORCE_COLOR colours a pipe, nothing else does', () => {
    const env = { ...process.env, FORCE_COLOR: '1' };
    const { stdout } = spawnSync(process.execPath, [bin, 'ps'], { cwd: folder, encoding: 'utf8', env });
    expect(stdout).toContain('\x1b[');
    expect(fuge('ps').stdout).not.toContain('\x1b');
  });
});

describe('--profile', () => {
  const PROFILES = `a: {type: process, run: sleep 60}
b: {type: process, run: sleep 60, profiles: [dev]}
c: {type: process, run: sleep 60, profiles: [load]}
`;
  const startAll = (...args: string[]) => {
    writeFileSync(join(folder, 'fuge.yml'), PROFILES);
    const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1' };
    delete env.FORCE_COLOR; // newer Node warns of both
    const { stdout } = spawnSync(process.execPath, [bin, ...args], {
      cwd: folder,
      encoding: 'utf8',
      input: 'start all\nps\n',
      env,
    });
    return [...stdout.matchAll(/^(\w) +process .*? (ready|stopped)/gm)].map(([, name, state]) => `${name} ${state}`);
  };

  it.each([
    [['shell'], ['a ready', 'b stopped', 'c stopped']],
    [
      ['shell', '--profile', 'dev'],
      ['a ready', 'b ready', 'c stopped'],
    ],
    [
      ['shell', '--profile', 'dev', '--profile', 'load'],
      ['a ready', 'b ready', 'c ready'],
    ],
    [
      ['shell', '--profile', 'dev,load', 'fuge.yml'],
      ['a ready', 'b ready', 'c ready'],
    ],
    [
      ['--profile', 'load', 'shell'],
      ['a ready', 'b stopped', 'c ready'],
    ],
    [
      ['shell', '--profile=*'],
      ['a ready', 'b ready', 'c ready'],
    ],
  ])('fuge %j: "start all" starts what takes part', (args, states) => {
    expect(startAll(...args)).toEqual(states);
  });
});

describe('--port-offset', () => {
  const portsOf = (output: string) =>
    output
      .trim()
      .split('\n')
      .map(line => (JSON.parse(line) as { ports: { port: number }[] }).ports[0]!.port);

  it.each([
    [
      ['ps', '--json', '--port-offset', '100'],
      [39_971, 39_972],
    ],
    [
      ['--port-offset=100', 'ps', '--json'],
      [39_971, 39_972],
    ],
    [['--port-offset', '100', 'ps', 'api', '--json', 'fuge.yml'], [39_971]],
    [
      ['ps', '--json', '--port-offset', '0'],
      [39_871, 39_872],
    ],
  ])('fuge %j: moves the ports', (args, ports) => {
    expect(portsOf(fuge(...args).stdout)).toEqual(ports);
  });

  it('is told by config, which prints the ports that came out', () => {
    const { stdout } = fuge('config', '--port-offset', '100');
    expect(stdout.split('\n')[0]).toBe('# ports moved by 100 (--port-offset)');
    expect(stdout.match(/ports: .*/g)).toEqual(['ports: [http=39971]', 'ports: [http=39972]']);
    expect(JSON.parse(fuge('config', '--json', '--port-offset', '100').stdout)).toMatchObject({ portOffset: 100 });
  });

  it('is refused unless it is a number or auto', () => {
    expect(fuge('ps', '--port-offset', 'some')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error bad-port-offset: --port-offset must be a number like 100, or "auto", not "some"\n',
    });
  });

  it('auto leaves the ports that somebody has to him', async () => {
    const server = createServer().listen(39_872, '127.0.0.1');
    await once(server, 'listening');
    try {
      expect(portsOf(fuge('ps', '--json', '--port-offset', 'auto').stdout)).toEqual([39_971, 39_972]);
    } finally {
      server.close();
    }
  });

  it('auto ports do without a home that can be written', () => {
    writeFileSync(join(folder, 'fuge.yml'), 'web: {type: process, run: sleep 5, ports: [auto]}\n');
    const env = { ...process.env, NO_COLOR: '1', HOME: '/dev/null', XDG_STATE_HOME: '/dev/null/state' };
    const ports = () => {
      const options = { cwd: folder, encoding: 'utf8', env } as const;
      return spawnSync(process.execPath, [bin, 'ps', '--json'], options).stdout;
    };
    expect(portsOf(ports())).toEqual(portsOf(ports()));
  });
});

describe('the reader has gone', () => {
  it('fuge ps | head -1 ends quietly', () => {
    const pipe = `"${process.execPath}" "${bin}" ps | head -1`;
    const { status, stdout, stderr } = spawnSync('sh', ['-c', pipe], { cwd: folder, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^NAME .*\n$/);
  });

  it('a command that goes on printing ends with it, and so does what it runs', async () => {
    const child = spawn(process.execPath, [bin, 'apply', 'yes'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let complaint = '';
    child.stderr.on('data', chunk => {
      complaint += chunk;
    });
    child.stdout.once('data', () => child.stdout.destroy());
    const code = await new Promise(resolve => child.once('close', resolve));
    expect({ code, complaint }).toEqual({ code: 141, complaint: '' });
  });
});

it('Ctrl-C ends a command and what it runs: 130', async () => {
  const child = spawn(process.execPath, [bin, 'apply', 'echo up; sleep 60'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child.stdout.once('data', () => child.kill('SIGINT'));
  const code = await new Promise(resolve => child.once('exit', resolve));
  expect(code).toBe(130);
});
