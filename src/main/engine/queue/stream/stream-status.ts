import type { BatchLease } from '../../../../shared/model/queue.ts'
import type { RedisCommands } from '../../redis/connection.ts'
import { defineScript } from '../../redis/script.ts'
import type { StreamGroup } from '../groups.ts'
import { maxShownBytes } from '../shown-text.ts'

/**
 * How a group stands, and a look at entries that it has not read: without more of any field than is shown.
 *
 * KEYS  1 the stream
 * ARGV  1 group  2 offset  3 most entries  4 most bytes of a field  5 the most counted where Redis does not know the lag
 * Reply { waiting, { consumer, pending, milliseconds idle, oldest id }..., entries }, each entry { id, field or value,
 *       its length... }; -1 for a key that is no stream, -2 when there is no such group
 */
const statusScript = defineScript({
  name: 'stream-status',
  keys: 1,
  lua: `
    local kind = redis.call('TYPE', KEYS[1]).ok
    if kind ~= 'stream' then return kind == 'none' and -2 or -1 end
    local function named(flat)
      local of = {}
      for i = 1, #flat, 2 do of[flat[i]] = flat[i + 1] end
      return of
    end
    local group
    for _, flat in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
      local candidate = named(flat)
      if candidate.name == ARGV[1] then group = candidate end
    end
    if not group then return -2 end

    local after = '(' .. group['last-delivered-id']
    local waiting = group.lag or #redis.call('XRANGE', KEYS[1], after, '+', 'COUNT', ARGV[5])
    local consumers = {}
    for _, flat in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
      local consumer = named(flat)
      if consumer.pending > 0 then
        local oldest = redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, consumer.name)[1]
        consumers[#consumers + 1] = { consumer.name, consumer.pending, oldest[3], oldest[1] }
      end
    end
    local entries, offset, limit = {}, tonumber(ARGV[2]), tonumber(ARGV[3])
    local found = limit > 0 and redis.call('XRANGE', KEYS[1], after, '+', 'COUNT', offset + limit) or {}
    for i = offset + 1, #found do
      local entry = { found[i][1] }
      for _, text in ipairs(found[i][2]) do
        entry[#entry + 1] = string.sub(text, 1, tonumber(ARGV[4]))
        entry[#entry + 1] = #text
      end
      entries[#entries + 1] = entry
    end
    return { waiting, consumers, entries }
  `,
})

const maxCounted = 1_000

type Reply = [
  waiting: number,
  consumers: [name: Buffer, pending: number, idleMs: number, oldestId: Buffer][],
  entries: [id: Buffer, ...(Buffer | number)[]][],
]

export interface StreamEntry {
  id: string
  /** The fields as they lie there, each cut at 8 KiB. */
  fields: Buffer[]
  /** Of all fields and values, uncut. */
  bytes: number
}

export interface StreamStatus {
  /** Entries that the group has not read. */
  waiting: number
  consumers: { name: string; pending: number; idleMs: number; oldestId: string }[]
  entries: StreamEntry[]
}

/** @returns null when the key is no stream; a stream or a group that is not there yet has nothing */
export async function readStreamStatus(
  client: RedisCommands,
  { key, group }: StreamGroup,
  { offset, limit }: { offset: number; limit: number },
): Promise<StreamStatus | null> {
  const reply = await statusScript.runBuffer(client, [key], [group, offset, limit, maxShownBytes, maxCounted])
  if (reply === -1) return null
  if (reply === -2) return { waiting: 0, consumers: [], entries: [] }
  const [waiting, consumers, entries] = reply as Reply
  return {
    waiting,
    consumers: consumers.map(([name, pending, idleMs, oldestId]) => ({
      name: String(name),
      pending,
      idleMs,
      oldestId: String(oldestId),
    })),
    entries: entries.map(([id, ...parts]) => ({
      id: String(id),
      fields: parts.filter((part): part is Buffer => typeof part !== 'number'),
      bytes: parts.reduce<number>((sum, part) => (typeof part === 'number' ? sum + part : sum), 0),
    })),
  }
}

/** What each consumer holds, as the leases of batches are shown: by its oldest entry. */
export function streamLeases(key: string, { consumers }: StreamStatus, leaseMs: number): BatchLease[] {
  return consumers.map(({ name, pending, idleMs, oldestId }) => ({
    batchId: `${key}@${oldestId}`,
    owner: name,
    size: pending,
    remainingMs: leaseMs - idleMs,
  }))
}

/** Of each consumer that holds entries the oldest, as `<consumer> <id>`: another one means that it went on. */
export async function oldestPending(client: RedisCommands, stream: StreamGroup): Promise<string[]> {
  const status = await readStreamStatus(client, stream, { offset: 0, limit: 0 })
  return status?.consumers.map(({ name, oldestId }) => `${name} ${oldestId}`) ?? []
}
