// A workspace as turbo wants it: each command is the task of a package of its own.
import { folder } from './harness.js';

/** A folder with `files` and a package for each command, which run two levels below it. */
export function turboWorkspace(task, commands, files, { isPersistent = false } = {}) {
  process.env.TURBO_TELEMETRY_DISABLED = '1';
  const packages = commands.map((command, i) => [
    `packages/w${i}/package.json`,
    JSON.stringify({ name: `w${i}`, version: '1.0.0', scripts: { [task]: command } }),
  ]);
  return folder({
    ...Object.fromEntries(packages),
    ...files,
    'package.json': JSON.stringify({ name: 'all', packageManager: 'npm@10.0.0', workspaces: ['packages/*'] }),
    'package-lock.json': JSON.stringify({ name: 'all', lockfileVersion: 3, packages: {} }),
    'turbo.json': JSON.stringify({ tasks: { [task]: { cache: false, persistent: isPersistent } } }),
  });
}
