import type { PoolClient } from 'pg'
import type { SuppressionId } from '../../../shared/model/ids.ts'
import type { Suppression } from '../../../shared/model/suppression.ts'
import type { Database } from '../postgres/database.ts'
import { readSetting } from '../postgres/settings.ts'

const columns = `
  suppression_id AS "suppressionId", kind, pattern, rule_id AS "ruleId", reason, created_by AS "createdBy",
  created_at AS "createdAt", expires_at AS "expiresAt", forced_reason AS "forcedReason", ended_at AS "endedAt",
  ended_by AS "endedBy", end_reason AS "endReason",
  CASE WHEN ended_at IS NOT NULL THEN 'ended' WHEN expires_at <= now() THEN 'expired' ELSE 'active' END AS state`

/** Setting that grows by one with every change, in the order of the commits: who sees it grow reads all anew. */
const revisionSetting = 'suppressions'

export async function suppressionRevision(database: Database): Promise<number> {
  return Number((await readSetting(database, revisionSetting)) ?? 0)
}

const grow = (tx: PoolClient) =>
  tx.query(
    `INSERT INTO gatehouse_settings (key, value) VALUES ($1, '1')
     ON CONFLICT (key) DO UPDATE SET value = to_jsonb((gatehouse_settings.value #>> '{}')::bigint + 1)`,
    [revisionSetting],
  )

/** All that there ever were: what is judged anew may be of any time. */
export const allSuppressions = (database: Database): Promise<Suppression[]> =>
  database.query<Suppression>(`SELECT ${columns} FROM suppressions`)

/** Newest first. */
export const listSuppressions = (
  database: Database,
  { includeOver, limit }: { includeOver: boolean; limit: number },
): Promise<Suppression[]> =>
  database.query<Suppression>(
    `SELECT ${columns} FROM suppressions WHERE $1 OR (ended_at IS NULL AND expires_at > now())
     ORDER BY suppressions.created_at DESC, suppression_id LIMIT $2`,
    [includeOver, limit],
  )

export type NewRow = Pick<
  Suppression,
  'suppressionId' | 'kind' | 'pattern' | 'ruleId' | 'reason' | 'createdBy' | 'expiresAt' | 'forcedReason'
>

export async function insertSuppression(tx: PoolClient, row: NewRow): Promise<Suppression> {
  // First, so that of two who create at once the second waits: then the times are in the order of the commits, too.
  await grow(tx)
  const { rows } = await tx.query<Suppression>(
    `INSERT INTO suppressions (suppression_id, kind, pattern, rule_id, reason, created_by, expires_at, forced_reason)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING ${columns}`,
    [
      row.suppressionId,
      row.kind,
      row.pattern,
      row.ruleId,
      row.reason,
      row.createdBy,
      row.expiresAt.toISOString(),
      row.forcedReason,
    ],
  )
  return rows[0] as Suppression
}

/** Ends one that is at work. null where there is none of that id that is. */
export async function endSuppression(
  tx: PoolClient,
  { suppressionId, by, reason }: { suppressionId: SuppressionId; by: string; reason: string },
): Promise<Suppression | null> {
  await grow(tx)
  const { rows } = await tx.query<Suppression>(
    `UPDATE suppressions SET ended_at = clock_timestamp(), ended_by = $2, end_reason = $3
     WHERE suppression_id = $1 AND ended_at IS NULL AND expires_at > clock_timestamp() RETURNING ${columns}`,
    [suppressionId, by, reason],
  )
  return rows[0] ?? null
}

export const countActive = async (database: Database): Promise<number> => {
  const [row] = await database.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM suppressions WHERE ended_at IS NULL AND expires_at > now()',
  )
  return row?.count ?? 0
}
