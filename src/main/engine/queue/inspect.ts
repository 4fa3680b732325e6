import type { BatchLease, QueueItem, QueueName, QueueStatus } from '../../../shared/model/queue.ts'
import { parseTime } from '../clean.ts'
import { defineScript } from '../redis/script.ts'
import type { QueueDeps } from './deps.ts'
import { peekList } from './peek.ts'
import { readProducerCounters, type ProducerCounters } from './producer-counters.ts'
import { shownText } from './shown-text.ts'

/**
 * Who holds what, the lease that ends first coming first, 1,000 at most.
 *
 * KEYS  1 audit:leases  2 audit:owners
 * ARGV  1 prefix of batch lists
 * Reply { Redis time in ms as text, { batch id, owner, size, end of the lease in ms as text }... }
 */
const leasesScript = defineScript({
  name: 'leases',
  keys: 2,
  lua: `
    local time = redis.call('TIME')
    local reply = { string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)) }
    local leases = redis.call('ZRANGE', KEYS[1], 0, 999, 'WITHSCORES')
    for i = 1, #leases, 2 do
      local owner = redis.call('HGET', KEYS[2], leases[i]) or ''
      reply[#reply + 1] = { leases[i], owner, redis.call('LLEN', ARGV[1] .. leases[i]), leases[i + 1] }
    end
    return reply
  `,
})

const oldestTime = /"(?:created_at|timestamp|failed_at)"\s*:\s*("[^"\\]*"|\d+(?:\.\d+)?)/

export interface Inspection {
  status(): Promise<{ queues: QueueStatus[]; leases: BatchLease[]; producers: ProducerCounters }>
  /** Waiting items, oldest first; nothing is touched. */
  peek(name: 'queue' | 'critical', offset: number, limit: number): Promise<{ items: QueueItem[]; depth: number }>
}

export function createInspection(deps: Pick<QueueDeps, 'redis' | 'config' | 'sessionIds' | 'problems'>): Inspection {
  const { redis, config, sessionIds, problems } = deps
  const { keys } = config.redis

  async function look(key: string, offset: number, limit: number) {
    const { depth, items } = await peekList(redis.client, key, offset, limit)
    if (depth === null) problems.report('queue', 'a key of a queue is not a list: rename or delete it', key)
    return { depth: depth ?? 0, items }
  }

  async function statusOf(name: QueueName, nowMs: number): Promise<QueueStatus> {
    const { depth, items } = await look(keys[name], 0, 1)
    const found = items[0] && oldestTime.exec(items[0].head.toString('utf8'))?.[1]
    const time = found === undefined ? null : parseTime(JSON.parse(found))
    return { name, key: keys[name], depth, oldestAgeMs: time && Math.max(0, nowMs - time.getTime()) }
  }

  return {
    async status() {
      const reply = await leasesScript.run(redis.client, [keys.leases, keys.owners], [keys.batchPrefix])
      const { nowMs, leases } = readLeases(reply)
      const queues = await Promise.all((['queue', 'critical', 'failed'] as const).map((name) => statusOf(name, nowMs)))
      return { queues, leases, producers: await readProducerCounters(deps) }
    },
    async peek(name, offset, limit) {
      const { depth, items } = await look(keys[name], offset, limit)
      const show = ({ head, bytes }: (typeof items)[number], place: number) => ({
        index: offset + place,
        text: shownText(head, bytes, sessionIds),
        bytes,
      })
      return { items: items.map(show), depth }
    },
  }
}

function readLeases(reply: unknown): { nowMs: number; leases: BatchLease[] } {
  const [now, ...rows] = reply as [string, ...[string, string, number, string][]]
  const nowMs = Number(now)
  return {
    nowMs,
    leases: rows.map(([batchId, owner, size, ends]) => ({ batchId, owner, size, remainingMs: Number(ends) - nowMs })),
  }
}
