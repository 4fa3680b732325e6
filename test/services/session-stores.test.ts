import { describe, expect, test } from 'vitest'
import type { RedisKey } from '../../src/shared/model/ids.ts'
import * as layouts from '../fixtures/session-layouts.ts'
import type { RedisServer } from '../helpers/redis.ts'
import { waitFor } from '../helpers/wait.ts'
import { openMirrorWorld, plain, type MirrorWorld } from './mirror-world.ts'
import { openWorldForEach } from './world-for-each.ts'

let server: RedisServer
let postgresUrl: string
let world: MirrorWorld
openWorldForEach((opened) => ({ server, postgresUrl, world } = opened))

const write = async (...commands: layouts.Command[]): Promise<void> => {
  for (const [name, ...args] of commands) await world.redis.client.call(name, ...args)
}
function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(BigInt(value))
  return bytes
}
const uuid = (n: number): string => `0b8a1f52-7a43-4c11-9d5e-${String(n).padStart(12, '0')}`
const second = (date: Date | null | undefined): number => Math.round((date?.getTime() ?? 0) / 1_000)
const accessedMs = Date.now() - 90_000
const prefixes = async () => (await world.mirror.sessionStores()).places.map(({ prefix }) => prefix).toSorted()
const problems = () => world.problems.list().map(({ reason, count }) => `${count}x ${reason}`)

describe('spring-session', () => {
  test('plain: times from the hash, attributes by their size, nothing unserialized', async () => {
    await write(...layouts.springPlain(uuid(1), accessedMs))
    await world.mirror.reconcile()
    const row = await world.row(uuid(1))
    expect(row).toMatchObject({
      profile: 'spring-session',
      user_id: null,
      last_active: new Date(accessedMs),
      metadata: {
        createdAt: new Date(accessedMs - 600_000).toISOString(),
        attributes: { preferences: { bytes: 97 } },
      },
    })
    expect(second(row?.expires_at)).toBe(second(new Date(accessedMs + 1_800_000)))
    expect(problems()).toEqual([])
  })

  test('indexed: the user from the index, the end of the session rather than of the key', async () => {
    await write(
      ...layouts.springIndexed(uuid(1), 'alice', accessedMs),
      ...layouts.springIndexed(uuid(2), 'bob', accessedMs),
    )
    await world.mirror.reconcile()
    const row = await world.row(uuid(1))
    expect(row).toMatchObject({
      profile: 'spring-session-indexed',
      user_id: 'alice',
      last_active: new Date(accessedMs),
    })
    expect(second(row?.expires_at)).toBe(second(new Date(accessedMs + 1_800_000)))
    expect(await world.row(uuid(2))).toMatchObject({ user_id: 'bob' })
    expect(await world.mirror.reconcile()).toMatchObject({ scanned: 2, changed: 0, created: 0, problems: 0 })
  })

  test('indexed: somebody who logs in later is the user from then on', async () => {
    const [hash, index, ...rest] = layouts.springIndexed(uuid(1), 'alice', accessedMs)
    await write(hash ?? expect.fail(), ...rest)
    await world.mirror.reconcile()
    expect(await world.row(uuid(1))).toMatchObject({ user_id: null, profile: 'spring-session-indexed' })
    await write(index ?? expect.fail())
    for (let i = 0; i < 2; i++) await world.mirror.reconcile()
    expect(await world.row(uuid(1))).toMatchObject({ user_id: 'alice' })
    expect((await world.events(uuid(1))).map(({ event_type }) => event_type)).toEqual(['login'])
  })

  test('indexed: Redis names the index, and the user is known without a scan', async () => {
    await write(...layouts.springIndexed(uuid(1), 'alice', accessedMs))
    world.mirror.start()
    await waitFor(() => world.mirror.state().tracking.status === 'on' && world.mirror.counters().reconciles > 0, {
      what: 'hints for the prefix that was found',
    })
    const [hash, index, ...rest] = layouts.springIndexed(uuid(2), 'bob', accessedMs)
    await write(hash ?? expect.fail(), ...rest)
    await waitFor(() => world.row(uuid(2)), { what: 'the session' })
    const { reconciles } = world.mirror.counters()
    await write(index ?? expect.fail())
    await waitFor(async () => (await world.row(uuid(2)))?.user_id === 'bob', { what: 'its user' })
    expect(world.mirror.counters().reconciles).toBe(reconciles)
    expect(problems()).toEqual([])
    await world.mirror.stop()
  })

  test('keeps its user over a restart of the engine, whatever the scan shows first', async () => {
    const small = await openMirrorWorld({ redisUrl: server.url, postgresUrl, mirror: { scanCount: 5, readChunk: 5 } })
    const ids = Array.from({ length: 60 }, (_, n) => uuid(n))
    for (const id of ids) await write(...layouts.springIndexed(id, `user of ${id}`, accessedMs))
    await small.mirror.reconcile()
    for (const id of ids) await write(...layouts.springIndexed(id, `user of ${id}`, accessedMs + 1_000))
    expect(await small.restarted().reconcile()).toMatchObject({ changed: ids.length, created: 0, ended: 0 })
    for (const row of await small.rows()) expect(row.user_id).toMatch(/^user of /)
    expect(await small.database.query("SELECT 1 FROM audit_sessions WHERE event_type = 'session_changed'")).toEqual([])
    await small.close()
  })

  test('another namespace is found by its expiry markers', async () => {
    await write(...layouts.springIndexed(uuid(1), 'alice', accessedMs, { prefix: 'shop:' }))
    await world.mirror.reconcile()
    expect(await world.row(uuid(1))).toMatchObject({ profile: 'spring-session-indexed', user_id: 'alice' })
  })

  test('a part of a hash that a late request left is shown, and is no session', async () => {
    await write(['HSET', `spring:session:sessions:${uuid(1)}`, 'lastAccessedTime', layouts.javaLong(accessedMs)])
    await write(...layouts.springPlain(uuid(2), accessedMs))
    await world.mirror.reconcile()
    expect(await world.rows()).toHaveLength(1)
    expect(problems()).toEqual([
      expect.stringContaining('1x not mirrored: part of a session of Spring without creationTime, maxInactiveInterval'),
    ])
  })

  test.each([Number.MAX_SAFE_INTEGER, 0, 1, -5])(
    'times of %s are no times: the session is there without them',
    async (ms) => {
      const value = Buffer.concat([layouts.javaLong(0).subarray(0, -8), bigEndian(ms)])
      const [creationTime, lastAccessedTime] = [value, value]
      const fields = { creationTime, lastAccessedTime, maxInactiveInterval: layouts.javaInteger(1_800) }
      await world.redis.client.hset(`spring:session:sessions:${uuid(1)}`, fields)
      await write(...layouts.springPlain(uuid(2), accessedMs))
      await world.mirror.reconcile()
      // Beyond the dates that there are, the number is lost.
      const metadata = { lastAccessedTime: ms > 8.64e15 ? null : ms }
      expect(await world.row(uuid(1))).toMatchObject({ profile: 'spring-session', last_active: null, metadata })
      expect(await world.row(uuid(2))).toMatchObject({ last_active: new Date(accessedMs) })
      expect(problems().every((problem) => problem.includes('mirrored with a change'))).toBe(true)
      expect(problems()).not.toEqual([])
    },
  )

  test('times in a serialization that is not read: the session is there, without them', async () => {
    await write([
      'HSET',
      `spring:session:sessions:${uuid(1)}`,
      ...['creationTime', 'lastAccessedTime', 'maxInactiveInterval'].flatMap((name) => [
        name,
        Buffer.from('0901ff', 'hex'),
      ]),
    ])
    await world.mirror.reconcile()
    expect(await world.row(uuid(1))).toMatchObject({ profile: 'spring-session', last_active: null, ended_at: null })
    expect(problems()).toEqual(['1x mirrored with a change: in a serialization that is not read'])
  })
})

test('Auth.js on Upstash: the expiry is in the value, and the index of users is no session', async () => {
  const expires = new Date(Date.now() + 86_400_000)
  await write(...layouts.authJs(uuid(1), 'u-1', expires))
  await world.mirror.reconcile()
  expect(await world.row(uuid(1))).toMatchObject({ profile: 'authjs-upstash', user_id: 'u-1', expires_at: expires })
  expect(await world.rows()).toHaveLength(1)
  expect((await world.mirror.sessionStores()).places).toEqual([
    { prefix: 'user:session:', sessionKeys: 1, others: [{ what: 'the latest session of a user', keys: 1 }] },
  ])
  expect(problems()).toEqual([])
})

const sid = 'q3v8m1n5k7j2h4g6f9d0s1a2z3'
const sha256 = 'ab'.repeat(32)
const laravelId = 'Zx9'.padEnd(40, 'Q')
const djangoKey = 'k'.repeat(32)

test.each([
  ['django-cache', layouts.django(djangoKey, 'cache'), djangoKey, 'pickle'],
  ['django-cached-db', layouts.django(djangoKey, 'cached_db'), djangoKey, 'pickle'],
  ['laravel-cache', layouts.laravel(laravelId), laravelId, 'PHP serialization'],
  ['laravel-cache', layouts.laravel(laravelId, 'shop_database_shop_cache_:'), laravelId, 'PHP serialization'],
  ['flask-session', layouts.flaskMessagePack(sid), sid, 'MessagePack'],
  ['rack-session', layouts.rack(sha256), sha256, 'Ruby Marshal'],
  ['phpredis', layouts.phpredis(sid), sid, 'PHP session'],
  ['symfony', layouts.symfony(sid), sid, 'PHP session'],
])(
  '%s: an opaque session is there with its size and its time, and nothing of it is read',
  async (profile, commands, id, opaque) => {
    await write(...commands)
    await write(['SET', 'session:other', plain('other')])
    await world.mirror.reconcile()
    const row = await world.row(id)
    expect(row).toMatchObject({ profile, user_id: null, ended_at: null, metadata: { opaque } })
    expect(Object.keys(row?.metadata ?? {}).toSorted()).toEqual(['bytes', 'opaque'])
    expect(await world.rows()).toHaveLength(2)
    expect(problems()).toEqual([])
    const live = await world.mirror.readLive(world.sessionIds.of(id))
    expect(live).toMatchObject({ profile, type: 'string', bytes: row?.metadata['bytes'] })
  },
)

test('Flask-Session in JSON names the user of Flask-Login, beside plain sessions of the same prefix', async () => {
  await write(...layouts.flaskJson(sid, '17'), ['SET', 'session:plain', plain('plain')])
  await world.mirror.reconcile()
  expect(await world.row(sid)).toMatchObject({ profile: 'flask-session', user_id: '17' })
  expect(await world.row('plain')).toMatchObject({ profile: 'plain-json', user_id: 'alice' })
})

test('Django in JSON names the user', async () => {
  await write([
    'SET',
    `:1:django.contrib.sessions.cache${djangoKey}`,
    '{"_auth_user_id":"7","_auth_user_hash":"geheim"}',
  ])
  await world.mirror.reconcile()
  const row = await world.row(djangoKey)
  expect(row).toMatchObject({ profile: 'django-cache', user_id: '7' })
  expect(JSON.stringify(row)).not.toContain('geheim')
})

test('other entries of the same cache are neither sessions nor problems', async () => {
  await write(...layouts.laravel(laravelId), ...layouts.laravelCounter('a1'.repeat(20)))
  await write(['SET', 'shop-database-shop-cache-products', 'a:0:{}'])
  await world.mirror.reconcile()
  expect(await world.rows()).toHaveLength(1)
  expect(problems()).toEqual([])
  expect((await world.mirror.sessionStores()).places).toEqual([
    { prefix: 'shop-database-shop-cache-', sessionKeys: 2, others: [{ what: 'other cache entries', keys: 1 }] },
  ])
})

test('wrong types and values too large are shown with their key, and stop nothing', async () => {
  await write(
    ['RPUSH', `PHPREDIS_SESSION:${sid}`, 'x'],
    ['SET', `user:session:${uuid(1)}`, '{"userId":1}'],
    ['SET', `better-auth:${'t'.repeat(32)}`, '{"session":'],
    ['SET', `better-auth:${'u'.repeat(32)}`, '{"user":{}}'],
    ['SET', `spring:session:sessions:${uuid(2)}`, 'text'],
    ['SET', `spring:session:${layouts.principalIndex}:eve`, 'x'],
    ['SET', `:1:django.contrib.sessions.cache${djangoKey}`, Buffer.alloc(1_600_000, 0x80)],
    ...layouts.symfony(sid),
  )
  await world.mirror.reconcile()
  expect(await world.rows()).toHaveLength(1)
  expect(problems().toSorted()).toEqual(
    [
      '1x not mirrored: a list: expected a JSON string or a hash',
      '1x not mirrored: a string of more than N bytes: expected a JSON string or a hash',
      '1x not mirrored: a string: no session store under this prefix uses that type',
      '1x not mirrored: broken JSON: expected one JSON object',
      '1x not mirrored: no session: expected an object with session and user',
      '1x not mirrored: no sessionToken and userId: expected a session of Auth.js',
    ].toSorted(),
  )
  expect(JSON.stringify(world.problems.list())).not.toContain(uuid(2))
})

describe('looking for stores', () => {
  test('happens in the first scan; later scans ask only for the prefixes that were found', async () => {
    await write(...layouts.symfony(sid), ['MSET', 'unrelated:1', 'x', 'unrelated:2', 'x'])
    await world.mirror.reconcile()
    expect(await prefixes()).toEqual(['sf_s'])
    await write(...layouts.phpredis(`${sid}other`))
    await world.mirror.reconcile()
    expect(await world.rows()).toHaveLength(1)
    await world.restarted().reconcile()
    expect(await world.rows()).toHaveLength(2)
  })

  test('happens in every scan where half of the keys are those of session stores', async () => {
    await write(...layouts.symfony(sid), ['SET', 'unrelated:1', 'x'])
    await world.mirror.reconcile()
    await write(...layouts.phpredis(`${sid}other`))
    await world.mirror.reconcile()
    expect(await world.rows()).toHaveLength(2)
  })

  test('is repeated at the interval that is set', async () => {
    await write(['MSET', 'unrelated:1', 'x', 'unrelated:2', 'x'])
    const keen = await openMirrorWorld({ redisUrl: server.url, postgresUrl, mirror: { surveyIntervalMs: 1 } })
    await keen.mirror.reconcile()
    await write(...layouts.phpredis(sid))
    await keen.mirror.reconcile()
    expect(await world.rows()).toHaveLength(1)
    await keen.close()
  })

  test('is not done where that is switched off', async () => {
    const blind = await openMirrorWorld({ redisUrl: server.url, postgresUrl, mirror: { surveyIntervalMs: 0 } })
    await write(...layouts.phpredis(sid), ['SET', 'session:plain', plain('plain')])
    await blind.mirror.reconcile()
    expect((await world.rows()).map(({ profile }) => profile)).toEqual(['plain-json'])
    await blind.close()
  })

  test('ends at a number of prefixes, and says so', async () => {
    for (let n = 0; n < 40; n++)
      await write(...layouts.laravel(laravelId.replace('Zx9', String(100 + n)), `app${n}_cache_`))
    await world.mirror.reconcile()
    expect(await world.rows()).toHaveLength(32)
    expect(problems()).toEqual([expect.stringContaining('8x too many prefixes look like session stores')])
  })

  test('finds a store for an engine whose mirror never ran, without an id in what it shows', async () => {
    await write(...layouts.symfony(sid), ...layouts.springIndexed(uuid(1), 'alice', accessedMs))
    const { stores, places } = await world.mirror.sessionStores()
    expect(stores.map(({ profile, patterns, example }) => ({ profile, patterns, example }))).toEqual([
      {
        profile: 'spring-session-indexed',
        patterns: ['spring:session:sessions:<id>'],
        example: { key: 'spring:session:sessions:<36 characters>', type: 'hash', bytes: expect.any(Number) as number },
      },
      {
        profile: 'symfony',
        patterns: ['sf_s<id>'],
        example: { key: 'sf_s<26 characters>', type: 'string', bytes: 61 },
      },
    ])
    expect(
      places
        .find(({ prefix }) => prefix === 'spring:session:')
        ?.others.map(({ what }) => what)
        .toSorted(),
    ).toEqual(['expirations', 'expiry markers', 'users in the index'])
    expect(JSON.stringify({ stores, places })).not.toContain(sid)
    expect(await world.rows()).toEqual([])
  })
})

test('a key is recognised before its store was found: a tombstone of an earlier run shows its session', () => {
  expect(world.mirror.sessionOfKey(`sf_s${sid}` as RedisKey)).toBe(world.sessionIds.of(sid))
  expect(world.mirror.sessionOfKey(`spring:session:sessions:${uuid(1)}` as RedisKey)).toBe(world.sessionIds.of(uuid(1)))
  expect(world.mirror.revocationOf('django-cached-db')?.doesNotEnd.join(' ')).toContain('django_session')
})
