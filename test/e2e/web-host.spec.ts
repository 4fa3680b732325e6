import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from './helpers/fixtures.ts'
import { createWorkspace } from './helpers/workspace.ts'

test('the token leaves the address, and no script can read the cookie that it bought', async ({ launch }) => {
  const { page, url } = await launch((await createWorkspace()).env)
  await expect.poll(() => page.url()).not.toContain('token')
  expect(await page.evaluate(() => document.cookie)).toBe('')
  const cookies = await page.context().cookies()
  expect(cookies).toEqual([expect.objectContaining({ httpOnly: true, sameSite: 'Strict', path: '/' })])
  const token = new URL(url ?? '').hash.slice('#token='.length)
  expect(cookies[0]?.value).not.toContain(token)
  // What counts is the cookie now: the page comes back without the token.
  await page.reload()
  const status = () => page.evaluate(async () => (await fetch('/auth')).status)
  expect(await status()).toBe(204)
})

test('a browser without the token gets nothing but the empty screen', async ({ launch, browser }) => {
  const { url } = await launch((await createWorkspace()).env)
  const stranger = await browser.newContext()
  const page = await stranger.newPage()
  await page.goto(new URL('/', url).href)
  const facts = await page.evaluate(async () => {
    const socket = new WebSocket(`ws://${location.host}/rpc`)
    const opened = await new Promise((resolve) => {
      socket.addEventListener('open', () => resolve(true))
      socket.addEventListener('close', () => resolve(false))
    })
    const statusOf = async (address: string) => (await fetch(address)).status
    return {
      opened,
      auth: await statusOf('/auth'),
      file: await statusOf('/exports/0198a4c6-55d0-7bbb-9f5f-3f2b5c6d7e8f'),
    }
  })
  expect(facts).toEqual({ opened: false, auth: 401, file: 401 })
  await stranger.close()
})

test('a page of another site cannot use the cookie', async ({ launch }) => {
  const { page, url } = await launch((await createWorkspace()).env)
  const { host } = new URL(url ?? '')
  const foreign = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html').end('<title>another site</title>')
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => foreign.once('listening', resolve))
  // Another port is the same site, to which the cookie is sent: only the Origin tells the two apart.
  const other = await page.context().newPage()
  await other.goto(`http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`)
  const facts = await other.evaluate(async (target) => {
    const socket = new WebSocket(`ws://${target}/rpc`)
    const opened = await new Promise((resolve) => {
      socket.addEventListener('open', () => resolve(true))
      socket.addEventListener('close', () => resolve(false))
    })
    const read = await fetch(`http://${target}/auth`, { credentials: 'include' }).then(
      () => true,
      () => false,
    )
    return { opened, read }
  }, host)
  expect(facts).toEqual({ opened: false, read: false })
  foreign.close()
})

test('describes its calls to who is signed in, and gives metrics to the token that is good for them', async ({
  launch,
}) => {
  const { env } = await createWorkspace()
  const { page, url } = await launch({ ...env, GATEHOUSE_METRICS_TOKEN: 'a-token-for-metrics' })
  await expect.poll(() => page.url()).not.toContain('token')
  await page.goto(new URL('/api/docs', url).href)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Gatehouse API \d/)
  const call = page.getByRole('group').filter({ hasText: '/api/v1/revocations/plan' })
  await call.getByText('/api/v1/revocations/plan').click()
  await expect(call.getByRole('heading', { name: 'Input' })).toBeVisible()

  const scrape = (token: string) =>
    fetch(new URL('/metrics', url), { headers: { Authorization: `Bearer ${token}` } }).then((answer) => answer.status)
  expect(await scrape('a-token-for-metrics')).toBe(200)
  expect(await scrape('another-token-for-metrics')).toBe(401)
})
