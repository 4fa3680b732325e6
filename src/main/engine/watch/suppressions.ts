import { randomUUID } from 'node:crypto'
import type { NewSuppression } from '../../../shared/contract/suppressions.ts'
import { GatehouseError } from '../../../shared/errors.ts'
import type { AuditEvent } from '../../../shared/model/event.ts'
import { SuppressionId } from '../../../shared/model/ids.ts'
import type { Origin } from '../../../shared/model/page.ts'
import {
  maxSuppressionDays,
  type Suppression,
  type SuppressionDraft,
  type SuppressionPreview,
} from '../../../shared/model/suppression.ts'
import type { AdminTrail } from '../admin-trail.ts'
import type { Database } from '../postgres/database.ts'
import type { SignalBus } from '../signals.ts'
import type { CacheReader } from '../sqlite/cache-reader.ts'
import type { Rule } from './rule.ts'
import { readPattern } from './suppress-pattern.ts'
import { previewSuppression } from './suppress-preview.ts'
import { countActive, endSuppression, insertSuppression, listSuppressions } from './suppress-store.ts'
import { compileSuppressions, type Suppressing } from './suppress.ts'

export interface SuppressionDeps {
  database: Database
  cache: CacheReader
  asOf: () => Date | null
  trail: AdminTrail
  actor: string
  signals: SignalBus
  /** The stored form of a session id. */
  sought: (typed: string) => string
  networksOf: (event: AuditEvent) => readonly string[]
  rules: () => readonly Rule[]
}

/** Where people say what rules are to leave out. Each act goes on record, a refused one too. */
export interface Suppressions {
  list(input: { includeOver: boolean; limit: number }): Promise<{ rows: Suppression[]; origin: Origin }>
  preview(draft: SuppressionDraft): Promise<SuppressionPreview>
  /**
   * @throws GatehouseError INVALID_INPUT for a pattern or an expiry that is none; REASON_REQUIRED for one that would have
   *   hidden alerts that were closed as true; TOO_LARGE where there are too many
   */
  create(input: NewSuppression): Promise<Suppression>
  /** @throws GatehouseError NOT_FOUND for one that is not at work */
  end(input: { suppressionId: SuppressionId; reason: string }): Promise<Suppression>
}

const dayMs = 86_400_000
/** At work at the same time: more are a sign that a rule needs to be changed. */
const maxActive = 5_000

export function createSuppressions(deps: SuppressionDeps): Suppressions {
  const { database, cache, asOf, trail, actor, signals, sought, networksOf, rules } = deps

  async function preview(draft: SuppressionDraft): Promise<SuppressionPreview> {
    const pattern = readPattern(draft, sought)
    const always: Suppressing = {
      ...draft,
      pattern,
      createdAt: new Date(0),
      expiresAt: new Date(8.64e15),
      endedAt: null,
    }
    const isSuppressed = compileSuppressions([always], networksOf)
    return previewSuppression({ database, rules, nowMs: Date.now() }, draft.ruleId, isSuppressed, pattern)
  }

  /** The number is shown to who is refused, and kept beside what was forced. */
  async function mayHide({ forcedReason, ...draft }: NewSuppression): Promise<number> {
    const { hiddenTrue, isPartial } = await preview(draft)
    if (hiddenTrue === 0 || forcedReason !== null) return hiddenTrue
    await trail.record({ ...actOf('suppression_create', draft), reason: draft.reason, outcome: 'refused' })
    throw new GatehouseError(
      'REASON_REQUIRED',
      `In the last 30 days it would have hidden ${isPartial ? 'at least ' : ''}${hiddenTrue} alert(s) that were closed as true: nothing was suppressed. Narrow it, or give a reason of its own for that.`,
      { hiddenTrue },
    )
  }

  return {
    async list({ includeOver, limit }) {
      if (database.state().status === 'connected') {
        const rows = await listSuppressions(database, { includeOver, limit })
        return { rows, origin: { store: 'postgres', asOf: null } }
      }
      const rows = cache
        .suppressions()
        .map((one) => (one.state === 'active' && one.expiresAt.getTime() <= Date.now() ? expired(one) : one))
        .filter(({ state }) => includeOver || state === 'active')
      return { rows: rows.slice(0, limit), origin: { store: 'cache', asOf: asOf() } }
    },
    preview,
    async create(input) {
      const pattern = readPattern(input, sought)
      const { kind, ruleId, reason, expiresAt, forcedReason } = input
      checkExpiry(expiresAt)
      if ((await countActive(database)) >= maxActive) {
        const message = `There are ${maxActive} suppressions at work: end some, or change the rule that needs so many.`
        throw new GatehouseError('TOO_LARGE', message)
      }
      const hiddenTrue = await mayHide({ ...input, pattern })
      const created = await database.transaction(async (tx) => {
        const suppressionId = SuppressionId.parse(randomUUID())
        const forced = hiddenTrue > 0 ? forcedReason : null
        const row = { suppressionId, kind, pattern, ruleId, reason, createdBy: actor, expiresAt, forcedReason: forced }
        const made = await insertSuppression(tx, row)
        await trail.recordIn(tx, {
          ...actOf('suppression_create', made, { suppressionId, expiresAt, forcedReason: forced, hiddenTrue }),
          reason,
          outcome: forced === null ? 'done' : 'forced',
        })
        return made
      })
      signals.emit('suppressionsChanged')
      return created
    },
    async end({ suppressionId, reason }) {
      const ended = await database.transaction(async (tx) => {
        const over = await endSuppression(tx, { suppressionId, by: actor, reason })
        if (over === null) {
          throw new GatehouseError('NOT_FOUND', 'There is no such suppression at work: it ended or expired meanwhile.')
        }
        await trail.recordIn(tx, { ...actOf('suppression_end', over, { suppressionId }), reason, outcome: 'done' })
        return over
      })
      signals.emit('suppressionsChanged')
      return ended
    },
  }
}

const expired = (suppression: Suppression): Suppression => ({ ...suppression, state: 'expired' })

function checkExpiry(expiresAt: Date): void {
  const fromNowMs = expiresAt.getTime() - Date.now()
  if (fromNowMs > 0 && fromNowMs <= maxSuppressionDays * dayMs) return
  const message = `expiresAt: expected a time from now on, at most ${maxSuppressionDays} days ahead.`
  throw new GatehouseError('INVALID_INPUT', message, { key: 'expiresAt' })
}

const actOf = (
  action: string,
  { kind, pattern, ruleId }: Pick<Suppression, 'kind' | 'pattern' | 'ruleId'>,
  details: Record<string, unknown> = {},
) => ({
  action,
  targetUser: kind === 'user' ? pattern : null,
  sessionId: kind === 'session' ? pattern : null,
  details: { kind, pattern, ruleId, ...details },
})
