import type { Alert } from '../../../shared/model/alert.ts'
import { quoteValue } from '../../query/terms.ts'

const fieldOf = { user: 'user', ip: 'ip', session: 'session', system: null } as const

/** What happened around an alert: everything of its entity within its window, both ends included. */
export function evidenceQuery({
  entityKind,
  entity,
  windowStart,
  windowEnd,
}: Pick<Alert, 'entityKind' | 'entity' | 'windowStart' | 'windowEnd'>): string {
  const field = fieldOf[entityKind]
  const from = windowStart.toISOString()
  // "before" leaves its moment out, and times have milliseconds.
  const until = new Date(windowEnd.getTime() + 1).toISOString()
  const window = `after:"${from}" before:"${until}"`
  return field === null ? window : `${field}:${quoteValue(entity)} ${window}`
}
