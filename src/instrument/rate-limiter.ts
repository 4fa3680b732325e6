import { randomUUID } from 'node:crypto'
import type { AuditLogger } from './audit-logger.ts'
import type { ProducedEvent } from './event-text.ts'
import { MemoryWindows, type WindowState } from './memory-windows.ts'
import { invalid, readNumbers } from './options.ts'
import { Problems, type OnProblem } from './problems.ts'
import { rateLimitScript } from './rate-limit-script.ts'
import { Reach } from './reach.ts'
import { RecentMap } from './recent-map.ts'
import { runnerOf, type RedisClient } from './redis-client.ts'
import { digestOf } from './subject.ts'

export interface RateLimiterOptions {
  /** The application's own client. */
  redis: RedisClient
  /** Requests of one subject that are let through in any span of `windowMs`. */
  limit: number
  windowMs: number
  /** Stands in keys and headers, so that limiters count apart (`default`): letters, digits, `_`, `-` and `.`. */
  name?: string
  /** How long a request waits for Redis at most (100); then this process counts in its own memory. */
  timeoutMs?: number
  /** Gets `rate_limit_hit`, once a window for each subject. */
  audit?: Pick<AuditLogger, 'log'>
  onProblem?: OnProblem
}

export interface RateLimitResult {
  allowed: boolean
  name: string
  limit: number
  windowMs: number
  /** How many more requests would be let through now. */
  remaining: number
  /** Milliseconds until the oldest request counts no more: when the next is let through, where none is now. */
  resetMs: number
  /** `memory`: Redis is away, and this process counts alone. */
  source: 'redis' | 'memory'
}

export interface RateLimiter {
  /**
   * Counts a request of a subject: an address, a user, an API key. Never rejects.
   * @param about fields for the event `rate_limit_hit`, such as `user_id`, `ip_address`
   */
  take(subject: string, about?: ProducedEvent): Promise<RateLimitResult>
  counters(): { allowed: number; limited: number; inMemory: number }
}

const owner = 'createRateLimiter'
/** Subjects of which it is remembered that their event was sent. */
const maxReported = 10_000

/**
 * A sliding-window rate limiter that all processes of an application share.
 * @throws GatehouseError CONFIG_INVALID that names the option
 */
export function createRateLimiter(given: RateLimiterOptions): RateLimiter {
  const others = ['redis', 'name', 'audit', 'onProblem']
  const { limit, windowMs, timeoutMs } = readNumbers(owner, given, { limit: 0, windowMs: 0, timeoutMs: 100 }, others)
  if (limit === 0) throw invalid(owner, 'limit', 'is missing: how many requests are let through')
  if (windowMs === 0) throw invalid(owner, 'windowMs', 'is missing: in how many milliseconds')
  const name = given.name ?? 'default'
  if (!/^[\w.-]{1,64}$/.test(name)) throw invalid(owner, 'name', 'must be 1 to 64 letters, digits, "_", "-" or "."')
  const reach = new Reach(
    runnerOf(owner, given.redis),
    timeoutMs,
    new Problems(`rate limiter ${name}`, given.onProblem),
  )
  const memory = new MemoryWindows(limit, windowMs)
  const reported = new RecentMap<string, number>(maxReported)
  const counters = { allowed: 0, limited: 0, inMemory: 0 }
  const instance = randomUUID()
  let requests = 0

  async function ask(subject: string): Promise<WindowState | null> {
    const key = `gatehouse:limit:${name}:${subject}`
    const words = [String(limit), String(windowMs), `${instance}:${++requests}`]
    const reply = await reach.run(rateLimitScript, [key], words)
    if (reply === null) return null
    const [allowed, remaining = 0, resetMs = 0] = reply
    return { allowed: allowed === 1, remaining, resetMs }
  }

  function report(subject: string, about: ProducedEvent): void {
    const nowMs = performance.now()
    if (given.audit === undefined || (reported.get(subject) ?? Number.NEGATIVE_INFINITY) + windowMs > nowMs) return
    reported.set(subject, nowMs)
    given.audit.log({
      ...about,
      event_type: 'rate_limit_hit',
      event_category: 'warning',
      resource_type: 'rate_limit',
      resource_id: name,
      description: `More than ${limit} requests within ${windowMs} ms`,
      metadata: { limit, window_ms: windowMs },
    })
  }

  return {
    async take(subject, about = {}) {
      const digest = digestOf(subject)
      const asked = await ask(digest)
      const state = asked ?? memory.take(digest)
      if (asked === null) counters.inMemory++
      counters[state.allowed ? 'allowed' : 'limited']++
      if (!state.allowed) report(digest, about)
      return { ...state, name, limit, windowMs, source: asked === null ? 'memory' : 'redis' }
    },
    counters: () => ({ ...counters }),
  }
}
