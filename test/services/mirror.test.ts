import { RedisStore } from 'connect-redis'
import { createClient } from 'redis'
import { describe, expect, test } from 'vitest'
import { redisCli, type RedisServer } from '../helpers/redis.ts'
import { lastActive, openMirrorWorld, plain, type MirrorWorld } from './mirror-world.ts'
import { openWorldForEach } from './world-for-each.ts'

let server: RedisServer
let postgresUrl: string
let world: MirrorWorld
openWorldForEach((opened) => ({ server, postgresUrl, world } = opened))

/** Times of rows are computed from what was left at the moment of reading. */
const about = (time: Date | null | undefined, expectedMs: number) =>
  expect(Math.abs((time?.getTime() ?? 0) - expectedMs)).toBeLessThan(5_000)

describe('plain sessions', () => {
  test('a JSON string becomes a row: unknown fields are metadata, secrets and ids of sessions replaced', async () => {
    const value = plain('live-id-1', {
      plan: 'team',
      api_token: 'x',
      tabs: [{ sid: 'live-id-2' }],
      note: 'of live-id-1',
    })
    await redisCli(server.url, ['SET', 'session:live-id-1', value, 'EX', '600'])
    expect(await world.mirror.reconcile()).toMatchObject({ scanned: 1, created: 1, changed: 0, ended: 0, problems: 0 })
    const row = await world.row('live-id-1')
    expect(row).toMatchObject({
      user_id: 'alice',
      profile: 'plain-json',
      is_active: true,
      force_logout: false,
      ip_address: '203.0.113.9',
      user_agent: 'Mozilla/5.0',
      last_active: lastActive,
      api_call_count: '3',
      ended_at: null,
      end_reason: null,
    })
    expect(row?.metadata).toEqual({
      plan: 'team',
      api_token: '[redacted]',
      tabs: [{ sid: world.sessionIds.of('live-id-2') }],
      note: `of ${world.sessionIds.of('live-id-1')}`,
    })
    about(row?.expires_at, Date.now() + 600_000)
    expect(JSON.stringify(await world.rows())).not.toContain('live-id')
  })

  test('a hash becomes the same row, its texts read as what they mean', async () => {
    const fields = ['user_id', '42', 'is_active', 'False', 'force_logout', 'true', 'ip_address', '2001:DB8::1']
    await redisCli(server.url, ['HSET', 'session:h1', ...fields, 'api_call_count', '17', 'plan', 'team'])
    await world.mirror.reconcile()
    expect(await world.row('h1')).toMatchObject({
      user_id: '42',
      profile: 'plain-hash',
      is_active: false,
      force_logout: true,
      ip_address: '2001:db8::1',
      api_call_count: '17',
      expires_at: null,
      metadata: { plan: 'team' },
    })
  })

  test('the expiry is the PTTL of the key; without one, what the value says', async () => {
    const stale = new Date(Date.now() - 3_600_000).toISOString()
    const ahead = new Date(Date.now() + 3_600_000)
    await world.redis.client.set('session:a', plain('a', { expires_at: stale }), 'PX', 50_000)
    await world.redis.client.set('session:b', plain('b', { expires_at: ahead.toISOString() }))
    await world.mirror.reconcile()
    about((await world.row('a'))?.expires_at, Date.now() + 50_000)
    expect((await world.row('b'))?.expires_at).toEqual(ahead)
  })

  test('user ids of 19 digits stay apart', async () => {
    await world.redis.client.set('session:a', '{"user_id":9007199254740993123}')
    await world.redis.client.set('session:b', '{"user_id":9007199254740993124}')
    await world.mirror.reconcile()
    expect(await world.row('a')).toMatchObject({ user_id: '9007199254740993123' })
    expect(await world.row('b')).toMatchObject({ user_id: '9007199254740993124' })
  })

  test('the session is the one that the value names, else the one in the key', async () => {
    await world.redis.client.set('session:key-1', plain('named-in-value'))
    await world.redis.client.set('session:key-2', '{"user_id":"bob"}')
    await world.mirror.reconcile()
    expect(await world.row('named-in-value')).toMatchObject({ user_id: 'alice' })
    expect(await world.row('key-2')).toMatchObject({ user_id: 'bob' })
    expect(await world.rows()).toHaveLength(2)
  })

  test('prefixes may hold glob characters, and one may begin with another', async () => {
    const odd = await openMirrorWorld({
      redisUrl: server.url,
      postgresUrl,
      mirror: { plainPrefix: 'a[b]*?\\', connectRedisPrefix: 'a[b]*?\\x:' },
    })
    await odd.redis.client.mset({
      'a[b]*?\\1': plain('1'),
      'a[b]*?\\x:2': '{"cookie":{},"userId":"u2"}',
      'ab-anything-1': plain('no'),
    })
    await odd.mirror.reconcile()
    expect((await odd.rows()).map((row) => row.profile).toSorted()).toEqual(['connect-redis', 'plain-json'])
    expect(await odd.row('2')).toMatchObject({ user_id: 'u2' })
    await odd.close()
  })

  test('ids are kept as they are where the settings say so', async () => {
    const open = await openMirrorWorld({ redisUrl: server.url, postgresUrl, privacy: { sessionIds: 'plain' } })
    await open.redis.client.set('session:visible-id', plain('visible-id'))
    await open.mirror.reconcile()
    expect((await open.rows()).map((row) => row.session_id)).toEqual(['visible-id'])
    await open.close()
  })
})

describe('express-session in connect-redis', () => {
  const cookie = { originalMaxAge: 1_800_000, httpOnly: true, path: '/' }

  test('what the library stores is a session, active when it was last touched', async () => {
    const client = createClient({ url: server.url })
    await client.connect()
    const store = new RedisStore({ client })
    const expires = new Date(Date.now() + 1_800_000)
    const session = { cookie: { ...cookie, expires }, passport: { user: { id: 7, name: 'Ann' } }, cart: ['x'] }
    await store.set('lib-1', session)
    await world.mirror.reconcile()
    const first = await world.row('lib-1')
    expect(first).toMatchObject({
      user_id: '7',
      profile: 'connect-redis',
      metadata: { cart: ['x'], passport: { user: { id: 7, name: 'Ann' } } },
    })
    about(first?.last_active, Date.now())
    about(first?.expires_at, expires.getTime())

    // Ten minutes later the expiry in the JSON is stale, and only EXPIRE tells that somebody was there.
    await redisCli(server.url, ['EXPIRE', 'sess:lib-1', '1200'])
    expect(await world.mirror.reconcile()).toMatchObject({ scanned: 1, changed: 1 })
    about((await world.row('lib-1'))?.last_active, Date.now() - 600_000)
    about((await world.row('lib-1'))?.expires_at, Date.now() + 1_200_000)
    await store.destroy('lib-1')
    client.destroy()
  })

  test.each([
    ['passport', { passport: { user: 'p' } }, 'p'],
    ['a number', { passport: { user: 12 } }, '12'],
    ['a user object', { user: { _id: 'm', email: 'e' } }, 'm'],
    ['userId', { userId: 'u' }, 'u'],
    ['user_id', { user_id: 'u' }, 'u'],
    ['uid', { uid: 'u' }, 'u'],
    ['nobody', { views: 3 }, null],
    ['a flag', { user: true }, null],
  ])('the user is found: %s', async (_name, fields, userId) => {
    await world.redis.client.set('sess:1', JSON.stringify({ cookie, ...fields }))
    await world.mirror.reconcile()
    expect(await world.row('1')).toMatchObject({ user_id: userId })
  })
})
