import { defineConfig } from '@playwright/test'
import { findTool } from './scripts/lib/native-tools.mjs'
import type { Host } from './test/e2e/helpers/fixtures.ts'

const executablePath = findTool('chromium')

export default defineConfig<object, { host: Host }>({
  testDir: 'test/e2e',
  globalSetup: './test/e2e/helpers/global-setup.ts',
  // The same specs on both hosts, but for what only one of them has.
  projects: [
    { name: 'web', use: { host: 'web' }, testIgnore: ['desktop.spec.ts', 'electron.spec.ts', 'notices.spec.ts'] },
    {
      name: 'desktop',
      use: { host: 'desktop' },
      testIgnore: ['connection.spec.ts', 'serve.spec.ts', 'web-host.spec.ts'],
    },
  ],
  outputDir: 'test-results',
  timeout: 60_000,
  // Each program starts anew and reads its stores before a page shows them: on a busy machine 5 s are missed.
  expect: { timeout: 15_000 },
  // Every spec has servers of its own, and spends half of its time in waiting for them and for the screen.
  workers: 3,
  // A browser on a machine that others share misses a deadline now and then. The list names what needed a second try.
  retries: process.env.CI ? 1 : 0,
  forbidOnly: !!process.env.CI,
  reporter: 'list',
  use: {
    viewport: { width: 1280, height: 800 },
    screenshot: 'only-on-failure',
    // Tracing every spec takes a third of the processor time: what fails is traced when it is tried again.
    trace: 'on-first-retry',
    launchOptions: {
      ...(executablePath && { executablePath }),
      args: [
        // Chromium refuses to sandbox for root.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
