import type { AuditEvent } from '../../../shared/model/event.ts'

const maxWeight = 1_000_000

/**
 * How many happenings an event stands for: `count` or `repeat` in its metadata, as producers that fold "message repeated
 * N times" into one event write it, as a number or a text; else 1. Of anything else a number is not even asked for: there
 * are objects that throw when they are.
 */
export function weightOf({ metadata }: AuditEvent): number {
  const stated = metadata['count'] ?? metadata['repeat']
  if (typeof stated !== 'number' && typeof stated !== 'string') return 1
  const said = Number(stated)
  return Number.isInteger(said) && said >= 1 ? Math.min(said, maxWeight) : 1
}
