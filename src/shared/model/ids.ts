import { z } from 'zod'

/**
 * A session id as the audit store knows it: HMAC-SHA-256 in 64 hex digits (or the plain id where
 * `privacy.sessionIds` is "plain"). Never the live id: that one is a credential.
 */
export const SessionId = z.string().min(1).max(1024).brand<'SessionId'>()
export type SessionId = z.infer<typeof SessionId>

/** Identity of an event: the producer's, or `<batch id>:<index>` given by the claim, or derived by the mirror. */
export const EventId = z.string().min(1).max(512).brand<'EventId'>()
export type EventId = z.infer<typeof EventId>

/** Identity of an alert: derived from its rule, entity and first event, so that a replay finds the same alert. */
export const AlertId = z.string().min(1).max(128).brand<'AlertId'>()
export type AlertId = z.infer<typeof AlertId>

/** Identity of a suppression. */
export const SuppressionId = z.uuid().brand<'SuppressionId'>()
export type SuppressionId = z.infer<typeof SuppressionId>

/** Identity of a message to people: the same at every try, so that a receiver can tell a repetition. */
export const NotificationId = z.uuid().brand<'NotificationId'>()
export type NotificationId = z.infer<typeof NotificationId>

/** Identity of a frozen revocation plan. */
export const PlanId = z.uuid().brand<'PlanId'>()
export type PlanId = z.infer<typeof PlanId>

/** Identity of a finished export, waiting to be fetched by its host. */
export const ExportId = z.uuid().brand<'ExportId'>()
export type ExportId = z.infer<typeof ExportId>

/** A live key in Redis. It contains the live session id: it never leaves the engine. */
export type RedisKey = string & { readonly __redisKey: unique symbol }
