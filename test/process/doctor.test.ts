// The doctor names the processes that a killed fuge left.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { leftovers } from '../../src/supervisor/doctor/checks/leftovers.js';
import { ownRegistration, Registry } from '../../src/supervisor/registry.js';
import { MARK } from '../../src/supervisor/runners/owner.js';

it.runIf(process.platform === 'linux')('of a system by its name, with what ends them', async () => {
  const runtime = mkdtempSync(path.join(tmpdir(), 'fuge-left-'));
  onTestFinished(() => rmSync(runtime, { recursive: true, force: true }));
  const deadPid = 2 ** 30;
  const id = `${deadPid}-0123456789ab`;
  const registry = new Registry(path.join(runtime, 'fuge'));
  registry.add({ ...ownRegistration(id, '/shop/fuge.yml', 'shop', 0), pid: deadPid, startTime: null });
  const left = spawn('sleep', ['600'], { env: { ...process.env, [MARK]: `${id}:web:1` }, stdio: 'ignore' });
  onTestFinished(() => void left.kill('SIGKILL'));
  await new Promise(resolve => left.once('spawn', resolve));
  const patient = {
    system: undefined,
    diagnostics: [],
    environment: { XDG_RUNTIME_DIR: runtime },
    isTerminal: false,
    nodeVersion: process.versions.node,
  };
  expect(await leftovers.run(patient, new AbortController().signal)).toEqual([
    {
      status: 'warning',
      message: 'a process runs that a killed fuge of "shop" left; the next start ends it all',
      remedy: `kill ${left.pid}`,
    },
  ]);
});
