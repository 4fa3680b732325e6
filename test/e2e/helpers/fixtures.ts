import { test as base, expect, type ElectronApplication, type Page } from '@playwright/test'
import { releaseAll } from '../../helpers/teardown.ts'
import { launchDesktop } from './desktop.ts'
import { launchWeb } from './web.ts'

export { expect } from '@playwright/test'

export type Host = 'web' | 'desktop'

/** A running program with one page of it open. */
export interface Program {
  host: Host
  page: Page
  /** Desktop alone. */
  app?: ElectronApplication
  /** Web alone: the printed address, with the token. */
  url?: string
  /** What its page was refused by its own policy; must be empty at the end of the test. */
  violations: string[]
  close(): Promise<void>
}
/** A host's part of it. */
export type Launched = Omit<Program, 'violations'>

interface Fixtures {
  /** Starts the built program with these variables; it ends with the test. No page of it may break its policy. */
  launch: (env: Record<string, string>) => Promise<Program>
}

/** Playwright's own `test`, with a program to start: the same spec runs on each host that the configuration names. */
export const test = base.extend<Fixtures & { released: void }, { host: Host }>({
  host: ['web', { option: true, scope: 'worker' }],

  launch: async ({ host, browser }, use) => {
    const programs: Program[] = []
    await use(async (env) => {
      const launched = host === 'web' ? await launchWeb(env, browser) : await launchDesktop(env)
      const program: Program = { ...launched, violations: violationsOf(launched.page) }
      programs.push(program)
      await program.page.waitForSelector('#root > :not(style)')
      return program
    })
    for (const program of programs) await program.close()
    const violations = programs.flatMap((program) => program.violations)
    expect(violations, 'violations of the content security policy').toEqual([])
  },

  /** Servers and folders of test/helpers end with the test. */
  released: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright wants its fixtures taken apart, also where there are none
    async ({}, use) => {
      await use()
      await releaseAll()
    },
    { auto: true },
  ],
})

/** Chromium reports each violation on the console. A test that causes some on purpose empties the list. */
function violationsOf(page: Page): string[] {
  const violations: string[] = []
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) violations.push(message.text())
  })
  return violations
}
