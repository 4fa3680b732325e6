import type { Alert } from '../../../shared/model/alert.ts'
import type { Suppression } from '../../../shared/model/suppression.ts'
import type { TriageEntry } from '../../../shared/model/triage.ts'

const times = new Set(['windowStart', 'windowEnd', 'closedAt', 'createdAt', 'expiresAt', 'endedAt', 'at'])

/** What is read as a whole, and never searched by field, is kept as one JSON text each. */
export const toJson = (value: Alert | Suppression | readonly TriageEntry[]): string => JSON.stringify(value)

const fromJson = (text: string): unknown =>
  JSON.parse(text, (name, value: unknown) => (times.has(name) && typeof value === 'string' ? new Date(value) : value))

export const alertFromJson = (text: string): Alert => fromJson(text) as Alert
export const historyFromJson = (text: string): TriageEntry[] => fromJson(text) as TriageEntry[]
export const suppressionFromJson = (text: string): Suppression => fromJson(text) as Suppression
