import type { Origin } from '../../shared/model/page.ts'
import { useNow } from '../api/live.ts'
import { formatAge } from '../text/format.ts'
import { Mark } from './Mark.tsx'

/** Says that rows come from the cache of this computer, and how old they are. */
export function FromCache({ origin }: { origin: Origin | null }) {
  const nowMs = useNow()
  if (origin?.store !== 'cache') return null
  return (
    <Mark tone="warning">from the cache{origin.asOf === null ? '' : `, as of ${formatAge(origin.asOf, nowMs)}`}</Mark>
  )
}
