// The example with vitest, run as its README says, by the vitest of this project.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { standingIn } from '../rig/fuge-process.js';
import { temporaryFolder } from '../rig/open-system.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

function copyExample(): string {
  const folder = join(temporaryFolder(), 'vitest');
  cpSync(join(root, 'examples/vitest'), folder, {
    recursive: true,
    filter: source => !/\/(log|node_modules)$/.test(source),
  });
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/fuge'));
  symlinkSync(join(root, 'node_modules/vitest'), join(folder, 'node_modules/vitest'));
  return folder;
}

function runTests(folder: string): Promise<{ code: number | null; output: string }> {
  // Without what the vitest that runs this very test has set.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_OPTIONS|TEST$)/.test(name)),
  );
  return new Promise(resolve => {
    const vitest = join(root, 'node_modules/vitest/vitest.mjs');
    const child = spawn(process.execPath, [vitest, 'run'], { cwd: folder, env: { ...env, NO_COLOR: '1' } });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', text => {
        output += text;
      });
    child.once('close', code => resolve({ code, output }));
  });
}

it('passes, and leaves nothing', async () => {
  const folder = copyExample();
  const { code, output } = await runTests(folder);
  expect(output).toMatch(/Tests +2 passed \(2\)/);
  expect(code).toBe(0);
  expect(standingIn(folder)).toEqual([]);
});

it('shows why a service does not start, and leaves nothing', async () => {
  const folder = copyExample();
  writeFileSync(join(folder, 'stock/server.js'), "console.log('no shelf');\nthrow new Error('no books');\n");
  const { code, output } = await runTests(folder);
  expect(code).toBe(1);
  expect(output).toContain('system "books" did not come up:');
  expect(output).toContain('no shelf');
  expect(output).toMatch(/Error: no books \(.*stock\/server\.js:2\)/);
  expect(standingIn(folder)).toEqual([]);
});
