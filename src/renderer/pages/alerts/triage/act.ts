import type { QueryClient } from '@tanstack/react-query'
import type { Alert } from '../../../../shared/model/alert.ts'
import type { TriageAct } from '../../../../shared/model/triage.ts'
import type { Engine } from '../../../api/engine.ts'
import { formatCount } from '../../../text/format.ts'
import { triaged } from './triage-store.ts'

const doneWords: Readonly<Record<TriageAct['action'], string>> = {
  acknowledge: 'acknowledged',
  assign: 'given',
  comment: 'commented on',
  close: 'closed',
  reopen: 'open again',
}

/** As many as one call takes. */
const mostAtOnce = 500

/** Acts on alerts as they were seen, and says what became of each. Resolves with those that changed; null if it failed. */
export async function triage(
  { client, queries }: Pick<Engine, 'client' | 'queries'>,
  cache: QueryClient,
  alerts: readonly Alert[],
  act: TriageAct,
): Promise<readonly Alert[] | null> {
  try {
    const refused = []
    const changed: Alert[] = []
    for (let at = 0; at < alerts.length; at += mostAtOnce) {
      const seen = alerts.slice(at, at + mostAtOnce).map(({ alertId, revision }) => ({ alertId, revision }))
      const outcome = await client.alerts.triage({ alerts: seen, act })
      changed.push(...outcome.changed)
      refused.push(...outcome.refused)
    }
    triaged.set({ state: 'done', words: `${formatCount(changed.length, 'alert')} ${doneWords[act.action]}`, refused })
    return changed
  } catch (error) {
    triaged.set({ state: 'failed', error })
    return null
  } finally {
    await cache.invalidateQueries({ queryKey: queries.alerts.key() })
  }
}
