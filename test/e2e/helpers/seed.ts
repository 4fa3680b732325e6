import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { redisCli } from '../../helpers/redis.ts'

/** A session as an application would write it under `session:<id>`. */
export interface SeedSession {
  id: string
  user: string
  ip?: string
  agent?: string
  /** How long ago it was used. */
  idleMs?: number
}

/** Writes sessions as JSON strings that expire in an hour. */
export async function seedSessions(redisUrl: string, sessions: readonly SeedSession[]): Promise<void> {
  const commands = sessions.map(
    ({ id, user, ip = '10.0.0.1', agent = 'Mozilla/5.0 (X11; Linux x86_64)', idleMs = 0 }) => {
      const value = JSON.stringify({
        session_id: id,
        user_id: user,
        is_active: true,
        ip_address: ip,
        user_agent: agent,
        last_active: new Date(Date.now() - idleMs).toISOString(),
        api_call_count: 3,
      })
      // A JSON text is a valid quoted word of redis-cli.
      return `SET session:${id} ${JSON.stringify(value)} EX 3600`
    },
  )
  await redisCli(redisUrl, [], `${commands.join('\n')}\n`)
}

/** Puts items at the tail of the audit queue: objects as JSON, texts as they are. */
export async function pushItems(redisUrl: string, items: readonly (object | string)[]): Promise<void> {
  const texts = items.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)))
  await redisCli(redisUrl, ['RPUSH', 'audit:queue', ...texts])
}

/** Failed log-ins of one user from one address, a second apart, the last one now. */
export const failedLogins = (user: string, count: number, ip = '203.0.113.9') =>
  Array.from({ length: count }, (_, at) => ({
    event_type: 'failed_login',
    event_id: `failed-${user}-${at}`,
    user_id: user,
    ip_address: ip,
    created_at: new Date(Date.now() - (count - 1 - at) * 1_000).toISOString(),
  }))

/** Settings for a program that has not been started yet. */
export const writeSettings = (home: string, yaml: string) => writeFile(path.join(home, 'config.yaml'), yaml)
