/** Rules: their tests, their text, and what another threshold would have shown. */
import { expect, test } from './helpers/fixtures.ts'
import { failedLogins, pushItems } from './helpers/seed.ts'
import { createWorkspace } from './helpers/workspace.ts'

test('a rule is looked at and back-tested at another threshold', async ({ launch }) => {
  const { redis, env } = await createWorkspace()
  const { page } = await launch(env)
  await pushItems(redis.url, [...failedLogins('alice', 8), ...failedLogins('bob', 14, '198.51.100.7')])
  await page.evaluate(() => (location.hash = '#/alerts?tab=rules&row=brute_force_account'))

  const drawer = page.getByRole('complementary')
  await expect(drawer).toContainText('more than 5 events within 1 min')
  await expect(drawer.getByRole('region', { name: /^Text of/ })).toContainText('name: brute_force_account')
  await expect(drawer.getByRole('listitem').filter({ hasText: 'passed' }).first()).toBeVisible()
  const row = page.getByRole('row').filter({ hasText: 'Brute force against an account' })
  await expect(row).toContainText('passed')
  await expect(drawer.getByRole('link', { name: '2 in 24 h, 2 in 30 days' })).toBeVisible()

  await drawer.getByRole('button', { name: 'Back-test…' }).click()
  const dialog = page.getByRole('dialog', { name: /^Back-test/ })
  await dialog.getByRole('textbox', { name: 'Threshold' }).fill('10')
  await dialog.getByRole('button', { name: 'Run', exact: true }).click()
  await expect(dialog.getByRole('group', { name: 'Alerts' })).toContainText('1')
  await expect(dialog).toContainText('Lost: 1 entity')
  await expect(dialog.getByRole('list').filter({ hasText: 'alice' })).toBeVisible()
  const curve = dialog.getByRole('slider', { name: 'Alerts and entities: Threshold' })
  await curve.focus()
  await page.keyboard.press('Home')
  await expect(curve).toHaveAttribute('aria-valuetext', /Threshold \d.*, 2 alerts, 2 entities/)
  await dialog.getByRole('button', { name: 'Alerts and entities as a table' }).click()
  await expect(page.getByRole('region', { name: 'Alerts and entities, numbers' }).getByRole('row')).not.toHaveCount(0)
  await expect(
    dialog.getByRole('paragraph').filter({ hasText: 'brute_force_account at 10 would raise 1' }),
  ).toBeVisible()
  await dialog.getByRole('button', { name: 'Copy the proof' }).click()
  await expect(dialog.getByText('Copied')).toBeVisible()
  await dialog.getByRole('link', { name: 'alert', exact: true }).click()
  await expect(page.getByRole('complementary')).toContainText('14 within 1 min')
})
