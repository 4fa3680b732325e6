import { pino } from 'pino'
import { ConfigSchema, type ConfigInput } from '../../src/main/engine/config-schema.ts'
import { openDatabase } from '../../src/main/engine/postgres/open.ts'
import { writeEvents } from '../../src/main/engine/postgres/write-events.ts'
import { Problems } from '../../src/main/engine/problems.ts'
import { openRedis } from '../../src/main/engine/redis/open.ts'
import { createSessionIds } from '../../src/main/engine/session-ids.ts'
import { createMirror } from '../../src/main/engine/sessions/mirror.ts'
import { createSignals } from '../../src/main/engine/signals.ts'
import { blankEvent, type AuditEvent, type LifecycleType } from '../../src/shared/model/event.ts'
import type { EventId, RedisKey, SessionId } from '../../src/shared/model/ids.ts'

const secret = Buffer.alloc(32, 7)
/** Ids as the worlds of all tests store them. */
export const sessionIdsOfTests = createSessionIds('hmac', () => secret)

/** A row of redis_sync_sessions, as much of it as the tests look at. */
export interface MirroredRow {
  session_id: string
  user_id: string | null
  profile: string
  is_active: boolean
  force_logout: boolean
  ip_address: string | null
  user_agent: string | null
  country: string | null
  last_active: Date | null
  expires_at: Date | null
  api_call_count: string
  first_seen: Date
  last_seen: Date
  ended_at: Date | null
  end_reason: string | null
  metadata: Record<string, unknown>
  xmin: string
}

export interface WorldOptions {
  redisUrl: string
  postgresUrl: string
  mirror?: ConfigInput['mirror']
  privacy?: ConfigInput['privacy']
}

/** What the mirror needs, on real servers: an engine of the test, without an engine. */
export async function openMirrorWorld({ redisUrl, postgresUrl, mirror: settings, privacy }: WorldOptions) {
  const config = ConfigSchema.parse({
    redis: { url: redisUrl },
    postgres: { url: postgresUrl },
    mirror: { intervalMs: 250, ...settings },
    privacy,
  })
  const log = pino({ level: 'silent' })
  const redis = openRedis(config.redis, log)
  const database = openDatabase(config.postgres, log)
  await Promise.all([redis.ready(), database.ready()])
  const sessionIds = createSessionIds(config.privacy.sessionIds, () => secret)
  const signals = createSignals()
  const problems = new Problems()
  const returned: { sessionId: SessionId; key: RedisKey }[] = []
  const deps = {
    redis,
    database,
    config,
    sessionIds,
    signals,
    problems,
    log,
    onReturned: (sessionId: SessionId, key: RedisKey) => void returned.push({ sessionId, key }),
  }
  const rows = () =>
    database.query<MirroredRow>(
      'SELECT *, host(ip_address) AS ip_address, xmin::text FROM redis_sync_sessions ORDER BY session_id',
    )

  return {
    ...deps,
    returned,
    mirror: createMirror(deps),
    /** The mirror of an engine that starts anew on the same stores: it knows nothing but what was stored. */
    restarted: () => createMirror(deps),
    rows,
    row: async (liveId: string): Promise<MirroredRow | undefined> =>
      (await rows()).find((row) => row.session_id === sessionIds.of(liveId)),
    /** Stored lifecycle events of a session, oldest first. */
    events: (liveId: string) =>
      database.query<{ event_type: string; source: string; created_at: Date; event_id: string; metadata: object }>(
        `SELECT event_type, source, created_at, event_id, metadata FROM audit_sessions
         WHERE session_id = $1 ORDER BY created_at, event_id`,
        [sessionIds.of(liveId)],
      ),
    /** What the queue would store: an event that the application reported. */
    report: (type: LifecycleType, liveId: string, createdAt = new Date(), source: AuditEvent['source'] = 'queue') =>
      database.transaction((tx) =>
        writeEvents(tx, [
          {
            ...blankEvent({
              eventId: `${source}:${type}:${liveId}:${createdAt.getTime()}` as EventId,
              createdAt,
              kind: 'session',
              type,
              source,
            }),
            sessionId: sessionIds.of(liveId),
            userId: 'reported',
          },
        ]),
      ),
    problemReasons: () => problems.list().map((problem) => problem.reason),
    /** Redis, PostgreSQL: everything gone, for the next test. */
    reset: async () => {
      await redis.client.flushall()
      await database.query(
        `TRUNCATE redis_sync_sessions, audit_sessions, audit_logs, inferred_boundaries, admin_session_actions,
                  gatehouse_settings, stored_transactions`,
      )
    },
    close: async () => {
      await Promise.all([redis.close(), database.close()])
    },
  }
}

export type MirrorWorld = Awaited<ReturnType<typeof openMirrorWorld>>

/** When the sessions of the tests were last active: some minutes ago, to the millisecond. */
export const lastActive = new Date(Date.now() - 120_000)

/** A plain session as an application writes it. */
export const plain = (liveId: string, fields: Record<string, unknown> = {}): string =>
  JSON.stringify({
    session_id: liveId,
    user_id: 'alice',
    is_active: true,
    force_logout: false,
    ip_address: '203.0.113.9',
    user_agent: 'Mozilla/5.0',
    last_active: lastActive.toISOString(),
    api_call_count: 3,
    ...fields,
  })
