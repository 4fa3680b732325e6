/** From an alert to the events that it rests on, and to what people make of it. */
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from './helpers/fixtures.ts'
import { openPage } from './helpers/pages.ts'
import { failedLogins, pushItems, writeSettings } from './helpers/seed.ts'
import { createWorkspace } from './helpers/workspace.ts'

const login = (user: string, ip: string, agoMs: number) => ({
  event_type: 'login',
  event_id: `login-${user}-${agoMs}`,
  user_id: user,
  ip_address: ip,
  created_at: new Date(Date.now() - agoMs).toISOString(),
})

test('an episode says why, shows every event, and is judged from the keyboard', async ({ launch }) => {
  const { redis, env } = await createWorkspace()
  const { page } = await launch(env)
  await openPage(page, 'Alerts')
  await expect(page.getByText('No alerts')).toBeVisible()

  await pushItems(redis.url, [...failedLogins('alice', 8), ...failedLogins('bob', 7, '198.51.100.7')])
  const grid = page.getByRole('grid', { name: 'Alerts' })
  const row = (text: string) => grid.getByRole('row').filter({ hasText: text })
  await expect(row('user alice')).toContainText('8 / 5')
  await expect(row('ip 198.51.100.7')).toContainText('medium')
  await row('user alice').click()

  const drawer = page.getByRole('complementary')
  await expect(drawer).toContainText('8 within 1 min; the rule allows 5')
  const evidence = drawer.getByRole('region', { name: 'Events of the alert' })
  await expect(evidence.getByRole('row').filter({ hasText: 'failed_login' })).toHaveCount(8)
  await evidence.getByRole('button', { name: '203.0.113.9' }).first().click()
  await expect(page.getByRole('menuitem', { name: 'Sessions with it' })).toBeVisible()
  await page.getByRole('menuitem', { name: 'Suppress…' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('textbox', { name: 'Address, network or range' })).toHaveValue('203.0.113.9')
  await page.keyboard.press('Escape')
  await expect(dialog).toBeHidden()

  // The open one is acknowledged, then closed with what it was; both are on record.
  await grid.focus()
  await page.keyboard.press('a')
  await expect(drawer.getByRole('listitem').filter({ hasText: 'acknowledged it' })).toBeVisible()
  await page.keyboard.press('c')
  await dialog.getByRole('radio', { name: 'an attack' }).check()
  await dialog.getByRole('textbox', { name: 'Comment' }).fill('The user confirmed it')
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click()
  await expect(drawer).toContainText('The user confirmed it')
  await expect(row('user alice')).toHaveCount(0)

  // What would hide an attack is refused until a reason of its own says why.
  await drawer.getByRole('button', { name: 'Suppress…' }).click()
  await dialog.getByRole('button', { name: 'Look what it would have hidden' }).click()
  await expect(dialog).toContainText('would have hidden 1 alert')
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('A load test')
  const suppress = dialog.getByRole('button', { name: 'Suppress', exact: true })
  await expect(suppress).toHaveAttribute('aria-disabled', 'true')
  await dialog.getByRole('textbox', { name: 'Why all the same' }).fill('It is over')
  await suppress.click()
  await expect(dialog).toBeHidden()
  await page.getByText('Suppressions', { exact: true }).click()
  const listed = page.getByRole('region', { name: 'Suppressions' })
  await expect(listed.getByRole('row').filter({ hasText: 'alice' })).toContainText('made although it hides an attack')
  await page.getByRole('button', { name: 'End…' }).click()
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('No longer needed')
  await dialog.getByRole('button', { name: 'End it' }).click()
  await expect(page.getByText('Nothing is suppressed')).toBeVisible()

  // All the others at once, and what the link keeps.
  await page.getByText('Alerts', { exact: true }).last().click()
  await expect(row('bob')).toHaveCount(1)
  await grid.focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('x')
  await page.keyboard.press('Shift+J')
  await expect(page.getByText('2 chosen')).toBeVisible()
  await page.keyboard.press('o')
  await expect(page.getByText('2 alerts given')).toBeVisible()
  await page.getByRole('button', { name: /^closed/ }).click()
  await expect(page).toHaveURL(/state%3Aclosed/)
  await expect(row('user alice')).toContainText('an attack')
  await page.reload()
  await expect(row('user alice')).toContainText('an attack')

  // Overview has what waits for somebody.
  await openPage(page, 'Overview')
  const open = page.getByRole('region', { name: 'Latest open alerts' })
  await expect(open).toContainText('bob')
  await expect(open).not.toContainText('alice')
})

test('impossible travel is drawn with both places, the distance and the speed', async ({ launch }) => {
  const { redis, env } = await createWorkspace()
  await pushItems(redis.url, [login('dave', '5.9.0.1', 600_000), login('dave', '1.128.0.1', 300_000)])
  const { page } = await launch(env)
  await openPage(page, 'Alerts')
  await page.getByRole('row').filter({ hasText: 'Impossible travel' }).click()
  const picture = page.getByRole('img', { name: /^From Germany to Australia: .* km .* in 5 min: at least .* km\/h/ })
  await expect(picture).toBeVisible()
  await page.getByRole('button', { name: 'All events of that window' }).click()
  await expect(page.getByRole('grid', { name: 'Events' }).getByRole('row').filter({ hasText: 'dave' })).toHaveCount(2)
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
  await page.getByText('Rules', { exact: true }).click()
  await page.getByRole('row').filter({ hasText: 'mine.yml' }).click()
  await expect(page.getByRole('complementary')).toContainText('mine.yml:1: a rule has a detection')
})
