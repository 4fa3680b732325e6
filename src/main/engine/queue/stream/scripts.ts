import { defineScript } from '../../redis/script.ts'

/**
 * Looks at the group before a read: how much waits, and what was removed from the stream before anybody read it. Trimming
 * takes the oldest: once the first entry that is there is newer than the last one read, all between is lost. It is
 * counted once, by correcting the group's count of what it read.
 *
 * KEYS  1 the stream
 * ARGV  1 group  2 the most that is counted where Redis does not know what waits (entries were deleted one by one)
 * Reply { waiting, lost }, or -1 when there is no such group
 */
export const lookScript = defineScript({
  name: 'look-at-stream',
  keys: 1,
  lua: `
    local function field(flat, name)
      for i = 1, #flat, 2 do
        if flat[i] == name then return flat[i + 1] end
      end
      return nil
    end

    local function isBefore(a, b)
      local ams, aseq = string.match(a, '(%d+)-(%d+)')
      local bms, bseq = string.match(b, '(%d+)-(%d+)')
      if ams ~= bms then return tonumber(ams) < tonumber(bms) end
      return tonumber(aseq) < tonumber(bseq)
    end

    if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
    local group
    for _, candidate in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
      if field(candidate, 'name') == ARGV[1] then group = candidate end
    end
    if not group then return -1 end

    local stream = redis.call('XINFO', 'STREAM', KEYS[1])
    local length, added, first = field(stream, 'length'), field(stream, 'entries-added'), field(stream, 'first-entry')
    local delivered, read, lag = field(group, 'last-delivered-id'), field(group, 'entries-read'), field(group, 'lag')
    if length > 0 and not isBefore(delivered, first[1]) then
      return { lag or #redis.call('XRANGE', KEYS[1], '(' .. delivered, '+', 'COUNT', ARGV[2]), 0 }
    end
    local lost = read and added - read - length or 0
    if lost ~= 0 then redis.call('XGROUP', 'SETID', KEYS[1], ARGV[1], delivered, 'ENTRIESREAD', added - length) end
    return { length, lost }
  `,
})

/** Which of some entries a consumer still holds: pending[id] is true. Many ids, so that the search is by ranges. */
const pendingOf = `
  local function pendingOf(stream, group, consumer, ids)
    local pending = {}
    for _, entry in ipairs(redis.call('XPENDING', stream, group, ids[1], ids[#ids], 10000, consumer)) do
      pending[entry[1]] = true
    end
    return pending
  end
`

/**
 * Sets for how long entries have been idle, of those that the consumer still holds.
 *
 * KEYS  1 the stream
 * ARGV  1 group  2 consumer  3 milliseconds idle  4... entry ids, ascending
 * Reply how many the consumer still holds
 */
export const idleScript = defineScript({
  name: 'set-idle',
  keys: 1,
  lua: `
    ${pendingOf}
    local ids, mine = { unpack(ARGV, 4) }, {}
    local pending = pendingOf(KEYS[1], ARGV[1], ARGV[2], ids)
    for _, id in ipairs(ids) do
      if pending[id] then mine[#mine + 1] = id end
    end
    if #mine == 0 then return 0 end
    local claim = { 'XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0 }
    for _, id in ipairs(mine) do claim[#claim + 1] = id end
    for _, word in ipairs({ 'IDLE', ARGV[3], 'JUSTID' }) do claim[#claim + 1] = word end
    redis.call(unpack(claim))
    return #mine
  `,
})

/**
 * Ends entries that are dealt with. One that failed goes to the dead letters, unless another consumer holds it by now:
 * then it is that one's to end. What is stored is ended whoever holds it.
 *
 * KEYS  1 the stream  2 the dead letters
 * ARGV  1 group  2 consumer  3 how many failed  then each of these: entry id, dead letter  then ids of those stored
 * Reply how many were ended here
 */
export const acknowledgeScript = defineScript({
  name: 'acknowledge-entries',
  keys: 2,
  lua: `
    local stream, failed, group, consumer, letters = KEYS[1], KEYS[2], ARGV[1], ARGV[2], tonumber(ARGV[3])
    local kind = redis.call('TYPE', failed).ok
    if letters > 0 and kind ~= 'list' and kind ~= 'none' then
      return redis.error_reply('WRONGTYPE ' .. failed .. ' is not a list: nothing was ended')
    end
    -- The first write of a script works where Redis is full, and those after it do then.
    redis.call('XACK', stream, group, '0-0')
    local ended = 0
    for i = 4, 3 + 2 * letters, 2 do
      if #redis.call('XPENDING', stream, group, ARGV[i], ARGV[i], 1, consumer) == 1 then
        redis.call('RPUSH', failed, ARGV[i + 1])
        ended = ended + redis.call('XACK', stream, group, ARGV[i])
      end
    end
    if #ARGV > 3 + 2 * letters then ended = ended + redis.call('XACK', stream, group, unpack(ARGV, 4 + 2 * letters)) end
    return ended
  `,
})

/**
 * Removes consumers that hold nothing and were not heard of for long: each life of a worker is a consumer of its own.
 *
 * KEYS  1 the stream
 * ARGV  1 group  2 what their names begin with  3 milliseconds
 */
export const sweepScript = defineScript({
  name: 'sweep-consumers',
  keys: 1,
  lua: `
    for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
      local of = {}
      for i = 1, #consumer, 2 do of[consumer[i]] = consumer[i + 1] end
      local isOurs = string.sub(of.name, 1, #ARGV[2]) == ARGV[2]
      if isOurs and of.pending == 0 and of.idle > tonumber(ARGV[3]) then
        redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], of.name)
      end
    end
    return 1
  `,
})
