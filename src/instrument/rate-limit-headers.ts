import type { RateLimitResult } from './rate-limiter.ts'

const seconds = (ms: number): string => String(Math.ceil(ms / 1_000))

/**
 * What a response tells of the limit, in the three forms that clients read:
 * - `RateLimit` and `RateLimit-Policy` as in draft-ietf-httpapi-ratelimit-headers-10, by the limiter's name
 * - `RateLimit-Limit`, `-Remaining`, `-Reset` (seconds from now) as in revision 06 and before
 * - `X-RateLimit-Limit`, `-Remaining`, `-Reset` (seconds since 1970), which no document defines
 *
 * With `Retry-After` (RFC 9110, seconds) where the request is refused, and `X-RateLimit-Fallback: memory` while Redis is
 * away. A reset is the moment from which the next request is let through, or one more than now.
 */
export function rateLimitHeaders(result: RateLimitResult, nowMs = Date.now()): Record<string, string> {
  const { name, limit, windowMs, remaining, resetMs } = result
  const reset = seconds(resetMs)
  return {
    'RateLimit-Policy': `"${name}";q=${limit};w=${seconds(windowMs)}`,
    RateLimit: `"${name}";r=${remaining};t=${reset}`,
    'RateLimit-Limit': String(limit),
    'RateLimit-Remaining': String(remaining),
    'RateLimit-Reset': reset,
    'X-RateLimit-Limit': String(limit),
    'X-RateLimit-Remaining': String(remaining),
    'X-RateLimit-Reset': seconds(nowMs + resetMs),
    ...(result.allowed ? {} : { 'Retry-After': String(Math.max(1, Number(reset))) }),
    ...(result.source === 'memory' ? { 'X-RateLimit-Fallback': 'memory' } : {}),
  }
}
