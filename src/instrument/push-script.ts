import { defineScript, type Script } from './script.ts'

/** How long a producer's last number is kept: longer than any answer is waited for and repeated. */
const markerTtlMs = 3_600_000

/**
 * Appends events to a queue, as many from the front as there is room for below the limit. A producer repeats a push
 * whose answer was lost under the same number: it is then answered again and not done again.
 *
 * KEYS  1 queue  2 marker of the producer (string: number of its last push, how many that one appended)
 * ARGV  1 number of the push, from 1 on, growing  2 most items that may wait in the queue, -1 for no limit  3... events
 * Reply how many were appended
 */
export const pushScript: Script = defineScript(`
  local last, appended = string.match(redis.call('GET', KEYS[2]) or '', '^(%d+) (%d+)$')
  if last and tonumber(last) >= tonumber(ARGV[1]) then
    return last == ARGV[1] and tonumber(appended) or 0
  end
  local fits, limit = #ARGV - 2, tonumber(ARGV[2])
  if limit >= 0 then fits = math.min(fits, math.max(0, limit - redis.call('LLEN', KEYS[1]))) end
  if fits > 0 then redis.call('RPUSH', KEYS[1], unpack(ARGV, 3, 2 + fits)) end
  redis.call('SET', KEYS[2], ARGV[1] .. ' ' .. fits, 'PX', ${markerTtlMs})
  return fits
`)

/**
 * Adds to fields of a hash, once for each number as above.
 *
 * KEYS  1 hash  2 marker of the producer (string: number of its last addition)
 * ARGV  1 number of the addition  2... pairs: field, what to add
 */
export const countScript: Script = defineScript(`
  if tonumber(redis.call('GET', KEYS[2]) or '0') >= tonumber(ARGV[1]) then return 0 end
  for i = 2, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[i], ARGV[i + 1]) end
  redis.call('SET', KEYS[2], ARGV[1], 'PX', ${markerTtlMs})
  return 1
`)
