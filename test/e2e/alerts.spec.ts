/** From an alert to the events that it rests on. */
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from './helpers/fixtures.ts'
import { openPage } from './helpers/pages.ts'
import { failedLogins, pushItems, writeSettings } from './helpers/seed.ts'
import { createWorkspace } from './helpers/workspace.ts'

test('an episode says why, by how much, and shows every event', async ({ launch }) => {
  const { redis, env } = await createWorkspace()
  const { page } = await launch(env)
  await openPage(page, 'Alerts')
  await expect(page.getByText('No alerts')).toBeVisible()

  await pushItems(redis.url, failedLogins('alice', 8))
  const row = page.getByRole('row').filter({ hasText: 'user alice' })
  await expect(row).toContainText('8 / 5')
  await expect(row).toContainText('medium')
  await row.click()

  const drawer = page.getByRole('complementary')
  await expect(drawer).toContainText('8 within 1 min; the rule allows 5')
  await expect(drawer).toContainText('8 events')
  const evidence = drawer.getByRole('listitem').filter({ hasText: 'failed_login' })
  await expect(evidence).toHaveCount(8)

  await page.getByLabel('Lowest severity').selectOption('critical')
  await expect(page.getByText('No alert is that severe')).toBeVisible()
  await drawer.getByRole('button', { name: 'All events of that window' }).click()
  await expect(page).toHaveURL(/#\/events\?q=user%3Aalice/)
  const events = page.getByRole('grid', { name: 'Events' }).getByRole('row').filter({ hasText: 'failed_login' })
  await expect(events).toHaveCount(8)
})

test('a rule file that was refused is shown with its reason', async ({ launch }) => {
  const { env, home } = await createWorkspace()
  const rules = path.join(home, 'rules')
  await mkdir(rules)
  await writeFile(path.join(rules, 'mine.yml'), 'title: Mine\nnonsense: true\n')
  await writeSettings(home, `watch:\n  rulesDir: ${JSON.stringify(rules)}\n`)
  const { page } = await launch(env)
  await openPage(page, 'Alerts')
  await expect(page.getByText('1 rule file refused')).toBeVisible()
  await expect(page.getByRole('listitem').filter({ hasText: 'mine.yml' })).toContainText(/\w+/)
})
