import { randomUUID } from 'node:crypto'
import { GatehouseError } from '../../../shared/errors.ts'
import { PlanId, type SessionId } from '../../../shared/model/ids.ts'
import type { RevocationPlan, RevocationTarget } from '../../../shared/model/revocation.ts'
import type { RevocationDeps } from './deps.ts'

const sampleSize = 20
/** More than one person has; a larger set is a bulk act, which is previewed in another way. */
const maxSessions = 10_000

/** One session of a frozen set. */
export interface PlannedSession {
  sessionId: SessionId
  userId: string | null
  profile: string
}

export interface FrozenPlan {
  plan: RevocationPlan
  sessions: readonly PlannedSession[]
}

export interface Plans {
  /** Freezes what the target is now. @throws GatehouseError NOT_FOUND where no live session is meant */
  freeze(target: RevocationTarget): Promise<FrozenPlan>
  /** Takes the plan out: it can be executed once. @throws GatehouseError PLAN_EXPIRED */
  take(planId: PlanId): FrozenPlan
  /** The plan, left where it is. @throws GatehouseError PLAN_EXPIRED */
  peek(planId: PlanId): FrozenPlan
}

interface SessionRow {
  session_id: SessionId
  user_id: string | null
  profile: string
  ip_address: string | null
  user_agent: string | null
  country: string | null
  last_active: Date | null
}

const liveSessions = `
  SELECT session_id, user_id, profile, host(ip_address) AS ip_address, user_agent, country, last_active
  FROM redis_sync_sessions
  WHERE ended_at IS NULL AND (CASE WHEN $1 = 'session' THEN session_id = $2 ELSE user_id = $2 END)
  ORDER BY last_active DESC NULLS LAST, session_id
  LIMIT $3`

export function createPlans({ database, config, profileRevocation }: RevocationDeps): Plans {
  const plans = new Map<PlanId, FrozenPlan>()

  const forgetExpired = (): void => {
    for (const [planId, { plan }] of plans) if (plan.expiresAt.getTime() <= Date.now()) plans.delete(planId)
  }

  const peek = (planId: PlanId): FrozenPlan => {
    forgetExpired()
    const frozen = plans.get(planId)
    if (frozen !== undefined) return frozen
    throw new GatehouseError('PLAN_EXPIRED', 'This plan is not there any more: it expired or was executed. Plan again.')
  }

  return {
    async freeze(target) {
      forgetExpired()
      const wanted = target.kind === 'session' ? target.sessionId : target.userId
      const rows = await database.query<SessionRow>(liveSessions, [target.kind, wanted, maxSessions + 1])
      if (rows.length === 0) {
        const who = target.kind === 'session' ? 'This session is' : `No session of ${target.userId} is`
        throw new GatehouseError('NOT_FOUND', `${who} live as far as the mirror knows: there is nothing to revoke.`)
      }
      if (rows.length > maxSessions) {
        throw new GatehouseError('TOO_LARGE', `More than ${maxSessions} sessions: nothing was planned.`, {
          maxSessions,
        })
      }
      const createdAt = new Date()
      const profiles = [...new Set(rows.map((row) => row.profile))]
      const plan: RevocationPlan = {
        planId: PlanId.parse(randomUUID()),
        target,
        count: rows.length,
        users: distinct(rows.map((row) => row.user_id)),
        countries: distinct(rows.map((row) => row.country)),
        sample: rows.slice(0, sampleSize).map((row) => ({
          sessionId: row.session_id,
          userId: row.user_id,
          ipAddress: row.ip_address,
          userAgent: row.user_agent,
          lastActive: row.last_active,
          profile: row.profile,
        })),
        willNotEnd: distinct(profiles.flatMap((profile) => profileRevocation(profile).doesNotEnd)),
        createdAt,
        expiresAt: new Date(createdAt.getTime() + config.revocation.planTtlMs),
      }
      const sessions = rows.map((row) => ({ sessionId: row.session_id, userId: row.user_id, profile: row.profile }))
      const frozen = { plan, sessions }
      plans.set(plan.planId, frozen)
      return frozen
    },
    peek,
    take(planId) {
      const frozen = peek(planId)
      plans.delete(planId)
      return frozen
    },
  }
}

const distinct = (values: readonly (string | null)[]): string[] =>
  [...new Set(values.filter((value) => value !== null))].toSorted()
