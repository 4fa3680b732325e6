import { z } from 'zod'
import { Severity } from './alert.ts'
import { AlertId, NotificationId } from './ids.ts'

/** Ways out of the house. `desktop` is each console's own; the others are used by the engine that leads. */
export const Channel = z.enum(['desktop', 'webhook', 'email'])
export type Channel = z.infer<typeof Channel>

/**
 * What became of an alert's message. `waiting`: written, and tried again while the receiver fails. `failed`: given up, with
 * the reason.
 */
export const DeliveryState = z.enum(['waiting', 'sent', 'failed'])
export type DeliveryState = z.infer<typeof DeliveryState>

/** That an alert was told. */
export const Delivery = z.object({
  notificationId: NotificationId,
  channel: Channel,
  /** The severity that the alert had then. */
  severity: Severity,
  state: DeliveryState,
  createdAt: z.date(),
  sentAt: z.date().nullable(),
  attempts: z.number().int(),
  error: z.string().nullable(),
})
export type Delivery = z.infer<typeof Delivery>

export const ChannelStatus = z.object({
  channel: Channel,
  /** `off`: not configured. `failing`: the last try failed. */
  state: z.enum(['off', 'ok', 'failing']),
  /** Where it goes, without anything secret: host and port, or the addresses. */
  target: z.string().nullable(),
  lastSentAt: z.date().nullable(),
  /** Of the last try, while it failed; says what to do. */
  lastError: z.string().nullable(),
  nextAttemptAt: z.date().nullable(),
  /** Alerts that wait to be told: for a receiver that fails, for the group to be complete, or for the limit of the hour. */
  waitingAlerts: z.number(),
  sentLastHour: z.number(),
  limitPerHour: z.number(),
  /** Messages of the last 30 days: sent; given up. Alerts that were never told, because they had waited too long. */
  sent: z.number(),
  failed: z.number(),
  droppedAlerts: z.number(),
})
export type ChannelStatus = z.infer<typeof ChannelStatus>

/** What a desktop shows: texts without anything secret, and the alert that a click opens. */
export const DesktopNotice = z.object({
  title: z.string(),
  body: z.string(),
  severity: Severity,
  /** The worst of them; null for a trial. */
  alertId: AlertId.nullable(),
  /** Alerts that it speaks of. */
  count: z.number().int(),
})
export type DesktopNotice = z.infer<typeof DesktopNotice>
