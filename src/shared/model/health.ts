import { z } from 'zod'

export const HealthStatus = z.enum(['healthy', 'degraded', 'unhealthy'])
export type HealthStatus = z.infer<typeof HealthStatus>

/** `off`: it is not meant to run in this engine. */
export const ServiceStatus = z.enum([...HealthStatus.options, 'off'])
export type ServiceStatus = z.infer<typeof ServiceStatus>

/** What other programs ask for to know whether the engine serves. Named as scripts expect it. */
export const ServiceHealth = z.object({
  status: HealthStatus,
  services: z.object({ redis: ServiceStatus, audit_worker: ServiceStatus, postgres: ServiceStatus }),
})
export type ServiceHealth = z.infer<typeof ServiceHealth>

export const Recommendation = z.object({ severity: z.enum(['info', 'warning', 'critical']), text: z.string() })
export type Recommendation = z.infer<typeof Recommendation>

/** How the audit queue does, in the names that scripts expect. null: not known. */
export const AuditMetrics = z.object({
  health: z.object({ status: HealthStatus, issues: z.array(z.string()) }),
  metrics: z.object({
    /** Items that wait to be stored. */
    queue_length: z.number().nullable(),
    /** Items of the batch that was stored last. */
    current_batch_size: z.number(),
    inserts_last_minute: z.number(),
    failures_last_minute: z.number(),
    /** Mean time of a batch's transaction over the last minute. */
    avg_batch_time_ms: z.number().nullable(),
    /** Since the engine started; by the producers' own count, too. */
    total_dropped_events: z.number(),
    total_overflow_events: z.number(),
  }),
  recommendations: z.array(Recommendation),
})
export type AuditMetrics = z.infer<typeof AuditMetrics>

/** Quantiles over the last minute. */
export const Latency = z.object({ p50Ms: z.number(), p95Ms: z.number(), p99Ms: z.number(), samples: z.number() })
export type Latency = z.infer<typeof Latency>

/** null: nothing was measured in the last minute. */
export const Latencies = z.object({
  /** Round trip of PING on the engine's own connection, once a second. */
  redis: Latency.nullable(),
  /** Transaction of a batch, COMMIT included. */
  postgresWrite: Latency.nullable(),
  /** Age of a batch's oldest event at its COMMIT, by the time that its producer gave it. */
  pushToCommit: Latency.nullable(),
})
export type Latencies = z.infer<typeof Latencies>
