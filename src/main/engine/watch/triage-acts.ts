import type { Alert } from '../../../shared/model/alert.ts'
import type { TriageAct } from '../../../shared/model/triage.ts'

/** What people decide of an alert. */
export type Judgement = Pick<Alert, 'state' | 'verdict' | 'owner'>

/** What an act makes of an alert, or why it does not fit. Who acknowledges what nobody has takes it. */
export function judge(alert: Judgement, act: TriageAct, actor: string): Judgement | string {
  const { state, verdict, owner } = alert
  switch (act.action) {
    case 'acknowledge':
      if (state !== 'new') return `It is ${state} already.`
      return { state: 'acknowledged', verdict: null, owner: owner ?? actor }
    case 'assign':
      if (act.owner === owner) return owner === null ? 'Nobody has it, as it is.' : `${owner} has it already.`
      return { state, verdict, owner: act.owner }
    case 'comment':
      return { state, verdict, owner }
    case 'close':
      if (state === 'closed' && verdict === act.verdict) return `It is closed as ${verdict} already.`
      return { state: 'closed', verdict: act.verdict, owner: owner ?? actor }
    case 'reopen':
      if (state !== 'closed') return `It is not closed: it is ${state}.`
      return { state: 'new', verdict: null, owner }
  }
}
