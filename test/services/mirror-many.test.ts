import { describe, expect, test } from 'vitest'
import { plain, type MirrorWorld } from './mirror-world.ts'
import { openWorldForEach } from './world-for-each.ts'

/** More than one INSERT takes: they go by COPY. */
const count = 700

let world: MirrorWorld
openWorldForEach((opened) => ({ world } = opened))

const liveIds = Array.from({ length: count }, (_, n) => `many-${n}`)
const keyOf = (liveId: string) => `session:${liveId}`
const write = (of: (liveId: string, n: number) => string) =>
  world.redis.client.mset(Object.fromEntries(liveIds.map((liveId, n) => [keyOf(liveId), of(liveId, n)])))
const rowsById = async () => new Map((await world.rows()).map((row) => [row.session_id, row]))

describe('many new sessions at once', () => {
  test('are stored to the last character', async () => {
    const odd = ['tab\there', 'line\nbreak\r\n', 'back\\slash', '\\N', '\\.', 'é🙂', '"quoted", {brace}', ' blank ']
    const agentOf = (n: number) => odd[n % odd.length] ?? ''
    await write((liveId, n) =>
      plain(liveId, {
        user_agent: agentOf(n),
        user_id: n % 5 === 0 ? null : `u${n}`,
        api_call_count: n,
        note: agentOf(n),
      }),
    )
    expect(await world.mirror.reconcile()).toMatchObject({ scanned: count, created: count, changed: 0, problems: 0 })
    const rows = await rowsById()
    expect(rows.size).toBe(count)
    for (const [n, liveId] of liveIds.entries()) {
      expect(rows.get(world.sessionIds.of(liveId))).toMatchObject({
        user_id: n % 5 === 0 ? null : `u${n}`,
        user_agent: agentOf(n),
        ip_address: '203.0.113.9',
        is_active: true,
        force_logout: false,
        api_call_count: String(n),
        metadata: { note: agentOf(n) },
        ended_at: null,
      })
    }
    expect(await world.restarted().reconcile()).toMatchObject({ scanned: count, created: 0, changed: 0 })
  })

  test('begin anew where a row of an ended one is left, and the others are created beside them', async () => {
    await world.redis.client.set(keyOf('many-5'), plain('many-5'))
    await world.redis.client.set(keyOf('many-6'), plain('many-6'))
    await world.mirror.reconcile()
    await world.redis.client.flushall()
    await world.database.query("UPDATE redis_sync_sessions SET ended_at = now(), end_reason = 'expired'")
    await write((liveId) => plain(liveId))
    expect(await world.restarted().reconcile()).toMatchObject({
      scanned: count,
      created: count,
      changed: 0,
      problems: 0,
    })
    const rows = await world.rows()
    expect(rows).toHaveLength(count)
    expect(rows.filter(({ ended_at }) => ended_at !== null)).toEqual([])
  })

  test('one that PostgreSQL refuses keeps none of the others out', async () => {
    await world.database.query("ALTER TABLE redis_sync_sessions ADD CONSTRAINT no_mallory CHECK (user_id <> 'mallory')")
    try {
      await write((liveId, n) => plain(liveId, n === 333 ? { user_id: 'mallory' } : {}))
      expect(await world.mirror.reconcile()).toMatchObject({ scanned: count - 1, created: count - 1, problems: 1 })
      expect((await rowsById()).has(world.sessionIds.of('many-333'))).toBe(false)
    } finally {
      await world.database.query('ALTER TABLE redis_sync_sessions DROP CONSTRAINT no_mallory')
    }
  })
})

test('of known strings each is read as what it is now', async () => {
  const { mirror } = world
  await write((liveId) => plain(liveId))
  await mirror.reconcile()
  const { client } = world.redis
  await client.del(keyOf('many-1'), keyOf('many-2'), keyOf('many-3'))
  await client.hset(keyOf('many-1'), { session_id: 'many-1', user_id: 'bob' })
  await client.rpush(keyOf('many-2'), 'no session')
  await client.set(keyOf('many-4'), plain('many-4', { user_id: 'carol' }))
  await client.pexpire(keyOf('many-5'), 3_600_000)
  expect(await mirror.reconcile()).toMatchObject({ scanned: count - 1, created: 0, changed: 3, problems: 1 })
  expect(await world.row('many-1')).toMatchObject({ user_id: 'bob', profile: 'plain-hash' })
  expect(await world.row('many-4')).toMatchObject({ user_id: 'carol', profile: 'plain-json' })
  expect((await world.row('many-5'))?.expires_at).not.toBeNull()
  expect(world.problemReasons()).toContainEqual(expect.stringContaining('a list: expected a JSON string or a hash'))
  expect(await mirror.reconcile()).toMatchObject({ created: 0, changed: 0, problems: 0 })
})
