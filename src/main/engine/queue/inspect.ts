import type { BatchLease, QueueItem, QueueStatus } from '../../../shared/model/queue.ts'
import { parseTime } from '../clean.ts'
import { defineScript } from '../redis/script.ts'
import type { QueueDeps } from './deps.ts'
import { failedLists, queueGroups, streamGroup } from './groups.ts'
import { peekList } from './peek.ts'
import { readProducerCounters, type ProducerCounters } from './producer-counters.ts'
import { shownText } from './shown-text.ts'
import { itemOf, timeOfEntry } from './stream/entry.ts'
import { readStreamStatus, streamLeases } from './stream/stream-status.ts'

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

/** The furthest that is looked into a stream: Redis walks there entry by entry. */
const furthestEntry = 1_000

type Waiting = { depth: number; items: { head: Buffer; bytes: number }[] }

export interface Inspection {
  status(): Promise<{ queues: QueueStatus[]; leases: BatchLease[]; producers: ProducerCounters }>
  /** Waiting items, oldest first, of a stream the first 1,000; nothing is touched. */
  peek(
    name: 'queue' | 'critical' | 'stream',
    offset: number,
    limit: number,
  ): Promise<{ items: QueueItem[]; depth: number }>
}

export function createInspection(deps: Pick<QueueDeps, 'redis' | 'config' | 'sessionIds' | 'problems'>): Inspection {
  const { redis, config, sessionIds, problems } = deps
  const { client, isCluster } = redis
  const { keys } = config.redis
  const groups = queueGroups(keys, isCluster)
  const failed = failedLists(config, isCluster).map((list) => list.failed)
  const stream = streamGroup(config, isCluster)

  async function look(key: string, offset: number, limit: number): Promise<Waiting> {
    const { depth, items } = await peekList(client, key, offset, limit)
    if (depth === null) problems.report('queue', 'a key of a queue is not a list: rename or delete it', key)
    return { depth: depth ?? 0, items }
  }

  async function statusOf(name: 'queue' | 'critical', nowMs: number): Promise<QueueStatus> {
    const { depth, items } = await look(keys[name], 0, 1)
    return { name, key: keys[name], depth, oldestAgeMs: ageOf(items[0]?.head, nowMs) }
  }

  async function statusOfFailed(nowMs: number): Promise<QueueStatus> {
    const lists = await Promise.all(failed.map((key) => look(key, 0, 1)))
    const ages = lists.flatMap(({ items }) => ageOf(items[0]?.head, nowMs) ?? [])
    return {
      name: 'failed',
      key: failed.join(', '),
      depth: lists.reduce((sum, { depth }) => sum + depth, 0),
      oldestAgeMs: ages.length > 0 ? Math.max(...ages) : null,
    }
  }

  /** What the group of the stream has not read, as the lists' waiting items; and what its consumers hold. */
  async function statusOfStream(nowMs: number): Promise<{ queues: QueueStatus[]; leases: BatchLease[] }> {
    if (stream === null) return { queues: [], leases: [] }
    const found = await readStreamStatus(client, stream, { offset: 0, limit: 1 })
    const [oldest] = found?.entries ?? []
    const queue: QueueStatus = {
      name: 'stream',
      key: stream.key,
      depth: found?.waiting ?? 0,
      oldestAgeMs: oldest === undefined ? null : Math.max(0, nowMs - timeOfEntry(oldest.id).getTime()),
    }
    return { queues: [queue], leases: found === null ? [] : streamLeases(stream.key, found, config.queue.leaseMs) }
  }

  async function lookIntoStream(offset: number, limit: number): Promise<Waiting> {
    if (stream === null || offset >= furthestEntry) return { depth: 0, items: [] }
    const found = await readStreamStatus(client, stream, { offset, limit: Math.min(limit, furthestEntry - offset) })
    const items = found?.entries.map(({ id, fields, bytes }) => ({
      head: itemOf([Buffer.from(id), fields], stream.field),
      bytes,
    }))
    return { depth: found?.waiting ?? 0, items: items ?? [] }
  }

  return {
    async status() {
      const looks = await Promise.all(
        groups.map(({ leases, owners, batchPrefix }) => leasesScript.run(client, [leases, owners], [batchPrefix])),
      )
      const held = looks.map(readLeases)
      const nowMs = held[0]?.nowMs ?? Date.now()
      const [queue, critical, failures, ofStream, producers] = await Promise.all([
        statusOf('queue', nowMs),
        statusOf('critical', nowMs),
        statusOfFailed(nowMs),
        statusOfStream(nowMs),
        readProducerCounters(deps),
      ])
      return {
        queues: [queue, critical, ...ofStream.queues, failures],
        leases: [...held.flatMap(({ leases }) => leases), ...ofStream.leases],
        producers,
      }
    },
    async peek(name, offset, limit) {
      const { depth, items } = await (name === 'stream'
        ? lookIntoStream(offset, limit)
        : look(keys[name], offset, limit))
      const show = ({ head, bytes }: (typeof items)[number], place: number) => ({
        index: offset + place,
        text: shownText(head, bytes, sessionIds),
        bytes,
      })
      return { items: items.map(show), depth }
    },
  }
}

/** How old an item is by the time that it carries; null where it carries none. */
function ageOf(head: Buffer | undefined, nowMs: number): number | null {
  const found = head && oldestTime.exec(head.toString('utf8'))?.[1]
  const time = found === undefined ? null : parseTime(JSON.parse(found))
  return time && Math.max(0, nowMs - time.getTime())
}

function readLeases(reply: unknown): { nowMs: number; leases: BatchLease[] } {
  const [now, ...rows] = reply as [string, ...[string, string, number, string][]]
  const nowMs = Number(now)
  return {
    nowMs,
    leases: rows.map(([batchId, owner, size, ends]) => ({ batchId, owner, size, remainingMs: Number(ends) - nowMs })),
  }
}
