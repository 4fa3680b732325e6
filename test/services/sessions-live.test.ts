import { describe, expect, test } from 'vitest'
import type { RedisKey } from '../../src/shared/model/ids.ts'
import { redisCli, type RedisServer } from '../helpers/redis.ts'
import { plain, type MirrorWorld } from './mirror-world.ts'
import { openWorldForEach } from './world-for-each.ts'

let server: RedisServer
let world: MirrorWorld
openWorldForEach((opened) => ({ server, world } = opened), { scanCount: 10 })

const idOf = (liveId: string) => world.sessionIds.of(liveId)
const live = (liveId: string) => world.mirror.readLive(idOf(liveId))

describe('readLive', () => {
  test('shows what lies in Redis now, ids replaced and secrets redacted', async () => {
    const value = plain('live-session-1', {
      access_token: 'x',
      url: '/?s=live-session-1',
      other: { sid: 'live-session-2' },
    })
    await redisCli(server.url, ['SET', 'session:live-session-1', value, 'PX', '60000'])
    await world.mirror.reconcile()
    const shown = await live('live-session-1')
    expect(shown).toMatchObject({
      key: `session:…${idOf('live-session-1').slice(0, 12)}`,
      profile: 'plain-json',
      type: 'string',
      bytes: Buffer.byteLength(value),
    })
    expect(shown?.ttlMs).toBeGreaterThan(50_000)
    expect(shown?.ttlMs).toBeLessThanOrEqual(60_000)
    expect(JSON.parse(shown?.json ?? '')).toMatchObject({
      session_id: idOf('live-session-1'),
      user_id: 'alice',
      access_token: '[redacted]',
      url: `/?s=${idOf('live-session-1')}`,
      other: { sid: idOf('live-session-2') },
    })
    expect(JSON.stringify(shown)).not.toContain('live-session')
  })

  test('shows a hash as an object', async () => {
    await world.redis.client.hset('session:h', { user_id: 'bob', password: 'x' })
    expect(await live('h')).toMatchObject({
      profile: 'plain-hash',
      type: 'hash',
      ttlMs: null,
      bytes: 'user_idbobpasswordx'.length,
    })
    expect(JSON.parse((await live('h'))?.json ?? '')).toEqual({ user_id: 'bob', password: '[redacted]' })
  })

  test('describes opaque bytes, and never interprets them', async () => {
    const bytes = Buffer.concat([Buffer.from('80049500ff', 'hex'), Buffer.from('django.contrib.auth live-opaque-1')])
    await world.redis.client.set('session:live-opaque-1', bytes)
    const shown = await live('live-opaque-1')
    expect(shown).toMatchObject({ type: 'string', bytes: bytes.length })
    expect(JSON.parse(shown?.json ?? '')).toEqual({
      opaque: 'pickle',
      texts: [`django.contrib.auth ${idOf('live-opaque-1')}`],
    })
  })

  test('says so when a value is too large to show', async () => {
    const fields = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`f${i}`, 'x'.repeat(50)]))
    await world.redis.client.set('session:wide', plain('wide', fields))
    expect(JSON.parse((await live('wide'))?.json ?? '')).toEqual({ _notes: [expect.stringContaining('left out')] })
  })

  test('is null for a session that is gone, and for one that never was', async () => {
    await world.redis.client.set('session:a', plain('a'))
    await world.mirror.reconcile()
    await world.redis.client.del('session:a')
    expect(await live('a')).toBeNull()
    expect(await live('never')).toBeNull()
  })
})

describe('resolveKeys', () => {
  async function fill(): Promise<void> {
    const others = Array.from({ length: 300 }, (_, i) => `other${i}`)
    await world.redis.client.mset(Object.fromEntries(others.map((id) => [`session:${id}`, plain(id)])))
    await world.redis.client.set('session:json', plain('json'))
    await world.redis.client.hset('session:hash', { user_id: 'bob' })
    await world.redis.client.set('sess:express', '{"cookie":{},"userId":"u"}')
    await world.redis.client.set('session:by-key', plain('by-value'))
    await world.redis.client.set('session:broken', 'not a session')
    await world.redis.client.lpush('session:list', 'x')
  }
  const wanted = ['json', 'hash', 'express', 'by-value', 'broken', 'list', 'gone']
  const expected = () =>
    new Map([
      [idOf('json'), { key: 'session:json', profile: 'plain-json', steps: [] }],
      [idOf('hash'), { key: 'session:hash', profile: 'plain-hash', steps: [] }],
      [idOf('express'), { key: 'sess:express', profile: 'connect-redis', steps: [] }],
      [idOf('by-value'), { key: 'session:by-key', profile: 'plain-json', steps: [] }],
      // It cannot be read as a session, but whoever has the id can end it.
      [idOf('broken'), { key: 'session:broken', profile: 'plain-json', steps: [] }],
    ])

  test('finds live keys among those that the mirror knows', async () => {
    await fill()
    await world.mirror.reconcile()
    expect(await world.mirror.resolveKeys(wanted.map(idOf))).toEqual(expected())
  })

  test('finds them as well in a process whose mirror never ran', async () => {
    await fill()
    expect(await world.mirror.resolveKeys(wanted.map(idOf))).toEqual(expected())
  })

  test('does not take the id in a key for the session when the value names another', async () => {
    await fill()
    expect(await world.mirror.resolveKeys([idOf('by-key')])).toEqual(new Map())
  })

  test('finds a session that began after the last reconcile, and not one that ended', async () => {
    await world.redis.client.set('session:old', plain('old'))
    await world.mirror.reconcile()
    await world.redis.client.del('session:old')
    await world.redis.client.set('session:new', plain('new'))
    expect([...(await world.mirror.resolveKeys([idOf('old'), idOf('new')])).keys()]).toEqual([idOf('new')])
  })
})

test('what revocation asks: whose key it is, the live id, how the profile is revoked', () => {
  expect(world.mirror.sessionOfKey('session:abc' as RedisKey)).toBe(idOf('abc'))
  expect(world.mirror.sessionOfKey('audit:queue' as RedisKey)).toBeNull()
  expect(world.mirror.liveIdOf('sess:abc' as RedisKey)).toBe('abc')
  expect(world.mirror.revocationOf('plain-hash')).toMatchObject({ publishesForceLogout: true })
  expect(world.mirror.revocationOf('connect-redis')).toMatchObject({ publishesForceLogout: false })
  expect(world.mirror.revocationOf('connect-redis')?.doesNotEnd).not.toEqual([])
  expect(world.mirror.revocationOf('unknown')).toBeUndefined()
})
