// `fuge doctor` and `fuge schema` as scripts use them: exit codes, stable fields, with and without a system file.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

function run(text: string | undefined, ...args: string[]) {
  const directory = realpathSync(mkdtempSync(path.join(tmpdir(), 'fuge-doctor-')));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  mkdirSync(path.join(directory, 'state'), { mode: 0o700 });
  if (text !== undefined) writeFileSync(path.join(directory, 'fuge.yml'), text);
  // An engine or leftovers of this machine are not what is tested.
  const env = {
    ...process.env,
    HOME: directory,
    XDG_RUNTIME_DIR: path.join(directory, 'state'),
    XDG_STATE_HOME: path.join(directory, 'state'),
    DOCKER_HOST: 'tcp://127.0.0.1:1',
  };
  const { stdout, stderr, status } = spawnSync(process.execPath, [path.join(root, 'bin/fuge.js'), ...args], {
    cwd: directory,
    env,
    encoding: 'utf8',
  });
  return { stdout, stderr, status, directory };
}

interface Row {
  readonly type: string;
  readonly check?: string;
  readonly status?: string;
}
const rowsOf = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Row);

it('ends with 0 where nothing is in the way', () => {
  const { stdout, stderr, status } = run('web: {type: process, run: sh}\n', 'doctor');
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  expect(stdout).toContain(`ok       node         Node ${process.versions.node}\n`);
});

it('ends with 1 where something is', () => {
  const { stdout, status } = run('web: {type: process, run: no-such-program}\n', 'doctor');
  expect(status).toBe(1);
  expect(stdout).toContain('problem  programs     the program of "web" is not found: no-such-program\n');
  expect(stdout).toContain('\n                      install it, or correct "run" of "web"\n');
});

it('looks at the machine without a system file, and with a broken one', () => {
  const without = run(undefined, 'doctor', '--json');
  expect(without.status).toBe(0);
  expect(rowsOf(without.stdout)).toContainEqual({
    type: 'finding',
    check: 'system',
    status: 'warning',
    message: `there is no system file in ${without.directory} and the directories above it: only the machine was looked at`,
    remedy: 'fuge init',
  });
  const broken = run('web: {type: process, run: [a]}\n', 'doctor', '--json');
  expect(broken.status).toBe(1);
  expect(rowsOf(broken.stdout)).toContainEqual({
    type: 'finding',
    check: 'system',
    status: 'problem',
    message: `${broken.directory}/fuge.yml:1:27: "run" must be a command line, not a list`,
    remedy: null,
  });
});

it('has stable fields, and a summary at the end', () => {
  const rows = rowsOf(run('web: {type: process, run: sh}\n', 'doctor', '--json').stdout);
  for (const row of rows.slice(0, -1))
    expect(Object.keys(row)).toEqual(['type', 'check', 'status', 'message', 'remedy']);
  const number = (status: string) => rows.filter(row => row.status === status).length;
  expect(rows.at(-1)).toEqual({ type: 'summary', ok: number('ok'), warnings: number('warning'), problems: 0 });
});

it('prints the schema that lies in the package', () => {
  const { stdout, status } = run(undefined, 'schema');
  expect(status).toBe(0);
  expect(stdout).toBe(readFileSync(path.join(root, 'schema/fuge.schema.json'), 'utf8'));
});
