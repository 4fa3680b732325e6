import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Sample } from '../../../shared/model/system.ts'
import { useEngine } from '../../api/engine.ts'
import { formatPlace, pageAt } from '../../app/place.ts'
import { outagesIn, type SystemMark } from '../../charts/system-marks.ts'
import { anyTime, withRange, type TimeRange } from '../../query/time-range.ts'
import { eventKey } from '../events/event-key.ts'

/** What the engine notices of the system (docs/observer.md); what it notices of single people is none of the charts'. */
const facts = ['login_surge', 'latency_spike', 'session_drop', 'queue_backlog', 'write_failures', 'events_dropped']
export const factsQuery = `source:gatehouse (${facts.map((fact) => `type:${fact}`).join(' OR ')})`

/** Facts are of whole minutes: there is no use in asking with every event that is stored. */
const askMs = 15_000
const most = 50

/** What happened to the system in the stretch that the charts show: outages by the samples, the rest by the events. */
export function useSystemMarks(samples: readonly Sample[], range: TimeRange): SystemMark[] {
  const { client } = useEngine()
  const query = withRange(factsQuery, range)
  const { data } = useQuery({
    queryKey: ['system-marks', query],
    queryFn: () => client.events.search({ query, limit: most }),
    refetchInterval: askMs,
    placeholderData: (before) => before,
  })
  return useMemo(() => {
    const noticed = (data?.rows ?? []).map((event): SystemMark => ({
      fromMs: event.createdAt.getTime(),
      toMs: null,
      words: event.description ?? event.type,
      href: formatPlace(pageAt('events', { query: 'source:gatehouse', range: anyTime, row: eventKey(event) })),
    }))
    return [...outagesIn(samples), ...noticed]
  }, [samples, data])
}
