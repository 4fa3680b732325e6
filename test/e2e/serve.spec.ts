/** The headless program as a service manager sees it: its first line, its exit codes, what it leaves behind. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { WebSocket } from 'ws'
import { expect, test } from './helpers/fixtures.ts'
import { serve } from './helpers/web.ts'
import { createWorkspace } from './helpers/workspace.ts'

test('prints its address as JSON, and stops when asked, also while pages are connected', async () => {
  const { env } = await createWorkspace()
  const { url, stop } = await serve(env)
  const { hash, host } = new URL(url)
  const headers = { Authorization: `Bearer ${hash.slice('#token='.length)}` }
  const socket = new WebSocket(`ws://${host}/rpc`, { headers })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  const closed = new Promise((resolve) => socket.once('close', resolve))
  expect(await stop()).toBe(0)
  expect(await closed).toBe(1001)
})

test('says what is wrong, and with its exit code whose fault it is', async () => {
  const { env } = await createWorkspace()
  const first = await serve(env)
  const { port } = new URL(first.url)
  await expect(serve(env, ['--port', port])).rejects.toThrow(/ended with 2: .*Choose another port/s)
  await expect(serve(env, ['--prot', '1'])).rejects.toThrow(/ended with 2: .*--prot/s)
  await expect(serve({ ...env, POSTGRES_URL: '' })).rejects.toThrow(/POSTGRES_URL/)
  await expect(serve({ ...env, GATEHOUSE_PASSPHRASE: 'short' })).rejects.toThrow(/at least 12 characters/)
  expect(await first.stop()).toBe(0)
})

test('derives a key from a passphrase, and has none without', async () => {
  const { env, home } = await createWorkspace()
  const salt = path.join(home, 'secret.salt')
  await (await serve(env)).stop()
  expect(existsSync(salt)).toBe(false)
  await (await serve({ ...env, GATEHOUSE_PASSPHRASE: 'correct horse battery' })).stop()
  expect(existsSync(salt)).toBe(true)
})
