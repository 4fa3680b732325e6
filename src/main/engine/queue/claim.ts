import { randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Config } from '../config-schema.ts'
import type { Problems } from '../problems.ts'
import { defineScript } from '../redis/script.ts'

/** A batch that a worker holds: its items lie in a list of its own until it is acknowledged. */
export interface Batch {
  batchId: string
  items: Buffer[]
  /** Its former owner let the lease run out. */
  adopted: boolean
}

/**
 * A batch with this many bytes takes no further item: the command stays near 2 ms, and a million-character agent in each
 * item does not fill the memory.
 */
const maxBatchBytes = 1024 * 1024

/**
 * Moves the next batch to a list of its own: critical items first, then a batch whose lease ran out (under the id that
 * it has), then the queue. How many are taken depends on how many wait. The items themselves are read afterwards: turning
 * them into a reply of a script costs Redis three times what LRANGE costs.
 *
 * KEYS  1 audit:critical  2 audit:queue  3 audit:leases (sorted set: batch id, end of its lease in Redis time, ms)
 *       4 audit:owners (hash: batch id, owner)
 * ARGV  1 owner  2 lease in ms  3 prefix of batch lists  4 random digits of a new id  5 most bytes
 *       6 small, 7 medium, 8 large size  9 waiting items from which medium, 10 from which large is taken
 * Reply { batch id ('' if there is nothing to do), 1 if adopted else 0, keys that are no lists }
 */
const claimScript = defineScript({
  name: 'claim',
  keys: 4,
  lua: `
    local critical, queue, leases, owners = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
    local owner, lease, prefix = ARGV[1], tonumber(ARGV[2]), ARGV[3]
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)

    -- A Redis that is full refuses commands that take memory, unless the script has written before: a queue that
    -- filled it could never be drained. No field has an empty name.
    redis.call('HDEL', owners, '')

    local wrong = {}

    local function hold(id)
      redis.call('ZADD', leases, string.format('%.0f', now + lease), id)
      redis.call('HSET', owners, id, owner)
    end

    local function sizeFor(waiting)
      if waiting >= tonumber(ARGV[10]) then return tonumber(ARGV[8]) end
      if waiting >= tonumber(ARGV[9]) then return tonumber(ARGV[7]) end
      return tonumber(ARGV[6])
    end

    -- Copies first, trims last: whatever fails in between, no item is lost. In slices, because unpack ends near 8,000.
    local function take(key, name)
      local waiting = redis.pcall('LLEN', key)
      if type(waiting) == 'table' then
        wrong[#wrong + 1] = key
        return nil
      end
      if waiting == 0 then return nil end
      local size = sizeFor(waiting)
      local id = string.format('%.0f-%s-%s', now, name, ARGV[4])
      hold(id)
      local taken, bytes, full = 0, 0, false
      while taken < size and not full do
        local slice = redis.call('LRANGE', key, taken, math.min(taken + 100, size) - 1)
        if #slice == 0 then break end
        local fits = 0
        for i = 1, #slice do
          bytes = bytes + #slice[i]
          full = bytes > tonumber(ARGV[5]) and taken + fits > 0
          if full then break end
          fits = i
        end
        if fits > 0 then redis.call('RPUSH', prefix .. id, unpack(slice, 1, fits)) end
        taken = taken + fits
      end
      redis.call('LTRIM', key, taken, -1)
      return { id, 0 }
    end

    local function adopt()
      for _, id in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', now, 'LIMIT', 0, 10)) do
        if redis.call('EXISTS', prefix .. id) == 1 then
          hold(id)
          return { id, 1 }
        end
        redis.call('ZREM', leases, id)
        redis.call('HDEL', owners, id)
      end
      return nil
    end

    local batch = take(critical, 'critical') or adopt() or take(queue, 'queue') or { '', 0 }
    batch[3] = wrong
    return batch
  `,
})

type Reply = [batchId: string, adopted: number, wrong: string[]]

/**
 * The claim of one worker.
 * @param owner its alone, in all engines and in all their lives
 */
export function createClaim(
  client: Redis,
  config: Config,
  problems: Problems,
  owner: string,
): () => Promise<Batch | null> {
  const { keys } = config.redis
  const { batch, leaseMs } = config.queue
  const scriptKeys = [keys.critical, keys.queue, keys.leases, keys.owners]
  const sizes = [batch.small, batch.medium, batch.large, batch.mediumFrom, batch.largeFrom]
  return async () => {
    const digits = randomBytes(8).toString('hex')
    const args = [owner, leaseMs, keys.batchPrefix, digits, maxBatchBytes, ...sizes]
    const [batchId, adopted, wrong] = (await claimScript.run(client, scriptKeys, args)) as Reply
    for (const key of wrong) problems.report('queue', 'a key of a queue is not a list: rename or delete it', key)
    if (batchId === '') return null
    const items = await client.lrangeBuffer(keys.batchPrefix + batchId, 0, -1)
    return { batchId, items, adopted: adopted === 1 }
  }
}
