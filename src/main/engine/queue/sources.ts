import type { Config } from '../config-schema.ts'
import type { RedisConnection } from '../redis/connection.ts'
import type { BatchSource } from './batch.ts'
import { createListSource } from './claim.ts'
import type { QueueDeps } from './deps.ts'
import { queueGroups, streamGroup, type QueueGroup } from './groups.ts'
import { createStreamSource } from './stream/stream-source.ts'
import { oldestPending } from './stream/stream-status.ts'

/** What a worker claims: critical items alone, all but these, or both, critical items first. */
export type Lane = 'critical' | 'queue' | 'both'

export interface SourceOptions {
  /** Told how many entries were removed from the stream before they were stored. */
  onLost?: (entries: number) => void
  /** Asked before each claim: whether the batch is to be one of modestSizes (batch-size.ts). */
  isModest?: () => boolean
}

/**
 * All that a worker claims from, as one source. Beside a stream the lists take turns with it, so that neither starves.
 * @param owner its alone, in all engines and in all their lives
 */
export function createSource(
  { redis, config, problems }: Pick<QueueDeps, 'redis' | 'config' | 'problems'>,
  owner: string,
  lane: Lane,
  { onLost = () => undefined, isModest = () => false }: SourceOptions = {},
): BatchSource {
  const { client, isCluster } = redis
  const sources = queueGroups(config.redis.keys, isCluster)
    .flatMap((group) => inLane(group, lane))
    .map((group) => createListSource(client, group, config.queue, problems, owner, isModest))
  const stream = streamGroup(config, isCluster)
  if (stream === null || lane === 'critical') return inOrder(sources)
  return takingTurns([
    inOrder(sources),
    createStreamSource({ client, stream, config: config.queue, isModest, problems, onLost }, owner),
  ])
}

const inOrder = (sources: readonly BatchSource[]): BatchSource => ({
  async claim() {
    for (const source of sources) {
      const batch = await source.claim()
      if (batch !== null) return batch
    }
    return null
  },
})

/** After a batch from one source the next claim asks the others first. */
function takingTurns(sources: readonly BatchSource[]): BatchSource {
  let turns = sources
  return {
    async claim() {
      for (const [place, source] of turns.entries()) {
        const batch = await source.claim()
        if (batch === null) continue
        turns = [...turns.slice(place + 1), ...turns.slice(0, place + 1)]
        return batch
      }
      return null
    },
  }
}

/** The part of a group that a lane claims from, if any. */
function inLane(group: QueueGroup, lane: Lane): QueueGroup[] {
  if (lane === 'both') return [group]
  const sources = group.sources.filter(({ name }) => (name === 'critical') === (lane === 'critical'))
  return sources.length === 0 ? [] : [{ ...group, sources }]
}

/** What is claimed and not acknowledged, by anyone: batches of the lists, and of each consumer its oldest entry. */
export async function heldBatches(redis: RedisConnection, config: Config): Promise<Set<string>> {
  const groups = queueGroups(config.redis.keys, redis.isCluster)
  const stream = streamGroup(config, redis.isCluster)
  const held = await Promise.all([
    ...groups.map(({ leases }) => redis.client.zrange(leases, 0, '-1')),
    stream === null ? [] : oldestPending(redis.client, stream),
  ])
  return new Set(held.flat())
}
