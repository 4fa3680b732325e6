import type { AuditEvent } from '../../../shared/model/event.ts'
import type { Database } from '../postgres/database.ts'
import { eventFromRow, type EventRow } from '../postgres/rows.ts'
import { timeBound } from '../postgres/time-bound.ts'
import { forgetAfterMs } from './learner.ts'
import type { RecalledValues } from './recall-ranges.ts'
import { isOfTypes } from './stored-types.ts'

const pageSize = 5_000

/** Columns of audit_events by the names that rules have for them: those that many events have alike. */
const groupable: ReadonlyMap<string, keyof EventRow> = new Map<string, keyof EventRow>([
  ['kind', 'kind'],
  ['event_type', 'type'],
  ['category', 'category'],
  ['user_id', 'user_id'],
  ['user_email', 'user_email'],
  ['session_id', 'session_id'],
  ['ip_address', 'ip_address'],
  ['user_agent', 'user_agent'],
  ['country', 'country'],
  ['auth_method', 'auth_method'],
  ['resource_type', 'resource_type'],
  ['resource_id', 'resource_id'],
  ['status', 'status'],
  ['is_active', 'is_active'],
  ['force_logout', 'force_logout'],
  ['source', 'source'],
])

const blankRow: EventRow = {
  event_id: '',
  created_at: new Date(0),
  kind: 'session',
  type: '',
  category: null,
  user_id: null,
  user_email: null,
  session_id: null,
  ip_address: null,
  user_agent: null,
  country: null,
  auth_method: null,
  resource_type: null,
  resource_id: null,
  description: null,
  status: null,
  error_message: null,
  duration_ms: null,
  expires_at: null,
  last_active: null,
  is_active: null,
  force_logout: null,
  source: 'queue',
  metadata: {},
}

/** The columns that tell what was learned apart; null where too much must be read for that, and events are as well. */
function columnsOf({ input }: RecalledValues): (keyof EventRow)[] | null {
  const columns = input.columns?.map((name) => groupable.get(name)) ?? [undefined]
  const known = columns.filter((column) => column !== undefined)
  return known.length < columns.length ? null : [...new Set<keyof EventRow>(['kind', 'type', ...known])]
}

/**
 * Tells when the values of a memory were seen: of all events that are alike the first and the last. These are what a
 * memory is made of, since it holds of each learner the first time, and the values by the last time of each.
 * @param place the condition on what was read, with parameters $1 to $4 and their values
 * @param onSights is given pages in the order of event time; their events have the columns alone that the input reads
 * @returns false where the input reads more than columns: nothing was told, and events must be
 */
export async function readSights(
  database: Database,
  place: { sql: string; params: readonly unknown[] },
  values: RecalledValues,
  onSights: (sights: readonly AuditEvent[]) => void,
): Promise<boolean> {
  const columns = columnsOf(values)
  if (columns === null) return false
  const { input, beforeMs } = values
  const expressions = columns.map((column) => (column === 'ip_address' ? 'host(ip_address) AS ip_address' : column))
  const times = [beforeMs - forgetAfterMs, beforeMs].map(timeBound)
  let complete = false
  const read = database.transaction(async (tx) => {
    await tx.query(
      `DECLARE sights NO SCROLL CURSOR FOR
       SELECT ${columns.map((column) => `alike.${column}`).join(', ')}, seen.created_at
       FROM (
         SELECT ${expressions.join(', ')}, min(created_at) AS first, max(created_at) AS last
         FROM audit_events
         WHERE ${place.sql} AND created_at >= $5 AND created_at < $6 ${input.types === null ? '' : `AND ${isOfTypes('$7')}`}
         GROUP BY ${columns.map((_, index) => index + 1).join(', ')}
       ) AS alike
       CROSS JOIN LATERAL (VALUES (first), (last)) AS seen (created_at)
       ORDER BY seen.created_at`,
      [...place.params, ...times, ...(input.types === null ? [] : [[...input.types]])],
    )
    for (;;) {
      const { rows } = await tx.query<Partial<EventRow>>(`FETCH ${pageSize} FROM sights`)
      if (rows.length > 0) onSights(rows.map((row) => eventFromRow({ ...blankRow, ...row })))
      complete = rows.length < pageSize
      if (complete) return
    }
  })
  await read.catch((error: unknown) => {
    // Once all is read, it makes no difference how the transaction ends: it wrote nothing.
    if (!complete) throw error
  })
  return true
}
