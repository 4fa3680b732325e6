import { cp, rm } from 'node:fs/promises'
import path from 'node:path'
import { expect } from 'vitest'
import { startRedis } from '../helpers/redis.ts'
import { waitFor } from '../helpers/wait.ts'
import { faultTest } from './fault-test.ts'
import { openFaultWorld } from './fault-world.ts'
import { namesBetween } from './numbered.ts'
import { sized } from './scale.ts'
import { exact } from './verdict.ts'

const eventsEach = sized(3_000, 34_000)
const events = 3 * eventsEach
const batchSize = 100
/** Never rewritten, so that a copy of its files at any moment is a Redis of that moment, but for a last cut command. */
const args = ['--appendonly', 'yes', '--appendfsync', 'always', '--auto-aof-rewrite-percentage', '0']

faultTest(`Redis restarted from an older AOF: of ${events} events only what was pushed since is gone`, async () => {
  const server = await startRedis({ args })
  const world = await openFaultWorld({ redisUrl: server.url, batchSize })
  const engine = world.startEngine()
  await engine.draining
  const push = () => world.push(eventsEach, { allIdentified: true })
  const untilHalf = () =>
    waitFor(async () => (await world.redis.llen('audit:queue')) < eventsEach / 2, {
      what: 'half of them',
      intervalMs: 1,
    })

  await push()
  await untilHalf()
  // Batches are being stored at this very moment: the copy holds them as claimed.
  const files = path.join(server.dir, 'appendonlydir')
  const older = path.join(server.dir, 'older')
  await cp(files, older, { recursive: true })
  const mark = await world.redis.get('audit:mark')
  await push()
  await untilHalf()
  // A rollback by less than the time between two marks cannot be seen.
  await waitFor(async () => (await world.redis.get('audit:mark')) !== mark, { what: 'the next mark' })
  await server.kill()
  await rm(files, { recursive: true })
  await cp(older, files, { recursive: true })
  await startRedis({ args, port: server.port, dir: server.dir })
  await push()
  await world.drained()

  // What was stored after the copy came back with it, and was known again.
  expect((await engine.facts()).duplicateEvents).toBeGreaterThan(0)
  const isReported = async () => (await engine.facts()).problems.some((reason) => reason.startsWith('Redis went back'))
  await waitFor(isReported, { what: 'the rollback to be reported' })
  const verdict = await world.judge({
    stored: [...namesBetween(0, eventsEach), ...namesBetween(2 * eventsEach, events)],
    perhaps: namesBetween(eventsEach, 2 * eventsEach),
  })
  expect(verdict).toEqual(exact)
})
