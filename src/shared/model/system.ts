import { z } from 'zod'
import { Latencies } from './health.ts'

/** A connection as the status bar shows it. `reason` says what went wrong and what to do. */
export const ConnectionState = z.object({
  status: z.enum(['connected', 'connecting', 'down', 'off']),
  /** Where it points, without credentials. */
  target: z.string(),
  since: z.date(),
  reason: z.string().nullable(),
  attempt: z.number(),
  nextRetryAt: z.date().nullable(),
  server: z.string().nullable(),
})
export type ConnectionState = z.infer<typeof ConnectionState>

/** What was bad in the data, counted by area and reason, with the last keys as examples. */
export const Problem = z.object({
  area: z.enum(['sessions', 'queue', 'watch', 'notify', 'revocation', 'cache', 'postgres', 'redis']),
  reason: z.string(),
  count: z.number(),
  lastAt: z.date(),
  /** The last few keys (session keys appear by their hash) that had it. */
  examples: z.array(z.string()),
})
export type Problem = z.infer<typeof Problem>

/** One second of the live charts. null is a gap: it was not measured. */
export const Sample = z.object({
  atMs: z.number(),
  activeSessions: z.number().nullable(),
  loginsPerSecond: z.number().nullable(),
  failuresPerSecond: z.number().nullable(),
  queueDepth: z.number().nullable(),
  storedPerSecond: z.number().nullable(),
  /** Round trip of a PING. */
  redisLatencyMs: z.number().nullable(),
})
export type Sample = z.infer<typeof Sample>

export const StatusSplit = z.object({ active: z.number(), recent: z.number(), idle: z.number() })
export type StatusSplit = z.infer<typeof StatusSplit>

/** Counters since the engine started. */
export const EngineCounters = z.object({
  storedEvents: z.number(),
  duplicateEvents: z.number(),
  failedItems: z.number(),
  /** Events that met a queue at its limit: waited beyond it, or were kept back by their producer (its own count). */
  overflowEvents: z.number(),
  /** Events that producers had to give up for want of room (their own count). */
  droppedEvents: z.number(),
  adoptedBatches: z.number(),
  retriedBatches: z.number(),
  lateAcknowledgements: z.number(),
  /** Entries that left the stream before they were stored: it was trimmed, or somebody deleted them. */
  lostEntries: z.number(),
  mirroredSessions: z.number(),
  changedSessions: z.number(),
  endedSessions: z.number(),
  reconciles: z.number(),
  /** Keys that Redis named as touched (CLIENT TRACKING). */
  receivedHints: z.number(),
  /** Of these, thrown away because too many waited: a reconcile found what they would have told. */
  droppedHints: z.number(),
  /** Changes that a reconcile found although Redis should have named them. */
  missedHints: z.number(),
  publishFailures: z.number(),
  returnedSessions: z.number(),
  alerts: z.number(),
  /** Events that a rule left out because of a suppression, each once a rule. */
  suppressedEvents: z.number(),
  /** Messages that were delivered; tries that failed and are done again; messages that were given up. */
  sentNotifications: z.number(),
  retriedNotifications: z.number(),
  failedNotifications: z.number(),
  /** Alerts that had waited too long to be told. */
  untoldAlerts: z.number(),
})
export type EngineCounters = z.infer<typeof EngineCounters>

/** Of all engines on one audit store one leads: its mirror and its watcher run. */
export const LeadershipState = z.object({
  /** Whether it is the engine that was asked. */
  leads: z.boolean(),
  /** Host and process of the engine that leads; null while that is not known, or none does. */
  leader: z.string().nullable(),
  /** Since when it leads, by the clock of PostgreSQL. */
  since: z.date().nullable(),
})
export type LeadershipState = z.infer<typeof LeadershipState>

/** Whether Redis names the keys that are touched, so that the mirror need not look through all of them so often. */
export const TrackingState = z.object({
  status: z.enum(['on', 'off']),
  /** Why it is off; null while it is on. */
  reason: z.string().nullable(),
  /** It is on, and there was a reconcile since it began: the rows follow what Redis names. */
  following: z.boolean(),
  hintsPerSecond: z.number(),
  waitingHints: z.number(),
})
export type TrackingState = z.infer<typeof TrackingState>

/** Everything the frame around the pages shows, at most 10 times a second. */
export const LiveStatus = z.object({
  at: z.date(),
  redis: ConnectionState,
  postgres: ConnectionState,
  cache: z.object({
    status: z.enum(['open', 'off']),
    newestAt: z.date().nullable(),
    bytes: z.number(),
    events: z.number(),
  }),
  mirror: z.object({
    lastReconcileAt: z.date().nullable(),
    lastDurationMs: z.number().nullable(),
    liveSessions: z.number().nullable(),
    running: z.boolean(),
    /** The rows are what Redis held then: after a reconcile, or because nothing that Redis named waits. */
    currentAt: z.date().nullable(),
    tracking: TrackingState,
  }),
  leadership: LeadershipState,
  /** From the push of the oldest waiting item to now; null while it cannot be known. */
  syncLagMs: z.number().nullable(),
  latencies: Latencies,
  statusSplit: StatusSplit.nullable(),
  counters: EngineCounters,
  sample: Sample,
  openAlerts: z.number(),
  problems: z.array(Problem),
  /** Grow when sessions, alerts or failed items changed: the screen re-reads what it shows. */
  revisions: z.object({ sessions: z.number(), events: z.number(), alerts: z.number(), queues: z.number() }),
  readOnly: z.boolean(),
})
export type LiveStatus = z.infer<typeof LiveStatus>

export const Workspace = z.object({
  name: z.string(),
  kind: z.enum(['prod', 'staging', 'dev', 'sample']),
})
export type Workspace = z.infer<typeof Workspace>
