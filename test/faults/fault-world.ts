import { Redis } from 'ioredis'
import type { ConfigInput } from '../../src/main/engine/config-schema.ts'
import { createTestDatabase } from '../helpers/postgres.ts'
import { startRedis } from '../helpers/redis.ts'
import { keep } from '../helpers/teardown.ts'
import { waitFor } from '../helpers/wait.ts'
import { startEngineProcess, type EngineOptions, type EngineProcess } from './engine-process.ts'
import { pushNumbered, type Numbering } from './numbered.ts'
import { inFailed, orphanKeys, outcomesOf } from './outcomes.ts'
import { deadlineMs } from './scale.ts'
import { compare, type Verdict } from './verdict.ts'

export const leaseMs = 1_000
/** An adopted batch has to be stored, too, before its keys are gone. */
const storingMs = 10_000

/** Names of events (nameOf), by where each of them has to be, once. */
export interface Expected {
  stored: Iterable<string>
  /** In audit:failed. */
  failed?: Iterable<string>
  /** Those that may be stored once or be gone: what only Redis had when it lost them. */
  perhaps?: Iterable<string>
  /** How many there were, where not all of them were pushed by this world. */
  events?: number
}

/** Two servers, producers with numbered events, and engine processes: what a fault is done to. */
export interface FaultWorld {
  /** The test's own client of the Redis that the engines drain. */
  readonly redis: Redis
  /** How many events were pushed: the number that the next one gets. */
  readonly pushed: number
  startEngine(options?: Partial<EngineOptions> & Batches): EngineProcess
  push(count: number, numbering?: Numbering): Promise<void>
  /** Waits until nothing waits, and then two leases at most for what was claimed to be settled. */
  drained(): Promise<void>
  /** Ends the engines that live, and says what became of the events: call it last. */
  judge(expected: Expected): Promise<Verdict>
}

interface Batches {
  /** The same size for every batch, however many items wait. */
  batchSize?: number
}

export interface WorldOptions extends Batches {
  /** Settings of every engine's queue; leases are short. */
  queue?: NonNullable<ConfigInput['queue']>
  /** A Redis or a PostgreSQL of the test's own; `enginePostgresUrl` is where engines find it, by another way. */
  redisUrl?: string
  postgresUrl?: string
  enginePostgresUrl?: string
}

export async function openFaultWorld(options: WorldOptions = {}): Promise<FaultWorld> {
  const startedAtMs = performance.now()
  const redisUrl = options.redisUrl ?? (await startRedis()).url
  const postgresUrl = options.postgresUrl ?? (await createTestDatabase()).url
  const redis = new Redis(redisUrl)
  // Some faults end its server; it comes back by itself.
  redis.on('error', () => undefined)
  keep({ release: async () => redis.disconnect(), abandon: () => undefined })
  const engines = new Set<EngineProcess>()
  let pushed = 0

  const isEmpty = async () => (await redis.llen('audit:queue')) + (await redis.llen('audit:critical')) === 0
  return {
    redis,
    get pushed() {
      return pushed
    },
    startEngine({ batchSize = options.batchSize, ...more } = {}) {
      const engine = startEngineProcess({
        redis: redisUrl,
        postgres: options.enginePostgresUrl ?? postgresUrl,
        ...more,
        queue: { leaseMs, ...options.queue, ...more.queue, ...(batchSize && { batch: evenBatches(batchSize) }) },
      })
      engines.add(engine)
      return engine
    },
    async push(count, numbering) {
      const from = pushed
      pushed += count
      await pushNumbered(redis, from, pushed, numbering)
    },
    async drained() {
      const isSettled = async () => !(await redis.exists('audit:leases'))
      const settling = { what: 'the batches to be settled', timeoutMs: 2 * leaseMs + storingMs }
      const waiting = waitFor(isEmpty, { what: 'the queues to be empty', timeoutMs: deadlineMs / 2 }).then(() =>
        waitFor(isSettled, settling),
      )
      await Promise.race([waiting, ...[...engines].map((engine) => engine.failed)])
    },
    async judge({ stored, failed = [], perhaps = [], events = pushed }) {
      await Promise.all([...engines].map((engine) => engine.stop()))
      const expected = [...stored, ...[...failed].map(inFailed)]
      const found = await outcomesOf(redis, postgresUrl)
      return compare({ events, startedAtMs }, { expected, perhaps, found, orphans: await orphanKeys(redis) })
    },
  }
}

const evenBatches = (size: number) => ({ small: size, medium: size, large: size, bulk: size })
