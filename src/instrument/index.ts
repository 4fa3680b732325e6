/** `gatehouse/instrument`: what a web application needs to be watched by Gatehouse (docs/instrument.md). */
export { createActivity, type Activity, type ActivityOptions } from './activity.ts'
export type { ActivityCounters } from './activity-writer.ts'
export { createAuditLogger, type AuditLogger, type AuditLoggerOptions, type CriticalOutcome } from './audit-logger.ts'
export {
  createBruteForceGuard,
  type BruteForceGuard,
  type BruteForceGuardOptions,
  type LoginAttempt,
} from './brute-force-guard.ts'
export { createCheckUsage, type CheckUsage, type CheckUsageOptions, type SessionCheck } from './check-usage.ts'
export type { ProducedEvent } from './event-text.ts'
export { activityMiddleware, checkUsageMiddleware, rateLimitMiddleware } from './express.ts'
export { activityPlugin, checkUsagePlugin, rateLimitPlugin, type FastifyPlugin } from './fastify.ts'
export type { GuardLimits } from './guard-subject.ts'
export type { ConnectMiddleware } from './http.ts'
export type { OnProblem } from './problems.ts'
export { rateLimitHeaders } from './rate-limit-headers.ts'
export { createRateLimiter, type RateLimiter, type RateLimiterOptions, type RateLimitResult } from './rate-limiter.ts'
export type { IoredisClient, NodeRedisClient, RedisClient } from './redis-client.ts'
export { addressSubject } from './subject.ts'
export type { ProducerCounters } from './tally.ts'
export { GatehouseError, type ErrorCode } from '../shared/errors.ts'
