import type { Page } from '@playwright/test'
import { expect, test } from './helpers/fixtures.ts'
import { serve } from './helpers/web.ts'
import { createWorkspace } from './helpers/workspace.ts'

/** What the status bar says of the stores: it comes from the engine, so it shows that there is a connection. */
const redisConnected = (page: Page) => page.getByText('Redis connected')

test('a page whose connection is cut comes back by itself', async ({ launch }) => {
  const { page } = await launch((await createWorkspace()).env)
  const cuts: (() => Promise<void>)[] = []
  await page.routeWebSocket('**/rpc', (socket) => {
    socket.connectToServer()
    cuts.push(() => socket.close({ code: 4000 }))
  })
  await page.reload()
  await expect(redisConnected(page)).toBeVisible()
  expect(cuts).toHaveLength(1)
  await cuts[0]!()
  await expect.poll(() => cuts.length).toBe(2)
  await expect(redisConnected(page)).toBeVisible()
})

test('a page whose server was started anew says that the address has changed', async ({ page }) => {
  const { env } = await createWorkspace()
  const first = await serve(env)
  await page.goto(first.url)
  await expect(redisConnected(page)).toBeVisible()
  await first.stop()
  const { port } = new URL(first.url)
  const second = await serve({ ...env }, ['--port', port])
  await expect(page.getByText(/open the address that gatehouse printed/i)).toBeVisible()
  await second.stop()
})
