import type { TrackingState } from '../../../shared/model/system.ts'
import { formatNumber } from '../../text/format.ts'

/** Whether Redis names what changes in sessions, in one line; null before that is known. */
export function trackingWords(tracking: TrackingState | undefined): string | null {
  if (tracking === undefined) return null
  const { status, reason, following, hintsPerSecond, waitingHints } = tracking
  if (status === 'off')
    return `not named: ${reason ?? 'not known why'}. All sessions are read at every interval instead.`
  if (!following) return 'named from now on, as soon as all sessions are read once'
  return `named as they change: ${formatNumber(hintsPerSecond)} a second, ${formatNumber(waitingHints)} wait`
}
