import { defineConfig } from 'vitest/config';

const soak = process.env.VARVE_SOAK === '1';

export default defineConfig({
  test: {
    include: soak ? ['test/**/*.soak.ts'] : ['test/**/*.test.ts'],
    testTimeout: soak ? 3_600_000 : 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
