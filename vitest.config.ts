import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// What fuge keeps of its runs, away from the user's own.
const own = mkdtempSync(join(tmpdir(), 'fuge-run-'));
const env = { XDG_RUNTIME_DIR: own, XDG_STATE_HOME: join(own, 'state') };

// Three tiers: pure tests run in parallel; tests that start real processes run one file at a time, so that a loaded
// machine does not turn their waits into failures; tests on a container engine share one that is made for the run.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          env,
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/process/**', 'test/engine/**'],
          // A loaded machine is slow; nothing is proved by the time a test takes.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'process',
          env,
          include: ['test/e2e/**/*.test.ts', 'test/process/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'engine',
          // Not the user's own contexts and credentials.
          env: { ...env, DOCKER_CONFIG: join(env.XDG_RUNTIME_DIR, 'docker') },
          include: ['test/engine/**/*.test.ts'],
          globalSetup: 'test/rig/engine-setup.ts',
          pool: 'forks',
          fileParallelism: false,
          maxWorkers: 1,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
