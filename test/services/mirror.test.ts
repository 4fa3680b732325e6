import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestDatabase } from '../helpers/postgres.ts'
import { redisCli, startRedis, type RedisServer } from '../helpers/redis.ts'
import { openMirrorWorld, plain, type MirrorWorld } from './mirror-world.ts'

let server: RedisServer
let postgresUrl: string
let world: MirrorWorld

beforeAll(async () => {
  server = await startRedis()
  postgresUrl = (await createTestDatabase()).url
})
beforeEach(async () => {
  world = await openMirrorWorld({ redisUrl: server.url, postgresUrl })
  await world.reset()
  return () => world.close()
})
afterAll(() => server.stop())

const redis = () => world.redis.client
/** Past the first reconcile, which invents no logins. */
const pastBaseline = () => world.mirror.reconcile()

describe('values', () => {
  test('a JSON session becomes a row, its unknown fields metadata, its secrets and ids replaced', async () => {
    await redisCli(server.url, ['SET', 'session:live-id-1', plain('live-id-1', { plan: 'team', api_token: 'x', tabs: [{ sid: 'live-id-2' }] }), 'EX', '600'])
    const result = await world.mirror.reconcile()
    expect(result).toMatchObject({ scanned: 1, created: 1, changed: 0, ended: 0, problems: 0 })
    const row = await world.row('live-id-1')
    expect(row).toMatchObject({
      user_id: 'alice',
      profile: 'plain-json',
      is_active: true,
      force_logout: false,
      ip_address: '203.0.113.9',
      user_agent: 'Mozilla/5.0',
      last_active: new Date('2026-11-20T10:00:00.000Z'),
      api_call_count: '3',
      ended_at: null,
      metadata: { plan: 'team', api_token: '[redacted]', tabs: [{ sid: world.sessionIds.of('live-id-2') }] },
    })
  })
})
