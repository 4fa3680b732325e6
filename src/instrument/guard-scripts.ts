import { defineScript, type Script } from './script.ts'

/** KEYS of all of them: 1 attempts of a subject (sorted set: a name for each, ms since 1970)  2 its lock (hash: locks, until) */
const now = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local function forget(window)
    redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - window))
  end
`

/**
 * Begins an attempt. Those under way count as well as those that failed: many at once are not more than the limit.
 *
 * ARGV  1 limit  2 window in ms  3 a name for this attempt
 * Reply { 1 if it may go on else 0, ms until one may (-1: never) }
 */
export const beginScript: Script = defineScript(`${now}
  local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
  local till = tonumber(redis.call('HGET', KEYS[2], 'until') or '0')
  if till < 0 then return { 0, -1 } end
  if till > now then return { 0, till - now } end
  forget(window)
  if redis.call('ZCARD', KEYS[1]) >= limit then
    local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
    return { 0, math.max(1, tonumber(oldest) + window - now) }
  end
  redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[3])
  redis.call('PEXPIRE', KEYS[1], window)
  return { 1, 0 }
`)

/**
 * An attempt failed. The limit-th within the window locks the subject, for twice as long as the lock before.
 *
 * ARGV  1 limit  2 window in ms  3 name of the attempt  4 first lock in ms  5 longest lock in ms
 *       6 how long after its end a lock is remembered, ms  7 the lock from which on it is for good, 0 for none
 * Reply { failures within the window, ms of the lock that begins now (0: none, -1: for good), locks up to now }
 */
export const failedScript: Script = defineScript(`${now}
  local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
  redis.call('ZREM', KEYS[1], ARGV[3])
  redis.call('ZADD', KEYS[1], string.format('%.0f', now), 'failed ' .. ARGV[3])
  redis.call('PEXPIRE', KEYS[1], window)
  forget(window)
  local failures = 0
  for _, attempt in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    if attempt:find('^failed ') then failures = failures + 1 end
  end
  if failures < limit then return { failures, 0, 0 } end
  redis.call('DEL', KEYS[1])
  local locks = redis.call('HINCRBY', KEYS[2], 'locks', 1)
  local forGood = tonumber(ARGV[7])
  if forGood > 0 and locks >= forGood then
    redis.call('HSET', KEYS[2], 'until', -1)
    redis.call('PERSIST', KEYS[2])
    return { failures, -1, locks }
  end
  local lock = math.min(tonumber(ARGV[4]) * 2 ^ (locks - 1), tonumber(ARGV[5]))
  redis.call('HSET', KEYS[2], 'until', string.format('%.0f', now + lock))
  redis.call('PEXPIRE', KEYS[2], string.format('%.0f', lock + tonumber(ARGV[6])))
  return { failures, lock, locks }
`)

/**
 * An attempt does not count: it succeeded, or was refused for another subject's sake.
 *
 * ARGV  1 name of the attempt
 */
export const withdrawScript: Script = defineScript(`return redis.call('ZREM', KEYS[1], ARGV[1])`)

/** Forgets the failures and the locks of a subject. */
export const resetScript: Script = defineScript(`return redis.call('DEL', KEYS[1], KEYS[2])`)
