import type { Config } from '../config-schema.ts'
import type { RedisConnection } from '../redis/connection.ts'
import type { BatchSource } from './batch.ts'
import { createListSource } from './claim.ts'
import type { QueueDeps } from './deps.ts'
import { queueGroups, type QueueGroup } from './groups.ts'

/** What a worker claims: critical items alone, all but these, or both, critical items first. */
export type Lane = 'critical' | 'queue' | 'both'

/**
 * All that a worker claims from, as one source.
 * @param owner its alone, in all engines and in all their lives
 */
export function createSource(
  { redis, config, problems }: Pick<QueueDeps, 'redis' | 'config' | 'problems'>,
  owner: string,
  lane: Lane,
): BatchSource {
  const groups = queueGroups(config.redis.keys, redis.isCluster)
  const sources = groups
    .flatMap((group) => inLane(group, lane))
    .map((group) => createListSource(redis.client, group, config.queue, problems, owner))
  return {
    async claim() {
      for (const source of sources) {
        const batch = await source.claim()
        if (batch !== null) return batch
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

/** What is claimed and not acknowledged, by anyone. */
export async function heldBatches(redis: RedisConnection, config: Config): Promise<Set<string>> {
  const groups = queueGroups(config.redis.keys, redis.isCluster)
  const held = await Promise.all(groups.map(({ leases }) => redis.client.zrange(leases, 0, '-1')))
  return new Set(held.flat())
}
