import { messageOf } from '../../../shared/errors.ts'
import { isEntries } from '../json-values.ts'
import type { RedisCommands } from '../redis/connection.ts'
import { defineScript } from '../redis/script.ts'
import type { RevocationStep } from '../revocation-step.ts'

/** An application that writes the same list at the same moment is waited for so many times. */
const mostTries = 5

/**
 * Removes members from whatever holds them.
 *
 * KEYS  1 a set or a sorted set
 * ARGV  the members
 * Reply how many were removed
 */
const removeMembers = defineScript({
  name: 'remove-members',
  keys: 1,
  lua: `
    local kind = redis.call('TYPE', KEYS[1]).ok
    if kind == 'set' then return redis.call('SREM', KEYS[1], unpack(ARGV)) end
    if kind == 'zset' then return redis.call('ZREM', KEYS[1], unpack(ARGV)) end
    return 0
  `,
})

/**
 * Puts another value in the place of one that nobody has changed since it was read; its time to live stays.
 *
 * KEYS  1 a string
 * ARGV  1 the value that was read  2 the new one, or '' to delete the key
 * Reply 1 if it was replaced, else 0
 */
const replaceUnchanged = defineScript({
  name: 'replace-unchanged',
  keys: 1,
  lua: `
    if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
    if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL') end
    return 1
  `,
})

/**
 * Does what has to be done beside the deletion of a session's key, in order, and does each step once more: a second time
 * must find nothing to do. A step that fails keeps none of the others from being done.
 * @returns one sentence for each step that failed or had to be done again, without any key
 */
export async function doSteps(client: RedisCommands, steps: readonly RevocationStep[]): Promise<string[]> {
  const failures: string[] = []
  for (const step of steps) {
    try {
      await doStep(client, step)
      if ((await doStep(client, step)) > 0) failures.push(`${nameOf[step.act]} was written again at once`)
    } catch (error) {
      failures.push(`${nameOf[step.act]} was not removed: ${messageOf(error)}`)
    }
  }
  return failures
}

const nameOf: Record<RevocationStep['act'], string> = {
  delete: 'A key beside the session',
  removeMembers: 'Its entry in an index',
  removeEntries: "Its entry in the user's list",
}

/** Returns how much there was to remove. */
async function doStep(client: RedisCommands, step: RevocationStep): Promise<number> {
  if (step.act === 'delete') return client.del(step.key)
  if (step.act === 'removeMembers') return Number(await removeMembers.run(client, [step.key], step.members))
  for (let tries = 0; tries < mostTries; tries++) {
    const list = await client.getBuffer(step.key)
    const next = list === null ? null : without(list, step)
    if (list === null || next === null) return 0
    if ((await replaceUnchanged.run(client, [step.key], [list, next])) === 1) return 1
  }
  throw new Error(`somebody else wrote that list ${mostTries} times meanwhile; revoke again`)
}

/** The list without the entries; '' where nothing else is in it, null where there is nothing to remove. */
function without(list: Buffer, { field, value }: { field: string; value: string }): string | null {
  let entries: unknown
  try {
    entries = JSON.parse(list.toString('utf8'))
  } catch {
    // Broken JSON names no session to the application either.
    return null
  }
  if (!Array.isArray(entries)) return null
  const left = entries.filter((entry: unknown) => !isEntries(entry) || entry[field] !== value)
  if (left.length === entries.length) return null
  return left.length === 0 ? '' : JSON.stringify(left)
}
