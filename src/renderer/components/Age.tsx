import { useNow } from '../api/live.ts'
import { preferences } from '../app/preferences.ts'
import { useStore } from '../app/store.ts'
import { formatAge, formatDateTime, formatMoment } from '../text/format.ts'

/** How long ago, with the moment itself as its title. */
export function Age({ at }: { at: Date | null }) {
  const nowMs = useNow()
  const zone = useStore(preferences.timeZone)
  if (at === null) return <span>never</span>
  return (
    <time dateTime={at.toISOString()} title={formatDateTime(at, zone)}>
      {formatAge(at, nowMs)}
    </time>
  )
}

/** A moment on the reader's clock; other days than today with their date. */
export function Moment({ at }: { at: Date | null }) {
  const zone = useStore(preferences.timeZone)
  if (at === null) return <span>–</span>
  return <time dateTime={at.toISOString()}>{formatMoment(at, zone, Date.now())}</time>
}
