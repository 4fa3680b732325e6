import { describe, expect, it } from 'vitest'
import { matchesEvent, matchesPattern } from '../../../src/main/engine/search/match-event.ts'
import { readQuery } from '../../../src/main/engine/search/resolve.ts'
import { blankEvent } from '../../../src/shared/model/event.ts'
import { EventId, SessionId } from '../../../src/shared/model/ids.ts'
import { eventQueryFields } from '../../../src/shared/model/query-fields.ts'

const nowMs = Date.parse('2026-11-20T12:00:00Z')
const event = {
  ...blankEvent({
    eventId: EventId.parse('e1'),
    createdAt: new Date(nowMs - 60_000),
    kind: 'session',
    type: 'failed_login',
    source: 'queue',
  }),
  userId: 'alice',
  ipAddress: '10.1.2.3',
  country: 'DE',
  userAgent: 'curl/8.17 (Büro)',
  durationMs: 700,
}
const matches = (query: string): boolean =>
  matchesEvent(
    readQuery(query, { fields: eventQueryFields, nowMs, soughtSession: (typed) => SessionId.parse(`h-${typed}`) }),
    event,
  )

describe('matchesEvent says what the stores would say', () => {
  it.each([
    '',
    'user:alice',
    'ip:10.0.0.0/8 -country:FR',
    'country:de',
    'agent:CURL',
    'type:failed_*',
    'last:5m',
    'duration:>500',
    'user:bob OR ip:10.1.2.3',
    '"curl/8.17"',
    '-session:abc',
  ])('%s holds', (query) => expect(matches(query)).toBe(true))

  it.each([
    'user:Alice',
    'ip:10.0.0.0/16',
    '-type:failed_login',
    'last:30s',
    'session:*',
    'duration:<500',
    'bob',
    'country:D',
  ])('%s does not', (query) => expect(matches(query)).toBe(false))
})

it('matches patterns without running away on hostile text', () => {
  const stars = Array.from({ length: 8 }, () => ['*' as const, { text: 'a' }]).flat()
  expect(matchesPattern([...stars, { text: 'b' }], 'a'.repeat(20_000))).toBe(false)
  expect(matchesPattern(['?', { text: 'B' }, '*'], 'abc')).toBe(true)
  expect(matchesPattern([{ text: 'É' }], 'é')).toBe(false)
})
