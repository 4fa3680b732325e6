import { Pool, type PoolClient } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { classify } from '../../src/main/engine/postgres/sqlstate.ts'
import { writeEvents } from '../../src/main/engine/postgres/write-events.ts'
import { blankEvent, type AuditEvent, type EventSource } from '../../src/shared/model/event.ts'
import type { EventId, SessionId } from '../../src/shared/model/ids.ts'
import { createTestDatabase } from '../helpers/postgres.ts'

let pool: Pool
beforeAll(async () => {
  pool = new Pool({ connectionString: (await createTestDatabase()).url })
})
beforeEach(() => pool.query('TRUNCATE audit_sessions, audit_logs, inferred_boundaries, stored_transactions'))
afterAll(() => pool.end())

const start = Date.parse('2026-11-20T10:00:00.000Z')

const event = (id: string, facts: Partial<AuditEvent> = {}): AuditEvent => ({
  ...blankEvent({
    eventId: id as EventId,
    createdAt: new Date(start),
    kind: 'session',
    type: 'session_check',
    source: 'queue',
  }),
  ...facts,
})

const many = (count: number, prefix = 'e'): AuditEvent[] =>
  Array.from({ length: count }, (_, index) => event(`${prefix}${index}`, { createdAt: new Date(start + index) }))

async function inTransaction<T>(work: (tx: PoolClient) => Promise<T>): Promise<T> {
  const tx = await pool.connect()
  try {
    await tx.query('BEGIN')
    const result = await work(tx)
    await tx.query('COMMIT')
    return result
  } catch (error) {
    await tx.query('ROLLBACK')
    throw error
  } finally {
    tx.release()
  }
}

const write = (...events: AuditEvent[]) => inTransaction(async (tx) => (await writeEvents(tx, events)).stored)

const rows = async (sql: string): Promise<unknown[]> => (await pool.query(sql)).rows
const ids = async (table = 'audit_sessions'): Promise<string[]> =>
  (await pool.query<{ event_id: string }>(`SELECT event_id FROM ${table} ORDER BY created_at, event_id`)).rows.map(
    (row) => row.event_id,
  )

// Both ways into a table: one INSERT for few rows, COPY for many.
describe.each([
  { way: 'few', filler: 0 },
  { way: 'many', filler: 400 },
])('$way events', ({ filler }) => {
  test('keep every field of a session event', async () => {
    const full = event('full', {
      type: 'login',
      userId: 'alice',
      sessionId: 'a'.repeat(64) as SessionId,
      ipAddress: '2001:db8::7',
      userAgent: 'Mozilla/5.0',
      country: 'DE',
      authMethod: 'password',
      expiresAt: new Date(start + 5),
      lastActive: new Date(start - 5),
      isActive: true,
      forceLogout: false,
      metadata: { device: { kind: 'phone' }, tags: ['a', null, 1.5] },
    })
    const stored = await write(full, ...many(filler))
    expect(stored).toHaveLength(filler + 1)
    expect(stored[0]).toEqual(full)
    expect(await rows(`SELECT *, host(ip_address) AS ip FROM audit_sessions WHERE event_id = 'full'`)).toEqual([
      expect.objectContaining({
        created_at: full.createdAt,
        event_type: 'login',
        user_id: 'alice',
        session_id: 'a'.repeat(64),
        ip: '2001:db8::7',
        user_agent: 'Mozilla/5.0',
        country: 'DE',
        auth_method: 'password',
        expires_at: full.expiresAt,
        last_active: full.lastActive,
        is_active: true,
        force_logout: false,
        source: 'queue',
        metadata: full.metadata,
      }),
    ])
  })

  test('keep every field of a log event', async () => {
    const full = event('full', {
      kind: 'log',
      type: 'api_key_created',
      category: 'warning',
      userId: 'alice',
      userEmail: 'alice@example.org',
      sessionId: 's' as SessionId,
      resourceType: 'api_key',
      resourceId: '17',
      description: 'made a key',
      ipAddress: '10.1.2.3',
      userAgent: '',
      status: 'ok',
      errorMessage: null,
      durationMs: 12.25,
      metadata: {},
    })
    await write(full, ...many(filler).map((other) => ({ ...other, kind: 'log' as const })))
    expect(await rows(`SELECT *, host(ip_address) AS ip FROM audit_logs WHERE event_id = 'full'`)).toEqual([
      expect.objectContaining({
        action: 'api_key_created',
        category: 'warning',
        user_email: 'alice@example.org',
        session_id: 's',
        resource_type: 'api_key',
        resource_id: '17',
        description: 'made a key',
        ip: '10.1.2.3',
        user_agent: '',
        status: 'ok',
        error_message: null,
        duration_ms: 12.25,
        details: {},
      }),
    ])
  })

  test('keep hostile text to the letter', async () => {
    const hostile = [
      '\\N',
      '\\',
      'a\tb\nc\rd',
      '\\.',
      `'; DROP TABLE audit_logs; --`,
      '{"a",b}',
      '😀 \u2028',
      '\b\v\f',
      'NULL',
      '',
    ]
    const events = hostile.map((text, index) =>
      event(`h${index}`, { createdAt: new Date(start + index), userAgent: text, metadata: { [text]: text } }),
    )
    await write(...events, ...many(filler))
    const found = await rows(
      `SELECT user_agent, metadata FROM audit_sessions WHERE event_id LIKE 'h%' ORDER BY created_at`,
    )
    expect(found).toEqual(hostile.map((text) => ({ user_agent: text, metadata: { [text]: text } })))
  })

  test('go to the default partition whatever their date', async () => {
    const events = [0, Date.parse('2099-12-31T23:59:59.999Z')].map((at, index) =>
      event(`d${index}`, { createdAt: new Date(at) }),
    )
    expect(await write(...events, ...many(filler))).toHaveLength(filler + 2)
    expect(await rows(`SELECT created_at FROM audit_sessions_default WHERE event_id LIKE 'd%' ORDER BY 1`)).toEqual(
      events.map(({ createdAt }) => ({ created_at: createdAt })),
    )
  })

  test('that are stored already are left out, the others are stored', async () => {
    await write(event('known'), ...many(filler).slice(0, 10))
    const stored = await write(event('new'), event('known'), ...many(filler))
    expect(stored.map(({ eventId }) => eventId)).toEqual([
      'new',
      ...many(filler)
        .slice(10)
        .map(({ eventId }) => eventId),
    ])
    expect(await ids()).toHaveLength(2 + filler)
  })

  test('given twice in one call are stored once', async () => {
    const stored = await write(
      event('twice', { userId: 'first' }),
      event('twice', { userId: 'second' }),
      ...many(filler),
    )
    expect(stored).toHaveLength(1 + filler)
    expect(await rows(`SELECT user_id FROM audit_sessions WHERE event_id = 'twice'`)).toEqual([{ user_id: 'first' }])
  })

  test('with the same id at another time, or of the other kind, are others', async () => {
    const later = new Date(start + 60_000)
    expect(
      await write(event('x'), event('x', { createdAt: later }), event('x', { kind: 'log' }), ...many(filler)),
    ).toHaveLength(3 + filler)
    expect(await ids('audit_logs')).toEqual(['x'])
  })

  test('one of which PostgreSQL refuses are all refused, as a matter of data', async () => {
    const failing = write(event('poison', { ipAddress: 'not an address' }), ...many(filler))
    expect(classify(await failing.catch((error: unknown) => error))).toBe('data')
    expect(await ids()).toEqual([])
  })

  test('one of which cannot be written down leave the connection usable', async () => {
    const poison = event('poison', { createdAt: new Date(start + 1_000_000), metadata: { big: 1n } })
    await inTransaction(async (tx) => {
      await tx.query('SAVEPOINT before')
      await expect(writeEvents(tx, [...many(filler), poison])).rejects.toThrow(TypeError)
      await tx.query('ROLLBACK TO SAVEPOINT before')
      await writeEvents(tx, [event('after')])
    })
    expect(await ids()).toEqual(['after'])
  })

  test('of one transaction are noted with their days, however many calls it takes', async () => {
    await inTransaction(async (tx) => {
      await writeEvents(tx, [event('a'), event('old', { createdAt: new Date(0) }), ...many(filler)])
      await writeEvents(tx, [event('b', { kind: 'log', createdAt: new Date(start + 86_400_000) })])
    })
    const noted = `SELECT events, (SELECT array_agg(lower(span)::date::text) FROM unnest(spans) AS span) AS days FROM stored_transactions`
    expect(await rows(noted)).toEqual([{ events: filler + 3, days: ['1970-01-01', '2026-11-20', '2026-11-21'] }])
    expect(await rows('SELECT count(DISTINCT tx)::int AS transactions FROM audit_events')).toEqual([
      { transactions: 1 },
    ])
  })
})

describe('looked for first', () => {
  const writeLooking = (...events: AuditEvent[]) =>
    inTransaction(async (tx) => (await writeEvents(tx, events, { lookFirst: true })).stored)

  test('what is stored already is left out, of both tables, and the rest is stored in its order', async () => {
    const logs = many(400, 'l').map((other) => ({ ...other, kind: 'log' as const }))
    await write(...many(400), ...logs.slice(0, 200))
    const late = event('late', { createdAt: new Date(start + 86_400_000) })
    const stored = await writeLooking(late, ...many(400), ...logs)
    expect(stored).toEqual([late, ...logs.slice(200)])
    expect(await ids('audit_logs')).toHaveLength(400)
    expect(await ids()).toHaveLength(401)
  })

  test('where all is known nothing is noted', async () => {
    await write(...many(1_000))
    const noted = await rows('SELECT tx FROM stored_transactions')
    expect(await writeLooking(...many(1_000))).toEqual([])
    expect(await rows('SELECT tx FROM stored_transactions')).toEqual(noted)
  })

  test('the same id at another time, or of the other kind, is another event', async () => {
    await write(event('x'))
    const others = [event('x', { createdAt: new Date(start + 1) }), event('x', { kind: 'log' })]
    expect(await writeLooking(event('x'), ...others)).toEqual(others)
  })

  test('two transactions that bring the same new events still store each once', async () => {
    const results = await Promise.all([writeLooking(...many(1000)), writeLooking(...many(1000))])
    expect(results[0].length + results[1].length).toBe(1000)
    expect(await ids()).toHaveLength(1000)
  })
})

test('rows of a million characters pass', async () => {
  const agent = 'x'.repeat(1_000_000)
  const events = many(320).map((other, index) => (index % 40 === 0 ? { ...other, userAgent: agent } : other))
  expect(await write(...events)).toHaveLength(320)
  expect(await rows('SELECT count(*)::int AS count FROM audit_sessions WHERE length(user_agent) = 1000000')).toEqual([
    { count: 8 },
  ])
})

test('two transactions that bring the same events store each once', async () => {
  const results = await Promise.all([write(...many(1000)), write(...many(1000)), write(...many(1000).slice(500))])
  expect(results.reduce((sum, stored) => sum + stored.length, 0)).toBe(1000)
  expect(await ids()).toHaveLength(1000)
})

test('nothing to store is nothing to note', async () => {
  expect(await write()).toEqual([])
  expect(await rows('SELECT * FROM stored_transactions')).toEqual([])
})

describe('the start and the end of a session', () => {
  const at = (id: string, type: string, second: number, source: EventSource = 'queue', session = 's'): AuditEvent =>
    event(id, { type, source, sessionId: session as SessionId, createdAt: new Date(start + second * 1000) })
  const names = (events: AuditEvent[]) => events.map(({ eventId }) => eventId)

  test('reported first: what the mirror infers is left out', async () => {
    await write(at('login', 'login', 10))
    expect(
      names(await write(at('seen', 'login', 11, 'mirror'), at('changed', 'session_changed', 11, 'mirror'))),
    ).toEqual(['changed'])
    await write(at('logout', 'logout', 20))
    expect(await write(at('gone', 'expired', 21, 'mirror'))).toEqual([])
    expect(await ids()).toEqual(['login', 'changed', 'logout'])
  })

  test('inferred first: what is reported replaces it and says so', async () => {
    await write(at('seen', 'login', 11, 'mirror'))
    await write(at('gone', 'expired', 21, 'mirror'))
    const stored = await write(
      { ...at('login', 'login', 10), metadata: { kept: 1 } },
      at('end', 'revoked', 20, 'gatehouse'),
    )
    expect(stored.map(({ eventId, metadata }) => ({ eventId, metadata }))).toEqual([
      { eventId: 'login', metadata: { kept: 1, supersedes: 'seen' } },
      { eventId: 'end', metadata: { supersedes: 'gone' } },
    ])
    expect(await rows('SELECT event_id, metadata FROM audit_sessions ORDER BY created_at')).toEqual([
      { event_id: 'login', metadata: { kept: 1, supersedes: 'seen' } },
      { event_id: 'end', metadata: { supersedes: 'gone' } },
    ])
    expect(await rows('SELECT * FROM inferred_boundaries')).toEqual([])
  })

  test('reported twice are both stored, and replace what was inferred once', async () => {
    await write(at('seen', 'login', 11, 'mirror'))
    const stored = await write(at('first', 'login', 10), at('second', 'login', 12))
    expect(stored.map(({ metadata }) => metadata)).toEqual([{ supersedes: 'seen' }, {}])
    expect(await ids()).toEqual(['first', 'second'])
  })

  test('a session id may live again after its end', async () => {
    await write(at('login', 'login', 10), at('logout', 'logout', 20))
    expect(names(await write(at('again', 'login', 30, 'mirror')))).toEqual(['again'])
    expect(names(await write(at('gone', 'expired', 40, 'mirror')))).toEqual(['gone'])
    expect(names(await write(at('third', 'login', 50, 'mirror'), at('end', 'logout', 60, 'mirror')))).toEqual([
      'third',
      'end',
    ])
  })

  test('a late report replaces what was inferred of its own life, not of another', async () => {
    await write(
      at('seen1', 'login', 11, 'mirror'),
      at('gone1', 'logout', 21, 'mirror'),
      at('seen2', 'login', 31, 'mirror'),
    )
    const stored = await write(at('login1', 'login', 10), at('logout1', 'logout', 20))
    expect(stored.map(({ metadata }) => metadata)).toEqual([{ supersedes: 'seen1' }, { supersedes: 'gone1' }])
    expect(await ids()).toEqual(['login1', 'logout1', 'seen2'])
    expect((await write(at('login2', 'login', 30)))[0]?.metadata).toEqual({ supersedes: 'seen2' })
  })

  test('a start reported after a reported end does not touch the life before', async () => {
    await write(at('seen', 'login', 11, 'mirror'))
    await write(at('logout', 'logout', 20))
    expect((await write(at('new', 'login', 30)))[0]?.metadata).toEqual({})
    expect(await ids()).toEqual(['seen', 'logout', 'new'])
  })

  test('a repeated batch of the mirror changes nothing, also after it was superseded', async () => {
    const batch = [at('seen', 'login', 11, 'mirror'), at('gone', 'expired', 21, 'mirror')]
    await write(...batch)
    expect(await write(...batch)).toEqual([])
    await write(at('login', 'login', 10))
    expect(await write(...batch)).toEqual([])
    expect(await ids()).toEqual(['login', 'gone'])
  })

  test('of other sessions, or without a session, are none of its business', async () => {
    await write(at('login', 'login', 10))
    const stored = await write(
      at('other', 'login', 11, 'mirror', 'other'),
      event('nobody', { type: 'login', source: 'mirror' }),
      at('check', 'session_check', 12, 'mirror'),
    )
    expect(names(stored)).toEqual(['other', 'nobody', 'check'])
  })

  test('the mirror may bound how far back it looks', async () => {
    await write(at('login', 'login', 10))
    const knownAt = new Date(start + 86_400_000)
    const seen = at('seen', 'login', 86_400 + 60, 'mirror')
    const stored = await inTransaction(async (tx) => (await writeEvents(tx, [seen], { knownAt })).stored)
    expect(names(stored)).toEqual(['seen'])
  })

  test('reported and inferred at the same moment are counted once', async () => {
    for (let round = 0; round < 20; round++) {
      const [session, first] = [`race${round}`, round % 2 === 0]
      const reported = () => write(at(`r${round}`, 'login', 10, 'queue', session))
      const inferred = () => write(at(`i${round}`, 'login', 11, 'mirror', session))
      await Promise.all(first ? [reported(), inferred()] : [inferred(), reported()])
    }
    expect(await rows(`SELECT source, count(*)::int FROM audit_sessions GROUP BY 1`)).toEqual([
      { source: 'queue', count: 20 },
    ])
  })
})
