import { flushCompileCache } from 'node:module'
import { createDrain } from '../../src/main/engine/queue/drain.ts'
import { createPublisher } from '../../src/main/engine/queue/publish.ts'
import { createRollbackWatch } from '../../src/main/engine/queue/rollback.ts'
import { openQueueWorld } from '../services/queue-world.ts'
import type { EngineOptions, EngineOrder, EngineReports } from './engine-process.ts'

/**
 * The program of an EngineProcess: drains and nothing else, until it is killed, or its parent lets go of it. Its one
 * argument holds the EngineOptions as JSON.
 */
const { redis, postgres, queue, holdAfterCommit = false } = JSON.parse(process.argv[2] ?? '') as EngineOptions
/** More than all that a stop waits for, on a machine that others use too. */
const endWithinMs = 45_000
const held = new Map<string, () => void>()
const report = (message: Partial<EngineReports>) => void process.send?.(message)

const world = openQueueWorld({ redis, postgres }, queue, `engine-${process.pid}`)
await Promise.all([world.redis.ready(), world.database.ready()])
const publisher = createPublisher(world)
const rollbacks = createRollbackWatch(world)
const drain = createDrain(holdAfterCommit ? { ...world, afterCommit: hold } : world)

async function hold(batchId: string): Promise<void> {
  // The parent has let go of it: nobody would answer.
  if (!process.connected) return
  const { promise, resolve } = Promise.withResolvers<void>()
  held.set(batchId, resolve)
  report({ committed: batchId })
  await promise
}

function liveBytes(): number {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

process.on('message', (order: EngineOrder) => {
  const problems = world.problems.list().map(({ reason }) => reason)
  if ('ask' in order) report({ facts: { ...drain.counters(), liveBytes: liveBytes(), problems } })
  else held.get(order.resume)?.()
})
async function end(): Promise<void> {
  for (const letGo of held.values()) letGo()
  const parts = { drain: drain.stop, rollbacks: rollbacks.stop, publisher: publisher.close, connections: world.close }
  let ending = ''
  // Whoever waits for its end is to hear what keeps it.
  setTimeout(() => {
    const resources = process.getActiveResourcesInfo().join(', ')
    throw new Error(`Not ended ${endWithinMs} ms after its stop, at ${ending}; it has ${resources}.`)
  }, endWithinMs).unref()
  for (const [name, stop] of Object.entries(parts)) {
    ending = name
    await stop()
  }
  ending = 'its last handles'
}
process.once('disconnect', () => void end())
rollbacks.start()
drain.start()
report({ draining: true })
// Written when a process ends by itself, which those that are killed do not.
flushCompileCache()
