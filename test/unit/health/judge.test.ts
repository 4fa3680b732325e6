import { describe, expect, test } from 'vitest'
import { judge, serviceHealth } from '../../../src/main/engine/health/judge.ts'
import type { MinuteCounts, Vitals } from '../../../src/main/engine/health/vitals.ts'

const quiet: MinuteCounts = {
  stored: 1_000,
  duplicates: 0,
  failed: 0,
  retried: 0,
  overflowed: 0,
  dropped: 0,
  lost: 0,
  publishFailures: 0,
}
const well: Vitals = {
  redis: 'connected',
  postgres: 'connected',
  draining: true,
  workers: 2,
  waiting: 0,
  queueLimit: 10_000,
  deadLetters: 0,
  lagMs: 0,
  lastMinute: quiet,
  redisP95Ms: 0.4,
  writeP95Ms: 20,
  mirrorAgeMs: 5_000,
  mirrorLateMs: 60_000,
}
const minute = (counts: Partial<MinuteCounts>): Partial<Vitals> => ({ lastMinute: { ...quiet, ...counts } })

describe('health', () => {
  test('is well where nothing is wrong, and where nothing is known yet', () => {
    const nothing = { status: 'healthy', issues: [], recommendations: [] }
    expect(judge(well)).toEqual(nothing)
    const unknown = { waiting: null, deadLetters: null, lagMs: null, redisP95Ms: null, writeP95Ms: null }
    expect(judge({ ...well, ...unknown, mirrorAgeMs: null, ...minute({ stored: 0 }) })).toEqual(nothing)
  })

  test.each<[what: string, status: string, change: Partial<Vitals>, issue: RegExp, advice: RegExp]>([
    ['Redis is away', 'unhealthy', { redis: 'down' }, /^Redis is not connected/, /Bring Redis back/],
    ['Redis is tried again', 'unhealthy', { redis: 'connecting' }, /^Redis is not connected/, /Bring Redis back/],
    ['PostgreSQL is away', 'unhealthy', { postgres: 'down' }, /^PostgreSQL is not/, /events wait in Redis/],
    ['events are dropped', 'unhealthy', minute({ dropped: 3 }), /^3 events were dropped/, /queue.workers/],
    ['the stream is trimmed too early', 'unhealthy', minute({ lost: 2 }), /^2 entries left/, /MAXLEN/],
    ['the queue is half full', 'degraded', { waiting: 5_000 }, /^5,000 items wait.* 10,000/, /now 2/],
    ['the queue is at its limit', 'unhealthy', { waiting: 10_000 }, /^10,000 items wait/, /workers/],
    ['the queue overflowed', 'degraded', minute({ overflowed: 7 }), /^7 items came/, /before events are dropped/],
    ['1 % fails', 'degraded', minute({ stored: 990, failed: 10 }), /^10 of 1,000 items/, /audit:failed/],
    ['half of all fails', 'unhealthy', minute({ stored: 5, failed: 5 }), /^5 of 10 items/, /audit:failed/],
    ['batches are tried again', 'degraded', minute({ retried: 2 }), /tried again 2 times/, /log of PostgreSQL/],
    ['it lags', 'degraded', { lagMs: 10_000 }, /10 s old/, /clocks of the producers/],
    ['it lags far behind', 'unhealthy', { lagMs: 60_000 }, /60 s old/, /workers/],
    ['Redis is slow', 'degraded', { redisP95Ms: 50 }, /Redis answers slowly/, /SLOWLOG/],
    ['PostgreSQL is slow', 'degraded', { writeP95Ms: 1_000 }, /PostgreSQL writes slowly/, /pg_stat_activity/],
    ['the mirror is late', 'degraded', { mirrorAgeMs: 61_000 }, /mirror of sessions is 61 s/, /log/],
    ['the feed has gaps', 'degraded', minute({ publishFailures: 4 }), /^4 stored events/, /They are stored/],
  ])('says so and what to do when %s', (_what, status, change, issue, advice) => {
    const judged = judge({ ...well, ...change })
    expect(judged.status).toBe(status)
    expect(judged.issues).toEqual([expect.stringMatching(issue)])
    const severity = status === 'unhealthy' ? 'critical' : 'warning'
    expect(judged.recommendations).toEqual([{ severity, text: expect.stringMatching(advice) as string }])
  })

  test.each<[what: string, change: Partial<Vitals>]>([
    ['a queue just under half of its limit', { waiting: 4_999 }],
    ['fewer failures than 1 %', minute({ stored: 9_999, failed: 99 })],
    ['duplicates', minute({ stored: 0, duplicates: 500 })],
    ['a lag just under 10 s', { lagMs: 9_999 }],
  ])('is not troubled by %s', (_what, change) => {
    expect(judge({ ...well, ...change })).toMatchObject({ status: 'healthy', issues: [] })
  })

  test('mentions dead letters, which harm nothing where they lie', () => {
    expect(judge({ ...well, deadLetters: 3 })).toEqual({
      status: 'healthy',
      issues: [],
      recommendations: [{ severity: 'info', text: expect.stringMatching(/^3 items lie in audit:failed/) as string }],
    })
  })

  test('is as bad as the worst of it, and that comes first', () => {
    const judged = judge({ ...well, lagMs: 20_000, postgres: 'down', deadLetters: 1 })
    expect(judged.status).toBe('unhealthy')
    expect(judged.issues[0]).toMatch(/^PostgreSQL/)
    expect(judged.recommendations.map(({ severity }) => severity)).toEqual(['critical', 'warning', 'info'])
  })
})

describe('services', () => {
  test.each<[what: string, change: Partial<Vitals>, expected: ReturnType<typeof serviceHealth>]>([
    [
      'all serve',
      { waiting: 50_000 },
      { status: 'healthy', services: { redis: 'healthy', audit_worker: 'healthy', postgres: 'healthy' } },
    ],
    [
      'Redis is away',
      { redis: 'down' },
      { status: 'unhealthy', services: { redis: 'unhealthy', audit_worker: 'unhealthy', postgres: 'healthy' } },
    ],
    [
      'PostgreSQL is away',
      { postgres: 'down' },
      { status: 'unhealthy', services: { redis: 'healthy', audit_worker: 'unhealthy', postgres: 'unhealthy' } },
    ],
    [
      'the workers struggle',
      minute({ retried: 1 }),
      { status: 'degraded', services: { redis: 'healthy', audit_worker: 'degraded', postgres: 'healthy' } },
    ],
    [
      'no workers are meant to run',
      { draining: false, ...minute({ retried: 1 }) },
      { status: 'healthy', services: { redis: 'healthy', audit_worker: 'off', postgres: 'healthy' } },
    ],
  ])('when %s', (_what, change, expected) => {
    expect(serviceHealth({ ...well, ...change })).toEqual(expected)
  })
})
