/** What waits, what failed, and what is done about it. */
import { redisCli } from '../helpers/redis.ts'
import { expect, test } from './helpers/fixtures.ts'
import { openPage } from './helpers/pages.ts'
import { pushItems, writeSettings } from './helpers/seed.ts'
import { createWorkspace } from './helpers/workspace.ts'

const broken = ['{no json', '', '[1, 2]']

test('what could not be written is shown with its reason, and discarded for one', async ({ launch }) => {
  const { redis, env } = await createWorkspace()
  await pushItems(redis.url, broken)
  const { page } = await launch(env)
  await openPage(page, 'Queues')
  const failed = page.getByRole('region', { name: '3 failed items' })
  await expect(failed.getByRole('listitem')).toHaveCount(3)
  await expect(failed).toContainText('{no json')

  const discard = page.getByRole('button', { name: /^Discard(?! all)/ })
  await expect(discard).toHaveAccessibleDescription('Choose items first.')
  await failed.getByRole('checkbox').first().check()
  await discard.click()
  const dialog = page.getByRole('dialog', { name: 'Discard failed items' })
  const act = dialog.getByRole('button', { name: 'Discard 1 item' })
  await expect(act).toHaveAccessibleDescription(/on record/)
  await dialog.getByLabel('Reason').fill('Test data of the vendor')
  await act.click()
  await expect(dialog).toContainText('1 item discarded')
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  await expect(page.getByRole('region', { name: '2 failed items' })).toBeVisible()
  expect(await redisCli(redis.url, ['LLEN', 'audit:failed'])).toBe('2')

  await page.getByRole('button', { name: 'Discard all 2' }).click()
  await dialog.getByLabel('Reason').fill('The rest as well')
  await dialog.getByRole('button', { name: 'Discard 2 items' }).click()
  await expect(dialog).toContainText('2 items discarded')
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  await expect(page.getByText('Nothing failed')).toBeVisible()
})

test('what failed goes back into the queue', async ({ launch }) => {
  const { redis, env } = await createWorkspace()
  await pushItems(redis.url, broken)
  const { page } = await launch(env)
  await openPage(page, 'Queues')
  await expect(page.getByRole('button', { name: 'Re-queue all 3' })).toBeVisible()
  await page.getByRole('button', { name: 'Re-queue all 3' }).click()
  const dialog = page.getByRole('dialog', { name: 'Re-queue failed items' })
  await dialog.getByLabel('Reason').fill('The reader was mended')
  await dialog.getByRole('button', { name: 'Re-queue 3 items' }).click()
  await expect(dialog).toContainText('3 items re-queued')
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  // They are as broken as before: they fail again, and none is lost.
  await expect(page.getByRole('button', { name: 'Re-queue all 3' })).toBeVisible()
  expect(await redisCli(redis.url, ['LLEN', 'audit:failed'])).toBe('3')
})

test('what waits is looked at without touching it', async ({ launch }) => {
  const { redis, env, home } = await createWorkspace()
  await writeSettings(home, 'queue:\n  enabled: false\n')
  await pushItems(
    redis.url,
    Array.from({ length: 60 }, (_, at) => ({ event_type: 'login', user_id: `user${at}` })),
  )
  const { page } = await launch(env)
  await openPage(page, 'Queues')
  await expect(page.getByRole('group', { name: 'Waiting', exact: true })).toContainText('60')
  await page.getByText('Waiting', { exact: true }).last().click()
  await expect(page).toHaveURL(/tab=queue/)
  await expect(page.getByText('1 to 50 of 60')).toBeVisible()
  await page.getByRole('button', { name: 'Newer' }).click()
  await expect(page.getByText('51 to 60 of 60')).toBeVisible()
  await page.getByRole('button', { name: /user59/ }).click()
  await expect(page.getByRole('region', { name: 'Item', exact: true })).toContainText('"user_id": "user59"')
  expect(await redisCli(redis.url, ['LLEN', 'audit:queue'])).toBe('60')
})
