import { GatehouseError, messageOf } from '../../../shared/errors.ts'
import type { Reason, SessionOutcome } from '../../../shared/model/revocation.ts'
import type { LiveKey, RevocationDeps } from './deps.ts'
import { doSteps } from './do-steps.ts'
import { endSession } from './end-session.ts'
import type { FrozenPlan, PlannedSession } from './plan.ts'
import { recordEnds } from './record-ends.ts'

export interface ExecutionStep {
  done: number
  total: number
  outcome: SessionOutcome | null
}

/**
 * Ends exactly the sessions of the plan: the attempt goes on record first, and where it cannot, nothing is touched. Each
 * session is verified in Redis; then the outcome goes on record as an act of its own.
 * @throws GatehouseError POSTGRES_UNAVAILABLE before anything was done
 */
export async function executePlan(
  deps: RevocationDeps,
  { plan, sessions }: FrozenPlan,
  reason: Reason,
  onStep: (step: ExecutionStep) => void,
): Promise<void> {
  const { database, trail, actor, signals } = deps
  const target = plan.target.kind === 'user' ? plan.target.userId : (sessions[0]?.userId ?? null)
  const single = plan.target.kind === 'session' ? plan.target.sessionId : null
  const act = {
    action: plan.target.kind === 'user' ? 'revoke_user' : 'revoke_session',
    reason: reason.text,
    targetUser: target,
    sessionId: single,
  }
  const frozen = { reason_code: reason.code, plan_id: plan.planId, count: plan.count }
  const actId = await trail.record({
    ...act,
    outcome: 'attempted',
    details: { ...frozen, sessions: sessions.map(({ sessionId }) => sessionId) },
  })

  const outcomes: SessionOutcome[] = []
  const step = (session: PlannedSession, outcome: SessionOutcome['outcome'], detail: string | null): void => {
    const { sessionId, userId } = session
    outcomes.push({ sessionId, userId, outcome, detail })
    onStep({ done: outcomes.length, total: plan.count, outcome: { sessionId, userId, outcome, detail } })
  }
  const keys = await deps
    .resolveKeys(sessions.map(({ sessionId }) => sessionId))
    .catch((error: unknown) => messageOf(error))
  for (const session of sessions) {
    if (typeof keys === 'string') step(session, 'failed', keys)
    else await endOne(deps, session, keys.get(session.sessionId), reason, step)
  }

  signals.emit(
    'revocationDone',
    outcomes.map(({ outcome }) => outcome),
  )
  const at = new Date()
  const ended = outcomes.filter(({ outcome }) => outcome !== 'failed')
  const { stored, began } = await recordEnds(database, ended, { actId, actor, reason, at })
  const counts = Object.fromEntries(
    [...new Set(outcomes.map(({ outcome }) => outcome))].map((kind) => [
      kind,
      outcomes.filter(({ outcome }) => outcome === kind).length,
    ]),
  )
  await trail.record({
    ...act,
    outcome: ended.length === plan.count ? 'done' : ended.length === 0 ? 'failed' : 'partly done',
    details: { ...frozen, attempt: actId, counts, sessions: outcomes },
  })
  signals.emit('stored', stored)
  signals.emit('sessionsChanged', ended.length)
  signals.emit(
    'sessionsEnded',
    began.map((start) => ({ began: start, ended: at })),
  )
}

async function endOne(
  { redis, config, signals, profileRevocation, liveIdOf }: RevocationDeps,
  session: PlannedSession,
  live: LiveKey | undefined,
  reason: Reason,
  step: (session: PlannedSession, outcome: SessionOutcome['outcome'], detail: string | null) => void,
): Promise<void> {
  if (live === undefined) {
    step(session, 'absent', 'It had left Redis before.')
    return
  }
  const at = new Date()
  // Said before the key goes: the mirror must not take the end for a logout.
  signals.emit('revoked', [{ sessionId: session.sessionId, key: live.key, at }])
  const tells = profileRevocation(live.profile).publishesForceLogout
  const forceLogout = tells
    ? { session_id: liveIdOf(live.key), user_id: session.userId, reason: reason.text, at: at.toISOString() }
    : null
  const failures = await doSteps(redis.client, live.steps)
  const { outcome, detail } = await endSession(
    redis.client,
    { ...config.redis, ...config.revocation },
    { key: live.key, forceLogout },
  )
  const sentences = [...(detail === null ? [] : [detail]), ...failures.map((failure) => `${failure}.`)]
  step(session, outcome, sentences.length === 0 ? null : sentences.join(' '))
}

/** @throws GatehouseError CONFIRMATION_MISMATCH */
export function confirmCount({ plan }: FrozenPlan, typed: number): void {
  if (typed === plan.count) return
  throw new GatehouseError(
    'CONFIRMATION_MISMATCH',
    `The plan holds ${plan.count} session(s), ${typed} were confirmed: nothing was done.`,
    { planned: plan.count, confirmed: typed },
  )
}
