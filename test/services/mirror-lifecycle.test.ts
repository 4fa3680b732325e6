import { describe, expect, test } from 'vitest'
import type { RedisKey } from '../../src/shared/model/ids.ts'
import { waitFor } from '../helpers/wait.ts'
import { plain, type MirrorWorld } from './mirror-world.ts'
import { openWorldForEach } from './world-for-each.ts'

let world: MirrorWorld
openWorldForEach((opened) => ({ world } = opened))

const redis = () => world.redis.client
const reconcile = () => world.mirror.reconcile()
const types = async (liveId: string) =>
  (await world.events(liveId)).map((event) => `${event.source} ${event.event_type}`)
/** Past the first reconcile on this store, which invents no logins. */
const pastBaseline = reconcile
/** A session that was mirrored and whose login is stored. */
async function mirrored(liveId: string, value = plain(liveId), ttlMs = 900_000): Promise<void> {
  await pastBaseline()
  await redis().set(`session:${liveId}`, value, 'PX', ttlMs)
  await reconcile()
  await reconcile()
}

describe('a login', () => {
  test('is not invented for sessions that were there before anybody watched', async () => {
    await redis().set('session:old', plain('old'))
    await reconcile()
    await reconcile()
    await world.restarted().reconcile()
    expect(await world.row('old')).toMatchObject({ ended_at: null })
    expect(await types('old')).toEqual([])
  })

  test('is derived from a new session, one reconcile later, dated when it was first seen', async () => {
    await pastBaseline()
    await redis().set('session:new', plain('new'))
    await reconcile()
    const row = await world.row('new')
    expect(await types('new')).toEqual([])
    await reconcile()
    await reconcile()
    const [login, ...more] = await world.events('new')
    expect(more).toEqual([])
    expect(login).toMatchObject({ event_type: 'login', source: 'mirror', created_at: row?.first_seen })
    expect(login?.event_id).toBe(`mirror:start:${world.sessionIds.of('new')}:${row?.first_seen.getTime()}`)
  })

  test('is dated by the session itself, where its value says when it was created', async () => {
    await pastBaseline()
    const created = new Date(Date.now() - 7_200_000)
    await redis().set('session:new', plain('new', { created_at: created.toISOString(), auth_method: 'sso' }))
    await reconcile()
    await reconcile()
    expect(await world.events('new')).toMatchObject([{ event_type: 'login', created_at: created }])
  })

  test('is counted once when the queue comes first', async () => {
    await pastBaseline()
    await world.report('login', 'a')
    await redis().set('session:a', plain('a'))
    await reconcile()
    await reconcile()
    expect(await types('a')).toEqual(['queue login'])
  })

  test('is counted once when the queue comes while it waits', async () => {
    await pastBaseline()
    await redis().set('session:a', plain('a'))
    await reconcile()
    await world.report('login', 'a', new Date(Date.now() - 1_000))
    await reconcile()
    expect(await types('a')).toEqual(['queue login'])
  })

  test('is counted once when the queue comes last', async () => {
    await mirrored('a')
    expect(await types('a')).toEqual(['mirror login'])
    await world.report('login', 'a', new Date(Date.now() - 1_000))
    await reconcile()
    expect(await types('a')).toEqual(['queue login'])
  })

  test('that was due when the engine ended is stored by the next one, once', async () => {
    await pastBaseline()
    await redis().mset({ 'session:a': plain('a'), 'session:b': plain('b') })
    await reconcile()
    await world.report('login', 'b')
    const restarted = world.restarted()
    await restarted.reconcile()
    await restarted.reconcile()
    await world.restarted().reconcile()
    expect(await types('a')).toEqual(['mirror login'])
    expect(await types('b')).toEqual(['queue login'])
  })

  test('does not wait where nothing comes after', async () => {
    await pastBaseline()
    await redis().set('session:a', plain('a'))
    await world.mirror.reconcile({ settle: true })
    expect(await types('a')).toEqual(['mirror login'])
  })

  test('belongs to a user: a session of nobody begins with the user who comes, and ends without a word', async () => {
    await pastBaseline()
    await redis().mset({
      'session:a': plain('a', { user_id: null }),
      'session:visitor': plain('visitor', { user_id: '' }),
    })
    await reconcile()
    await reconcile()
    expect(await types('a')).toEqual([])
    await redis().set('session:a', plain('a'))
    await redis().del('session:visitor')
    await reconcile()
    await reconcile()
    expect(await types('a')).toEqual(['mirror login'])
    expect(await types('visitor')).toEqual([])
    expect(await world.row('visitor')).toMatchObject({ end_reason: 'logout' })
  })
})

describe('an end', () => {
  test('without any evidence is a logout, once a second reconcile has missed the session too', async () => {
    await mirrored('a')
    await redis().del('session:a')
    await reconcile()
    expect(await world.row('a')).toMatchObject({ ended_at: null })
    expect(world.mirror.liveCount()).toBe(0)
    expect(await reconcile()).toMatchObject({ ended: 1 })
    const row = await world.row('a')
    expect(row).toMatchObject({ end_reason: 'logout' })
    expect(await world.events('a')).toMatchObject([
      { event_type: 'login' },
      { event_type: 'logout', source: 'mirror', created_at: row?.ended_at },
    ])
    expect(await reconcile()).toMatchObject({ ended: 0 })
    expect(await types('a')).toHaveLength(2)
  })

  test('is none when the session is there again at the next look', async () => {
    await mirrored('a')
    await redis().del('session:a')
    await reconcile()
    await redis().set('session:a', plain('a'), 'PX', 900_000)
    await reconcile()
    await reconcile()
    expect(await world.row('a')).toMatchObject({ ended_at: null })
    expect(await types('a')).toEqual(['mirror login'])
    expect(world.mirror.liveCount()).toBe(1)
  })

  test('after its time has passed is an expiry, dated then', async () => {
    await mirrored('a', plain('a'), 3_000)
    const expiresAt = (await world.row('a'))?.expires_at
    await waitFor(async () => (await redis().exists('session:a')) === 0, { what: 'the key to expire' })
    expect(await reconcile()).toMatchObject({ ended: 1 })
    expect(await world.row('a')).toMatchObject({ end_reason: 'expired', ended_at: expiresAt })
    expect(await world.events('a')).toMatchObject([
      { event_type: 'login' },
      { event_type: 'expired', created_at: expiresAt },
    ])
  })

  test('that came while no engine ran is found by the next', async () => {
    await mirrored('a')
    await mirrored('b', plain('b'), 3_000)
    await redis().del('session:a')
    await waitFor(async () => (await redis().exists('session:b')) === 0, { what: 'the key to expire' })
    const restarted = world.restarted()
    await restarted.reconcile()
    await restarted.reconcile()
    expect(await types('a')).toEqual(['mirror login', 'mirror logout'])
    expect(await types('b')).toEqual(['mirror login', 'mirror expired'])
    expect(restarted.liveCount()).toBe(0)
  })

  test.each(['logout', 'expired', 'revoked'] as const)(
    'that the application reported as %s is that, and told once',
    async (type) => {
      await mirrored('a')
      const at = new Date()
      await world.report(type, 'a', at)
      await redis().del('session:a')
      expect(await reconcile()).toMatchObject({ ended: 1 })
      expect(await world.row('a')).toMatchObject({ end_reason: type, ended_at: at })
      await reconcile()
      expect(await types('a')).toEqual(['mirror login', `queue ${type}`])
    },
  )

  test('that the application reports while the mirror waits is told once', async () => {
    await mirrored('a')
    await redis().del('session:a')
    await reconcile()
    await world.report('revoked', 'a')
    await reconcile()
    expect(await world.row('a')).toMatchObject({ end_reason: 'revoked' })
    expect(await types('a')).toEqual(['mirror login', 'queue revoked'])
  })

  test('that the application reports last replaces what was inferred', async () => {
    await mirrored('a')
    await redis().del('session:a')
    await reconcile()
    await reconcile()
    await world.report('logout', 'a')
    expect(await types('a')).toEqual(['mirror login', 'queue logout'])
  })

  test('of a session that was revoked here is that, before its event is stored', async () => {
    await mirrored('a')
    world.signals.emit('revoked', [
      { sessionId: world.sessionIds.of('a'), key: 'session:a' as RedisKey, at: new Date() },
    ])
    await redis().del('session:a')
    expect(await reconcile()).toMatchObject({ ended: 1 })
    expect(await world.row('a')).toMatchObject({ end_reason: 'revoked' })
    expect(await types('a')).toEqual(['mirror login'])
  })

  test('of a session that another engine revoked is known by its tombstone', async () => {
    await mirrored('a')
    await redis().zadd(world.config.redis.keys.revoked, Date.now() + 60_000, 'session:a')
    await redis().del('session:a')
    await reconcile()
    expect(await world.row('a')).toMatchObject({ end_reason: 'revoked' })
    expect(await types('a')).toEqual(['mirror login'])
  })

  test('of a session that an admin act names is a revocation, unless the act failed', async () => {
    await mirrored('a')
    await mirrored('b')
    const act = (id: number, liveId: string, outcome: string) =>
      world.database.query(
        `INSERT INTO admin_session_actions (id, admin_id, action, session_id, created_at, reason, outcome, prev_hash, hash)
         VALUES ($1, 'ann', 'revoke_session', $2, now(), 'stolen', $3, '', $4)`,
        [id, world.sessionIds.of(liveId), outcome, String(id)],
      )
    await act(1, 'a', 'attempted')
    await act(2, 'b', 'attempted')
    await act(3, 'b', 'failed')
    await redis().del('session:a', 'session:b')
    await reconcile()
    await reconcile()
    expect(await world.row('a')).toMatchObject({ end_reason: 'revoked' })
    expect(await world.row('b')).toMatchObject({ end_reason: 'logout' })
  })
})

describe('a session that ended and is there again', () => {
  test('lives anew: with a new login', async () => {
    await mirrored('a')
    await redis().del('session:a')
    await reconcile()
    await reconcile()
    const former = await world.row('a')
    await redis().set('session:a', plain('a'), 'PX', 900_000)
    expect(await reconcile()).toMatchObject({ created: 1 })
    await reconcile()
    expect(await types('a')).toEqual(['mirror login', 'mirror logout', 'mirror login'])
    const row = await world.row('a')
    expect(row).toMatchObject({ ended_at: null, end_reason: null })
    expect(row?.first_seen.getTime()).toBeGreaterThan(former?.first_seen.getTime() ?? 0)
  })

  test('after a revocation it is reported, shown as alive, and is no login', async () => {
    await mirrored('a')
    await world.report('revoked', 'a', new Date(), 'gatehouse')
    await redis().del('session:a')
    await reconcile()
    await redis().set('session:a', plain('a'), 'PX', 900_000)
    await reconcile()
    expect(world.returned).toEqual([{ sessionId: world.sessionIds.of('a'), key: 'session:a' }])
    expect(await world.row('a')).toMatchObject({ ended_at: null })
    expect(world.problemReasons()).toEqual([expect.stringContaining('revoked session is in Redis again')])
    await reconcile()
    expect(world.returned).toHaveLength(1)

    await redis().del('session:a')
    await reconcile()
    expect(await world.row('a')).toMatchObject({ end_reason: 'revoked' })
    expect(await types('a')).toEqual(['mirror login', 'gatehouse revoked'])
  })

  test('after a revocation it is noticed even with the value that it had', async () => {
    await mirrored('a')
    // As the revocation leaves it: a tombstone, the row ended; and the application saved the session at once.
    await redis().zadd(world.config.redis.keys.revoked, Date.now() + 60_000, 'session:a')
    await world.database.query("UPDATE redis_sync_sessions SET ended_at = now(), end_reason = 'revoked'")
    await reconcile()
    expect(world.returned).toHaveLength(1)
    expect(await world.row('a')).toMatchObject({ ended_at: null })
  })
})
