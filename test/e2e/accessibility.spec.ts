/** Usable by everybody: axe, the keyboard alone, 200 %, forced colours. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, test } from './helpers/fixtures.ts'
import { railLink } from './helpers/pages.ts'
import { failedLogins, pushItems, seedSessions } from './helpers/seed.ts'
import { createWorkspace } from './helpers/workspace.ts'

const places = ['overview', 'sessions', 'events', 'alerts', 'queues', 'settings'] as const

async function seededWorkspace() {
  const workspace = await createWorkspace()
  await seedSessions(
    workspace.redis.url,
    Array.from({ length: 60 }, (_, at) => ({ id: `s${at}`, user: `user${at}`, idleMs: at * 60_000 })),
  )
  await pushItems(workspace.redis.url, [...failedLogins('alice', 10), '{no json'])
  return workspace
}

/** What axe calls serious or critical, as "rule: where". */
async function serious(page: Page): Promise<string[]> {
  // One frame, no other page: the legacy way needs neither. What passes is not described, which takes longer than to check.
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    .analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => String(target)).join(', ')}`)
}

/** Goes there as a link would, and waits until the page has something to say. */
async function visit(page: Page, place: (typeof places)[number]): Promise<void> {
  await page.evaluate((hash) => (location.hash = hash), `#/${place}`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(new RegExp(place, 'i'))
  await expect(page.getByRole('contentinfo')).toContainText('Live, data')
}

for (const theme of ['Dark', 'Light', 'High contrast'] as const) {
  test(`axe finds nothing serious, ${theme.toLowerCase()}`, async ({ launch }) => {
    test.setTimeout(180_000)
    const { page } = await launch((await seededWorkspace()).env)
    await visit(page, 'settings')
    await page.getByText(theme, { exact: true }).click()
    for (const place of places) {
      await visit(page, place)
      const row = page.getByRole('grid').locator('[aria-rowindex="2"]:not([aria-busy])')
      if (place === 'sessions' || place === 'events' || place === 'alerts') {
        await row.click()
        await expect(page.getByRole('complementary').getByRole('heading', { name: 'Facts' })).toBeVisible()
      }
      expect(await serious(page), place).toEqual([])
    }
    await visit(page, 'alerts')
    for (const tab of ['Rules', 'Suppressions', 'Notifications'] as const) {
      await page.getByText(tab, { exact: true }).click()
      await expect(page).toHaveURL(new RegExp(`tab=${tab.toLowerCase()}`))
      if (tab === 'Rules') {
        await page.getByRole('grid').locator('[aria-rowindex="2"]').click()
        await expect(page.getByRole('complementary').getByRole('heading', { name: 'Facts' })).toBeVisible()
      }
      expect(await serious(page), tab).toEqual([])
    }
    await visit(page, 'sessions')
    await page.getByRole('grid').locator('[aria-rowindex="2"]:not([aria-busy])').click()
    await page.getByRole('button', { name: 'Revoke', exact: true }).click()
    await expect(page.getByRole('dialog')).toContainText('Exactly these will be ended')
    expect(await serious(page), 'the plan of a revocation').toEqual([])
    await page.keyboard.press('Escape')
    await expect(page.getByRole('dialog')).toBeHidden()
    await page.keyboard.press('?')
    await expect(page.getByRole('dialog', { name: 'Help' })).toBeVisible()
    expect(await serious(page), 'help').toEqual([])
  })
}

/** Each dialog of the page Alerts: how it is opened on its tab, and what it shows once it has something to say. */
const dialogs = [
  {
    name: 'a suppression, looked at',
    async open(page: Page) {
      await page.getByRole('grid').locator('[aria-rowindex="2"]:not([aria-busy])').click()
      await page.getByRole('complementary').getByRole('button', { name: 'Suppress…' }).click()
      await page.getByRole('button', { name: 'Look what it would have hidden' }).click()
      await expect(page.getByRole('dialog')).toContainText('would have hidden 1 alert')
    },
  },
  {
    name: 'closing an alert',
    async open(page: Page) {
      await page.getByRole('complementary').getByRole('button', { name: 'Close…' }).click()
      await expect(page.getByRole('dialog')).toContainText('What was it?')
    },
  },
  {
    name: 'a back-test with its result',
    async open(page: Page) {
      await page.evaluate(() => (location.hash = '#/alerts?tab=rules&row=brute_force_account'))
      await page.getByRole('complementary').getByRole('button', { name: 'Back-test…' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('combobox', { name: 'Events of' }).selectOption('between')
      await dialog.getByRole('textbox', { name: 'From' }).fill('2020-01-01')
      await dialog.getByRole('textbox', { name: 'Threshold' }).fill('20')
      await dialog.getByRole('button', { name: 'Run', exact: true }).click()
      await expect(dialog).toContainText('Lost: 1 entity')
    },
  },
  {
    name: 'a proof that was run again',
    async open(page: Page) {
      await page.getByRole('complementary').getByRole('button', { name: 'Back-test…' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Run', exact: true }).click()
      await page.getByRole('button', { name: 'Verify the proof…' }).click()
      await page.getByRole('button', { name: 'Run it again' }).click()
      await expect(page.getByRole('dialog', { name: /^Verify/ })).toContainText('The proof holds.')
    },
  },
  {
    name: 'the editor with a text that runs',
    async open(page: Page) {
      await page.getByRole('complementary').getByRole('button', { name: 'Edit…' }).click()
      await expect(page.getByRole('dialog')).toContainText('It would run')
    },
  },
  {
    name: 'the editor with a text that is wrong',
    async open(page: Page) {
      await page.getByRole('complementary').getByRole('button', { name: 'Edit…' }).click()
      const text = page.getByRole('textbox', { name: /^Text of/ })
      await text.fill((await text.inputValue()).replace('timespan: 60s', 'timespan: ten'))
      await expect(page.getByRole('dialog')).toContainText('correlation.timespan')
    },
  },
]

for (const theme of ['Dark', 'Light', 'High contrast'] as const) {
  test(`axe finds nothing serious in the dialogs of alerts, ${theme.toLowerCase()}`, async ({ launch }) => {
    test.setTimeout(180_000)
    const { page } = await launch((await seededWorkspace()).env)
    await visit(page, 'settings')
    await page.getByText(theme, { exact: true }).click()
    await visit(page, 'alerts')
    for (const { name, open } of dialogs) {
      await open(page)
      expect(await serious(page), name).toEqual([])
      await page.keyboard.press('Escape')
      await expect(page.getByRole('dialog')).toBeHidden()
    }
  })
}

test('a session is found and its revocation planned without a mouse', async ({ launch }) => {
  const { page } = await launch((await seededWorkspace()).env)
  await railLink(page, 'Sessions').waitFor()
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to the page' })).toBeFocused()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Tab')
  await expect(railLink(page, 'Sessions')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('grid')).toContainText('user7')
  await page.keyboard.press('/')
  await page.keyboard.type('user:user7')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('grid').getByRole('row')).toHaveCount(2)
  await page.keyboard.press('Escape')
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  const revoke = page.getByRole('button', { name: 'Revoke', exact: true })
  await expect(revoke).toBeVisible()
  for (let step = 0; step < 40; step++) {
    if (await revoke.evaluate((element) => element === document.activeElement)) break
    await page.keyboard.press('Tab')
  }
  await expect(revoke).toBeFocused()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Revoke a session' })
  await expect(dialog).toContainText('1 session of user7')
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
})

test('at 200 % everything is still there, and nothing is cut off', async ({ launch }) => {
  const { page } = await launch((await seededWorkspace()).env)
  await railLink(page, 'Sessions').waitFor()
  // A window of 1280x800 at 200 % lays out as one of 640x400.
  await page.setViewportSize({ width: 640, height: 400 })
  for (const place of places) {
    await visit(page, place)
    const overflow = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement
      const main = document.querySelector('main')?.getBoundingClientRect()
      return {
        sideways: scrollWidth - clientWidth,
        main: (main?.right ?? Infinity) <= innerWidth,
        room: main?.height ?? 0,
      }
    })
    expect(overflow, place).toMatchObject({ sideways: 0, main: true })
    expect(overflow.room, place).toBeGreaterThan(200)
    await expect(page.getByRole('combobox', { name: /^Search/ })).toBeInViewport({ ratio: 1 })
    await expect(page.getByRole('button', { name: 'Help' })).toBeInViewport({ ratio: 1 })
  }
  await visit(page, 'sessions')
  await page.getByRole('grid').locator('[aria-rowindex="2"]:not([aria-busy])').click()
  await expect(page.getByRole('button', { name: 'Revoke', exact: true })).toBeInViewport({ ratio: 1 })
  await page.getByRole('button', { name: 'Close the drawer' }).click()
  await expect(page.getByRole('grid')).toBeVisible()
})

test('forced colours and less motion are honoured', async ({ launch }) => {
  const { page } = await launch((await seededWorkspace()).env)
  await page.emulateMedia({ forcedColors: 'active', reducedMotion: 'reduce' })
  await visit(page, 'sessions')
  const grid = page.getByRole('grid')
  await grid.focus()
  await page.keyboard.press('j')
  // The row under the keyboard is told by its fill elsewhere: here an outline must say it.
  const cursor = grid.locator('[data-cursor]')
  await expect(cursor).toHaveCSS('outline-style', 'solid')
  await page.keyboard.press('?')
  const moving = await page.getByRole('dialog').evaluate((dialog) => getComputedStyle(dialog).transitionDuration)
  expect(Math.max(...moving.split(',').map(Number.parseFloat))).toBeLessThanOrEqual(0.01)
})
