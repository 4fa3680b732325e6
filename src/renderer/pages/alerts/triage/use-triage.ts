import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { Alert } from '../../../../shared/model/alert.ts'
import { useActGate } from '../../../api/act-gate.ts'
import { useEngine } from '../../../api/engine.ts'
import { blankDraft, draftFrom } from '../suppress/draft.ts'
import { suppressing } from '../suppress/suppress-store.ts'
import { triage } from './act.ts'
import { triaged, triaging, type WordedAct } from './triage-store.ts'

/** What can be done with some alerts. Each does nothing while it cannot be done. */
export interface Triage {
  /** Why nothing can be done now; null where it can. */
  readonly blocked: string | null
  acknowledge(alerts: readonly Alert[]): void
  /** Takes them; gives them back where all are the reader's own. */
  take(alerts: readonly Alert[]): void
  /** Asks for what the act needs to know. */
  ask(act: WordedAct, alerts: readonly Alert[]): void
  suppress(alerts: readonly Alert[]): void
}

/** Hears of alerts that were changed: acts that follow are about them as they are now. */
export type OnTriaged = (changed: readonly Alert[]) => void

export function useTriage(onDone: OnTriaged): Triage {
  const engine = useEngine()
  const cache = useQueryClient()
  const blocked = useActGate('postgres')
  const actor = useQuery(engine.queries.system.info.queryOptions({ staleTime: Infinity })).data?.actor
  const may = (alerts: readonly Alert[]) => blocked === null && alerts.length > 0
  const act = (...args: [alerts: readonly Alert[], act: Parameters<typeof triage>[3]]) => {
    void triage(engine, cache, ...args).then((changed) => changed !== null && onDone(changed))
  }
  return {
    blocked,
    acknowledge: (alerts) => may(alerts) && act(alerts, { action: 'acknowledge', comment: null }),
    take: (alerts) => {
      if (!may(alerts) || actor === undefined) return
      const owner = alerts.every((alert) => alert.owner === actor) ? null : actor
      act(
        alerts.filter((alert) => alert.owner !== owner),
        { action: 'assign', owner, comment: null },
      )
    },
    ask: (kind, alerts) => {
      if (!may(alerts)) return
      triaged.set(null)
      triaging.set({ act: kind, alerts })
    },
    suppress: (alerts) => {
      const [alert] = alerts
      if (alert === undefined || blocked !== null) return
      const { ruleId, entityKind, entity } = alert
      suppressing.set(draftFrom(alert, entityKind, entity) ?? { ...blankDraft, ruleId })
    },
  }
}
