import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    // Compiled TypeScript configs are cached there: not in the home of whoever runs the tests.
    env: { XDG_CACHE_HOME: join(tmpdir(), 'sluice-test-cache') },
    // Rate-limit and fault tests measure real sockets; two cores share the machine with them.
    maxWorkers: 2,
    // Nothing takes as long; a machine with other work to do must not make a test fail.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    coverage: {
      provider: 'v8',
      include: ['core/**/*.ts'],
      exclude: ['dist/**', 'test/**'],
      thresholds: { statements: 90 },
      reporter: ['text-summary', 'json-summary'],
    },
  },
});
