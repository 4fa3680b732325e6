import type { RedisCommands } from '../redis/connection.ts'
import { defineScript } from '../redis/script.ts'
import { maxShownBytes } from './shown-text.ts'

/**
 * A look at a list, without more of any item than is shown: items may have a million characters.
 *
 * KEYS  1 list
 * ARGV  1 offset  2 most items  3 most bytes of each
 * Reply { depth, { length, first bytes }... }, depth -1 when the key is not a list
 */
const peekScript = defineScript({
  name: 'peek',
  keys: 1,
  lua: `
    local depth = redis.pcall('LLEN', KEYS[1])
    if type(depth) == 'table' then return { -1 } end
    local reply = { depth }
    local offset, limit = tonumber(ARGV[1]), tonumber(ARGV[2])
    for _, item in ipairs(redis.call('LRANGE', KEYS[1], offset, offset + limit - 1)) do
      reply[#reply + 1] = { #item, string.sub(item, 1, tonumber(ARGV[3])) }
    end
    return reply
  `,
})

export interface Peek {
  /** null when the key is not a list. */
  depth: number | null
  /** `head` holds the first bytes of the item, `bytes` is its whole length. */
  items: { head: Buffer; bytes: number }[]
}

export async function peekList(client: RedisCommands, key: string, offset: number, limit: number): Promise<Peek> {
  const reply = await peekScript.runBuffer(client, [key], [offset, limit, maxShownBytes])
  const [depth, ...items] = reply as [number, ...[number, Buffer][]]
  return { depth: depth < 0 ? null : depth, items: items.map(([bytes, head]) => ({ bytes, head })) }
}
