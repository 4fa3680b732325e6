import { Redis } from 'ioredis'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { RedisKey } from '../../src/shared/model/ids.ts'
import { createTestDatabase } from '../helpers/postgres.ts'
import { redisCli, startRedis, type RedisServer } from '../helpers/redis.ts'
import { waitFor } from '../helpers/wait.ts'
import { openMirrorWorld, plain, type MirrorWorld, type WorldOptions } from './mirror-world.ts'

let server: RedisServer
let postgresUrl: string
let world: MirrorWorld

/** No reconcile but those that a loss of hints brings about. */
const settings = { trackedIntervalMs: 3_600_000 }

beforeAll(async () => {
  postgresUrl = (await createTestDatabase()).url
})
beforeEach(async () => {
  server = await startRedis({ args: ['--enable-debug-command', 'yes'] })
  await open()
  return async () => {
    await close()
    await server.stop()
  }
})

async function open(options: Partial<WorldOptions> = {}): Promise<void> {
  world = await openMirrorWorld({
    redisUrl: server.url,
    postgresUrl,
    ...options,
    mirror: { ...settings, ...options.mirror },
  })
  await world.reset()
}
async function close(): Promise<void> {
  await world.mirror.stop()
  await world.close()
}
async function reopen(options: Partial<WorldOptions>): Promise<void> {
  await close()
  await open(options)
}

/** Resolves when it has reconciled since hints began. */
const followed = () =>
  waitFor(() => Promise.resolve(world.mirror.state().tracking.following), { what: 'the mirror to follow hints' })
/** From here on the mirror follows hints; returns how many reconciles there have been. */
async function follow(): Promise<number> {
  world.mirror.start()
  await followed()
  return world.mirror.counters().reconciles
}
const reconciles = () => world.mirror.counters().reconciles
const many = (count: number) => Array.from({ length: count }, (_, i) => `s${i}`)
const write = (liveIds: readonly string[], fields: Record<string, unknown> = {}) =>
  world.redis.client.mset(Object.fromEntries(liveIds.map((id) => [`session:${id}`, plain(id, fields)])))

describe('without a reconcile', () => {
  test('a change, a new session and a touch reach the table', async () => {
    await world.redis.client.set('session:a', plain('a'), 'EX', 600)
    const before = await follow()
    await redisCli(server.url, ['SET', 'session:a', plain('a', { api_call_count: 77 }), 'KEEPTTL'])
    await redisCli(server.url, ['HSET', 'session:b', 'user_id', 'bob'])
    await waitFor(async () => (await world.row('a'))?.api_call_count === '77', { what: 'the change' })
    await waitFor(async () => (await world.row('b'))?.user_id === 'bob', { what: 'the new session' })
    await waitFor(async () => (await world.events('b')).length === 1, { what: 'its login' })
    await redisCli(server.url, ['EXPIRE', 'session:a', '9000'])
    await waitFor(async () => Number((await world.row('a'))?.expires_at) > Date.now() + 8_000_000, {
      what: 'the touch',
    })
    expect(reconciles()).toBe(before)
  })

  test('a hint that changes nothing costs a read and no write', async () => {
    await write(['a', 'b'])
    await follow()
    const rows = await world.rows()
    for (let i = 0; i < 20; i++) await write(['a'])
    await redisCli(server.url, ['EXPIRE', 'session:b', '1000'])
    await waitFor(async () => (await world.row('b'))?.expires_at !== null, { what: 'the last of the hints' })
    expect((await world.row('a'))?.xmin).toBe(rows.find(({ api_call_count: n }) => n === '3')?.xmin)
    expect(world.mirror.counters()).toMatchObject({ receivedHints: 21, changedSessions: 1 })
  })

  test('a deletion ends the session, as soon as the application says so, or one interval later', async () => {
    await write(['told', 'untold', 'back'])
    const before = await follow()
    await world.report('logout', 'told')
    await redisCli(server.url, ['DEL', 'session:told', 'session:untold', 'session:back'])
    await waitFor(() => Promise.resolve(world.mirror.liveCount() === 0), { what: 'all three to be missed' })
    await write(['back'])
    await waitFor(async () => (await world.row('told'))?.ended_at !== null, { what: 'the end that was reported' })
    await waitFor(async () => (await world.row('untold'))?.ended_at !== null, { what: 'the end that was not' })
    expect(await world.events('told')).toMatchObject([{ event_type: 'logout', source: 'queue' }])
    expect(await world.events('untold')).toMatchObject([{ event_type: 'logout', source: 'mirror' }])
    expect(await world.row('back')).toMatchObject({ ended_at: null })
    expect(await world.events('back')).toEqual([])
    expect(reconciles()).toBe(before)
  })

  test('an expired session ends, also where Redis keeps the key until somebody looks', async () => {
    await redisCli(server.url, ['DEBUG', 'SET-ACTIVE-EXPIRE', '0'])
    await world.redis.client.set('session:a', plain('a'), 'PX', 1_200)
    await world.redis.client.set('session:b', plain('b'), 'EX', 600)
    const before = await follow()
    await redisCli(server.url, ['PEXPIRE', 'session:b', '700'])
    for (const id of ['a', 'b']) {
      await waitFor(async () => (await world.row(id))?.end_reason === 'expired', { what: `the end of ${id}` })
      expect(await world.events(id)).toMatchObject([{ event_type: 'expired' }])
    }
    expect(reconciles()).toBe(before)
  })

  test('a revoked session that is saved again, as it was, is seen to be back', async () => {
    await write(['a'])
    const before = await follow()
    const sessionId = world.sessionIds.of('a')
    const key = 'session:a' as RedisKey
    world.signals.emit('revoked', [{ sessionId, key, at: new Date() }])
    await world.database.query(
      "UPDATE redis_sync_sessions SET ended_at = now(), end_reason = 'revoked' WHERE session_id = $1",
      [sessionId],
    )
    await world.redis.client.multi().del(key).set(key, plain('a')).exec()
    await waitFor(() => Promise.resolve(world.returned.length > 0), { what: 'its return' })
    expect(world.returned).toEqual([{ sessionId, key }])
    expect(reconciles()).toBe(before)
  })

  test('prefixes of which one begins with another are followed alike', async () => {
    await reopen({ mirror: { plainPrefix: 'session:', connectRedisPrefix: 'session:web:' } })
    const before = await follow()
    await world.redis.client.set('session:web:x', '{"cookie":{},"userId":"u2"}')
    await write(['y'])
    await waitFor(async () => (await world.rows()).length === 2, { what: 'both' })
    expect(await world.row('x')).toMatchObject({ user_id: 'u2' })
    expect(reconciles()).toBe(before)
  })

  test('a session store that a reconcile comes upon is followed from then on', async () => {
    await reopen({ mirror: { surveyIntervalMs: 1 } })
    await follow()
    const key = `PHPREDIS_SESSION:${'a1b2c3d4e5'.repeat(3)}`
    await redisCli(server.url, ['SET', key, 'user|s:1:"a";'])
    const before = reconciles()
    await world.mirror.reconcile()
    expect(world.mirror.liveCount()).toBe(1)
    // What nobody could name was not missed.
    expect(world.mirror.counters()).toMatchObject({ missedHints: 0 })
    await waitFor(() => Promise.resolve(reconciles() > before + 1), { what: 'tracking to be set up anew' })
    await followed()
    const followedFrom = reconciles()
    await redisCli(server.url, ['EXPIRE', key, '1000'])
    await waitFor(async () => (await world.rows()).some((row) => row.expires_at !== null), { what: 'the touch' })
    expect(reconciles()).toBe(followedFrom)
  })

  test('keys that hold no session are counted once, and stop nothing', async () => {
    const before = await follow()
    for (let i = 0; i < 3; i++) {
      await world.redis.client.set('session:broken', '{')
      await write(['a'], { api_call_count: i })
      await waitFor(async () => (await world.row('a'))?.api_call_count === String(i), { what: `change ${i}` })
    }
    expect(world.problems.list()).toMatchObject([{ area: 'sessions', count: 1 }])
    expect(reconciles()).toBe(before)
  })
})

describe('when hints may be lost', () => {
  /** As the application saw it: everything that is there, and nothing else, lives in the table. */
  const expectEqual = async () => {
    const live = (await world.rows()).filter((row) => row.ended_at === null)
    const keys = await world.redis.client.keys('session:*')
    const values = keys.length === 0 ? [] : await world.redis.client.mget(keys)
    const inRedis = values.map((value) => JSON.parse(value ?? '{}') as { session_id: string; api_call_count: number })
    expect(new Map(live.map((row) => [row.session_id, Number(row.api_call_count)]))).toEqual(
      new Map(inRedis.map((session) => [world.sessionIds.of(session.session_id), session.api_call_count])),
    )
  }

  test('the connection of the hints is killed during changes: one reconcile makes the table equal', async () => {
    await write(many(200))
    const before = await follow()
    const application = new Redis(server.url)
    for (let n = 0; n < 2_000; n++) {
      const id = `s${n % 250}`
      if (n % 11 === 5) await application.del(`session:${id}`)
      else await application.set(`session:${id}`, plain(id, { api_call_count: n }))
      if (n === 1_000) await killConnection('gatehouse-hints')
    }
    application.disconnect()
    await waitFor(() => Promise.resolve(reconciles() > before), { what: 'the reconcile' })
    await followed()
    await waitFor(
      () =>
        expectEqual().then(
          () => true,
          () => false,
        ),
      { what: 'the table to be equal' },
    )
    await expectEqual()
    expect(reconciles()).toBe(before + 1)
    expect(world.mirror.counters()).toMatchObject({ missedHints: 0, droppedHints: 0 })
  })

  test('a session that the reconcile has passed when it is deleted ends without another one', async () => {
    const ids = many(8_000)
    await write(ids)
    const before = await follow()
    await killConnection('gatehouse-hints')
    await waitFor(() => Promise.resolve(world.mirror.state().running), { what: 'the reconcile', intervalMs: 1 })
    for (const id of ids.slice(0, 800)) await world.redis.client.del(`session:${id}`)
    await followed()
    await waitFor(async () => (await world.rows()).filter((row) => row.ended_at === null).length === 7_200, {
      what: 'the end of the deleted ones',
    })
    expect(reconciles()).toBe(before + 1)
  })

  test('the connection of the commands is killed: what was hinted is read when it is back', async () => {
    await write(many(20))
    await follow()
    await killConnection('gatehouse')
    await redisCli(server.url, ['SET', 'session:s0', plain('s0', { api_call_count: 55 })])
    await waitFor(async () => (await world.row('s0'))?.api_call_count === '55', { what: 'the change' })
  })

  test('Redis restarts: tracking is set up anew, and a reconcile sees what came meanwhile', async () => {
    await write(many(3))
    const before = await follow()
    await server.kill()
    await waitFor(() => Promise.resolve(world.mirror.state().tracking.status === 'off'), { what: 'the loss to show' })
    server = await startRedis({ port: server.port, dir: server.dir })
    await redisCli(server.url, ['SET', 'session:new', plain('new')])
    await waitFor(async () => (await world.row('new')) !== undefined, { what: 'the new session' })
    await followed()
    await redisCli(server.url, ['SET', 'session:newer', plain('newer')])
    await waitFor(async () => (await world.row('newer')) !== undefined, { what: 'a hint after it' })
    expect(reconciles()).toBeGreaterThan(before)
    expect(await world.row('s0')).toMatchObject({ ended_at: null })
  })

  test('FLUSHALL, which names no key', async () => {
    await write(many(3))
    const before = await follow()
    await redisCli(server.url, ['FLUSHALL'])
    await waitFor(async () => (await world.rows()).every((row) => row.ended_at !== null), { what: 'all three ends' })
    expect(reconciles()).toBe(before + 1)
  })

  test('more keys wait than may: one reconcile in their place, and a count', async () => {
    await reopen({ mirror: { maxHints: 50 } })
    const before = await follow()
    await write(many(500))
    await waitFor(async () => (await world.rows()).length === 500, { what: 'all sessions' })
    expect(reconciles()).toBe(before + 1)
    expect(world.mirror.counters()).toMatchObject({ receivedHints: 500, missedHints: 0 })
    expect(world.mirror.counters().droppedHints).toBeGreaterThan(50)
  })

  test('a change that Redis did not name is found by the next reconcile, and counted', async () => {
    await write(['a', 'b'])
    await follow()
    await world.mirror.reconcile()
    await write(['b'], { api_call_count: 8 })
    await world.mirror.reconcile()
    expect(world.mirror.counters()).toMatchObject({ missedHints: 0 })
    // Two databases change places, and nobody is told.
    const other = new Redis(server.url, { db: 1 })
    const { receivedHints } = world.mirror.counters()
    await other.mset({ 'session:a': plain('a', { api_call_count: 9 }), 'session:b': plain('b', { api_call_count: 8 }) })
    const havePassed = () =>
      world.mirror.counters().receivedHints === receivedHints + 2 && world.mirror.state().tracking.waitingHints === 0
    await waitFor(() => Promise.resolve(havePassed()), { what: 'those hints to pass' })
    await other.swapdb(0, 1)
    other.disconnect()
    await world.mirror.reconcile()
    expect(await world.row('a')).toMatchObject({ api_call_count: '9' })
    expect(world.mirror.counters()).toMatchObject({ missedHints: 1 })
    expect(world.problemReasons()).toEqual([expect.stringContaining('without a hint')])
  })
})

describe('a Redis that will not', () => {
  test.each([
    ['the command', '-client|tracking'],
    ['the channel', 'resetchannels'],
  ])('its ACL forbids %s: said once, and the plain interval goes on', async (_what, rule) => {
    await redisCli(server.url, ['ACL', 'SETUSER', 'mirror', 'on', '>secret', '~*', '&*', '+@all', rule])
    const url = Object.assign(new URL(server.url), { username: 'mirror', password: 'secret' }).href
    await reopen({ redisUrl: url })
    world.mirror.start()
    await waitFor(() => Promise.resolve(reconciles() > 1), { what: 'reconciles' })
    await redisCli(server.url, ['SET', 'session:a', plain('a')])
    await waitFor(async () => (await world.row('a')) !== undefined, { what: 'the session' })
    expect(world.mirror.state().tracking).toMatchObject({
      status: 'off',
      reason: expect.stringContaining('+client|tracking +subscribe') as string,
    })
    expect(world.problems.list()).toMatchObject([{ area: 'redis', count: 1 }])
  })

  test('the settings can do without', async () => {
    await reopen({ mirror: { tracking: false } })
    world.mirror.start()
    await waitFor(() => Promise.resolve(reconciles() > 1), { what: 'reconciles' })
    expect(await redisCli(server.url, ['CLIENT', 'LIST'])).not.toContain('gatehouse-hints')
    expect(world.mirror.state().tracking).toMatchObject({ status: 'off', reason: 'mirror.tracking is switched off' })
  })
})

async function killConnection(name: string): Promise<void> {
  const list = await redisCli(server.url, ['CLIENT', 'LIST'])
  const id = list.split('\n').find((line) => line.includes(` name=${name} `))
  await redisCli(server.url, ['CLIENT', 'KILL', 'ID', /id=(\d+)/.exec(id ?? '')?.[1] ?? ''])
}
