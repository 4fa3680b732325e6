import { messageOf } from '../../../shared/errors.ts'
import type { QueuePressure } from '../../../shared/model/queue.ts'
import type { QueueDeps } from './deps.ts'

/** What producers counted in Redis, all together: see src/instrument. */
export type ProducerCounters = Pick<QueuePressure, 'overflowEvents' | 'droppedEvents'>

/** Reads the hash of the producers. Fields that are missing or no numbers count as 0; a key of another type is reported. */
export async function readProducerCounters({
  redis,
  config,
  problems,
}: Pick<QueueDeps, 'redis' | 'config' | 'problems'>): Promise<ProducerCounters> {
  const key = config.redis.keys.counters
  try {
    const fields = await redis.client.hmget(key, 'overflow_events', 'dropped_events')
    const [overflowEvents = 0, droppedEvents = 0] = fields.map((text) => Number(text) || 0)
    return { overflowEvents, droppedEvents }
  } catch (error) {
    if (!messageOf(error).startsWith('WRONGTYPE')) throw error
    problems.report('queue', 'the key of the producers’ counters is not a hash: rename or delete it', key)
    return { overflowEvents: 0, droppedEvents: 0 }
  }
}
