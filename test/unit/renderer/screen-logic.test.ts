import { ORPCError } from '@orpc/client'
import { describe, expect, test } from 'vitest'
import { parseQuery } from '../../../src/main/engine/search/parse.ts'
import { blockedBy } from '../../../src/renderer/api/act-gate.ts'
import { grownAreas } from '../../../src/renderer/api/revisions.ts'
import { feedWords } from '../../../src/renderer/app/feed-words.ts'
import { formatPlace, pageAt, parsePlace } from '../../../src/renderer/app/place.ts'
import { paletteNameFor } from '../../../src/renderer/app/use-palette.ts'
import { wordsFor } from '../../../src/renderer/components/error-words.ts'
import { stepOf } from '../../../src/renderer/components/grid/keys.ts'
import { formatJson, tokenise } from '../../../src/renderer/components/json-tokens.ts'
import { remembered, suggestionsFor } from '../../../src/renderer/components/query-box/suggestions.ts'
import { evidenceQuery } from '../../../src/renderer/pages/alerts/evidence-query.ts'
import { eventKey, queryOfKey } from '../../../src/renderer/pages/events/event-key.ts'
import { missingFor } from '../../../src/renderer/pages/sessions/revoke/confirmation.ts'
import { tally } from '../../../src/renderer/pages/sessions/revoke/tally.ts'
import { timelineSteps } from '../../../src/renderer/pages/sessions/timeline-steps.ts'
import { savable } from '../../../src/renderer/pages/settings/savable.ts'
import { errorCodes } from '../../../src/shared/errors.ts'
import { blankEvent } from '../../../src/shared/model/event.ts'
import { EventId, SessionId } from '../../../src/shared/model/ids.ts'
import { sessionQueryFields } from '../../../src/shared/model/query-fields.ts'
import type { ConnectionState, LiveStatus } from '../../../src/shared/model/system.ts'

const at = (second: number) => new Date(Date.UTC(2026, 6, 28, 12, 0, second))
const event = (id: string, second: number, facts: { ipAddress?: string; country?: string } = {}) => ({
  ...blankEvent({ eventId: EventId.parse(id), createdAt: at(second), kind: 'session', type: 'login', source: 'queue' }),
  ...facts,
})

describe('places', () => {
  test('go into a link and come back', () => {
    const place = pageAt('events', {
      query: 'user:"a&b" #x',
      row: '17~b:1',
      tab: 'x',
      range: { kind: 'last', span: '7d' },
    })
    expect(parsePlace(formatPlace(place))).toEqual(place)
    expect(formatPlace(pageAt('overview'))).toBe('#/overview')
  })

  test('a link that is none leads to the overview', () => {
    expect(parsePlace('#token=abc')).toEqual(pageAt('overview'))
    expect(parsePlace('#/nowhere?range=x').page).toBe('overview')
  })
})

describe('acts', () => {
  const connection = (status: ConnectionState['status'], reason: string | null = null): ConnectionState => ({
    status,
    target: '',
    since: at(0),
    reason,
    attempt: 0,
    nextRetryAt: null,
    server: null,
  })
  const status = (redis: ConnectionState, postgres: ConnectionState, readOnly = false) =>
    ({ redis, postgres, readOnly }) as LiveStatus
  const up = connection('connected')

  test('are open when all they need is there', () => {
    expect(blockedBy({ feed: 'live', status: status(up, up) }, ['redis', 'postgres'])).toBeNull()
    expect(blockedBy({ feed: 'paused', status: status(up, connection('down')) }, ['redis'])).toBeNull()
  })

  test('are closed with the reason', () => {
    const down = connection('down', 'connection refused')
    expect(blockedBy({ feed: 'live', status: status(up, down) }, ['redis', 'postgres'])).toBe(
      'PostgreSQL is not connected: connection refused.',
    )
    expect(blockedBy({ feed: 'live', status: status(up, up, true) }, [])).toContain('read-only')
    expect(blockedBy({ feed: 'broken', status: status(up, up) }, [])).toContain('engine')
    expect(blockedBy({ feed: 'waiting', status: null }, [])).toContain('engine')
  })

  test('a revocation says what is still missing', () => {
    const whole = { code: 'policy', text: 'because', typed: '12', count: 12, leftMs: 1 }
    expect(missingFor(whole)).toBeNull()
    expect(missingFor({ ...whole, count: 1, typed: '' })).toBeNull()
    expect(missingFor({ ...whole, typed: '11' })).toContain('12')
    expect(missingFor({ ...whole, typed: '' })).toContain('12')
    expect(missingFor({ ...whole, text: '  x ' })).toContain('why')
    expect(missingFor({ ...whole, code: '' })).toContain('reason')
    expect(missingFor({ ...whole, leftMs: 0 })).toContain('too old')
  })

  test('outcomes are counted by kind', () => {
    const outcome = (kind: 'verified' | 'returned') => ({
      sessionId: SessionId.parse('s'),
      userId: null,
      outcome: kind,
      detail: null,
    })
    expect(tally([outcome('returned'), outcome('verified'), outcome('verified')])).toEqual([
      { outcome: 'verified', count: 2 },
      { outcome: 'returned', count: 1 },
    ])
  })
})

describe('errors', () => {
  test('every code has words of its own', () => {
    const titles = Object.keys(errorCodes).map((code) => wordsFor(new ORPCError(code, { message: 'm' })).title)
    expect(new Set(titles).size).toBe(titles.length)
  })

  test('the message is kept; what is unknown is an error inside', () => {
    expect(wordsFor(new ORPCError('QUERY_SYNTAX', { message: 'Character 3: …' })).message).toBe('Character 3: …')
    expect(wordsFor(new TypeError('x')).title).toBe(wordsFor(new ORPCError('INTERNAL')).title)
    expect(wordsFor('thrown text').message).toBe('thrown text')
  })
})

describe('what the screen says of itself', () => {
  test('its age, and why it stands still', () => {
    expect(feedWords('live', 500)).toEqual({ tone: 'ok', words: 'Live, data now' })
    expect(feedWords('live', 9_000)).toEqual({ tone: 'warning', words: 'Late, data 9 s old' })
    expect(feedWords('broken', 65_000).words).toBe('Engine not reachable, data 1 min 5 s old')
    expect(feedWords('waiting', null).words).toBe('Waiting for the engine')
  })

  test('the palette follows the choice, or the system', () => {
    expect(paletteNameFor('light', { light: false, contrast: true })).toBe('light')
    expect(paletteNameFor('system', { light: true, contrast: false })).toBe('light')
    expect(paletteNameFor('system', { light: true, contrast: true })).toBe('contrast')
    expect(paletteNameFor('system', { light: false, contrast: false })).toBe('dark')
  })

  test('only what grew is read again', () => {
    const before = { sessions: 1, events: 1, alerts: 1, queues: 1 }
    expect(grownAreas(before, { ...before, alerts: 2, queues: 5 })).toEqual(['alerts', 'queues'])
  })
})

describe('JSON', () => {
  test.each(['{"a":[1,-2.5e3,true,null,"x\\"y"],"b":{}}', 'no json {"a"', '', '"'])(
    'the pieces of %j are the text',
    (text) => {
      const pretty = formatJson(text)
      expect(
        tokenise(pretty)
          .map((token) => token.text)
          .join(''),
      ).toBe(pretty)
    },
  )

  test('keys, texts, numbers and words are told apart', () => {
    const kinds = tokenise('{"a": "b", "c": 1, "d": null}').filter(({ kind }) => kind !== 'plain')
    expect(kinds.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'key "a"',
      'string "b"',
      'key "c"',
      'number 1',
      'key "d"',
      'word null',
    ])
  })

  test('a very long text is one piece', () => {
    expect(tokenise('1,'.repeat(100_000))).toHaveLength(1)
  })
})

test('keys move through rows and stop at both ends', () => {
  const key = (name: string, ctrlKey = false) =>
    stepOf({ key: name, ctrlKey, metaKey: false, altKey: false }, { at: 5, page: 10, count: 20 })
  expect(['j', 'k', 'ArrowDown', 'PageDown', 'PageUp', 'Home', 'End', 'x'].map((name) => key(name))).toEqual([
    6,
    4,
    6,
    15,
    0,
    0,
    19,
    null,
  ])
  expect(key('k', true)).toBeNull()
})

test('suggestions: what was saved and searched before, then fields; later the word at the caret', () => {
  const sources = { fields: sessionQueryFields, saved: ['state:live'], history: ['user:a', 'state:live'] }
  const empty = suggestionsFor('', 0, sources)
  expect(empty.slice(0, 3).map(({ kind, label }) => `${kind} ${label}`)).toEqual([
    'saved state:live',
    'history user:a',
    'completion user:',
  ])
  expect(suggestionsFor('cou', 3, sources).map(({ query }) => query)).toEqual(['country:'])
  expect(remembered(['a', 'b'], ' b ')).toEqual(['b', 'a'])
  expect(remembered(['a'], '  ')).toEqual(['a'])
})

describe('events', () => {
  test('are found again by the key in a link', () => {
    const one = event('b"1:~7', 3)
    const found = queryOfKey(eventKey(one))
    expect(found?.eventId).toBe('b"1:~7')
    expect(parseQuery(found?.query ?? '')).toMatchObject({ name: 'id', values: [{ text: 'b"1:~7' }] })
    expect(queryOfKey('nonsense')).toBeNull()
  })

  test('of a session become steps that say what changed', () => {
    const steps = timelineSteps([
      event('1', 0, { ipAddress: '10.0.0.1', country: 'DE' }),
      event('2', 30, { ipAddress: '10.0.0.1' }),
      event('3', 90, { ipAddress: '10.0.0.2', country: 'DE' }),
    ])
    expect(steps.map(({ afterMs }) => afterMs)).toEqual([null, 30_000, 60_000])
    expect(steps.map(({ changed }) => changed.map(({ value }) => value))).toEqual([
      ['10.0.0.1', 'DE'],
      [],
      ['10.0.0.2'],
    ])
  })

  test('of an alert are found by entity and window, both ends included', () => {
    const window = { windowStart: at(0), windowEnd: at(30) }
    expect(evidenceQuery({ entityKind: 'ip', entity: '2001:db8::1', ...window })).toBe(
      'ip:"2001:db8::1" after:"2026-07-28T12:00:00.000Z" before:"2026-07-28T12:00:30.001Z"',
    )
    expect(evidenceQuery({ entityKind: 'system', entity: 'redis', ...window })).not.toContain('redis')
  })
})

test('connections that were left empty stay as they are; the sample needs both', () => {
  const typed = (redisUrl: string, postgresUrl: string, isSample = false) =>
    savable({ redisUrl, postgresUrl, isSample })
  expect(typed(' ', '')).toBeNull()
  expect(typed('redis://a', ' ')).toEqual({ redisUrl: 'redis://a', postgresUrl: null })
  expect(typed('redis://a', '', true)).toBeNull()
  expect(typed('redis://a', 'postgres://b', true)).toEqual({ redisUrl: 'redis://a', postgresUrl: 'postgres://b' })
})
