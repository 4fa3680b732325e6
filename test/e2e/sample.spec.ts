/**
 * The sample workspace, as somebody finds it who has configured nothing: live charts and an attack within the first
 * minute. Pictures of every page go to test-results/screenshots; `npm run screenshots` puts them under docs/ after the
 * charts have had some minutes to fill.
 */
import path from 'node:path'
import type { Page } from '@playwright/test'
import { createTempDir } from '../helpers/temp.ts'
import { expect, test } from './helpers/fixtures.ts'
import { openPage } from './helpers/pages.ts'

const folder = process.env['GATEHOUSE_SCREENSHOTS'] ?? path.join('test-results', 'screenshots')
const chartsFillMs = Number(process.env['GATEHOUSE_SCREENSHOTS_AFTER_MS'] ?? 0)
const pages = ['Overview', 'Sessions', 'Events', 'Alerts', 'Queues', 'Settings'] as const

async function picture(page: Page, name: string): Promise<void> {
  // Away from the links, whose tips would cover something; and let what was opened come to rest.
  await page.mouse.move(640, 790)
  await page.waitForTimeout(1_000)
  await page.screenshot({ path: path.join(folder, `${name}.png`), animations: 'disabled' })
}

test('opens on its own servers with live charts, and its first attack raises an alert', async ({ launch }) => {
  test.setTimeout(180_000 + chartsFillMs)
  const { page } = await launch({ GATEHOUSE_HOME: (await createTempDir()).path, REDIS_URL: '', POSTGRES_URL: '' })

  await expect(page.getByText('Sample workspace')).toBeVisible()
  await expect(page.getByRole('group', { name: 'Live sessions' })).toContainText(/[1-9],\d{3}/, { timeout: 60_000 })
  const alerts = page.getByRole('region', { name: 'Latest open alerts' })
  await expect(alerts.getByText(/failed logins/).first()).toBeVisible({ timeout: 60_000 })
  await page.waitForTimeout(chartsFillMs)

  for (const name of pages) {
    await openPage(page, name)
    await expect(page).toHaveTitle(new RegExp(`^${name}`))
    if (name === 'Sessions' || name === 'Events' || name === 'Alerts') {
      await page.getByRole('grid').locator('[aria-rowindex="2"]:not([aria-busy])').click()
      await expect(page.getByRole('complementary').first()).toBeVisible()
    }
    await picture(page, `${name.toLowerCase()}-dark`)
    if (name === 'Alerts') {
      await page.getByText('Rules', { exact: true }).click()
      await page
        .getByRole('grid', { name: 'Rules' })
        .getByRole('row')
        .filter({ hasText: 'Brute force against an account' })
        .click()
      await expect(page.getByRole('complementary').first()).toBeVisible()
      await picture(page, 'rules-dark')
      await picturesOfARule(page)
    }
  }

  await page.getByText('Light', { exact: true }).click()
  for (const name of ['Settings', 'Overview', 'Alerts'] as const) {
    await openPage(page, name)
    if (name === 'Alerts') await page.getByRole('grid').locator('[aria-rowindex="2"]:not([aria-busy])').click()
    await picture(page, `${name.toLowerCase()}-light`)
  }
  await openPage(page, 'Settings')
  await page.getByText('High contrast', { exact: true }).click()
  await openPage(page, 'Overview')
  await picture(page, 'overview-contrast')
})

/** Of the rule whose drawer is open: its text as it is edited, and a back-test. */
async function picturesOfARule(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog')
  await page.getByRole('button', { name: 'Edit…' }).click()
  const text = dialog.getByRole('textbox', { name: /^Text of/ })
  await text.fill((await text.inputValue()).replace('gt: 5', 'gt: 7'))
  await expect(dialog).toContainText('tests failed')
  await text.evaluate((area) => area.scrollTo(0, 340))
  await picture(page, 'rule-editor-dark')
  await dialog.getByRole('button', { name: 'Throw away…' }).click()
  await dialog.getByRole('button', { name: 'Throw the text away' }).click()
  await expect(dialog).toBeHidden()

  await page.getByRole('complementary').getByRole('button', { name: 'Back-test…' }).click()
  await dialog.getByRole('textbox', { name: 'Threshold' }).fill('12')
  await dialog.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(dialog).toContainText('Against the rule as it runs', { timeout: 60_000 })
  await picture(page, 'backtest-dark')
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()
}
