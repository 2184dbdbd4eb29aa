import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['source'] },
  ssr: { resolve: { conditions: ['source'] } },
  test: {
    include: [
      '{shared,server,client,client/{join,dashboard,look},simulations}/src/**/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    setupFiles: ['scripts/test-seed.ts', 'scripts/relaxed-simd.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A machine that does much else is slow, and nothing is wrong.
    expect: { poll: { timeout: 30_000 } },
    pool: 'forks',
  },
});
