import { describe, expect, it } from 'vitest'
import { Problems } from '../../../src/main/engine/problems.ts'
import { decodeBatch } from '../../../src/main/engine/queue/decode/batch.ts'
import { createSessionIds } from '../../../src/main/engine/session-ids.ts'
import type { AuditEvent } from '../../../src/shared/model/event.ts'

const claimedAt = '2026-11-20T10:00:00.000Z'
const batchId = `${Date.parse(claimedAt)}-queue-0123456789abcdef`
const sessionIds = createSessionIds('hmac', () => Buffer.alloc(32, 7))

function decode(...items: (Buffer | string | object)[]) {
  const problems = new Problems()
  const bytes = items.map((item) =>
    Buffer.isBuffer(item) ? item : Buffer.from(typeof item === 'string' ? item : JSON.stringify(item)),
  )
  return { ...decodeBatch({ batchId, items: bytes }, sessionIds, problems), problems: problems.list() }
}

function decodeOne(item: Buffer | string | object): AuditEvent {
  const { events, refused } = decode(item)
  expect(refused).toEqual([])
  return events[0]!
}

function refusalOf(item: Buffer | string | object): string {
  const { events, refused, problems } = decode(item)
  expect(events).toEqual([])
  expect(problems).toHaveLength(1)
  expect(problems[0]!.examples).toEqual([`${batchId}:0000`])
  return refused[0]!.reason
}

/** What an event has beside nulls. */
const facts = (event: AuditEvent) => Object.fromEntries(Object.entries(event).filter(([, value]) => value !== null))

describe('a lifecycle event', () => {
  it('becomes a row of audit_sessions, its session id hashed', () => {
    const item = {
      event_type: 'login',
      user_id: 'alice',
      session_id: 's-1',
      ip_address: '::ffff:203.0.113.9',
      user_agent: 'Firefox',
      country: 'DE',
      auth_method: 'sso',
      created_at: '2026-11-20T09:00:00Z',
      expires_at: '2026-11-20T17:00:00Z',
      metadata: { device: 'laptop', session_id: 's-1', password: 'hunter2' },
    }
    expect(facts(decodeOne(item))).toEqual({
      eventId: `${batchId}:0000`,
      createdAt: new Date('2026-11-20T09:00:00Z'),
      kind: 'session',
      type: 'login',
      source: 'queue',
      userId: 'alice',
      sessionId: sessionIds.of('s-1'),
      ipAddress: '203.0.113.9',
      userAgent: 'Firefox',
      country: 'DE',
      authMethod: 'sso',
      expiresAt: new Date('2026-11-20T17:00:00Z'),
      metadata: { device: 'laptop', session_id: sessionIds.of('s-1'), password: '[redacted]' },
    })
  })

  it.each(['login', 'logout', 'revoked', 'failed_login', 'expired', 'session_check', 'token_refresh'])(
    '%s is a session event',
    (type) => expect(decodeOne({ event_type: type })).toMatchObject({ kind: 'session', type }),
  )

  it('keeps what its table has no column for, in the metadata', () => {
    const item = {
      event_type: 'failed_login',
      user_email: 'a@example.org',
      count: 12,
      status: 'locked',
      metadata: { n: 1 },
    }
    const { metadata, userEmail, status } = decodeOne(item)
    expect({ metadata, userEmail, status }).toEqual({
      metadata: { n: 1, user_email: 'a@example.org', count: 12, status: 'locked' },
      userEmail: null,
      status: null,
    })
  })
})

describe('a resource event', () => {
  it('becomes a row of audit_logs', () => {
    const item = {
      event_type: 'api_key_created',
      event_category: 'warning',
      user_id: 42,
      resource_type: 'api_key',
      resource_id: 'k1',
      description: 'made a key',
      metadata: { scope: 'read' },
      ip_address: '2001:DB8::1',
      user_agent: 'curl/8',
    }
    expect(facts(decodeOne(item))).toEqual({
      eventId: `${batchId}:0000`,
      createdAt: new Date(claimedAt),
      kind: 'log',
      type: 'api_key_created',
      category: 'warning',
      source: 'queue',
      userId: '42',
      resourceType: 'api_key',
      resourceId: 'k1',
      description: 'made a key',
      ipAddress: '2001:db8::1',
      userAgent: 'curl/8',
      metadata: { scope: 'read' },
    })
  })

  it('of an unknown type is stored as it is', () => {
    expect(decodeOne({ event_type: 'made_up', country: 'DE' })).toMatchObject({
      kind: 'log',
      type: 'made_up',
      metadata: { country: 'DE' },
    })
  })

  it('of a permanent ban is critical unless the application says otherwise', () => {
    expect(decodeOne({ event_type: 'permanent_ban_applied' }).category).toBe('critical')
    expect(decodeOne({ event_type: 'permanent_ban_applied', event_category: 'info' }).category).toBe('info')
  })
})

describe('an action event', () => {
  it('becomes a row of audit_logs, column by column', () => {
    const item = {
      action: 'document.delete',
      user_id: 'bob',
      user_email: 'bob@example.org',
      resource_type: 'document',
      resource_id: 'd-9',
      ip_address: '10.0.0.1',
      user_agent: 'Safari',
      details: { reason: 'old' },
      status: 'failure',
      error_message: 'locked',
      duration_ms: '12.5',
      created_at: 1_763_629_200_123,
    }
    expect(facts(decodeOne(item))).toEqual({
      eventId: `${batchId}:0000`,
      createdAt: new Date(1_763_629_200_123),
      kind: 'log',
      type: 'document.delete',
      source: 'queue',
      userId: 'bob',
      userEmail: 'bob@example.org',
      resourceType: 'document',
      resourceId: 'd-9',
      ipAddress: '10.0.0.1',
      userAgent: 'Safari',
      status: 'failure',
      errorMessage: 'locked',
      durationMs: 12.5,
      metadata: { reason: 'old' },
    })
  })

  it('that speaks of a login is still one of audit_logs', () => {
    expect(decodeOne({ action: 'login', status: 'failure' })).toMatchObject({
      kind: 'log',
      type: 'login',
      status: 'failure',
    })
  })
})

describe('a check', () => {
  it('becomes a session_check with nothing but the user', () => {
    expect(facts(decodeOne({ timestamp: '2026-11-20T09:59:00Z', user_id: 'carol' }))).toEqual({
      eventId: `${batchId}:0000`,
      createdAt: new Date('2026-11-20T09:59:00Z'),
      kind: 'session',
      type: 'session_check',
      source: 'queue',
      userId: 'carol',
      metadata: {},
    })
  })

  it('keeps what the application chose to send', () => {
    const event = decodeOne({
      timestamp: 1_763_629_200,
      user_id: 'c',
      session_id: 's',
      username: 'Carol',
      email: 'c@x.org',
    })
    expect(event.sessionId).toBe(sessionIds.of('s'))
    expect(event.metadata).toEqual({ username: 'Carol', email: 'c@x.org' })
  })
})

describe('identity and time', () => {
  it('are the ones of the producer, or given by the claim', () => {
    const { events } = decode(
      { event_type: 'login', event_id: 'mine', created_at: '2026-01-01' },
      { event_type: 'login' },
      { event_type: 'login', event_id: '', created_at: null },
      { event_type: 'login', event_id: 7, timestamp: '2026-01-02' },
    )
    expect(events.map(({ eventId, createdAt }) => [eventId, createdAt.toISOString()])).toEqual([
      ['mine', '2026-01-01T00:00:00.000Z'],
      [`${batchId}:0001`, claimedAt],
      [`${batchId}:0002`, claimedAt],
      ['7', '2026-01-02T00:00:00.000Z'],
    ])
  })

  it('stay the producer’s where they stand twice: the tables tell duplicates', () => {
    const item = { event_type: 'login', event_id: 'twice', created_at: '2026-01-01' }
    expect(decode(item, item).events.map(({ eventId }) => eventId)).toEqual(['twice', 'twice'])
  })

  it.each(['1970-01-01T00:00:00Z', '2099-12-31T23:59:59Z'])('take %s as it is', (created_at) =>
    expect(decodeOne({ event_type: 'login', created_at }).createdAt).toEqual(new Date(created_at)),
  )

  it('date by the claim what has no readable time, and keep its text', () => {
    const { events, problems } = decode({ event_type: 'login', created_at: 'yesterday' })
    expect(events[0]!.createdAt).toEqual(new Date(claimedAt))
    expect(events[0]!.metadata).toEqual({
      created_at: 'yesterday',
      _notes: ['created_at: not a time, dated by its claim, kept in metadata'],
    })
    expect(problems).toMatchObject([
      { reason: 'stored with a change: not a time, dated by its claim, kept in metadata' },
    ])
  })

  it('name the queue that the batch was claimed from', () => {
    const critical = batchId.replace('queue', 'critical')
    const { events } = decodeBatch(
      { batchId: critical, items: [Buffer.from('{"event_type":"x"}')] },
      sessionIds,
      new Problems(),
    )
    expect(events[0]).toMatchObject({ source: 'critical', eventId: `${critical}:0000` })
  })

  it('keep ids of more digits than a double holds', () => {
    const { events } = decode(
      '{"event_type":"login","user_id":9007199254740993,"metadata":{"order":12345678901234567890,"huge":1e999}}',
      '{"event_type":"login","user_id":9007199254740992}',
    )
    expect(events.map(({ userId }) => userId)).toEqual(['9007199254740993', '9007199254740992'])
    expect(events[0]!.metadata).toEqual({ order: '12345678901234567890', huge: '1e999' })
  })
})

describe('an item that cannot be stored', () => {
  it.each<[string, Buffer | string | object, string]>([
    ['is empty', '', 'empty: expected one JSON object'],
    ['is blank', '  ', 'broken JSON: expected one JSON object'],
    ['is broken JSON', '{"event_type":"login",', 'broken JSON at position 22: expected one JSON object'],
    ['is a list', '[{"event_type":"login"}]', 'a list: expected one JSON object'],
    ['is a number', '42', 'a number: expected one JSON object'],
    ['is a text', '"login"', 'a string: expected one JSON object'],
    ['is null', 'null', 'null: expected one JSON object'],
    [
      'is msgpack',
      Buffer.from([0x81, 0xa4, 0x75, 0x73, 0x65, 0x72, 0xc3, 0xcf]),
      'not UTF-8: expected one JSON object as UTF-8 text',
    ],
    [
      'is of no dialect',
      { user_id: 'x' },
      'no known dialect: expected event_type, or action, or timestamp and user_id',
    ],
    ['has an object for a type', { event_type: {} }, 'event_type is an object: expected a text that names the event'],
    ['has a number for a type', { event_type: 5 }, 'event_type is a number: expected a text that names the event'],
    ['has an empty type', { action: '' }, 'action is empty: expected a text that names the event'],
    [
      'has a list for a session id',
      { event_type: 'login', session_id: ['a'] },
      'session_id is a list: expected a text',
    ],
    ['has an object for an event id', { event_type: 'login', event_id: {} }, 'event_id is an object: expected a text'],
  ])('%s', (_, item, reason) => expect(refusalOf(item)).toBe(reason))

  it.each(['user_id', 'event_id', 'resource_id', 'event_type'])(
    'has a %s that a cut would make another one',
    (field) => {
      const item = { event_type: 'made_up', [field]: 'x'.repeat(600) }
      expect(refusalOf(item)).toBe(
        `${field} has 600 characters, and 512 are the most: a cut would make two identities one`,
      )
      expect(decode(item).problems[0]!.reason).toContain('has N characters')
    },
  )

  it('does not stop its neighbours, and does not leak into the reason', () => {
    const { events, indexes, refused } = decode({ event_type: 'a' }, '{"session_id":"secret-session-id"', {
      event_type: 'b',
    })
    expect(events.map(({ type }) => type)).toEqual(['a', 'b'])
    expect(indexes).toEqual([0, 2])
    expect(refused).toEqual([{ index: 1, reason: expect.not.stringContaining('secret') }])
  })
})

describe('a value that its column cannot take', () => {
  const noted = (item: object) => {
    const { metadata, ...event } = decodeOne({ event_type: 'made_up', ...item })
    return { event, metadata }
  }

  it.each<[string, unknown, string]>([
    ['ip_address', 'not-an-ip', 'not an address'],
    ['ip_address', { v4: '10.0.0.1' }, 'not an address'],
    ['ip_address', 167_772_161, 'not an address'],
    ['user_id', { id: 1 }, 'an object where a text was expected'],
    ['description', ['a'], 'a list where a text was expected'],
    ['duration_ms', 'long', 'not a number'],
    ['event_category', 'fatal', 'none of info, warning, critical'],
    ['metadata', ['a'], 'a list where an object was expected'],
    ['metadata', 'plain words', 'a string where an object was expected'],
  ])('%s: %j is kept in the metadata, and noted', (field, value, what) => {
    expect(noted({ [field]: value }).metadata).toEqual({
      [field]: value,
      _notes: [`${field}: ${what}, kept in metadata`],
    })
  })

  it('of a session event is kept too', () => {
    const event = decodeOne({ event_type: 'login', expires_at: 'never', is_active: 'maybe', force_logout: '1' })
    expect(event).toMatchObject({ expiresAt: null, isActive: null, forceLogout: true })
    expect(event.metadata).toMatchObject({ expires_at: 'never', is_active: 'maybe' })
  })

  it('is nothing where it is null or an empty identifier', () => {
    const { event, metadata } = noted({ user_id: '', ip_address: '', resource_id: null, description: '' })
    expect(event).toMatchObject({ userId: null, ipAddress: null, resourceId: null, description: '' })
    expect(metadata).toEqual({})
  })

  it('is cut, made visible or mended where it is text', () => {
    const { event, metadata } = noted({
      user_agent: 'x'.repeat(1_000_000),
      description: 'a\0b',
      error_message: '\ud800',
    })
    expect(event.userAgent).toHaveLength(8192)
    expect(event).toMatchObject({ description: String.raw`a\u0000b`, errorMessage: '\ufffd' })
    expect(metadata).toEqual({
      _notes: [
        'user_agent: cut from 1000000 characters',
        'description: NUL made visible',
        'error_message: broken surrogates replaced',
      ],
    })
  })
})

describe('metadata', () => {
  it('that is JSON in a text is read, so that its secrets go', () => {
    const { metadata } = decodeOne({ event_type: 'x', metadata: '{"token":"abc","n":1}' })
    expect(metadata).toEqual({ token: '[redacted]', n: 1 })
  })

  it('loses nothing to a field of the same name', () => {
    const { metadata } = decodeOne({ event_type: 'x', count: 3, metadata: { count: 4 }, details: { more: true } })
    expect(metadata).toEqual({ count: 4, more: true, 'event.count': 3 })
  })

  it('keeps prototype keys as data', () => {
    const event = decodeOne(
      '{"event_type":"x","__proto__":{"admin":true},"constructor":1,"metadata":{"__proto__":{"root":1}}}',
    )
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
    expect(JSON.stringify(event.metadata)).toBe(
      '{"__proto__":{"root":1},"event.__proto__":{"admin":true},"constructor":1}',
    )
  })

  it('keeps the notes that were sent beside ours', () => {
    const { metadata } = decodeOne({ event_type: 'x', ip_address: '?', metadata: { _notes: 'theirs' } })
    expect(metadata['_notes']).toEqual(['theirs', 'ip_address: not an address, kept in metadata'])
  })
})

it('a batch id that is none is refused', () => {
  expect(() => decodeBatch({ batchId: 'garbage', items: [] }, sessionIds, new Problems())).toThrow(
    /"garbage" is no batch id/,
  )
})
