import type { AuditEvent } from '../../shared/model/event.ts'
import type { SignalBus } from './signals.ts'

/** The signal of a COMMIT may come after a reader has seen the rows: by this much at most. */
const holdMs = 1_000
/** Events of this engine that no reader has seen yet, at most; beyond, what others store is not told until it has. */
const mostOwn = 100_000

/**
 * Tells what other engines stored (`storedElsewhere`): of what the reader of stored events sees, all that this engine did
 * not store itself.
 * @returns ends it
 */
export function tellElsewhere(signals: SignalBus): () => void {
  /** What this engine stored and the reader has not seen. */
  const own = new Set<string>()
  const timers = new Set<NodeJS.Timeout>()
  let isBlind = false

  const onStored = (events: readonly AuditEvent[]): void => {
    if (own.size > mostOwn) {
      own.clear()
      isBlind = true
    }
    if (!isBlind) for (const { eventId } of events) own.add(eventId)
  }
  const notOwn = (events: readonly AuditEvent[]) => events.filter(({ eventId }) => !own.delete(eventId))

  const onSeen = (events: readonly AuditEvent[], { isNew, isLast }: { isNew: boolean; isLast: boolean }): void => {
    const others = notOwn(events)
    const isTold = isNew && !isBlind
    if (isLast) isBlind = false
    if (!isTold || others.length === 0) return
    const timer = setTimeout(() => {
      timers.delete(timer)
      const rest = notOwn(others)
      if (rest.length > 0) signals.emit('storedElsewhere', rest)
    }, holdMs)
    timers.add(timer)
  }

  signals.on('stored', onStored).on('seen', onSeen)
  return () => {
    signals.off('stored', onStored).off('seen', onSeen)
    for (const timer of timers) clearTimeout(timer)
  }
}
