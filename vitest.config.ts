import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    // Rate-limit and fault tests measure real sockets; two cores share the machine with them.
    maxWorkers: 2,
    coverage: {
      provider: 'v8',
      include: ['core/**'],
      reporter: ['text-summary', 'json-summary'],
    },
  },
});
