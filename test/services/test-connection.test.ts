import { pino } from 'pino'
import { expect, test } from 'vitest'
import { ConfigSchema } from '../../src/main/engine/config-schema.ts'
import { testConnection } from '../../src/main/engine/test-connection.ts'
import { freePort } from '../helpers/ports.ts'
import { createTestDatabase } from '../helpers/postgres.ts'
import { startRedis } from '../helpers/redis.ts'

const log = pino({ level: 'silent' })
const config = ConfigSchema.parse({})
const tryOut = (store: 'redis' | 'postgres', url: string) => testConnection(config, store, url, log)

test('servers that can be used say what they are', async () => {
  const [{ url: postgres }, { url: redis }] = [await createTestDatabase({ migrated: false }), await startRedis()]
  expect(await tryOut('postgres', postgres)).toMatchObject({
    ok: true,
    server: expect.stringMatching(/^PostgreSQL \d/),
  })
  expect(await tryOut('redis', redis)).toMatchObject({ ok: true, message: expect.stringMatching(/^Connected to /) })
})

test('what is wrong is said in words, without the password', async () => {
  const port = await freePort()
  const answer = await tryOut('postgres', `postgres://me:secret-word@127.0.0.1:${port}/audit`)
  expect(answer).toMatchObject({ ok: false, server: null, message: expect.stringMatching(/^Nothing listens on/) })
  expect(answer.message).not.toContain('secret-word')
  expect((await tryOut('redis', `redis://127.0.0.1:${port}`)).message).toMatch(/^Nothing listens on/)
})

test.each([
  ['redis', 'http://127.0.0.1', /begins with redis:\/\//],
  ['postgres', 'no url', /begins with postgres:\/\//],
  ['redis', 'redis://169.254.169.254', /link-local or metadata address/],
  ['postgres', 'postgres://[::ffff:169.254.169.254]/x', /link-local or metadata address/],
] as const)('%s at %s is not even tried', async (store, url, message) => {
  expect(await tryOut(store, url)).toMatchObject({ ok: false, message: expect.stringMatching(message) })
})
