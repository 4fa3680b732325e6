import { expect } from 'vitest'
import { waitFor } from '../helpers/wait.ts'
import type { EngineProcess } from './engine-process.ts'
import { faultTest } from './fault-test.ts'
import { openFaultWorld } from './fault-world.ts'
import { nameOf, namesBetween } from './numbered.ts'
import { sized } from './scale.ts'
import { exact } from './verdict.ts'

const rounds = sized(3, 10)
const eventsEach = sized(2_000, 10_000)
const events = rounds * eventsEach
/** Every so-manieth item is none: the dead letters of a batch that two workers acknowledge are to be there once. */
const brokenEvery = 100
const isBroken = (n: number) => n % brokenEvery === 7
const badItem = (n: number) => (isBroken(n) ? `{"broken":"${nameOf(n)}"` : null)

faultTest(
  `a worker halted after COMMIT for longer than its lease: each of ${events} events is stored once`,
  async () => {
    const world = await openFaultWorld()
    const slow = world.startEngine({ holdAfterCommit: true, queue: { workers: 1 } })
    const other = world.startEngine()
    const next = holding(slow)
    await Promise.all([slow.draining, other.draining])

    for (let round = 0; round < rounds; round++) {
      // Nothing is under way, so the other may stand still until the slow one holds a batch.
      other.signal('SIGSTOP')
      const committed = next()
      await world.push(eventsEach, { badItem })
      const batchId = await committed
      // The whole process stands still, with whatever would renew the lease.
      slow.signal('SIGSTOP')
      other.signal('SIGCONT')
      await waitFor(async () => !(await world.redis.exists(`audit:p:${batchId}`)), {
        what: 'the other engine to adopt the batch and to settle it',
        timeoutMs: 30_000,
      })
      slow.resume(batchId)
      slow.signal('SIGCONT')
      const late = async () => (await slow.facts()).lateAcknowledgements
      await waitFor(async () => (await late()) > round, { what: 'the late acknowledgement' })
      await world.drained()
    }

    expect((await other.facts()).adoptedBatches).toBeGreaterThanOrEqual(rounds)
    const names = namesBetween(0, events)
    const verdict = await world.judge({
      stored: names.filter((_, n) => !isBroken(n)),
      failed: names.filter((_, n) => isBroken(n)),
    })
    expect(verdict).toEqual(exact)
  },
)

/** Lets each batch of the engine go as soon as it is committed, but for the next one after a call of what is returned. */
function holding(engine: EngineProcess): () => Promise<string> {
  let take: ((batchId: string) => void) | null = null
  const letGo = async (): Promise<void> => {
    for (;;) {
      const batchId = await engine.committed()
      if (take === null) engine.resume(batchId)
      else take(batchId)
      take = null
    }
  }
  // It ends with the engine.
  letGo().catch(() => undefined)
  return () => new Promise((resolve) => (take = resolve))
}
