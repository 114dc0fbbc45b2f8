// System files that fuge writes itself: they start as they are.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadSystem } from '../../src/index.js';
import { eventually, FugeProcess } from '../rig/fuge-process.js';
import { temporaryFolder } from '../rig/open-system.js';

const bin = fileURLToPath(new URL('../../bin/fuge.js', import.meta.url));

function fuge(folder: string, ...args: string[]) {
  const env: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1' };
  delete env.FORCE_COLOR; // newer Node warns of both
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env,
  });
  return { code: status, stdout, stderr };
}

const server = (name: string) =>
  `require('node:http').createServer((_, r) => r.end('${name}')).listen(process.env.PORT || 48700);\n`;

describe('fuge init', () => {
  it('writes a system file for two packages, and fuge starts them: they answer', async () => {
    const folder = temporaryFolder({
      'gateway/package.json': '{"name": "@shop/gateway", "scripts": {"start": "node server.js"}}',
      'gateway/server.js': server('gateway'),
      'users/package.json': '{"name": "@shop/users", "scripts": {"dev": "node src/main.js"}}',
      'users/src/main.js': server('users'),
      'lib/package.json': '{"name": "lib"}',
    });
    const { code, stdout, stderr } = fuge(folder, 'init');
    expect(stderr).toBe('');
    expect(stdout).toBe(`  gateway/package.json  is the service "gateway"
  lib/package.json      is left out: it has no start or dev script, and nothing else to run
  users/package.json    is the service "users"

wrote fuge.yml: 2 services (gateway, users)
next:
  fuge check          tells what may be wrong with it
  fuge shell --start  starts all, with a prompt
`);
    expect(code).toBe(0);

    const { system } = await loadSystem(join(folder, 'fuge.yml'));
    const running = new FugeProcess(folder, { args: ['shell', '--start'] });
    for (const name of ['gateway', 'users']) {
      const { host, ports } = system!.services.get(name)!;
      await eventually(async () => {
        const answer = await fetch(`http://${host}:${ports[0]!.host}/`);
        expect(await answer.text()).toBe(name);
      });
    }
    running.enter('exit');
    expect((await running.ended).code).toBe(0);
  });

  it('never overwrites', () => {
    const folder = temporaryFolder({ 'fuge.yml': 'mine', Procfile: 'web: npm start\n' });
    const { code, stdout, stderr } = fuge(folder, 'init');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^error file-exists: .*fuge\.yml exists already; it is left as it is\n {2}hint: "fuge check" says whether it is right\n$/,
    );
    expect(readFileSync(join(folder, 'fuge.yml'), 'utf8')).toBe('mine');
  });

  it('prints instead of writing, for another directory', () => {
    const folder = temporaryFolder({ 'shop/Procfile': 'web: npm start\n' });
    const { code, stdout } = fuge(folder, 'init', 'shop', '--print');
    expect(code).toBe(0);
    expect(stdout).toContain('\nweb:\n  type: process\n  run: npm start\n  ports: [main=5000]\n');
    expect(existsSync(join(folder, 'shop/fuge.yml'))).toBe(false);
  });
});

describe('what is imported', () => {
  const files = (port: number) => ({
    'web/server.js': `require('node:http').createServer((_, r) => r.end(process.env.GREETING)).listen(process.env.PORT || ${port});\n`,
    'web/package.json': '{"name": "web", "scripts": {"start": "node server.js"}}',
    'web/.env': 'GREETING=hello\n',
  });
  it.each([
    [
      'Procfile',
      48_711,
      { Procfile: 'web: cd web && GREETING=hello exec node server.js\nidle: sleep 1000\n', '.env': 'PORT=48711\n' },
    ],
    [
      'process-compose.yaml',
      48_712,
      {
        'process-compose.yaml': `processes:
  web:
    command: "node server.js"
    working_dir: web
    environment: ["GREETING=hello", "PORT=48712"]
    depends_on: {prepare: {condition: process_completed_successfully}}
    readiness_probe: {http_get: {port: 48712}, period_seconds: 1}
  prepare: {command: "echo $$((1 + 1)) > two && test -s two"}
`,
      },
    ],
    [
      'mprocs.yaml',
      48_713,
      {
        'mprocs.yaml':
          'procs:\n  web: {shell: "node server.js | cat", cwd: web, env: {GREETING: hello, PORT: "48713"}}\n',
      },
    ],
    [
      'ecosystem.config.js',
      48_714,
      {
        'ecosystem.config.js': `const env = { GREETING: 'hello', PORT: 48714 };
module.exports = { apps: [{ script: 'server.js', cwd: './web', name: 'web', env, instances: 2, exec_mode: 'cluster' }] };
`,
      },
    ],
    ['package.json', 48_715, { 'package.json': '{"workspaces": ["web"]}' }],
    [
      'compose.yaml',
      48_716,
      {
        'compose.yaml':
          'services:\n  web: {build: ./web, command: node server.js, environment: {GREETING: hello}, ports: ["48716:80"]}\n',
        'web/Dockerfile': 'FROM node:20\nWORKDIR /app\nCOPY . .\n',
      },
    ],
  ])('of %s runs', async (file, port, more) => {
    const folder = temporaryFolder({ ...files(port), ...more });
    expect(fuge(folder, 'import', file, '-o', 'fuge.yml').code).toBe(0);
    const running = new FugeProcess(folder, { args: ['shell', '--start'] });
    await eventually(async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/`);
      expect(await answer.text()).toBe('hello');
    });
    await running.says(/web +✓ ready/);
    running.enter('exit');
    expect((await running.ended).code).toBe(0);
  });
});

describe('fuge import', () => {
  it('prints the system file, and tells on standard error what has no counterpart', () => {
    const folder = temporaryFolder({ Procfile: 'web: npm start\nnonsense\n' });
    const { code, stdout, stderr } = fuge(folder, 'import', 'Procfile');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^# yaml-language-server: .*\n# Made by "fuge import" of Procfile, a Procfile\.\n/);
    expect(stderr).toMatch(/^Procfile:2:1 warning import-syntax: this line is no "name: command"; it is left out\n/);
  });

  it('writes the file that is named, once', () => {
    const folder = temporaryFolder({ Procfile: 'web: npm start\n' });
    const first = fuge(folder, 'import', 'Procfile', '-o', 'fuge.yml');
    expect(first).toEqual({
      code: 0,
      stdout: 'wrote fuge.yml; start it with "fuge shell fuge.yml --start"\n',
      stderr: '',
    });
    const second = fuge(folder, 'import', 'Procfile', '-o', 'fuge.yml');
    expect(second).toEqual({ code: 2, stdout: '', stderr: 'fuge.yml exists already; it is left as it is\n' });
    expect(fuge(folder, 'import', 'Procfile', '-o', 'no/fuge.yml')).toEqual({
      code: 2,
      stdout: '',
      stderr: "no/fuge.yml can't be written: its directory does not exist\n",
    });
  });

  it('says what it can not read', () => {
    const folder = temporaryFolder({ notes: 'x' });
    expect(fuge(folder, 'import')).toMatchObject({ code: 2, stderr: 'import needs a file: "fuge import Procfile"\n' });
    expect(fuge(folder, 'import', 'notes', '--as', 'make')).toMatchObject({
      code: 2,
      stderr:
        '"make" is no form that can be imported: it is one of procfile, compose, process-compose, mprocs, pm2, dotenv, package\n',
    });
    expect(fuge(folder, 'import', 'notes').stderr).toMatch(
      /^error import-form: .*notes is of no form that can be imported\n/,
    );
    expect(fuge(folder, 'import', 'notes', '--as', 'procfile').stderr).toContain('this line is no "name: command"');
  });

  it('runs a JavaScript file only when it is asked to, and says so', () => {
    const code = `require('node:fs').writeFileSync(__dirname + '/touched', '');
console.log('a line of its own');
module.exports = { apps: ['a', 'b'].map(name => ({ name, script: name + '.js' })) };
`;
    const folder = temporaryFolder({ 'ecosystem.config.cjs': code });
    expect(fuge(folder, 'import', 'ecosystem.config.cjs').code).toBe(2);
    expect(existsSync(join(folder, 'touched'))).toBe(false);
    const { stdout, stderr } = fuge(folder, 'import', 'ecosystem.config.cjs', '--evaluate');
    expect(stdout).toContain('\na:\n  type: node\n  run: node a.js\n');
    expect(stdout).toContain('\nb:\n');
    expect(stderr).toMatch(
      /^info import-evaluated: .*ecosystem\.config\.cjs was run by Node, and what it exports is taken\n$/,
    );
    expect(existsSync(join(folder, 'touched'))).toBe(true);
  });

  it('says why a JavaScript file can not be run', () => {
    const folder = temporaryFolder({ 'ecosystem.config.cjs': "throw new TypeError('no luck');\n" });
    const { code, stderr } = fuge(folder, 'import', 'ecosystem.config.cjs', '--evaluate');
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^error import-evaluate: .*ecosystem\.config\.cjs can't be evaluated: TypeError: no luck\n {2}hint: "node ecosystem\.config\.cjs" shows all of it\n$/,
    );
  });
});
