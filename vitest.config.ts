import { defineConfig } from 'vitest/config';

// Two tiers: pure tests run in parallel; tests that start real processes run one file at a time, so that a loaded
// machine does not turn their waits into failures.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/process/**'],
        },
      },
      {
        test: {
          name: 'process',
          include: ['test/e2e/**/*.test.ts', 'test/process/**/*.test.ts'],
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
