import { defineScript, type Script } from './script.ts'

/**
 * A sliding window: lets a request through while fewer than the limit were let through within the window before it, by
 * the clock of Redis, so that all processes agree. A request exactly a window old counts no more.
 *
 * KEYS  1 requests that were let through (sorted set: a name for each, its time in us since 1970)
 * ARGV  1 limit  2 window in ms  3 a name for this request, unlike all others
 * Reply { 1 if it is let through else 0, how many more would be, ms until the oldest counts no more }
 */
export const rateLimitScript: Script = defineScript(`
  local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2]) * 1000
  local time = redis.call('TIME')
  local now = time[1] * 1000000 + time[2]
  redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - window))
  local taken = redis.call('ZCARD', KEYS[1])
  local allowed = taken < limit
  if allowed then
    redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[3])
    redis.call('PEXPIRE', KEYS[1], ARGV[2])
    taken = taken + 1
  end
  local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
  local left = oldest and math.ceil((tonumber(oldest) + window - now) / 1000) or 0
  return { allowed and 1 or 0, math.max(0, limit - taken), left }
`)
