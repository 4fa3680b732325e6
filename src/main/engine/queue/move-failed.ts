import { isEntries } from '../json-values.ts'
import type { RedisCommands } from '../redis/connection.ts'
import { defineScript } from '../redis/script.ts'
import type { FailedRecord } from './failed-item.ts'
import type { FailedList } from './groups.ts'
import { parseOrNull } from './json.ts'
import { timeOfIdentity } from './origin.ts'

/** An entry of audit:failed: as it lies there, and as it reads. */
export interface DeadLetter {
  entry: Buffer
  record: FailedRecord
}

/**
 * Takes entries out of audit:failed, and puts their items back into the queue where `requeue` is asked for. What is no
 * longer there was handled by somebody else, and is left out.
 *
 * KEYS  1 audit:failed  2 where items go back to, audit:queue or a stream
 * ARGV  1 'requeue' or 'discard'  2 field of the stream, '' for a list
 *       then pairs: entry as it lies in the list, item to push
 * Reply how many were taken out
 */
const moveScript = defineScript({
  name: 'move-failed',
  keys: 2,
  lua: `
    local kind = redis.call('TYPE', KEYS[2]).ok
    local expected = ARGV[2] == '' and 'list' or 'stream'
    if ARGV[1] == 'requeue' and kind ~= expected and kind ~= 'none' then
      return redis.error_reply('WRONGTYPE ' .. KEYS[2] .. ' is not a ' .. expected .. ': nothing was moved')
    end
    local function push(item)
      if ARGV[2] == '' then return redis.call('RPUSH', KEYS[2], item) end
      return redis.call('XADD', KEYS[2], '*', ARGV[2], item)
    end
    local moved = 0
    for i = 3, #ARGV, 2 do
      if redis.call('LREM', KEYS[1], 1, ARGV[i]) == 1 then
        if ARGV[1] == 'requeue' then push(ARGV[i + 1]) end
        moved = moved + 1
      end
    end
    return moved
  `,
})

/** @returns how many of the letters were still there and have been moved */
export async function moveFailed(
  client: RedisCommands,
  { failed, retry }: FailedList,
  act: 'requeue' | 'discard',
  letters: readonly DeadLetter[],
): Promise<number> {
  const pairs = letters.flatMap(({ entry, record }) => [entry, act === 'requeue' ? withIdentity(record) : ''])
  return (await moveScript.run(client, [failed, retry.key], [act, retry.field ?? '', ...pairs])) as number
}

/**
 * The item as it goes back into the queue. What it got from its claim, because it came without, it keeps: it is still
 * the same event. Written behind the rest, which stays as it is byte by byte; of a name that stands twice the last counts.
 */
export function withIdentity({ failedId, raw }: FailedRecord): Buffer {
  const at = timeOfIdentity(failedId)
  const text = raw.toString('utf8').trimEnd()
  const item = parseOrNull(text)
  if (at === null || !isEntries(item)) return raw
  const lacks = (name: string) => item[name] === undefined || item[name] === null || item[name] === ''
  const given: string[] = []
  if (lacks('event_id')) given.push(`"event_id":${JSON.stringify(failedId)}`)
  if (lacks('created_at') && lacks('timestamp')) given.push(`"created_at":"${at.toISOString()}"`)
  if (given.length === 0) return raw
  const separator = Object.keys(item).length > 0 ? ',' : ''
  return Buffer.from(`${text.slice(0, -1)}${separator}${given.join(',')}}`)
}
