import { Client } from 'pg'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { GatehouseError } from '../../src/shared/errors.ts'
import { createTestDatabase } from '../helpers/postgres.ts'
import { startRedis, type RedisServer } from '../helpers/redis.ts'
import { waitFor } from '../helpers/wait.ts'
import { openMirrorWorld, plain, type MirrorWorld } from './mirror-world.ts'

let server: RedisServer
let postgresUrl: string
let world: MirrorWorld

beforeAll(async () => {
  postgresUrl = (await createTestDatabase()).url
})
beforeEach(async () => {
  server = await startRedis({ args: ['--enable-debug-command', 'yes'] })
  // One prefix after the other, so that a test can tell where a scan stands.
  const mirror = { scanCount: 50, surveyIntervalMs: 0 }
  world = await openMirrorWorld({ redisUrl: server.url, postgresUrl, mirror })
  await world.reset()
  return async () => {
    await world.mirror.stop()
    await world.close()
    await server.stop()
  }
})
const reconcile = () => world.mirror.reconcile()
const many = (count: number, prefix = 's') => Array.from({ length: count }, (_, i) => `${prefix}${i}`)
const write = (liveIds: readonly string[]) =>
  world.redis.client.mset(Object.fromEntries(liveIds.map((id) => [`session:${id}`, plain(id)])))
const endedRows = async () => (await world.rows()).filter((row) => row.ended_at !== null)
/** As if the sessions had been away for longer than `mirror.massEndHoldMs`. */
const letHoldPass = () =>
  world.database.query(
    `UPDATE gatehouse_settings SET value = jsonb_build_object('since', now() - interval '2 minutes')
     WHERE key = 'mirror.massEnd'`,
  )
const isUnavailable = (store: 'REDIS' | 'POSTGRES') => (error: unknown) =>
  error instanceof GatehouseError && error.code === `${store}_UNAVAILABLE`

/** Calls `between` before each page of SCAN that the mirror asks for. Returns all keys that Redis shows to it. */
function interleave(between: (page: number, pattern: unknown) => Promise<void>): string[] {
  const { client } = world.redis
  const scan = client.scan.bind(client) as (...args: unknown[]) => Promise<[string, string[]]>
  const shown: string[] = []
  let page = 0
  const interleaved = async (...args: unknown[]) => {
    await between(page++, args[2])
    const reply = await scan(...args)
    shown.push(...reply[1])
    return reply
  }
  Object.assign(client, { scan: interleaved })
  return shown
}

describe('SCAN', () => {
  test('repeats keys when the table shrinks: each session is written once', async () => {
    const { client } = world.redis
    const sessions = many(2_000)
    const filler = many(20_000, 'filler')
    const tableSize = async () =>
      Number(/table size: (\d+)/.exec(String(await client.call('DEBUG', 'HTSTATS', '0')))?.[1])
    let page = 0
    let shrinksAt = 0
    const shown = interleave(async () => {
      if (page++ !== shrinksAt) return
      await client.del(...filler)
      await waitFor(async () => (await tableSize()) < 4_096, { what: 'the table to shrink' })
    })
    // Only keys of the one bucket that SCAN was in the middle of are repeated: perhaps none, so another place is tried.
    await waitFor(
      async () => {
        await client.flushall()
        await client.mset(Object.fromEntries(filler.map((key) => [key, 'x'])))
        await write(sessions)
        await world.database.query('TRUNCATE redis_sync_sessions, gatehouse_settings')
        shown.length = 0
        page = 0
        shrinksAt++
        const mirror = world.restarted()
        expect(await mirror.reconcile()).toMatchObject({
          scanned: sessions.length,
          created: sessions.length,
          changed: 0,
        })
        return shown.length > new Set(shown).size
      },
      { what: 'SCAN to repeat a key', timeoutMs: 55_000 },
    )
    expect(await world.rows()).toHaveLength(sessions.length)
  }, 60_000)

  test('misses a key that is deleted and set again as it passes by: it is no end', async () => {
    await write(many(200))
    await reconcile()
    let isAway = false
    const shown = interleave(async (page, pattern) => {
      if (page === 0) isAway = (await world.redis.client.del('session:s7')) === 1
      // By now all of session:* was scanned.
      if (pattern !== 'sess:*' || !isAway) return
      await world.redis.client.set('session:s7', plain('s7'))
      isAway = false
    })
    await reconcile()
    expect(shown).not.toContain('session:s7')
    expect(world.mirror.liveCount()).toBe(200)
    await world.redis.client.del('session:s7')
    await reconcile()
    await reconcile()
    expect(await endedRows()).toHaveLength(1)
  })

  test('that is cut short ends no session', async () => {
    const sessions = many(2_000)
    await write(sessions)
    await reconcile()
    interleave(async (page) => {
      if (page === 3)
        await world.redis.client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'no').catch(() => undefined)
    })
    await expect(reconcile()).rejects.toSatisfy(isUnavailable('REDIS'))
    expect(await endedRows()).toEqual([])
    await world.redis.ready()
    expect(await reconcile()).toMatchObject({ scanned: sessions.length, changed: 0, ended: 0 })
  })
})

describe('Redis', () => {
  test('exchanged in the middle of a scan: what the two of them showed is not taken for the whole', async () => {
    await write(many(1_000))
    await reconcile()
    interleave(async (_page, pattern) => {
      if (pattern !== 'sess:*') return
      // Answered last: nothing is under way that would fail for the lost connection.
      await world.redis.client.ping()
      await server.kill()
      server = await startRedis({ port: server.port, dir: server.dir })
      await waitFor(async () => (await world.redis.client.ping()) === 'PONG', { what: 'the other Redis' })
    })
    await expect(reconcile()).rejects.toThrow('Redis restarted during a scan')
    expect(await endedRows()).toEqual([])
  })

  test('away: the mirror waits, and goes on when it is back', async () => {
    await write(many(3))
    world.mirror.start()
    await waitFor(() => world.mirror.liveCount() === 3, { what: 'the first reconcile' })
    await server.kill()
    await waitFor(() => world.redis.state().status === 'down', { what: 'the loss to show' })
    await expect(reconcile()).rejects.toSatisfy(isUnavailable('REDIS'))
    expect(await endedRows()).toEqual([])
    server = await startRedis({ port: server.port, dir: server.dir })
    await waitFor(() => world.redis.state().status === 'connected', { what: 'Redis to be back' })
    await write(many(4))
    await waitFor(async () => (await world.rows()).length === 4, { what: 'the new session' })
    expect(await endedRows()).toEqual([])
  })

  test('back without its sessions: their ends wait, are reported, and are written if nothing brings them back', async () => {
    await write(many(5))
    await reconcile()
    await server.kill()
    server = await startRedis({ port: server.port, dir: server.dir })
    await waitFor(async () => (await world.redis.client.ping()) === 'PONG', { what: 'Redis to be back' })
    for (let i = 0; i < 4; i++) expect(await reconcile()).toMatchObject({ ended: 0 })
    expect(world.problemReasons()).toEqual([expect.stringContaining('Redis restarted or was exchanged')])
    const missedAt = Date.now()
    await letHoldPass()
    expect(await reconcile()).toMatchObject({ ended: 5 })
    for (const row of await endedRows()) {
      expect(row.end_reason).toBe('logout')
      expect(row.ended_at?.getTime()).toBeLessThan(missedAt)
    }
  })

  test('emptied: most sessions gone at once are taken for an accident at first', async () => {
    await write(many(150))
    await reconcile()
    const values = await world.redis.client.mget(many(150).map((id) => `session:${id}`))
    await world.redis.client.flushall()
    for (let i = 0; i < 3; i++) expect(await reconcile()).toMatchObject({ ended: 0 })
    expect(world.problems.list()).toMatchObject([{ count: 1, examples: ['150 of 150 sessions'] }])

    // It was one: the sessions are back, and nothing happened.
    await world.redis.client.mset(Object.fromEntries(values.map((value, i) => [`session:s${i}`, value])))
    await reconcile()
    expect(await world.database.query("SELECT FROM gatehouse_settings WHERE key = 'mirror.massEnd'")).toEqual([])
    await world.redis.client.del('session:s0')
    for (let i = 0; i < 2; i++) await reconcile()
    expect(await endedRows()).toHaveLength(1)
  })

  test('emptied: engines that run only once end the sessions too, once they have stayed away', async () => {
    await write(many(150))
    await reconcile()
    await world.redis.client.flushall()
    const once = () => world.restarted().reconcile({ settle: true })
    expect(await once()).toMatchObject({ ended: 0 })
    expect(await once()).toMatchObject({ ended: 0 })
    await letHoldPass()
    expect(await once()).toMatchObject({ ended: 150 })
    expect(await once()).toMatchObject({ ended: 0 })
    expect(await world.database.query("SELECT FROM gatehouse_settings WHERE key = 'mirror.massEnd'")).toEqual([])
  })

  test('emptied: ends with evidence do not wait', async () => {
    await write(many(150))
    await reconcile()
    await world.report('logout', 's0')
    await world.redis.client.flushall()
    await reconcile()
    expect(await endedRows()).toMatchObject([{ end_reason: 'logout' }])
  })
})

describe('PostgreSQL', () => {
  /** Nobody gets in until it is called again: as seen by the engine, the server is away. */
  async function setAway(away: boolean): Promise<void> {
    const name = new URL(postgresUrl).pathname.slice(1)
    const admin = new Client({ connectionString: Object.assign(new URL(postgresUrl), { pathname: '/postgres' }).href })
    await admin.connect()
    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${!away}`)
    if (away) {
      await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name])
    }
    await admin.end()
  }

  test('away: what changed meanwhile is found when it is back', async () => {
    await write(many(5))
    await reconcile()
    world.mirror.start()
    await setAway(true)
    try {
      await waitFor(() => world.database.state().status === 'down', { what: 'the loss to show' })
      await world.redis.client.set('session:s0', plain('s0', { api_call_count: 99 }))
      await write(['new'])
      await world.redis.client.del('session:s1')
      await expect(reconcile()).rejects.toSatisfy(isUnavailable('POSTGRES'))
    } finally {
      await setAway(false)
    }
    await waitFor(async () => (await world.row('s1'))?.end_reason === 'logout', { what: 'the end', timeoutMs: 20_000 })
    await waitFor(async () => (await world.events('new')).length === 1, { what: 'the login' })
    expect(await world.row('s0')).toMatchObject({ api_call_count: '99' })
    expect(await world.events('s1')).toMatchObject([{ event_type: 'logout' }])
  })

  test.each(['before', 'after'] as const)(
    'loses the connection %s the COMMIT takes effect: nothing is lost or doubled',
    async (when) => {
      await write(many(3))
      await reconcile()
      await write(['new'])
      await world.redis.client.set('session:s0', plain('s0', { user_id: 'mallory' }))
      const { database } = world
      const transaction = database.transaction.bind(database)
      const lost = new GatehouseError('POSTGRES_UNAVAILABLE', 'The answer to the COMMIT was lost.')
      const cut: typeof transaction = async (work) => {
        Object.assign(database, { transaction })
        if (when === 'after') await transaction(work)
        else
          await transaction(async (tx, opened) => {
            await work(tx, opened)
            throw lost
          })
        throw lost
      }
      Object.assign(database, { transaction: cut })
      await expect(reconcile()).rejects.toSatisfy(isUnavailable('POSTGRES'))
      for (let i = 0; i < 3; i++) await reconcile()
      expect(await world.events('new')).toMatchObject([{ event_type: 'login' }])
      expect(await world.events('s0')).toMatchObject([{ event_type: 'session_changed' }])
    },
  )

  test('commits a revocation between the reading of a session and its writing: the session stays ended', async () => {
    await write(many(2))
    await reconcile()
    await world.redis.client.set('session:s0', plain('s0', { api_call_count: 50 }))
    const { database } = world
    const transaction = database.transaction.bind(database)
    const revokedBefore: typeof transaction = async (work) => {
      Object.assign(database, { transaction })
      await world.redis.client.del('session:s0')
      await database.query(
        `UPDATE redis_sync_sessions SET ended_at = now(), end_reason = 'revoked' WHERE session_id = $1`,
        [world.sessionIds.of('s0')],
      )
      return transaction(work)
    }
    Object.assign(database, { transaction: revokedBefore })
    await reconcile()
    expect(await world.row('s0')).toMatchObject({ end_reason: 'revoked', api_call_count: '3' })
    expect(world.returned).toEqual([])
    await reconcile()
    expect(await world.row('s0')).toMatchObject({ end_reason: 'revoked' })
    expect(world.mirror.liveCount()).toBe(1)
  })
})

test('two reconciles never run at once, and a failed one does not stop the next', async () => {
  await write(many(500))
  const results = await Promise.all([reconcile(), reconcile(), world.restarted().reconcile()])
  expect(results[0]).toMatchObject({ scanned: 500 })
  expect(results[1]).toMatchObject({ scanned: 500, created: 0, changed: 0 })
  expect(await world.rows()).toHaveLength(500)
})
