import { useQuery } from '@tanstack/react-query'
import type { Alert } from '../../../../shared/model/alert.ts'
import { useEngine } from '../../../api/engine.ts'
import { ActButton } from '../../../components/ActButton.tsx'
import { useTriage, type OnTriaged } from './use-triage.ts'

/** What can be done with the alert of a drawer, as it stands. */
export function TriageButtons({ alert, onDone }: { alert: Alert; onDone: OnTriaged }) {
  const { blocked, acknowledge, take, ask, suppress } = useTriage(onDone)
  const actor = useQuery(useEngine().queries.system.info.queryOptions({ staleTime: Infinity })).data?.actor
  const one = [alert]
  return (
    <>
      {alert.state === 'new' && (
        <ActButton blocked={blocked} onClick={() => acknowledge(one)}>
          Acknowledge
        </ActButton>
      )}
      <ActButton blocked={blocked} onClick={() => take(one)}>
        {alert.owner === actor ? 'Give back' : 'Take'}
      </ActButton>
      <ActButton blocked={blocked} onClick={() => ask('assign', one)}>
        Give to…
      </ActButton>
      <ActButton blocked={blocked} onClick={() => ask(alert.state === 'closed' ? 'reopen' : 'close', one)}>
        {alert.state === 'closed' ? 'Open again…' : 'Close…'}
      </ActButton>
      <ActButton blocked={blocked} onClick={() => ask('comment', one)}>
        Comment…
      </ActButton>
      <ActButton blocked={blocked} onClick={() => suppress(one)}>
        Suppress…
      </ActButton>
    </>
  )
}
