import type { HealthStatus } from '../../../shared/model/health.ts'
import type { Vitals } from './vitals.ts'

/** From where on something is worth a look (degraded), and from where on it is bad (unhealthy). docs/monitoring.md lists them. */
export const thresholds = {
  /** Of the queue's limit. */
  queueFilled: { degraded: 0.5, unhealthy: 1 },
  /** Items that could not be stored, of all that were worked off in the last minute. */
  failedShare: { degraded: 0.01, unhealthy: 0.5 },
  lagMs: { degraded: 10_000, unhealthy: 60_000 },
  redisP95Ms: 50,
  writeP95Ms: 1_000,
} as const

/** One thing that is not as it should be. `issue` null: it is worth knowing, and harms nothing. */
export interface Finding {
  status: HealthStatus
  issue: string | null
  advice: string
}

/** null below both. */
function grade(value: number | null, { degraded, unhealthy }: { degraded: number; unhealthy: number }) {
  if (value === null || value < degraded) return null
  return value < unhealthy ? 'degraded' : 'unhealthy'
}
const whole = (value: number): string => Math.round(value).toLocaleString('en')
const seconds = (ms: number): string => `${whole(ms / 1_000)} s`

/** Texts have numbers and nothing else of the data, nor of what a server said: a scraper may read them. */
export const checks: readonly ((vitals: Vitals) => Finding | null)[] = [
  ({ redis }) =>
    redis === 'connected'
      ? null
      : {
          status: 'unhealthy',
          issue: 'Redis is not connected.',
          advice: 'Bring Redis back, or correct its address: until then nothing is mirrored, drained or revoked.',
        },
  ({ postgres }) =>
    postgres === 'connected'
      ? null
      : {
          status: 'unhealthy',
          issue: 'PostgreSQL is not connected.',
          advice:
            'Bring PostgreSQL back, or correct its address: until then events wait in Redis, and nothing is stored.',
        },
  ({ lastMinute: { dropped } }) =>
    dropped === 0
      ? null
      : {
          status: 'unhealthy',
          issue: `${whole(dropped)} events were dropped in the last minute.`,
          advice:
            'Events are being lost: add workers (queue.workers) or engines at once, or raise the limit of the queue.',
        },
  ({ lastMinute: { lost } }) =>
    lost === 0
      ? null
      : {
          status: 'unhealthy',
          issue: `${whole(lost)} entries left the stream in the last minute before they were stored.`,
          advice: 'Have the producers trim the stream later (MAXLEN), and add workers (queue.workers) or engines.',
        },
  ({ waiting, queueLimit, workers }) => {
    const status = grade(waiting === null ? null : waiting / queueLimit, thresholds.queueFilled)
    return (
      status && {
        status,
        issue: `${whole(waiting ?? 0)} items wait in the queue; its limit is ${whole(queueLimit)}.`,
        advice: `Add workers (queue.workers, now ${workers}) or engines, or allow larger batches (queue.batch).`,
      }
    )
  },
  ({ lastMinute: { overflowed } }) =>
    overflowed === 0
      ? null
      : {
          status: 'degraded',
          issue: `${whole(overflowed)} items came in the last minute while the queue was over its limit.`,
          advice: 'Look at what produces them, and add workers (queue.workers) or engines before events are dropped.',
        },
  ({ lastMinute: { stored, duplicates, failed } }) => {
    const all = stored + duplicates + failed
    const status = grade(all === 0 ? null : failed / all, thresholds.failedShare)
    return (
      status && {
        status,
        issue: `${whole(failed)} of ${whole(all)} items could not be stored in the last minute.`,
        advice: 'Look at audit:failed (Queues, Failed, or gatehouse queues --failed): each item has its reason.',
      }
    )
  },
  ({ lastMinute: { retried } }) =>
    retried === 0
      ? null
      : {
          status: 'degraded',
          issue: `Batches were tried again ${whole(retried)} times in the last minute.`,
          advice:
            'Look at the problems of the Overview and at the log of PostgreSQL: what failed is stored once it can be.',
        },
  ({ lagMs }) => {
    const status = grade(lagMs, thresholds.lagMs)
    return (
      status && {
        status,
        issue: `The oldest waiting item is ${seconds(lagMs ?? 0)} old.`,
        advice:
          'Add workers (queue.workers) or engines; where the queue is short, compare the clocks of the producers.',
      }
    )
  },
  ({ redisP95Ms }) =>
    redisP95Ms === null || redisP95Ms < thresholds.redisP95Ms
      ? null
      : {
          status: 'degraded',
          issue: `Redis answers slowly: one PING of 20 took ${whole(redisP95Ms)} ms or more.`,
          advice: 'Look at SLOWLOG, at the load of that machine and of this one, and at the network between them.',
        },
  ({ writeP95Ms }) =>
    writeP95Ms === null || writeP95Ms < thresholds.writeP95Ms
      ? null
      : {
          status: 'degraded',
          issue: `PostgreSQL writes slowly: one batch of 20 took ${whole(writeP95Ms)} ms or more.`,
          advice: 'Look for locks and long transactions (pg_stat_activity) and at its disk, or use smaller batches.',
        },
  ({ mirrorAgeMs, mirrorLateMs }) =>
    mirrorAgeMs === null || mirrorAgeMs < mirrorLateMs
      ? null
      : {
          status: 'degraded',
          issue: `The mirror of sessions is ${seconds(mirrorAgeMs)} old.`,
          advice: 'Look at the engine’s log: it says why sessions could not be read, or their rows not be written.',
        },
  ({ lastMinute: { publishFailures } }) =>
    publishFailures === 0
      ? null
      : {
          status: 'degraded',
          issue: `${whole(publishFailures)} stored events were not published in the last minute.`,
          advice: 'They are stored; who reads audit:logs or audit:recent missed them. Look at the load of Redis.',
        },
  ({ deadLetters }) =>
    deadLetters === null || deadLetters === 0
      ? null
      : {
          status: 'healthy',
          issue: null,
          advice: `${whole(deadLetters)} items lie in audit:failed: put them back or discard them (Queues, Failed).`,
        },
]
