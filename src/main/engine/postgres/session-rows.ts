import type { Metadata } from '../../../shared/model/event.ts'
import type { SessionId } from '../../../shared/model/ids.ts'
import type { EndReason, Session } from '../../../shared/model/session.ts'

/** A row of redis_sync_sessions, as pg returns it. */
export interface SessionRow {
  session_id: string
  user_id: string | null
  profile: string
  is_active: boolean
  force_logout: boolean
  ip_address: string | null
  user_agent: string | null
  country: string | null
  last_active: Date | null
  expires_at: Date | null
  /** As double precision: pg gives a bigint as text. */
  api_call_count: number
  first_seen: Date
  last_seen: Date
  ended_at: Date | null
  end_reason: EndReason | null
  metadata: Metadata
}

/** Selects a SessionRow from redis_sync_sessions. */
export const sessionRowColumns = `
  session_id, user_id, profile, is_active, force_logout, host(ip_address) AS ip_address, user_agent, country, last_active,
  expires_at, api_call_count::double precision AS api_call_count, first_seen, last_seen, ended_at, end_reason, metadata`

export const sessionFromRow = (row: SessionRow): Session => ({
  sessionId: row.session_id as SessionId,
  userId: row.user_id,
  profile: row.profile,
  isActive: row.is_active,
  forceLogout: row.force_logout,
  ipAddress: row.ip_address,
  userAgent: row.user_agent,
  country: row.country,
  lastActive: row.last_active,
  expiresAt: row.expires_at,
  apiCallCount: row.api_call_count,
  firstSeen: row.first_seen,
  lastSeen: row.last_seen,
  endedAt: row.ended_at,
  endReason: row.end_reason,
  metadata: row.metadata,
})
