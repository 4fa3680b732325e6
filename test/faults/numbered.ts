import type { Redis } from 'ioredis'

export interface Numbering {
  /** Gives every event an identity of the producer's; otherwise every second one of each dialect has one. */
  allIdentified?: boolean
  /** The producer's clock: when the event with an identity, or of a dialect that needs a time, says it happened. */
  timeOf?: (n: number) => Date
  /** Items that are to end in audit:failed: what is pushed in place of the event, or null where it is none of them. */
  badItem?: (n: number) => string | null
}

/** What tells the dialects apart; the number stands in user_id, which all four have. */
const dialects: readonly ((n: number, time: string) => object)[] = [
  (n) => ({ event_type: 'login', session_id: `s${n}`, ip_address: '203.0.113.9', country: 'DE' }),
  (n) => ({ event_type: 'api_key_created', event_category: 'info', resource_type: 'api_key', resource_id: `k${n}` }),
  (n) => ({ action: 'document.read', resource_type: 'document', resource_id: `d${n}`, status: 'success' }),
  (_, time) => ({ timestamp: time }),
]
/** Every so-manieth event goes to the critical queue. */
export const criticalEvery = 50
const sliceSize = 500

/** The name under which event `n` is looked for again. */
export const nameOf = (n: number): string => `n${n}`
export const namesBetween = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, more) => nameOf(from + more))

const dialectOf = (n: number) => dialects[n % dialects.length]!
const isIdentified = (n: number): boolean => Math.floor(n / dialects.length) % 2 === 0
/** Whether an event says when it happened; to the others the claim gives a time. */
export const hasOwnTime = (n: number): boolean => isIdentified(n) || n % dialects.length === dialects.length - 1

export function numberedEvent(n: number, { allIdentified = false, timeOf }: Numbering = {}): Record<string, unknown> {
  const time = (timeOf?.(n) ?? new Date()).toISOString()
  const dialect = dialectOf(n)(n, time)
  const own = 'timestamp' in dialect ? {} : { created_at: time }
  const identity = allIdentified || isIdentified(n) ? { event_id: `e${n}`, ...own } : {}
  return { ...dialect, user_id: nameOf(n), ...identity }
}

/** Pushes the events from number `from` up to, and without, `to`, as producers do. */
export async function pushNumbered(redis: Redis, from: number, to: number, numbering: Numbering = {}): Promise<void> {
  for (let start = from; start < to; start += sliceSize) {
    const pipeline = redis.pipeline()
    for (let n = start; n < Math.min(start + sliceSize, to); n++) {
      const item = numbering.badItem?.(n) ?? JSON.stringify(numberedEvent(n, numbering))
      pipeline.rpush(n % criticalEvery === 0 ? 'audit:critical' : 'audit:queue', item)
    }
    for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error
  }
}
