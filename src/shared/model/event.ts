import { z } from 'zod'
import { EventId, SessionId } from './ids.ts'

/** What `audit_sessions.event_type` may hold (a check constraint there); every other type goes to `audit_logs`. */
export const lifecycleTypes = [
  'login',
  'logout',
  'revoked',
  'failed_login',
  'expired',
  'session_check',
  'token_refresh',
  'session_changed',
  'token_reuse',
] as const
export type LifecycleType = (typeof lifecycleTypes)[number]

const lifecycleSet: ReadonlySet<string> = new Set(lifecycleTypes)
export const isLifecycleType = (type: string): type is LifecycleType => lifecycleSet.has(type)

export const Category = z.enum(['info', 'warning', 'critical'])
export type Category = z.infer<typeof Category>

/** Who told us: the queue, the critical queue, the mirror's own inference, or an act in Gatehouse. */
export const EventSource = z.enum(['queue', 'critical', 'stream', 'mirror', 'gatehouse'])
export type EventSource = z.infer<typeof EventSource>

export const Metadata = z.record(z.string(), z.unknown())
export type Metadata = z.infer<typeof Metadata>

/**
 * One stored event, whichever table holds it: `session` events are rows of `audit_sessions`, `log` events of `audit_logs`
 * (`type` is `event_type` there and `action` here, `metadata` is `details`). Times have millisecond precision.
 */
export const AuditEvent = z.object({
  eventId: EventId,
  createdAt: z.date(),
  kind: z.enum(['session', 'log']),
  type: z.string(),
  category: Category.nullable(),
  userId: z.string().nullable(),
  userEmail: z.string().nullable(),
  sessionId: SessionId.nullable(),
  ipAddress: z.string().nullable(),
  userAgent: z.string().nullable(),
  country: z.string().nullable(),
  authMethod: z.string().nullable(),
  resourceType: z.string().nullable(),
  resourceId: z.string().nullable(),
  description: z.string().nullable(),
  status: z.string().nullable(),
  errorMessage: z.string().nullable(),
  durationMs: z.number().nullable(),
  expiresAt: z.date().nullable(),
  lastActive: z.date().nullable(),
  isActive: z.boolean().nullable(),
  forceLogout: z.boolean().nullable(),
  source: EventSource,
  metadata: Metadata,
})
export type AuditEvent = z.infer<typeof AuditEvent>

/** An event with every optional field null: decoders fill in what they know. */
export const blankEvent = (
  facts: Pick<AuditEvent, 'eventId' | 'createdAt' | 'kind' | 'type' | 'source'>,
): AuditEvent => ({
  // One by one: the decoders make hundreds of thousands a second, and a spread takes as long as all the rest.
  eventId: facts.eventId,
  createdAt: facts.createdAt,
  kind: facts.kind,
  type: facts.type,
  source: facts.source,
  category: null,
  userId: null,
  userEmail: null,
  sessionId: null,
  ipAddress: null,
  userAgent: null,
  country: null,
  authMethod: null,
  resourceType: null,
  resourceId: null,
  description: null,
  status: null,
  errorMessage: null,
  durationMs: null,
  expiresAt: null,
  lastActive: null,
  isActive: null,
  forceLogout: null,
  metadata: {},
})
