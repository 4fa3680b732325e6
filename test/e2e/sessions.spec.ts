/** Finding a session, reading its life, ending it. */
import { redisCli } from '../helpers/redis.ts'
import { expect, test } from './helpers/fixtures.ts'
import { openPage, railLink } from './helpers/pages.ts'
import { pushItems, seedSessions, writeSettings } from './helpers/seed.ts'
import { createWorkspace } from './helpers/workspace.ts'

const hostile = '<img src=x onerror="window.ran=true"><script>window.ran=true</script>'

async function workspaceWithSessions() {
  const workspace = await createWorkspace()
  await seedSessions(workspace.redis.url, [
    { id: 'a1', user: 'alice', ip: '10.1.0.1', idleMs: 1_000 },
    { id: 'a2', user: 'alice', ip: '10.2.0.1', idleMs: 2_000 },
    { id: 'b1', user: 'bob', ip: '192.0.2.7', idleMs: 3_000, agent: hostile },
    ...Array.from({ length: 40 }, (_, at) => ({ id: `x${at}`, user: `other${at}`, idleMs: 60_000 + at })),
  ])
  return workspace
}

test('a search narrows the rows, a value leads on, and the address keeps it all', async ({ launch }) => {
  const { env } = await workspaceWithSessions()
  const { page } = await launch(env)
  await openPage(page, 'Sessions')
  const rows = page.getByRole('grid', { name: 'Sessions' }).locator('[aria-rowindex]:not([aria-rowindex="1"])')
  await expect(rows.filter({ hasText: 'alice' })).toHaveCount(2)

  await page.keyboard.press('/')
  const box = page.getByRole('combobox', { name: 'Search sessions' })
  await expect(box).toBeFocused()
  await box.fill('us')
  await expect(page.getByRole('option', { name: /^user:/ })).toBeVisible()
  await box.press('ArrowDown')
  await box.press('Enter')
  await expect(box).toHaveValue('user:')
  await box.pressSequentially('alice')
  await box.press('Enter')
  await expect(rows).toHaveCount(2)

  await rows.filter({ hasText: '10.2.0.1' }).click()
  const drawer = page.getByRole('complementary')
  await expect(drawer).toContainText('alice')
  await expect(drawer.getByRole('region', { name: 'Value in Redis' })).toContainText('"ip_address": "10.2.0.1"')
  await drawer.getByRole('button', { name: '10.2.0.1' }).click()
  await page.getByRole('menuitem', { name: 'Exclude from the search' }).click()
  await expect(box).toHaveValue('user:alice -ip:10.2.0.1')
  await expect(rows).toHaveCount(1)
  await expect(rows).toContainText('10.1.0.1')

  await page.reload()
  await expect(rows).toHaveCount(1)
  await expect(drawer).toContainText('10.2.0.1')
  await rows.getByText('10.1.0.1').click({ button: 'right' })
  await page.getByRole('menuitem', { name: 'Events with it' }).click()
  await expect(page).toHaveURL(/#\/events\?q=ip%3A10.1.0.1/)
  await page.goBack()
  await box.fill('nosuch:1')
  await box.press('Enter')
  await expect(page.getByRole('alert')).toContainText('The search cannot be read')
  await expect(page.getByRole('alert')).toContainText('Character 1')
  await box.fill('user:nobody')
  await box.press('Enter')
  await expect(page.getByText('No session matches')).toBeVisible()
})

test('the keyboard alone is enough', async ({ launch }) => {
  const { env } = await workspaceWithSessions()
  const { page } = await launch(env)
  await railLink(page, 'Sessions').waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press('s')
  const grid = page.getByRole('grid', { name: 'Sessions' })
  await expect(grid).toContainText('alice')
  await page.keyboard.press('j')
  await expect(grid).toBeFocused()
  await page.keyboard.press('j')
  await page.keyboard.press('Enter')
  const drawer = page.getByRole('complementary')
  await expect(drawer).toContainText('10.2.0.1')
  await page.keyboard.press('k')
  await expect(drawer).toContainText('10.1.0.1')
  await page.keyboard.press('Escape')
  await expect(drawer).toBeHidden()
  await expect(grid).toBeFocused()
  await page.keyboard.press('End')
  await expect(grid.getByRole('row').filter({ hasText: 'other39' })).toBeInViewport()
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Help' })).toBeVisible()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Command' }).fill('queues')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/#\/queues/)
})

test('chosen columns are kept', async ({ launch }) => {
  const { env } = await workspaceWithSessions()
  const { page } = await launch(env)
  await openPage(page, 'Sessions')
  await page.getByRole('button', { name: 'Columns' }).click()
  await page.getByRole('checkbox', { name: 'Agent' }).uncheck()
  await page.getByRole('checkbox', { name: 'First seen' }).check()
  await page.reload()
  await expect(page.getByRole('columnheader', { name: 'First seen' })).toBeVisible()
  await expect(page.getByRole('columnheader', { name: 'Agent' })).toBeHidden()
})

test('what an application stored is shown, and never run', async ({ launch }) => {
  const { env } = await workspaceWithSessions()
  const { page } = await launch(env)
  await openPage(page, 'Sessions')
  await page.getByRole('row').filter({ hasText: 'bob' }).click()
  await expect(page.getByRole('complementary').getByRole('button', { name: hostile })).toBeVisible()
  expect(await page.evaluate(() => 'ran' in window)).toBe(false)
  expect(await page.locator('#root img').count()).toBe(0)
})

test('one session is ended for a reason, and Redis is asked whether it is', async ({ launch }) => {
  const { env, redis } = await workspaceWithSessions()
  await pushItems(redis.url, [{ event_type: 'login', user_id: 'bob', session_id: 'b1', ip_address: '192.0.2.7' }])
  const { page } = await launch(env)
  await openPage(page, 'Sessions')
  await page.getByRole('row').filter({ hasText: 'bob' }).click()
  const drawer = page.getByRole('complementary')
  await expect(drawer.getByRole('listitem').filter({ hasText: 'login' })).toBeVisible()
  await drawer.getByRole('button', { name: 'Revoke', exact: true }).click()

  const dialog = page.getByRole('dialog', { name: 'Revoke a session' })
  await expect(dialog).toContainText('1 session of bob')
  await expect(dialog).toContainText('This will not end')
  const act = dialog.getByRole('button', { name: 'End this session' })
  await expect(act).toHaveAccessibleDescription('Choose a reason.')
  await act.press('Enter')
  expect(await redisCli(redis.url, ['EXISTS', 'session:b1'])).toBe('1')

  await dialog.getByLabel('Reason').selectOption('compromised')
  await dialog.getByLabel('In words').fill('Reported by the user')
  await act.click()
  await expect(dialog).toContainText('1 ended, verified')
  expect(await redisCli(redis.url, ['EXISTS', 'session:b1'])).toBe('0')
  await expect(dialog).toContainText('Watched for coming back: 1')

  await redisCli(redis.url, ['SET', 'session:b1', JSON.stringify({ user_id: 'bob' }), 'EX', '600'])
  await expect(dialog).toContainText('came back once', { timeout: 20_000 })
  expect(await redisCli(redis.url, ['EXISTS', 'session:b1'])).toBe('0')
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  await expect(drawer.getByRole('button', { name: 'Revoke', exact: true })).toHaveAccessibleDescription(
    'This session has ended already.',
  )
})

test('all sessions of a user are ended once their number is typed', async ({ launch }) => {
  const { env, redis } = await workspaceWithSessions()
  const { page } = await launch(env)
  await openPage(page, 'Sessions')
  await page.getByRole('row').filter({ hasText: 'alice' }).first().click()
  await page.getByRole('button', { name: 'Revoke all of this user' }).click()
  const dialog = page.getByRole('dialog', { name: 'Revoke all sessions of a user' })
  await expect(dialog).toContainText('2 sessions of alice')
  await dialog.getByLabel('Reason').selectOption('policy')
  await dialog.getByLabel('In words').fill('Left the company')
  const act = dialog.getByRole('button', { name: 'End 2 sessions' })
  const number = dialog.getByLabel('Type 2 to confirm')
  await number.fill('3')
  await expect(act).toHaveAccessibleDescription('Type the number of sessions: 2.')
  await number.fill('2')
  await act.click()
  await expect(dialog).toContainText('2 ended, verified')
  expect(await redisCli(redis.url, ['EXISTS', 'session:a1', 'session:a2'])).toBe('0')
  expect(await redisCli(redis.url, ['EXISTS', 'session:x1', 'session:b1'])).toBe('2')
})

test('a read-only workspace says why nothing can be ended', async ({ launch }) => {
  const { env, home } = await workspaceWithSessions()
  await writeSettings(home, 'workspace:\n  readOnly: true\n')
  const { page } = await launch(env)
  await expect(page.getByRole('contentinfo')).toContainText('Read-only')
  await openPage(page, 'Sessions')
  await page.getByRole('row').filter({ hasText: 'bob' }).click()
  const revoke = page.getByRole('button', { name: /^Revoke\b/ }).first()
  await expect(revoke).toHaveAccessibleDescription(/read-only/)
  await revoke.press('Enter')
  await expect(page.getByRole('dialog')).toBeHidden()
})
