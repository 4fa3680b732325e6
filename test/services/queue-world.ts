import { pino } from 'pino'
import { ConfigSchema, type ConfigInput } from '../../src/main/engine/config-schema.ts'
import { openDatabase } from '../../src/main/engine/postgres/open.ts'
import { Problems } from '../../src/main/engine/problems.ts'
import type { QueueDeps } from '../../src/main/engine/queue/deps.ts'
import { openRedis } from '../../src/main/engine/redis/open.ts'
import { createSessionIds } from '../../src/main/engine/session-ids.ts'
import { createSignals } from '../../src/main/engine/signals.ts'

export const key = Buffer.alloc(32, 7)

/** What the parts of the queue need, on the given servers: an engine of the test, without an engine. */
export function openQueueWorld(
  urls: { redis: string; postgres?: string },
  queue: ConfigInput['queue'] = {},
  engineId = 'engine-1',
): QueueDeps & { close(): Promise<void> } {
  const config = ConfigSchema.parse({
    redis: { url: urls.redis },
    postgres: { url: urls.postgres ?? null },
    queue: { idleMs: 10, ...queue },
  })
  const log = pino({ level: 'silent' })
  const redis = openRedis(config.redis, log)
  const database = openDatabase(config.postgres, log)
  return {
    redis,
    database,
    config,
    sessionIds: createSessionIds('hmac', () => key),
    signals: createSignals(),
    problems: new Problems(),
    log,
    engineId,
    close: async () => {
      await Promise.all([redis.close(), database.close()])
    },
  }
}
