/** The first page: what is live, what looks wrong, and how old all of it is. */
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import Database from 'better-sqlite3'
import { createTestDatabase } from '../helpers/postgres.ts'
import { redisCli, startRedis } from '../helpers/redis.ts'
import { startRelay } from '../helpers/relay.ts'
import { createTempDir } from '../helpers/temp.ts'
import { expect, test } from './helpers/fixtures.ts'
import { openPage } from './helpers/pages.ts'
import { failedLogins, pushItems, seedSessions } from './helpers/seed.ts'
import { createWorkspace } from './helpers/workspace.ts'

const users = Array.from({ length: 30 }, (_, at) => ({
  id: `s${at}`,
  user: `user${at}`,
  idleMs: at < 20 ? 1_000 : 10 * 60_000,
}))

test('shows sessions, charts, alerts and problems as they come', async ({ launch }) => {
  const { redis, env } = await createWorkspace()
  await seedSessions(redis.url, users)
  await redisCli(redis.url, ['SET', 'session:broken', '{no json', 'EX', '600'])
  const { page } = await launch(env)

  await expect(page).toHaveTitle(/Overview.*Gatehouse/)
  const live = page.getByRole('group', { name: 'Live sessions' })
  await expect(live).toContainText('30')
  await expect(live.getByRole('listitem')).toHaveText(['20 active', '10 recent', '0 idle'])
  await expect(page.getByRole('region', { name: 'Problems in the data' })).toContainText('1 in sessions')
  await expect(page.getByRole('group', { name: 'Redis latency' })).toHaveText(/\d ms.*p95 .*p99 /)
  await expect(page.getByRole('region', { name: 'Redis latency' })).toContainText(/\d ms PING/)

  await pushItems(redis.url, failedLogins('alice', 12))
  const alerts = page.getByRole('region', { name: 'Latest open alerts' })
  await expect(alerts).toContainText('alice')
  await expect(page.getByRole('link', { name: /^Alerts, \d+ open$/ })).toBeVisible()
  await alerts.getByRole('link').filter({ hasText: 'alice' }).first().click()
  await expect(page).toHaveURL(/#\/alerts\?row=/)
})

test('a chart is read by eye, by keyboard and as a table', async ({ launch }) => {
  const { redis, env } = await createWorkspace()
  await seedSessions(redis.url, users)
  const { page } = await launch(env)

  const chart = page.getByRole('region', { name: 'Active sessions' })
  await expect(chart).toContainText('30 active')
  await expect(chart.locator('canvas')).toBeVisible()

  const moment = chart.getByRole('slider')
  const points = async () => Number(await moment.getAttribute('aria-valuemax'))
  await expect.poll(points, { timeout: 20_000 }).toBeGreaterThan(3)
  await page.getByRole('button', { name: 'Live', exact: true }).click()
  await moment.focus()
  await moment.press('End')
  await expect(moment).toHaveAttribute('aria-valuetext', /^\d\d:\d\d:\d\d, .* active$/)
  await moment.press('ArrowLeft')
  const beforeTheNewest = async () => (await points()) - Number(await moment.getAttribute('aria-valuenow'))
  await expect.poll(beforeTheNewest).toBeGreaterThan(0)
  await moment.press('Escape')
  await expect(moment).toHaveAttribute('aria-valuetext', /^now, /)

  await chart.getByRole('button', { name: 'Active sessions as a table' }).click()
  const table = page.getByRole('dialog', { name: 'Active sessions' })
  await expect(table.getByRole('row').nth(1)).toContainText('30')
  await table.getByRole('button', { name: 'Close' }).click()
  await expect(table).toBeHidden()
})

test('stands still when asked to, and says so', async ({ launch }) => {
  const { redis, env } = await createWorkspace()
  await seedSessions(redis.url, users)
  const { page } = await launch(env)
  const live = page.getByRole('group', { name: 'Live sessions' })
  await expect(live).toContainText('30')

  await page.getByRole('button', { name: 'Live', exact: true }).click()
  await expect(page.getByRole('contentinfo')).toContainText('Paused')
  await seedSessions(redis.url, [{ id: 'late', user: 'late' }])
  // It would have come within the interval of the mirror.
  await expect(page.getByRole('contentinfo')).toContainText(/Paused, data ([6-9]|\d\d) s old/, { timeout: 20_000 })
  await expect(live).toContainText('30')

  await page.getByRole('button', { name: 'Paused' }).click()
  await expect(live).toContainText('31')
})

/** What the cache in this home holds: nothing on the screen tells when it has caught up with the sessions. */
async function cachedSessions(home: string): Promise<number> {
  const folder = path.join(home, 'cache')
  const [file] = (await readdir(folder)).filter((name) => name.endsWith('.sqlite'))
  const cache = new Database(path.join(folder, file ?? ''), { readonly: true })
  const count = cache.prepare<[], number>('SELECT count(*) FROM sessions').pluck().get() ?? 0
  cache.close()
  return count
}

test('with the network gone it reads the cache, says how old it is, and comes back by itself', async ({ launch }) => {
  const [redis, database, home] = await Promise.all([startRedis(), createTestDatabase(), createTempDir()])
  const postgresPort = Number(new URL(database.url).port)
  const [toRedis, toPostgres] = await Promise.all([startRelay(redis.port), startRelay(postgresPort)])
  const through = (url: string, port: number) => Object.assign(new URL(url), { port: String(port) }).href
  await seedSessions(redis.url, users)
  await pushItems(redis.url, [{ event_type: 'login', event_id: 'before', user_id: 'alice' }])
  const { page } = await launch({
    REDIS_URL: through(redis.url, toRedis.port),
    POSTGRES_URL: through(database.url, toPostgres.port),
    GATEHOUSE_HOME: home.path,
  })
  await expect(page.getByRole('group', { name: 'Live sessions' })).toContainText('30')
  await openPage(page, 'Events')
  await expect(page.getByRole('row').filter({ hasText: 'alice' })).toBeVisible()
  await openPage(page, 'Settings')
  await expect.poll(() => cachedSessions(home.path), { timeout: 20_000 }).toBe(users.length)

  toRedis.cut()
  toPostgres.cut()
  const banner = page.getByRole('status').filter({ hasText: 'Offline: PostgreSQL is not reachable.' })
  await expect(banner).toContainText('whose newest event came', { timeout: 20_000 })
  await openPage(page, 'Events')
  await expect(page.getByRole('row').filter({ hasText: 'alice' })).toBeVisible()
  await expect(page.getByText('from the cache')).toBeVisible()
  await openPage(page, 'Sessions')
  await page.getByRole('row').filter({ hasText: 'user1' }).first().click()
  const revoke = page.getByRole('button', { name: /^Revoke / }).first()
  await expect(revoke).toHaveAttribute('aria-disabled', 'true')
  await expect(revoke).toHaveAccessibleDescription(/not connected/)

  await openPage(page, 'Overview')
  const marks = page.getByRole('region', { name: 'Marks on the charts' }).getByRole('listitem')
  await expect(marks.filter({ hasText: /PostgreSQL has been away for \d+ s/ })).toHaveCount(1)
  toRedis.mend()
  toPostgres.mend()
  await expect(banner).toBeHidden({ timeout: 30_000 })

  // What was away is marked on the charts, and said in words.
  await expect(marks.filter({ hasText: /PostgreSQL was away for \d+ s/ })).toHaveCount(1)
  await expect(marks.filter({ hasText: /Redis was away for \d+ s/ })).toHaveCount(1)
  await page.goBack()
  await page.getByRole('row').filter({ hasText: 'user1' }).first().click()
  await expect(revoke).not.toHaveAttribute('aria-disabled', 'true')
})
