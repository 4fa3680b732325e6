/** What the scripts of the queue have in common. */

/** Items and bytes that one command moves at most: it stays near 2 ms. */
export const maxMoved = 1_000
const maxMovedBytes = 1024 * 1024

/**
 * The first write of a script that must do its work even where Redis is full, because draining is what makes room: Redis
 * refuses commands that take memory, unless the script has written before. No field has an empty name.
 */
export const evenIfFull = (owners: string): string => `redis.call('HDEL', ${owners}, '')`

/**
 * Of `moved` items from the head of a list, how many waited beyond `limit`: each item that exceeds the limit is counted
 * once, in the move that takes the list one nearer to it.
 */
export const beyond = `
  local function beyond(limit, waiting, moved)
    return math.max(0, math.min(moved, waiting - limit))
  end
`

/**
 * Moves up to `most` items from the head of a list to the tail of another, fewer where they are large, but one at least.
 * Copies first, trims last: whatever fails in between, no item is lost. In slices, because unpack ends near 8,000.
 */
export const move = `
  local function move(from, to, most)
    local moved, bytes, full = 0, 0, false
    while moved < most and not full do
      local slice = redis.call('LRANGE', from, moved, math.min(moved + 100, most) - 1)
      if #slice == 0 then break end
      local fits = 0
      for i = 1, #slice do
        bytes = bytes + #slice[i]
        full = bytes > ${maxMovedBytes} and moved + fits > 0
        if full then break end
        fits = i
      end
      if fits > 0 then redis.call('RPUSH', to, unpack(slice, 1, fits)) end
      moved = moved + fits
    end
    redis.call('LTRIM', from, moved, -1)
    return moved
  end
`
