import { randomBytes } from 'node:crypto'
import type { Config } from '../config-schema.ts'
import type { Problems } from '../problems.ts'
import type { RedisCommands } from '../redis/connection.ts'
import { defineScript } from '../redis/script.ts'
import { parseBatchId } from './batch-id.ts'
import { evenIfFull, maxMoved, move } from './lua.ts'

/** A batch that a worker holds: its items lie in a list of its own until it is acknowledged. */
export interface Batch {
  batchId: string
  items: Buffer[]
  /** Its former owner let the lease run out. */
  adopted: boolean
}

/**
 * Begins the next batch, a list of its own: critical items first, then a batch whose lease ran out (under the id that it
 * has), then the queue. How many it is to hold depends on how many wait, but is no less than the owner's last batch held
 * if that one did not empty the queue: the end of a backlog is not to take longer than its beginning.
 *
 * KEYS  1 audit:critical  2 audit:queue  3 audit:leases (sorted set: batch id, end of its lease in Redis time, ms)
 *       4 audit:owners (hash: batch id, owner)
 * ARGV  1 owner  2 lease in ms  3 prefix of batch lists  4 random digits of a new id
 *       5 least size  6... pairs: a number of waiting items, and the size of a batch from there on; ascending, from 0
 * Reply { batch id ('' if there is nothing to do), 1 if adopted else 0, items that it is to hold beyond those it has,
 *       size to go on with, keys that are no lists }
 */
const claimScript = defineScript({
  name: 'claim',
  keys: 4,
  lua: `
    local critical, queue, leases, owners = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
    local owner, lease, prefix, digits = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    local wrong = {}
    ${evenIfFull('owners')}
    ${move}

    local function hold(id)
      redis.call('ZADD', leases, string.format('%.0f', now + lease), id)
      redis.call('HSET', owners, id, owner)
    end

    local function sizeFor(waiting)
      local size = 1
      for i = 6, #ARGV, 2 do
        if waiting >= tonumber(ARGV[i]) then size = tonumber(ARGV[i + 1]) end
      end
      return math.max(size, tonumber(ARGV[5]))
    end

    local function take(key, name)
      local waiting = redis.pcall('LLEN', key)
      if type(waiting) == 'table' then
        wrong[#wrong + 1] = key
        return nil
      end
      if waiting == 0 then return nil end
      local id = string.format('%.0f-%s-%s', now, name, digits)
      local size = sizeFor(waiting)
      local most = math.min(size, ${maxMoved})
      hold(id)
      local moved = move(key, prefix .. id, most)
      return { id, 0, moved == most and size - moved or 0, waiting > size and size or 0 }
    end

    local function adopt()
      for _, id in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', now, 'LIMIT', 0, 10)) do
        if redis.call('EXISTS', prefix .. id) == 1 then
          hold(id)
          return { id, 1, 0, tonumber(ARGV[5]) }
        end
        redis.call('ZREM', leases, id)
        redis.call('HDEL', owners, id)
      end
      return nil
    end

    local batch = take(critical, 'critical') or adopt() or take(queue, 'queue') or { '', 0, 0, 0 }
    batch[5] = wrong
    return batch
  `,
})

/**
 * Moves more items into a batch that its owner has only begun: large batches spare PostgreSQL commits, short commands
 * spare Redis.
 *
 * KEYS  1 the queue  2 audit:owners  3 the list of the batch
 * ARGV  1 batch id  2 owner  3 most items
 * Reply how many were moved
 */
const growScript = defineScript({
  name: 'grow-batch',
  keys: 3,
  lua: `
    if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then return 0 end
    ${evenIfFull('KEYS[2]')}
    ${move}
    return move(KEYS[1], KEYS[3], tonumber(ARGV[3]))
  `,
})

type Reply = [batchId: string, adopted: number, missing: number, leastSize: number, wrong: string[]]

/**
 * The claim of one worker.
 * @param owner its alone, in all engines and in all their lives
 */
export function createClaim(
  client: RedisCommands,
  config: Config,
  problems: Problems,
  owner: string,
): () => Promise<Batch | null> {
  const { keys } = config.redis
  const { batch, leaseMs } = config.queue
  const sizes = [
    0,
    batch.small,
    batch.mediumFrom,
    batch.medium,
    batch.largeFrom,
    batch.large,
    batch.bulkFrom,
    batch.bulk,
  ]

  let leastSize = 0

  async function begin(): Promise<Reply> {
    const scriptKeys = [keys.critical, keys.queue, keys.leases, keys.owners]
    const digits = randomBytes(8).toString('hex')
    const args = [owner, leaseMs, keys.batchPrefix, digits, leastSize, ...sizes]
    return (await claimScript.run(client, scriptKeys, args)) as Reply
  }

  async function grow(batchId: string, missing: number): Promise<void> {
    const scriptKeys = [keys[parseBatchId(batchId).source], keys.owners, keys.batchPrefix + batchId]
    for (let left = missing; left > 0;) {
      const most = Math.min(left, maxMoved)
      const moved = (await growScript.run(client, scriptKeys, [batchId, owner, most])) as number
      if (moved < most) return
      left -= moved
    }
  }

  return async () => {
    const [batchId, adopted, missing, nextLeastSize, wrong] = await begin()
    leastSize = nextLeastSize
    for (const key of wrong) problems.report('queue', 'a key of a queue is not a list: rename or delete it', key)
    if (batchId === '') return null
    await grow(batchId, missing)
    // Not in the reply of a script: that costs Redis three times what LRANGE costs.
    const items = await client.lrangeBuffer(keys.batchPrefix + batchId, 0, -1)
    return { batchId, items, adopted: adopted === 1 }
  }
}
