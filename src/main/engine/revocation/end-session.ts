import { messageOf } from '../../../shared/errors.ts'
import type { RedisKey } from '../../../shared/model/ids.ts'
import type { RevocationOutcome } from '../../../shared/model/revocation.ts'
import type { Config } from '../config-schema.ts'
import type { RedisCommands } from '../redis/connection.ts'
import { defineScript } from '../redis/script.ts'

/**
 * Puts a session under guard. Before its key goes, so that no moment is without a guard.
 *
 * KEYS  1 audit:revoked
 * ARGV  1 guard time in ms  2 key of the session
 */
const guardScript = defineScript({
  name: 'guard-session',
  keys: 1,
  lua: `
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    return redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[1])), ARGV[2])
  `,
})

/**
 * Ends one session: its key goes, and where the application listens, the word that it is over. A step of its own beside
 * guardScript, because in a Cluster the two keys lie in different slots.
 *
 * KEYS  1 the session
 * ARGV  1 channel, or ''  2 message
 * Reply 1 if the session was there, else 0
 */
const endScript = defineScript({
  name: 'end-session',
  keys: 1,
  lua: `
    local removed = redis.call('DEL', KEYS[1])
    if ARGV[1] ~= '' then redis.call('PUBLISH', ARGV[1], ARGV[2]) end
    return removed
  `,
})

/** What the application hears on the force-logout channel, as JSON. The live id: the application knows no other. */
interface ForceLogout {
  session_id: string
  user_id: string | null
  reason: string
  at: string
}

export interface Ending {
  outcome: Exclude<RevocationOutcome, 'returned'>
  detail: string | null
}

/** Ends the session under `key` and reads Redis afterwards: what is reported is what was seen. Never throws. */
export async function endSession(
  client: RedisCommands,
  config: Config['redis'] & Config['revocation'],
  { key, forceLogout }: { key: RedisKey; forceLogout: ForceLogout | null },
): Promise<Ending> {
  try {
    const channel = forceLogout === null ? '' : config.keys.forceLogoutChannel
    await guardScript.run(client, [config.keys.revoked], [config.guardMs, key])
    const removed = await endScript.run(client, [key], [channel, JSON.stringify(forceLogout)])
    if ((await client.exists(key)) === 1) {
      return { outcome: 'still_present', detail: 'It was saved again at once; the guard goes on removing it.' }
    }
    return removed === 1
      ? { outcome: 'verified', detail: null }
      : { outcome: 'absent', detail: 'It had left Redis before.' }
  } catch (error) {
    return { outcome: 'failed', detail: messageOf(error) }
  }
}
