import { cp } from 'node:fs/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createRollbackWatch } from '../../src/main/engine/queue/rollback.ts'
import { createTestDatabase } from '../helpers/postgres.ts'
import { redisCli, startRedis, type RedisServer } from '../helpers/redis.ts'
import { createTempDir } from '../helpers/temp.ts'
import { openQueueWorld } from './queue-world.ts'

const durable = { args: ['--appendonly', 'yes', '--appendfsync', 'always'] }
const { url: postgres } = await createTestDatabase()
let redis: RedisServer
let engines: ReturnType<typeof openQueueWorld>[] = []

beforeEach(async () => {
  redis = await startRedis(durable)
})
afterEach(async () => {
  await Promise.all(engines.map((engine) => engine.close()))
  engines = []
  await redis.stop()
})

/** An engine that looks when it is told to. */
async function openEngine() {
  const world = openQueueWorld({ redis: redis.url, postgres })
  engines.push(world)
  await Promise.all([world.redis.ready(), world.database.ready()])
  const { look } = createRollbackWatch(world, 0)
  return {
    look: async () => {
      await world.redis.ready()
      await look()
    },
    problems: () => world.problems.list(),
  }
}

const marked = async () => new Date(Number(await redisCli(redis.url, ['GET', 'audit:mark']))).toISOString()

/** A copy of what Redis has stored by now. */
async function copyFiles(): Promise<string> {
  const { path } = await createTempDir()
  await cp(redis.dir, path, { recursive: true })
  return path
}

async function restart(dir: string): Promise<void> {
  const { port } = redis
  await redis.kill()
  redis = await startRedis({ ...durable, port, dir })
}

test('a Redis that comes back as it was is no problem', async () => {
  const engine = await openEngine()
  await engine.look()
  await restart(await copyFiles())
  await engine.look()
  await (await openEngine()).look()
  expect(engine.problems()).toEqual([])
})

test('a Redis that went back is reported, with from when to when', async () => {
  const engine = await openEngine()
  await engine.look()
  const [then, copy] = [await marked(), await copyFiles()]
  await engine.look()
  const last = await marked()
  await restart(copy)
  await engine.look()
  expect(engine.problems()).toMatchObject([
    { area: 'redis', reason: /went back to an older state/, count: 1, examples: [`from ${last} to ${then}`] },
  ])
  await engine.look()
  expect(engine.problems()).toMatchObject([{ count: 1 }])
})

test('an engine that starts later sees it too, by what the audit store remembers', async () => {
  const before = await openEngine()
  const copy = await copyFiles()
  await before.look()
  const last = await marked()
  await restart(copy)
  const after = await openEngine()
  await after.look()
  expect(after.problems()).toMatchObject([
    { area: 'redis', reason: /lost its mark/, examples: [`it had been there at ${last}`] },
  ])
})

test('what one engine found the others report, too, though the mark has moved on; who starts later need not', async () => {
  const [finder, other] = [await openEngine(), await openEngine()]
  await other.look()
  await finder.look()
  const copy = await copyFiles()
  await finder.look()
  await restart(copy)
  await finder.look()
  expect(finder.problems()).toHaveLength(1)
  await other.look()
  await other.look()
  expect(other.problems()).toMatchObject([{ ...finder.problems()[0], lastAt: expect.any(Date) as Date }])
  const later = await openEngine()
  await later.look()
  expect(later.problems()).toEqual([])
})
