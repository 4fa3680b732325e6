import type { AuditEvent } from '../../../shared/model/event.ts'

const maxWeight = 1_000_000

/**
 * How many happenings an event stands for: `count` or `repeat` in its metadata, as producers that fold "message repeated
 * N times" into one event write it; else 1.
 */
export function weightOf({ metadata }: AuditEvent): number {
  const stated = metadata['count'] ?? metadata['repeat']
  if (stated === undefined) return 1
  const said = Number(stated)
  return Number.isInteger(said) && said >= 1 ? Math.min(said, maxWeight) : 1
}
