import type { RedisCommands } from '../redis/connection.ts'
import { defineScript } from '../redis/script.ts'
import type { Lease } from './batch.ts'
import type { QueueGroup } from './groups.ts'
import { evenIfFull } from './lua.ts'

/**
 * Moves the end of a lease, while the caller still holds it.
 *
 * KEYS  1 audit:leases  2 audit:owners
 * ARGV  1 batch id  2 owner  3 milliseconds from now; 0 gives the batch back
 * Reply 1, or 0 when another has adopted the batch
 */
const extendScript = defineScript({
  name: 'extend-lease',
  keys: 2,
  lua: `
    if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then return 0 end
    ${evenIfFull('KEYS[2]')}
    local time = redis.call('TIME')
    local ends = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[3])
    redis.call('ZADD', KEYS[1], string.format('%.0f', ends), ARGV[1])
    return 1
  `,
})

/**
 * Ends a batch that is stored: its list and its lease go, its failed items come to audit:failed, all or nothing. Who no
 * longer holds the batch changes nothing, so failed items are there exactly once.
 *
 * KEYS  1 audit:leases  2 audit:owners  3 audit:failed
 * ARGV  1 batch id  2 owner  3 list of the batch  4... failed items
 * Reply 1, or 0 when another has adopted the batch
 */
const acknowledgeScript = defineScript({
  name: 'acknowledge',
  keys: 3,
  lua: `
    if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then return 0 end
    ${evenIfFull('KEYS[2]')}
    for from = 4, #ARGV, 1000 do
      redis.call('RPUSH', KEYS[3], unpack(ARGV, from, math.min(from + 999, #ARGV)))
    end
    redis.call('UNLINK', ARGV[3])
    redis.call('ZREM', KEYS[1], ARGV[1])
    redis.call('HDEL', KEYS[2], ARGV[1])
    return 1
  `,
})

/** Gives the leases of one owner on batches that lie in lists. */
export interface LeaseHolder {
  leaseOf(batchId: string): Lease
}

export function createLeaseHolder(
  client: RedisCommands,
  { leases, owners, failed, batchPrefix }: QueueGroup,
  leaseMs: number,
  owner: string,
): LeaseHolder {
  const extend = async (batchId: string, ms: number) =>
    (await extendScript.run(client, [leases, owners], [batchId, owner, ms])) === 1
  return {
    leaseOf: (batchId) => ({
      renew: () => extend(batchId, leaseMs),
      release: () => extend(batchId, 0),
      acknowledge: async (letters) => {
        const args = [batchId, owner, batchPrefix + batchId, ...letters.map(({ entry }) => entry)]
        return (await acknowledgeScript.run(client, [leases, owners, failed], args)) === 1
      },
    }),
  }
}
