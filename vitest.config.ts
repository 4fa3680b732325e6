import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/{unit,services,contract,faults}/**/*.test.ts'],
    globalSetup: ['test/helpers/global-setup.ts'],
    setupFiles: ['test/helpers/setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    // Servers on a machine that others share miss a deadline now and then; what fails twice is broken.
    retry: process.env['CI'] ? 1 : 0,
    hookTimeout: 60_000,
  },
})
