import type { PoolClient } from 'pg'
import { textArray, type Answer, type Statement } from './run-together.ts'
import { boundaryKindOf, boundaryTypes, SessionLives, type Boundary, type BoundaryKind } from './session-lives.ts'

/** A start or an end that the mirror inferred, as it is remembered. */
export interface InferredBoundary {
  sessionId: string
  kind: BoundaryKind
  createdAt: Date
  eventId: string
}

const sessionIds = (boundaries: readonly Boundary[]): string[] => [
  ...new Set(boundaries.map(({ sessionId }) => sessionId)),
]

/** Asks what the mirror inferred about the sessions of `boundaries`: see inferredFrom. */
export const readInferred = (boundaries: readonly Boundary[]): Statement => ({
  text: 'SELECT session_id, event_type, created_at, event_id FROM inferred_boundaries WHERE session_id = ANY($1)',
  values: [textArray(sessionIds(boundaries))],
})

/** What readInferred found. */
export function inferredFrom({ rows }: Answer): InferredBoundary[] {
  return (rows as { session_id: string; event_type: string; created_at: Date; event_id: string }[]).flatMap((row) => {
    const kind = boundaryKindOf(row.event_type)
    return kind === null ? [] : { sessionId: row.session_id, kind, createdAt: row.created_at, eventId: row.event_id }
  })
}

/** Remembers what is stored as inferred. */
export async function addInferred(tx: PoolClient, boundaries: readonly Boundary[]): Promise<void> {
  if (boundaries.length === 0) return
  await tx.query(
    `INSERT INTO inferred_boundaries (session_id, event_type, created_at, event_id)
     SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[]) ON CONFLICT DO NOTHING`,
    [
      boundaries.map(({ sessionId }) => sessionId),
      boundaries.map(({ event }) => event.type),
      boundaries.map(({ event }) => event.createdAt.toISOString()),
      boundaries.map(({ event }) => event.eventId),
    ],
  )
}

/** Deletes inferred boundaries, both what is remembered of them and their events. */
export async function deleteInferred(tx: PoolClient, inferred: readonly InferredBoundary[]): Promise<void> {
  const times = inferred.map(({ createdAt }) => createdAt.getTime())
  const keys = [times.map((time) => new Date(time).toISOString()), inferred.map(({ eventId }) => eventId)]
  const named = 'unnest($1::timestamptz[], $2::text[]) AS named (created_at, event_id)'
  const match = 'stored.created_at = named.created_at AND stored.event_id = named.event_id'
  await tx.query(`DELETE FROM inferred_boundaries AS stored USING ${named} WHERE ${match}`, keys)
  // The bounds let PostgreSQL leave the other partitions out.
  await tx.query(
    `DELETE FROM audit_sessions AS stored USING ${named} WHERE ${match} AND stored.created_at BETWEEN $3 AND $4`,
    [...keys, new Date(Math.min(...times)).toISOString(), new Date(Math.max(...times)).toISOString()],
  )
}

/** The lives of the sessions of `boundaries`, from what is stored between two times; null is without a bound. */
export async function readLives(
  tx: PoolClient,
  boundaries: readonly Boundary[],
  from: Date | null,
  to: Date | null,
): Promise<Map<string, SessionLives>> {
  const ids = sessionIds(boundaries)
  const { rows } = await tx.query<{ session_id: string; event_type: string; created_at: Date }>(
    `SELECT session_id, event_type, created_at FROM audit_sessions
      WHERE session_id = ANY($1) AND event_type = ANY($2)
        AND created_at BETWEEN $3::timestamptz AND $4::timestamptz
      ORDER BY created_at`,
    [ids, boundaryTypes, from?.toISOString() ?? '-infinity', to?.toISOString() ?? 'infinity'],
  )
  const lives = new Map(ids.map((id) => [id, new SessionLives()]))
  for (const row of rows) {
    const kind = boundaryKindOf(row.event_type)
    if (kind !== null) lives.get(row.session_id)?.add(kind, row.created_at.getTime())
  }
  return lives
}
