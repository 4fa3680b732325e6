import { expect, test } from 'vitest'
import { redisCli, type RedisServer } from '../helpers/redis.ts'
import { plain, type MirrorWorld } from './mirror-world.ts'
import { openWorldForEach } from './world-for-each.ts'

let server: RedisServer
let world: MirrorWorld
openWorldForEach((opened) => ({ server, world } = opened))

/** The version of every row that the mirror could have written: any write at all shows. */
const versions = () =>
  world.database.query(
    `SELECT 's' AS t, session_id AS id, xmin::text, ctid::text FROM redis_sync_sessions
     UNION ALL SELECT 'e', event_id, xmin::text, ctid::text FROM audit_sessions
     UNION ALL SELECT 'b', event_id, xmin::text, ctid::text FROM inferred_boundaries
     UNION ALL SELECT 'g', key, xmin::text, ctid::text FROM gatehouse_settings ORDER BY 1, 2`,
  )

/** Sessions of every kind, with and without a time to live, named by key and by value; and some that are none. */
async function writeAllKinds(): Promise<void> {
  const client = world.redis.client
  await client.set('session:json', plain('json'), 'EX', 900)
  await client.set('session:forever', plain('forever', { expires_at: new Date(Date.now() + 9e6).toISOString() }))
  await client.set('session:key', plain('named-in-value'), 'EX', 900)
  await client.hset('session:hash', { user_id: 'bob', api_call_count: 4 })
  await client.expire('session:hash', 900)
  const wide = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`field${i}`, 'x']))
  await client.hset('session:wide', { user_id: 'carol', ...wide })
  await client.set('sess:express', JSON.stringify({ cookie: { originalMaxAge: 900_000 }, userId: 'dan' }), 'EX', 900)
  await client.set('session:broken', '{')
  await client.lpush('session:list', 'x')
}

test('an unchanged session writes nothing, whatever its kind', async () => {
  await writeAllKinds()
  expect(await world.mirror.reconcile()).toMatchObject({ created: 6, problems: 2 })
  await world.mirror.reconcile()
  const before = await versions()
  for (let i = 0; i < 3; i++) {
    expect(await world.mirror.reconcile()).toMatchObject({ scanned: 6, created: 0, changed: 0, ended: 0, problems: 0 })
  }
  expect(await versions()).toEqual(before)
})

test('Redis is asked in small steps, and never for all KEYS', async () => {
  await writeAllKinds()
  await world.redis.client.config('RESETSTAT')
  await world.mirror.reconcile()
  await world.mirror.readLive(world.sessionIds.of('never'))
  const commands = [...(await world.redis.client.info('commandstats')).matchAll(/cmdstat_([^:]+):/g)].map(
    ([, command]) => command,
  )
  expect(commands).toContain('scan')
  expect(commands).not.toContain('keys')
  // Nothing of the watched application's is ever written by looking at it.
  expect(commands.filter((command) => /^(set|del|hset|expire|persist|unlink)$/.test(command ?? ''))).toEqual([])
  // A wrong type is asked for, not run into: the server counts errors, and somebody watches that count.
  expect(await world.redis.client.info('errorstats')).not.toContain('WRONGTYPE')
})

test('an engine that starts anew writes nothing for unchanged sessions either', async () => {
  await writeAllKinds()
  await world.mirror.reconcile()
  await world.mirror.reconcile()
  const before = await versions()
  const restarted = world.restarted()
  // What is no session is reported anew: the counters of the screen began anew too.
  expect(await restarted.reconcile()).toMatchObject({ scanned: 6, created: 0, changed: 0, ended: 0, problems: 2 })
  expect(await restarted.reconcile()).toMatchObject({ scanned: 6, created: 0, changed: 0, ended: 0, problems: 0 })
  expect(await versions()).toEqual(before)
  expect(restarted.liveCount()).toBe(6)
})

test('a larger hash whose fields Redis lists in another order is unchanged', async () => {
  const client = world.redis.client
  const fields = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`f${i}`, `${i}`]))
  await client.hset('session:h', { user_id: 'a', ...fields })
  const order = async () => (await redisCli(server.url, ['HKEYS', 'session:h'])).split('\n')
  await world.mirror.reconcile()
  const first = await order()
  const before = await versions()
  // A long value turns the list that a small hash is into a table; taking it away does not turn it back.
  await client.hset('session:h', 'long', 'x'.repeat(1_000))
  await client.hdel('session:h', 'long')
  expect((await order()).toSorted()).toEqual(first.toSorted())
  expect(await order()).not.toEqual(first)
  expect(await world.mirror.reconcile()).toMatchObject({ changed: 0 })
  expect(await versions()).toEqual(before)
})

test('a change of the value or of the expiry is written', async () => {
  const client = world.redis.client
  await client.set('session:a', plain('a'), 'EX', 900)
  await client.hset('session:h', { user_id: 'h', api_call_count: 1 })
  await world.mirror.reconcile()
  await client.set('session:a', plain('a', { api_call_count: 9 }), 'EX', 900)
  await client.hincrby('session:h', 'api_call_count', 1)
  expect(await world.mirror.reconcile()).toMatchObject({ changed: 2 })
  expect(await world.row('a')).toMatchObject({ api_call_count: '9' })
  expect(await world.row('h')).toMatchObject({ api_call_count: '2' })

  await client.expire('session:a', 300)
  expect(await world.mirror.reconcile()).toMatchObject({ changed: 1 })
  await client.persist('session:a')
  expect(await world.mirror.reconcile()).toMatchObject({ changed: 1 })
  expect((await world.row('a'))?.expires_at).toBeNull()
})

test('a key may change its type', async () => {
  const client = world.redis.client
  await client.set('session:a', plain('a'))
  await world.mirror.reconcile()
  await client.del('session:a')
  await client.hset('session:a', {
    session_id: 'a',
    user_id: 'alice',
    ip_address: '203.0.113.9',
    user_agent: 'Mozilla/5.0',
  })
  expect(await world.mirror.reconcile()).toMatchObject({ changed: 1, created: 0, ended: 0 })
  expect(await world.row('a')).toMatchObject({ profile: 'plain-hash' })
  await client.set('session:a', plain('a'))
  expect(await world.mirror.reconcile()).toMatchObject({ changed: 1, created: 0, ended: 0 })
  expect(await world.events('a')).toEqual([])
})

test('a change of user, address or agent is an event that names both', async () => {
  const client = world.redis.client
  await client.set('session:a', plain('a', { ip_address: '2001:db8::1' }))
  await world.mirror.reconcile()
  await client.set('session:a', plain('a', { ip_address: '2001:DB8:0::1', api_call_count: 4 }))
  await world.mirror.reconcile()
  expect(await world.events('a')).toEqual([])

  await client.set('session:a', plain('a', { user_id: 'mallory', ip_address: '198.51.100.7', user_agent: null }))
  await world.mirror.reconcile()
  expect(await world.events('a')).toMatchObject([
    {
      event_type: 'session_changed',
      source: 'mirror',
      metadata: {
        user_id: { old: 'alice', new: 'mallory' },
        ip_address: { old: '2001:db8::1', new: '198.51.100.7' },
        user_agent: { old: 'Mozilla/5.0', new: null },
      },
    },
  ])
  await world.mirror.reconcile()
  expect(await world.events('a')).toHaveLength(1)
})

test('what changed is told to the others, after the commit', async () => {
  const told: { sessions: number[]; stored: string[] } = { sessions: [], stored: [] }
  world.signals.on('sessionsChanged', (count) => told.sessions.push(count))
  world.signals.on('stored', (events) => told.stored.push(...events.map((event) => event.type)))
  await world.redis.client.mset({ 'session:a': plain('a'), 'session:b': plain('b') })
  await world.mirror.reconcile()
  await world.redis.client.set('session:a', plain('a', { user_id: 'mallory' }))
  await world.mirror.reconcile()
  expect(told).toEqual({ sessions: [2, 1], stored: ['session_changed'] })
})

test('counts and the status of sessions come from memory', async () => {
  const ago = (minutes: number) => ({ last_active: new Date(Date.now() - minutes * 60_000).toISOString() })
  expect(world.mirror.liveCount()).toBeNull()
  await world.redis.client.mset({
    'session:a': plain('a', ago(1)),
    'session:b': plain('b', ago(20)),
    'session:c': plain('c', ago(300)),
    'session:d': plain('d', { last_active: null }),
    'session:x': 'no session',
  })
  await world.mirror.reconcile()
  expect(world.mirror.liveCount()).toBe(4)
  expect(world.mirror.statusSplit(Date.now())).toEqual({ active: 2, recent: 1, idle: 1 })
  expect(world.mirror.statusSplit(Date.now() + 3_600_000)).toEqual({ active: 0, recent: 0, idle: 4 })
  expect(world.mirror.counters()).toMatchObject({ reconciles: 1, mirroredSessions: 4, changedSessions: 0 })
  await world.redis.client.del('session:a')
  await world.mirror.reconcile()
  expect(world.mirror.liveCount()).toBe(3)
})
