import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    globalSetup: 'test/system.js',
    include: ['test/*.test.js'],
  },
});
