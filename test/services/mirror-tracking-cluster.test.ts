import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestDatabase } from '../helpers/postgres.ts'
import { startRedisCluster, type RedisCluster } from '../helpers/redis-cluster.ts'
import { redisCli } from '../helpers/redis.ts'
import { waitFor } from '../helpers/wait.ts'
import { openMirrorWorld, plain, type MirrorWorld } from './mirror-world.ts'

let cluster: RedisCluster
let world: MirrorWorld

beforeAll(async () => {
  cluster = await startRedisCluster({ replicas: true })
}, 30_000)
beforeEach(async () => {
  const { url: postgresUrl } = await createTestDatabase()
  world = await openMirrorWorld({ redisUrl: cluster.url, postgresUrl, mirror: { trackedIntervalMs: 3_600_000 } })
})
afterEach(async () => {
  await world.mirror.stop()
  await world.close()
})

const liveIds = Array.from({ length: 30 }, (_, n) => `s${n}`)
const write = async (count: number): Promise<void> => {
  for (const id of liveIds) await world.redis.client.set(`session:${id}`, plain(id, { api_call_count: count }))
}
const haveAll = async (count: number) => {
  const rows = await world.rows()
  return rows.length === liveIds.length && rows.every((row) => row.api_call_count === String(count))
}
const isFollowing = () => Promise.resolve(world.mirror.state().tracking.following)

test('every master names its keys; after a failover so does the one that took over', async () => {
  world.mirror.start()
  await waitFor(isFollowing, { what: 'the mirror to follow hints' })
  const before = world.mirror.counters().reconciles
  await write(1)
  await waitFor(() => haveAll(1), { what: 'what all masters named' })
  expect(world.mirror.counters()).toMatchObject({ reconciles: before, receivedHints: 30 })

  await cluster.masters[0]!.kill()
  await waitFor(() => Promise.resolve(world.mirror.state().tracking.status === 'off'), { what: 'the loss to show' })
  await waitFor(isFollowing, { what: 'the mirror to follow the others', timeoutMs: 20_000 })
  const replica = cluster.replicas[0]!
  await waitFor(async () => (await redisCli(replica.url, ['CLIENT', 'LIST'])).includes('gatehouse-hints'), {
    what: 'the new master to be followed',
    timeoutMs: 20_000,
  })
  await write(2)
  await waitFor(() => haveAll(2), { what: 'what they named', timeoutMs: 20_000 })
  expect((await world.rows()).every((row) => row.ended_at === null)).toBe(true)
}, 60_000)
