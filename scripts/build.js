// Compiles src to dist, and bundles the command line there. With --if-possible (npm's "prepare") a missing compiler is passed over, so that
// `npm ci --omit=dev` of a published or already built package works.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiler = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
if (!existsSync(compiler) || !existsSync(`${root}src`)) {
  if (process.argv.includes('--if-possible')) process.exit(0);
  console.error(`The TypeScript compiler is missing (${compiler}). Run "npm ci" first.`);
  process.exit(1);
}
rmSync(`${root}dist`, { recursive: true, force: true });
const result = spawnSync(process.execPath, [compiler, '-p', `${root}tsconfig.json`], { stdio: 'inherit' });
if (result.status !== 0) process.exit(result.status ?? 1);
const { bundle } = await import('./bundle.js');
await bundle(`${root}dist`);
