import { z } from 'zod'
import { Metadata } from './event.ts'
import { SessionId } from './ids.ts'

export const EndReason = z.enum(['expired', 'logout', 'revoked'])
export type EndReason = z.infer<typeof EndReason>

/** Age of the last activity: active under 5 minutes, recent under 1 hour, else idle; `ended` once it left Redis. */
export const SessionStatus = z.enum(['active', 'recent', 'idle', 'ended'])
export type SessionStatus = z.infer<typeof SessionStatus>
export const activeWithinMs = 5 * 60_000
export const recentWithinMs = 60 * 60_000

/** The status of a session at `nowMs`; a session that never reported activity counts from when it was first seen. */
export function sessionStatus(
  session: { lastActive: Date | null; firstSeen: Date; endedAt: Date | null },
  nowMs: number,
): SessionStatus {
  if (session.endedAt !== null) return 'ended'
  const idleMs = nowMs - (session.lastActive ?? session.firstSeen).getTime()
  if (idleMs < activeWithinMs) return 'active'
  return idleMs < recentWithinMs ? 'recent' : 'idle'
}

/** One row of `redis_sync_sessions`: a live or recently ended session. */
export const Session = z.object({
  sessionId: SessionId,
  userId: z.string().nullable(),
  /** Name of the session store profile that decoded it. */
  profile: z.string(),
  isActive: z.boolean(),
  forceLogout: z.boolean(),
  ipAddress: z.string().nullable(),
  userAgent: z.string().nullable(),
  country: z.string().nullable(),
  lastActive: z.date().nullable(),
  expiresAt: z.date().nullable(),
  apiCallCount: z.number(),
  firstSeen: z.date(),
  /** When the row last changed: an unchanged session writes nothing. */
  lastSeen: z.date(),
  endedAt: z.date().nullable(),
  endReason: EndReason.nullable(),
  metadata: Metadata,
})
export type Session = z.infer<typeof Session>
