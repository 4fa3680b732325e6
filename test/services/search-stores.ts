import { Client } from 'pg'
import { pino } from 'pino'
import type { Database } from '../../src/main/engine/postgres/database.ts'
import { openDatabase } from '../../src/main/engine/postgres/open.ts'
import { writeEvents } from '../../src/main/engine/postgres/write-events.ts'
import type { AuditEvent } from '../../src/shared/model/event.ts'
import type { Session } from '../../src/shared/model/session.ts'
import { createTestDatabase } from '../helpers/postgres.ts'

/** A database of the test's own, connected. Close it before the test file ends. */
export async function connectedDatabase(): Promise<Database> {
  const { url } = await createTestDatabase()
  const database = openDatabase({ url, maxConnections: 4 }, pino({ level: 'silent' }))
  await database.ready()
  return database
}

/**
 * The same in a database that folds and sorts text as English does, not by its bytes as that of the tests: call `drop`
 * before the test file ends.
 */
export async function englishDatabase(): Promise<{ database: Database; drop: () => Promise<void> }> {
  const { url } = await createTestDatabase({ migrated: false })
  const address = new URL(url)
  const name = `${address.pathname.slice(1)}_english`
  const locale = `TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en-US'`
  await once(url, `CREATE DATABASE ${name} ${locale}`)
  address.pathname = `/${name}`
  const database = openDatabase({ url: address.href, maxConnections: 4 }, pino({ level: 'silent' }))
  await database.ready()
  const drop = async () => {
    await database.close()
    await once(url, `DROP DATABASE ${name} WITH (FORCE)`)
  }
  return { database, drop }
}

async function once(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** Stores events as the engine does. */
export async function storeEvents(database: Database, events: readonly AuditEvent[]): Promise<void> {
  const { stored } = await database.transaction((tx) => writeEvents(tx, events))
  if (stored.length !== events.length) throw new Error(`${stored.length} of ${events.length} events were stored`)
}

/** Stores sessions whole, as several runs of the mirror would have left them. */
export async function storeSessions(database: Database, sessions: readonly Session[]): Promise<void> {
  const time = (at: Date | null) => at?.toISOString() ?? null
  await database.query(
    `INSERT INTO redis_sync_sessions (session_id, user_id, profile, ip_address, user_agent, country, last_active,
       expires_at, api_call_count, first_seen, last_seen, ended_at, end_reason, metadata)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::inet[], $5::text[], $6::text[], $7::timestamptz[],
       $8::timestamptz[], $9::bigint[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::text[], $14::jsonb[])`,
    [
      sessions.map(({ sessionId }) => sessionId),
      sessions.map(({ userId }) => userId),
      sessions.map(({ profile }) => profile),
      sessions.map(({ ipAddress }) => ipAddress),
      sessions.map(({ userAgent }) => userAgent),
      sessions.map(({ country }) => country),
      sessions.map(({ lastActive }) => time(lastActive)),
      sessions.map(({ expiresAt }) => time(expiresAt)),
      sessions.map(({ apiCallCount }) => apiCallCount),
      sessions.map(({ firstSeen }) => time(firstSeen)),
      sessions.map(({ lastSeen }) => time(lastSeen)),
      sessions.map(({ endedAt }) => time(endedAt)),
      sessions.map(({ endReason }) => endReason),
      sessions.map(({ metadata }) => JSON.stringify(metadata)),
    ],
  )
}
