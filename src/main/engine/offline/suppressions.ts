import type { Suppression } from '../../../shared/model/suppression.ts'
import type { FillContext } from './deps.ts'

const momentKey = 'offline.suppressions'

const revisionSql = `SELECT coalesce(max(value #>> '{}'), '0') AS revision FROM gatehouse_settings WHERE key = 'suppressions'`
const allSql = `
  SELECT suppression_id AS "suppressionId", kind, pattern, rule_id AS "ruleId", reason, created_by AS "createdBy",
         created_at AS "createdAt", expires_at AS "expiresAt", forced_reason AS "forcedReason", ended_at AS "endedAt",
         ended_by AS "endedBy", end_reason AS "endReason",
         CASE WHEN ended_at IS NULL THEN 'active' ELSE 'ended' END AS state
  FROM suppressions`

/** Brings the cache's suppressions up to what is stored now: they are few, and are read whole when one has changed. */
export async function fillSuppressions({ database, cache }: FillContext): Promise<void> {
  const [row] = await database.query<{ revision: string }>(revisionSql)
  const revision = row?.revision ?? '0'
  if (revision === (cache.meta(momentKey) ?? '0')) return
  const suppressions = await database.query<Suppression>(allSql)
  cache.together(() => {
    cache.putSuppressions(suppressions)
    cache.setMeta(momentKey, revision)
  })
}
