/** Stored events: following them, looking at one, taking them along. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from './helpers/fixtures.ts'
import { openPage } from './helpers/pages.ts'
import { pushItems } from './helpers/seed.ts'
import { createWorkspace } from './helpers/workspace.ts'

const login = (at: number) => ({
  event_type: 'login',
  event_id: `login-${at}`,
  user_id: `user${at}`,
  ip_address: '192.0.2.1',
  user_agent: '=cmd()',
  created_at: new Date(Date.now() - 3_600_000 + at * 1_000).toISOString(),
})
const logins = (count: number) => Array.from({ length: count }, (_, at) => login(at))

test('new events come to the top, wait while one looks further down, and say how many', async ({ launch }) => {
  const { redis, env } = await createWorkspace()
  await pushItems(redis.url, logins(100))
  const { page } = await launch(env)
  await openPage(page, 'Events')
  const grid = page.getByRole('grid', { name: 'Events' })
  await expect(grid).toContainText('user99')

  await pushItems(redis.url, [{ ...login(200), created_at: new Date().toISOString() }])
  await expect(grid).toContainText('user200')

  await grid.focus()
  await page.keyboard.press('End')
  await expect(grid.getByRole('row').filter({ hasText: 'user0' }).last()).toBeInViewport()
  await pushItems(
    redis.url,
    [201, 202, 203].map((at) => ({ ...login(at), created_at: new Date().toISOString() })),
  )
  const waiting = page.getByRole('button', { name: '3 new events' })
  await expect(waiting).toBeVisible()
  await waiting.click()
  await expect(waiting).toBeHidden()
  await expect(grid).toContainText('user203')
})

test('one event is read in full, by a link too', async ({ launch }) => {
  const { redis, env } = await createWorkspace()
  await pushItems(redis.url, [{ ...login(1), metadata: { device: { trusted: false } } }])
  const { page } = await launch(env)
  await openPage(page, 'Events')
  await page.getByRole('row').filter({ hasText: 'user1' }).click()
  const drawer = page.getByRole('complementary', { name: 'Event login' })
  await expect(drawer.getByRole('region', { name: 'Event as stored' })).toContainText('"trusted": false')
  await page.reload()
  await expect(drawer).toContainText('login-1')
  await drawer.getByRole('button', { name: 'Copy', exact: true }).click()
  await page.getByRole('menuitem', { name: 'as query' }).click()
  await expect(drawer.getByRole('button', { name: 'Copied' })).toBeVisible()
  await page.keyboard.press('/')
  await expect(page.getByRole('combobox', { name: 'Search events' })).toBeFocused()
  await page.keyboard.press('ControlOrMeta+V')
  await expect(page.getByRole('combobox', { name: 'Search events' })).toHaveValue('id:"login-1"')
  await page.keyboard.press('Escape')
  await drawer.getByRole('button', { name: '192.0.2.1' }).click()
  await page.getByRole('menuitem', { name: 'Add to the search' }).click()
  await expect(page.getByRole('combobox', { name: 'Search events' })).toHaveValue('ip:192.0.2.1')
  await drawer.getByRole('button', { name: 'Close the drawer' }).click()
  await expect(drawer).toBeHidden()
})

test('what was found goes into a file, made harmless for spreadsheets', async ({ launch, host }) => {
  const { redis, env, home } = await createWorkspace()
  await pushItems(redis.url, logins(250))
  const { page, app } = await launch(env)
  await openPage(page, 'Events')
  await expect(page.getByRole('grid', { name: 'Events' })).toContainText('user249')
  await page.getByRole('button', { name: 'Export' }).click()
  const dialog = page.getByRole('dialog', { name: 'Export events' })

  const target = path.join(home, 'chosen.csv')
  await app?.evaluate(({ dialog: dialogs }, filePath) => {
    dialogs.showSaveDialog = async () => ({ canceled: false, filePath })
  }, target)
  const download = host === 'web' ? page.waitForEvent('download') : null
  await dialog.getByRole('button', { name: 'Export' }).click()
  await expect(dialog).toContainText('250 rows')
  await expect(dialog).toContainText(/SHA-256 [0-9a-f]{64}/)
  await (await download)?.saveAs(target)

  const text = await readFile(target, 'utf8')
  expect(text.trimEnd().split(/\r?\n/)).toHaveLength(251)
  expect(text).toContain("'=cmd()")
  expect(text).not.toMatch(/(^|,)=cmd/m)
})
