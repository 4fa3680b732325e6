import { randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import type { Person } from './population.ts'

export const sessionTtlSeconds = 30 * 60

/** A session as the sample application keeps it in Redis. */
export interface SampleSession {
  id: string
  person: Person
  ip: string
  agent: string
  startedMs: number
  lastActiveMs: number
  calls: number
  /** When the person will log out; past its last touch the session just expires. */
  leavesMs: number
}

export const createSession = (
  person: Person,
  ip: string,
  agent: string,
  startedMs: number,
  leavesMs: number,
): SampleSession => ({
  id: randomBytes(18).toString('base64url'),
  person,
  ip,
  agent,
  startedMs,
  lastActiveMs: startedMs,
  calls: 1,
  leavesMs,
})

/** Writes sessions as the application does: JSON strings for most, a hash for some, express-session's form for others. */
export async function writeSessions(redis: Redis, sessions: readonly SampleSession[]): Promise<void> {
  if (sessions.length === 0) return
  const pipeline = redis.pipeline()
  for (const session of sessions) {
    const key = keyOf(session)
    if (key.startsWith('sess:')) pipeline.set(key, JSON.stringify(expressForm(session)), 'EX', sessionTtlSeconds)
    else if (isHash(session)) pipeline.hset(key, plainForm(session)).expire(key, sessionTtlSeconds)
    else pipeline.set(key, JSON.stringify(plainForm(session)), 'EX', sessionTtlSeconds)
  }
  await pipeline.exec()
}

export async function removeSessions(redis: Redis, sessions: readonly SampleSession[]): Promise<void> {
  if (sessions.length > 0) await redis.del(...sessions.map(keyOf))
}

/** Which of the sessions are still there: others may have revoked some. */
export async function stillAlive(redis: Redis, sessions: readonly SampleSession[]): Promise<SampleSession[]> {
  const pipeline = redis.pipeline()
  for (const session of sessions) pipeline.exists(keyOf(session))
  const answers = (await pipeline.exec()) ?? []
  return sessions.filter((_, i) => answers[i]?.[1] === 1)
}

/** The sessions of earlier runs that keep the plain JSON form: enough to go on from. */
export async function readSessions(
  redis: Redis,
): Promise<{ id: string; userId: string; ip: string; agent: string; calls: number }[]> {
  const found = []
  for await (const keys of redis.scanStream({ match: 'session:*', count: 500, type: 'string' }) as AsyncIterable<
    string[]
  >) {
    if (keys.length === 0) continue
    for (const text of await redis.mget(keys)) {
      if (text === null) continue
      const value = JSON.parse(text) as Record<string, string | number>
      found.push({
        id: String(value['session_id']),
        userId: String(value['user_id']),
        ip: String(value['ip_address']),
        agent: String(value['user_agent']),
        calls: Number(value['api_call_count']),
      })
    }
  }
  return found
}

// The form follows from the id, so that a session keeps it: 1 of 8 is a hash, 1 of 8 is express-session's.
const form = (session: SampleSession): number => session.id.charCodeAt(0) % 8
const isHash = (session: SampleSession): boolean => form(session) === 1
const keyOf = (session: SampleSession): string => `${form(session) === 0 ? 'sess' : 'session'}:${session.id}`

const plainForm = (session: SampleSession): Record<string, string | number> => ({
  session_id: session.id,
  user_id: session.person.userId,
  is_active: 'true',
  force_logout: 'false',
  ip_address: session.ip,
  user_agent: session.agent,
  last_active: new Date(session.lastActiveMs).toISOString(),
  expires_at: new Date(session.lastActiveMs + sessionTtlSeconds * 1_000).toISOString(),
  api_call_count: session.calls,
  country: session.person.country,
  plan: session.person.weight > 2 ? 'enterprise' : 'team',
})

const expressForm = (session: SampleSession): Record<string, unknown> => ({
  cookie: {
    originalMaxAge: sessionTtlSeconds * 1_000,
    expires: new Date(session.lastActiveMs + sessionTtlSeconds * 1_000).toISOString(),
    httpOnly: true,
    path: '/',
  },
  passport: { user: session.person.userId },
  ip_address: session.ip,
  user_agent: session.agent,
  last_active: new Date(session.lastActiveMs).toISOString(),
  api_call_count: session.calls,
})
