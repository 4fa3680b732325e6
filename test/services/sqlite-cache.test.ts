import { randomUUID } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { createCache, type Cache } from '../../src/main/engine/sqlite/cache.ts'
import { cacheFile, openCacheFile } from '../../src/main/engine/sqlite/open.ts'
import { eventFromRow, sessionFromRow, type StoredRow } from '../../src/main/engine/sqlite/rows.ts'
import type { Alert } from '../../src/shared/model/alert.ts'
import { blankEvent, type AuditEvent } from '../../src/shared/model/event.ts'
import { AlertId, EventId, SessionId, SuppressionId } from '../../src/shared/model/ids.ts'
import type { Session } from '../../src/shared/model/session.ts'
import type { Suppression } from '../../src/shared/model/suppression.ts'
import type { TriageEntry } from '../../src/shared/model/triage.ts'
import { createTempDir } from '../helpers/temp.ts'

const nowMs = Date.parse('2026-11-20T12:00:00.123Z')
const dayMs = 86_400_000
const opened: Cache[] = []
afterEach(() => {
  for (const cache of opened.splice(0)) cache.close()
})

function open(file: string): Cache {
  const cache = createCache(openCacheFile(file).database)
  opened.push(cache)
  return cache
}
const newFile = async (): Promise<string> => cacheFile((await createTempDir()).path, 'store')

const event = (n: number, more: Partial<AuditEvent> = {}): AuditEvent => ({
  ...blankEvent({
    eventId: EventId.parse(`e${n}`),
    createdAt: new Date(nowMs - n),
    kind: 'session',
    type: 'login',
    source: 'queue',
  }),
  ...more,
})
const full = event(1, {
  category: 'warning',
  userId: "al'ice",
  sessionId: SessionId.parse('s1'),
  ipAddress: '2001:db8::1',
  expiresAt: new Date(nowMs + 5),
  isActive: true,
  forceLogout: false,
  durationMs: 1.5,
  metadata: { deep: { list: [1, null, '<script>'] } },
})
const alert: Alert = {
  alertId: AlertId.parse('a1'),
  ruleId: 'r',
  ruleVersion: '1',
  title: 't',
  severity: 'high',
  entityKind: 'user',
  entity: 'alice',
  windowStart: new Date(nowMs - 9),
  windowEnd: new Date(nowMs),
  value: 6,
  threshold: 5,
  timespanMs: 60_000,
  eventCount: 6,
  suppressedCount: 0,
  lists: {},
  summary: 'why',
  attack: ['t1110'],
  closedAt: null,
  state: 'new',
  verdict: null,
  owner: null,
  revision: 0,
  createdAt: new Date(nowMs),
}
const history: TriageEntry[] = [
  {
    id: 1,
    at: new Date(nowMs),
    actor: 'carol',
    action: 'comment',
    fromState: 'new',
    toState: 'new',
    verdict: null,
    owner: null,
    comment: '<b>',
  },
]
const suppression: Suppression = {
  suppressionId: SuppressionId.parse('0d3f5a63-8d5b-4c9c-9b53-6f1b1d6f4d2e'),
  kind: 'user',
  pattern: 'alice',
  ruleId: null,
  reason: 'a drill',
  createdBy: 'carol',
  createdAt: new Date(nowMs),
  expiresAt: new Date(nowMs + 9),
  forcedReason: null,
  endedAt: null,
  endedBy: null,
  endReason: null,
  state: 'active',
}
const rows = (cache: Cache, table: string): StoredRow[] =>
  cache.reader.prepare<[], StoredRow>(`SELECT * FROM ${table}`).all()

describe('the cache', () => {
  test('gives back what was put, whole, after it was closed and opened again', async () => {
    const file = await newFile()
    const session: Session = {
      sessionId: SessionId.parse('s1'),
      userId: 'alice',
      profile: 'plain-json',
      isActive: true,
      forceLogout: false,
      ipAddress: '10.0.0.1',
      userAgent: null,
      country: 'DE',
      lastActive: null,
      expiresAt: new Date(nowMs),
      apiCallCount: 7,
      firstSeen: new Date(nowMs - 9),
      lastSeen: new Date(nowMs),
      endedAt: null,
      endReason: null,
      metadata: { plan: 'team' },
    }
    const sample = {
      atMs: nowMs,
      activeSessions: 3,
      loginsPerSecond: null,
      failuresPerSecond: 0,
      queueDepth: 1,
      storedPerSecond: 2.5,
      redisLatencyMs: 0.4,
    }
    const first = open(file)
    first.putEvents([full])
    first.putSessions([session])
    first.putAlert(alert, [{ eventId: full.eventId, createdAt: full.createdAt }], history)
    first.putSuppressions([{ ...suppression, suppressionId: SuppressionId.parse(randomUUID()) }])
    first.putSuppressions([suppression])
    first.putSample(sample)
    first.setMeta('cursor', '42')
    first.close()
    opened.length = 0

    const cache = open(file)
    expect(rows(cache, 'events').map(eventFromRow)).toEqual([full])
    expect(rows(cache, 'sessions').map(sessionFromRow)).toEqual([session])
    expect(cache.alerts()).toEqual([alert])
    expect(cache.alert(alert.alertId)).toEqual({
      alert,
      events: [{ eventId: full.eventId, createdAt: full.createdAt }],
      history,
      deliveries: null,
    })
    expect(cache.suppressions()).toEqual([suppression])
    expect(cache.samples(nowMs, nowMs)).toEqual([sample])
    expect(cache.meta('cursor')).toBe('42')
    expect(cache.status()).toMatchObject({ events: 1, newestAt: full.createdAt })
  })

  test('holds an event once, however often it is put, and drops what was replaced', async () => {
    const cache = open(await newFile())
    const sessionId = SessionId.parse('s1')
    cache.putEvents([event(1, { sessionId }), event(2, { sessionId })])
    cache.putEvents([event(1, { sessionId }), event(3)], [{ sessionId, eventId: event(2).eventId }])
    expect(new Set(rows(cache, 'events').map(({ event_id }) => event_id))).toEqual(new Set(['e1', 'e3']))
  })

  test('forgets an alert that was withdrawn, with its evidence', async () => {
    const cache = open(await newFile())
    cache.putAlert(alert, [{ eventId: full.eventId, createdAt: full.createdAt }], history)
    cache.dropAlert(alert.alertId)
    expect(cache.alert(alert.alertId)).toBeNull()
    expect(rows(cache, 'alert_events')).toEqual([])
  })

  test('puts together all or nothing', async () => {
    const cache = open(await newFile())
    const fails = () =>
      cache.together(() => {
        cache.putEvents([event(1)])
        throw new Error('half way')
      })
    expect(fails).toThrow('half way')
    expect(cache.status().events).toBe(0)
  })

  test('is readable by its owner alone', async () => {
    const file = await newFile()
    open(file)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700)
  })

  test('sets a damaged file aside and begins anew', async () => {
    const file = await newFile()
    open(file).close()
    opened.length = 0
    writeFileSync(file, 'no database at all, but long enough to look like one'.repeat(50))
    const { database, setAside } = openCacheFile(file)
    opened.push(createCache(database))
    expect(setAside).not.toBeNull()
    expect(readFileSync(setAside ?? '', 'utf8')).toContain('no database at all')
  })

  test('refuses a file of a newer program', async () => {
    const file = await newFile()
    const cache = open(file)
    cache.reader.pragma('user_version = 99')
    expect(() => openCacheFile(file)).toThrow(expect.objectContaining({ code: 'CACHE_UNAVAILABLE' }))
  })
})

describe('pruning', () => {
  test('removes what is older than the age', async () => {
    const cache = open(await newFile())
    cache.putEvents([event(0), event(2 * dayMs), event(9 * dayMs)])
    expect(cache.prune({ maxAgeDays: 7, maxBytes: 1e9 }, nowMs)).toBe(1)
    expect(cache.status().events).toBe(2)
  })

  test('keeps the newest within the size, and gives the room back to the disk', async () => {
    const file = await newFile()
    const cache = open(file)
    const agent = 'x'.repeat(400)
    for (let n = 0; n < 40_000; n += 5_000) {
      cache.putEvents(Array.from({ length: 5_000 }, (_, i) => event(n + i, { userAgent: agent })))
    }
    cache.reader.pragma('wal_checkpoint(TRUNCATE)')
    const before = statSync(file).size
    const maxBytes = 6 * 1024 * 1024
    expect(cache.prune({ maxAgeDays: 7, maxBytes }, nowMs)).toBeGreaterThan(10_000)
    expect(cache.status().bytes).toBeLessThanOrEqual(maxBytes)
    expect(cache.status().newestAt).toEqual(new Date(nowMs))
    cache.reader.pragma('wal_checkpoint(TRUNCATE)')
    expect(statSync(file).size).toBeLessThan(before / 2)
  })
})
