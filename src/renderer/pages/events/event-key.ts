import type { AuditEvent } from '../../../shared/model/event.ts'

/** An event is known by both halves of its key: ids of producers repeat over the days. */
export const eventKey = ({ createdAt, eventId }: Pick<AuditEvent, 'createdAt' | 'eventId'>) =>
  `${createdAt.getTime()}~${eventId}`

/** The query that finds the event of a key; null for a key that was written by hand and is none. */
export function queryOfKey(key: string): { query: string; eventId: string } | null {
  const [, time, eventId] = /^(\d{1,15})~(.+)$/s.exec(key) ?? []
  if (time === undefined || eventId === undefined) return null
  const quoted = `"${eventId.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  return { query: `id:${quoted}`, eventId }
}
