import { createHash } from 'node:crypto'
import { blankEvent, type AuditEvent } from '../../src/shared/model/event.ts'
import { EventId, SessionId } from '../../src/shared/model/ids.ts'
import type { EndReason, Session } from '../../src/shared/model/session.ts'

/** When the searches of the test happen. */
export const nowMs = Date.parse('2026-11-20T12:00:00.000Z')
const minuteMs = 60_000

/** Stands in for the HMAC of a session id. */
export const storedSessionId = (liveId: string): SessionId =>
  SessionId.parse(createHash('sha256').update(liveId).digest('hex'))

const users = [
  'alice',
  'Alice',
  'bob',
  "o'neil",
  'a%b',
  'a_b',
  'axb',
  'star*star',
  'back\\slash',
  'wow!',
  'Ünï',
  '日本😀',
  '12345678901234567890',
  '007',
  null,
]
const addresses = ['10.0.0.1', '10.1.2.3', '192.168.1.200', '2001:db8::1', '2001:db8:ffff::2', '::1', null]
const agents = [
  'Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0',
  'curl/8.5.0',
  'python-requests/2.32 100% _real_',
  '<script>alert(1)</script>',
  null,
]
const sessionTypes = ['login', 'failed_login', 'logout', 'session_check', 'token_refresh', 'revoked']
const logTypes = ['api_key_created', 'permanent_ban_applied', 'Custom Type']
const countries = ['DE', 'de', 'FR', null]

/** The member of a list that an index falls on, so that lists of different lengths meet in all combinations. */
function pick<T>(list: readonly T[], index: number): T {
  return list[index % list.length] as T
}

function sessionEvent(index: number): AuditEvent {
  return {
    ...blankEvent({
      eventId: EventId.parse(`s:${index}`),
      // Three events share each moment: their order is their ids'.
      createdAt: new Date(nowMs - Math.floor(index / 3) * 7 * minuteMs),
      kind: 'session',
      type: pick(sessionTypes, index),
      source: index % 4 === 0 ? 'critical' : 'queue',
    }),
    userId: pick(users, index),
    sessionId: index % 5 === 0 ? null : storedSessionId(`live ${index % 40}`),
    ipAddress: pick(addresses, index),
    userAgent: pick(agents, index),
    country: pick(countries, index),
    authMethod: pick(['password', 'SSO', null], index),
    metadata: { index },
  }
}

function logEvent(index: number): AuditEvent {
  return {
    ...blankEvent({
      eventId: EventId.parse(`l:${index}`),
      createdAt: new Date(nowMs - index * 11 * minuteMs),
      kind: 'log',
      type: pick(logTypes, index),
      source: 'queue',
    }),
    userId: pick(users, index),
    userEmail: pick(['Bob@Example.com', 'carol@example.com', null], index),
    category: pick(['info', 'warning', 'critical', null] as const, index),
    ipAddress: pick(addresses, index + 1),
    userAgent: pick(agents, index + 2),
    resourceType: pick(['api_key', 'User', null], index),
    resourceId: pick(['key-1', '/api/users/7', 'a,b', null], index),
    description: pick(['Key made for CI (50% done)', 'Banned "for good"', 'semi;colon \\ slash', null], index),
    status: pick(['success', 'FAILURE', null], index),
    errorMessage: pick(['timeout after 30s', null], index),
    durationMs: pick([0, 1.5, 120, 5_000, null], index),
  }
}

/** What is odd: the same time and id in both tables, ids that languages sort in their own way, no epoch, a far future. */
function oddEvents(): AuditEvent[] {
  const at = (time: string, id: string, kind: AuditEvent['kind'], type: string) =>
    blankEvent({ eventId: EventId.parse(id), createdAt: new Date(time), kind, type, source: 'queue' })
  return [
    at('2026-11-19T00:00:00Z', 'twin', 'session', 'login'),
    at('2026-11-19T00:00:00Z', 'twin', 'log', 'register'),
    ...['Zebra', 'apple', '[x]', 'a-b', 'ab'].map((id) => at('2026-11-19T01:00:00Z', id, 'log', 'register')),
    at('1970-01-01T00:00:00Z', 'old', 'session', 'login'),
    at('2099-12-31T23:59:59.999Z', 'far', 'log', 'register'),
    at('2026-11-18T00:00:00Z', "'; DROP TABLE audit_sessions; --", 'log', 'register'),
    { ...at('2026-11-18T00:00:00Z', 'visible nul', 'log', 'register'), description: 'holds \\u0000 as text' },
  ]
}

export const corpusEvents = (): AuditEvent[] => [
  ...Array.from({ length: 360 }, (_, index) => sessionEvent(index)),
  ...Array.from({ length: 240 }, (_, index) => logEvent(index)),
  ...oddEvents(),
]

function session(index: number): Session {
  const firstSeen = new Date(nowMs - index * 9 * minuteMs)
  const ended = index % 4 === 3
  return {
    sessionId: storedSessionId(`live ${index}`),
    userId: pick(users, index),
    profile: pick(['plain-json', 'connect-redis'], index),
    isActive: true,
    forceLogout: false,
    ipAddress: pick(addresses, index),
    userAgent: pick(agents, index),
    country: pick(countries, index),
    lastActive: index % 6 === 0 ? null : new Date(firstSeen.getTime() + (index % 3) * minuteMs),
    expiresAt: new Date(nowMs + 3_600_000),
    apiCallCount: index * 10,
    firstSeen,
    lastSeen: firstSeen,
    endedAt: ended ? new Date(nowMs) : null,
    endReason: ended ? pick<EndReason>(['expired', 'logout', 'revoked'], index) : null,
    metadata: {},
  }
}

export const corpusSessions = (): Session[] => Array.from({ length: 120 }, (_, index) => session(index))
