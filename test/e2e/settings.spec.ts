/** Connections that are tried before they are used, and a screen to one's liking. */
import { redisCli, startRedis } from '../helpers/redis.ts'
import { expect, test } from './helpers/fixtures.ts'
import { openPage } from './helpers/pages.ts'
import { seedSessions } from './helpers/seed.ts'
import { createWorkspace } from './helpers/workspace.ts'

test('a connection is tried, and the outcome is said in words', async ({ launch }) => {
  const { redis, env } = await createWorkspace()
  const { page } = await launch(env)
  await openPage(page, 'Settings')
  const connections = page.getByRole('region', { name: 'Connections' })
  await expect(connections.getByText('connected', { exact: true })).toHaveCount(2)
  await expect(connections.getByText('environment')).toHaveCount(2)

  const address = connections.getByLabel('New address of Redis')
  const tried = connections.getByRole('button', { name: 'Test' }).first()
  await address.fill(redis.url)
  await tried.click()
  await expect(connections.getByText('It works')).toBeVisible()
  await address.fill('redis://127.0.0.1:1')
  await tried.click()
  await expect(connections.getByText('It does not work')).toBeVisible()
  await expect(connections).toContainText('127.0.0.1')
})

test('other connections are saved and used at once; one that is left empty stays', async ({ launch }) => {
  const { env } = await createWorkspace()
  const other = await startRedis()
  await seedSessions(other.url, [{ id: 'o1', user: 'olga' }])
  // The password of the PostgreSQL that stays is sealed with a key from this.
  const { page } = await launch({ ...env, GATEHOUSE_PASSPHRASE: 'correct horse battery' })
  await openPage(page, 'Settings')
  await page.getByLabel('New address of Redis').fill(other.url)
  await page.getByRole('button', { name: 'Save and connect' }).click()
  await expect(page.getByText('Saved', { exact: true })).toBeVisible({ timeout: 20_000 })
  await expect(page.getByRole('region', { name: 'Connections' }).getByText('connected', { exact: true })).toHaveCount(2)
  await openPage(page, 'Sessions')
  await expect(page.getByRole('row').filter({ hasText: 'olga' })).toBeVisible({ timeout: 20_000 })
})

test('the session stores that were found are shown, with how each is revoked and what that does not end', async ({
  launch,
}) => {
  const { redis, env } = await createWorkspace()
  await redisCli(redis.url, ['SET', 'sf_sq3v8m1n5k7j2h4g6f9d0s1a2z3', '_sf2_attributes|a:0:{}', 'EX', '600'])
  await redisCli(redis.url, ['SET', 'better-auth:verification:x', '{}'])
  const { page } = await launch(env)
  await openPage(page, 'Settings')
  const stores = page.getByRole('region', { name: 'Session stores' })
  await expect(stores.getByRole('heading', { name: 'symfony' })).toBeVisible({ timeout: 20_000 })
  await expect(stores).toContainText('sf_s<26 characters>, string, 22 B')
  await expect(stores).toContainText('The key is deleted in Redis.')
  await expect(stores.getByRole('listitem').filter({ hasText: 'the guard removes it again' })).toBeVisible()
  await expect(stores).toContainText('better-auth:')
  await expect(stores).toContainText('1 key: verifications')
  await expect(stores).not.toContainText('q3v8m1n5')
})

test('theme, rows and clock are kept', async ({ launch }) => {
  const { page } = await launch((await createWorkspace()).env)
  await openPage(page, 'Settings')
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  expect(await background()).toBe('rgb(14, 17, 22)')
  await page.getByText('Light', { exact: true }).click()
  await page.getByText('Compact', { exact: true }).click()
  await page.reload()
  await expect.poll(background).toBe('rgb(255, 255, 255)')
  await expect(page.getByRole('radio', { name: 'Compact' })).toBeChecked()
  await page.getByText('High contrast', { exact: true }).click()
  await expect.poll(background).toBe('rgb(0, 0, 0)')
  await expect(page.getByRole('region', { name: 'About' })).toContainText('never in the clear')
})
