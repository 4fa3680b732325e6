import { randomBytes } from 'node:crypto'
import type { Config } from '../config-schema.ts'
import type { Problems } from '../problems.ts'
import type { RedisCommands } from '../redis/connection.ts'
import { defineScript } from '../redis/script.ts'
import { parseBatchId } from './batch-id.ts'
import { modestSizes, sizeSteps } from './batch-size.ts'
import type { BatchSource } from './batch.ts'
import type { QueueGroup } from './groups.ts'
import { createLeaseHolder } from './lease.ts'
import { beyond, evenIfFull, maxMoved, move } from './lua.ts'

/** A batch of so many items comes with the answer to its claim: a journey less. More of them are cheaper by LRANGE. */
const maxAnswered = 100

/**
 * Begins the next batch, a list of its own: critical items first, then a batch of these queues whose lease ran out (under
 * the id that it has), then the rest. How many it is to hold depends on how many wait, but is no less than the owner's last
 * batch held if that one did not empty the queue: the end of a backlog is not to take longer than its beginning.
 *
 * KEYS  1 audit:leases (sorted set: batch id, end of its lease in Redis time, ms)
 *       2 audit:owners (hash: batch id, owner)  3... the queues of the group
 * ARGV  1 owner  2 lease in ms  3 prefix of batch lists  4 random digits of a new id  5 least size
 *       6 items that may wait in a queue (but critical ones)  7... the name of each queue
 *       then pairs: a number of waiting items, and the size of a batch from there on; ascending, from 0
 * Reply { batch id ('' if there is nothing to do), 1 if adopted else 0, items that it is to hold beyond those it has,
 *       size to go on with, how many of its items waited beyond the limit, keys that are no lists, its items if they are few }
 */
const claimScript = defineScript({
  name: 'claim',
  keys: 'any',
  lua: `
    local leases, owners, queues = KEYS[1], KEYS[2], #KEYS - 2
    local owner, lease, prefix, digits = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    local wrong = {}
    ${evenIfFull('owners')}
    ${move}
    ${beyond}

    local function hold(id)
      redis.call('ZADD', leases, string.format('%.0f', now + lease), id)
      redis.call('HSET', owners, id, owner)
    end

    local function sizeFor(waiting)
      local size = 1
      for i = 7 + queues, #ARGV, 2 do
        if waiting >= tonumber(ARGV[i]) then size = tonumber(ARGV[i + 1]) end
      end
      return math.max(size, tonumber(ARGV[5]))
    end

    local function take(n)
      local key, name = KEYS[2 + n], ARGV[6 + n]
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
      local over = name == 'critical' and 0 or beyond(tonumber(ARGV[6]), waiting, moved)
      local missing = moved == most and size - moved or 0
      local items = missing == 0 and moved <= ${maxAnswered} and redis.call('LRANGE', prefix .. id, 0, -1) or {}
      return { id, 0, missing, waiting > size and size or 0, over, {}, items }
    end

    local function isOurs(id)
      for n = 1, queues do
        if string.match(id, '^%d+%-(%a+)%-') == ARGV[6 + n] then return true end
      end
      return false
    end

    local function adopt()
      for _, id in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', now, 'LIMIT', 0, 100)) do
        if redis.call('EXISTS', prefix .. id) == 0 then
          redis.call('ZREM', leases, id)
          redis.call('HDEL', owners, id)
        elseif isOurs(id) then
          hold(id)
          return { id, 1, 0, tonumber(ARGV[5]), 0, {}, {} }
        end
      end
      return nil
    end

    local function takeAny(isCritical)
      for n = 1, queues do
        local batch = (ARGV[6 + n] == 'critical') == isCritical and take(n)
        if batch then return batch end
      end
      return nil
    end

    local batch = takeAny(true) or adopt() or takeAny(false) or { '', 0, 0, 0, 0, {}, {} }
    batch[6] = wrong
    return batch
  `,
})

/**
 * Moves more items into a batch that its owner has only begun: large batches spare PostgreSQL commits, short commands
 * spare Redis.
 *
 * KEYS  1 the queue  2 audit:owners  3 the list of the batch
 * ARGV  1 batch id  2 owner  3 most items  4 items that may wait in the queue, -1 for no limit
 * Reply { how many were moved, how many of them waited beyond the limit }
 */
const growScript = defineScript({
  name: 'grow-batch',
  keys: 3,
  lua: `
    if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then return { 0, 0 } end
    ${evenIfFull('KEYS[2]')}
    ${move}
    ${beyond}
    local waiting, limit = redis.call('LLEN', KEYS[1]), tonumber(ARGV[4])
    local moved = move(KEYS[1], KEYS[3], tonumber(ARGV[3]))
    return { moved, limit < 0 and 0 or beyond(limit, waiting, moved) }
  `,
})

/** Items read at once: neither Redis nor this process does anything else meanwhile, a millisecond each. */
const pageSize = 1_024

type Reply = [
  batchId: Buffer,
  adopted: number,
  missing: number,
  leastSize: number,
  over: number,
  wrong: Buffer[],
  items: Buffer[],
]

/**
 * What one worker claims from the lists of a group.
 * @param owner its alone, in all engines and in all their lives
 * @param isModest asked before each claim: whether the batch is to be one of modestSizes
 */
export function createListSource(
  client: RedisCommands,
  group: QueueGroup,
  config: Config['queue'],
  problems: Problems,
  owner: string,
  isModest: () => boolean,
): BatchSource {
  const { sources, leases, owners, batchPrefix } = group
  const { batch, leaseMs, depthLimit } = config
  const holder = createLeaseHolder(client, group, leaseMs, owner)
  const queues = sources.map(({ key }) => key)
  const names = sources.map(({ name }) => name)
  const steps = { full: sizeSteps(batch), modest: sizeSteps(modestSizes(batch)) }

  let leastSize = 0

  async function begin(): Promise<Reply> {
    const digits = randomBytes(8).toString('hex')
    const [sizes, least] = isModest() ? [steps.modest, Math.min(leastSize, batch.large)] : [steps.full, leastSize]
    const args = [owner, leaseMs, batchPrefix, digits, least, depthLimit, ...names, ...sizes]
    return (await claimScript.runBuffer(client, [leases, owners, ...queues], args)) as Reply
  }

  /** @returns how many of the items that it adds waited beyond the limit */
  async function grow(batchId: string, missing: number): Promise<number> {
    const { source } = parseBatchId(batchId)
    const queue = sources.find(({ name }) => name === source)
    if (queue === undefined) return 0
    const scriptKeys = [queue.key, owners, batchPrefix + batchId]
    const limit = source === 'critical' ? -1 : depthLimit
    let overLimit = 0
    for (let left = missing; left > 0;) {
      const most = Math.min(left, maxMoved)
      const reply = await growScript.run(client, scriptKeys, [batchId, owner, most, limit])
      const [moved, over] = reply as [moved: number, over: number]
      overLimit += over
      if (moved < most) break
      left -= moved
    }
    return overLimit
  }

  /**
   * The items of a batch; LRANGE, because the reply of a script costs Redis three times as much. Who lost the batch while
   * it reads may get fewer: it was stored then, under its id, and no second time.
   */
  async function readItems(list: string): Promise<Buffer[]> {
    const items: Buffer[] = []
    for (let full = true; full;) {
      const page = await client.lrangeBuffer(list, items.length, items.length + pageSize - 1)
      for (const item of page) items.push(item)
      full = page.length === pageSize
    }
    return items
  }

  return {
    async claim() {
      const [id, adopted, missing, nextLeastSize, over, wrong, few] = await begin()
      leastSize = nextLeastSize
      for (const key of wrong) {
        problems.report('queue', 'a key of a queue is not a list: rename or delete it', key.toString())
      }
      if (id.length === 0) return null
      const batchId = id.toString()
      const overLimit = over + (await grow(batchId, missing))
      const items = few.length > 0 ? few : await readItems(batchPrefix + batchId)
      return { batchId, items, adopted: adopted === 1, overLimit, lease: holder.leaseOf(batchId) }
    },
  }
}
