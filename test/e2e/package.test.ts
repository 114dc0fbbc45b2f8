// The package as users get it: packed, installed globally somewhere, run from somewhere else.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
let directory: string;
/** Paths in the package, sorted. */
let packed: string[];

function call(command: string, args: string[], cwd: string) {
  const env = { ...process.env, NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8', timeout: 120_000 });
  return { status, stdout, stderr };
}

beforeAll(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'fuge-package-'));
  // dist is what `npm test` has just built: "prepare" need not build it again under the feet of other tests.
  const pack = call('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', directory], root);
  expect(pack.status, pack.stderr).toBe(0);
  packed = (JSON.parse(pack.stdout) as [{ files: { path: string }[] }])[0].files.map(file => file.path).sort();
  const tarball = readdirSync(directory).find(file => file.endsWith('.tgz'))!;
  const flags = ['--prefer-offline', '--no-audit', '--no-fund'];
  const install = call('npm', ['i', '-g', '--prefix', directory, ...flags, path.join(directory, tarball)], directory);
  expect(install.status, install.stderr).toBe(0);
}, 180_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const fuge = (args: string[], cwd = directory) => call(path.join(directory, 'bin/fuge'), args, cwd);

describe('the package', () => {
  it('has what is needed, and no sources, tests or logs', () => {
    expect(packed).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'README.md',
        'CHANGELOG.md',
        'bin/fuge.js',
        'dist/cli/main.js',
        'dist/index.d.ts',
      ]),
    );
    expect(packed.filter(file => /^(src|test|scripts|bench|\.ci)\/|(^|\/)log\/|\.tgz$/.test(file))).toEqual([]);
  });

  it('says its version from anywhere', () => {
    const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
    const { status, stdout, stderr } = fuge(['version']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(version);
  });

  it('finds the system file in a directory above, and checks it', () => {
    const deep = path.join(directory, 'system/web/src');
    mkdirSync(deep, { recursive: true });
    writeFileSync(
      path.join(directory, 'system/fuge.yml'),
      'web:\n  type: node\n  path: web\n  run: server.js\n  ports: [main=3000]\n',
    );
    expect(fuge(['check'], deep)).toEqual({ status: 0, stdout: '1 service (1 node): no problems\n', stderr: '' });
  });

  it('brings the example', () => {
    const example = path.join(directory, 'lib/node_modules/fuge/examples/system/fuge.yml');
    const { status, stdout } = fuge(['check', example]);
    expect({ status, stdout }).toEqual({ status: 0, stdout: '4 services (3 node, 1 process): no problems\n' });
  });

  it('is a library, too', () => {
    const program =
      "import { loadSystem } from 'fuge'; console.log((await loadSystem('nowhere.yml')).diagnostics[0].code);";
    mkdirSync(path.join(directory, 'lib/user'));
    writeFileSync(path.join(directory, 'lib/user/program.mjs'), program);
    expect(call(process.execPath, ['program.mjs'], path.join(directory, 'lib/user'))).toEqual({
      status: 0,
      stdout: 'file-missing\n',
      stderr: '',
    });
  });
});
