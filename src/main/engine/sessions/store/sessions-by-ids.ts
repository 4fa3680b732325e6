import type { PoolClient } from 'pg'
import type { SessionId } from '../../../../shared/model/ids.ts'
import { sessionRowColumns, type SelectedSession, type SessionRow } from './session-row.ts'

export async function sessionsByIds(tx: PoolClient, sessionIds: readonly SessionId[]): Promise<SessionRow[]> {
  const { rows } = await tx.query<SelectedSession>(
    `SELECT ${sessionRowColumns} FROM redis_sync_sessions r WHERE r.session_id = ANY ($1)`,
    [sessionIds],
  )
  return rows
}
