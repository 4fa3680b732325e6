import { setTimeout as sleep } from 'node:timers/promises'
import type { AuditEvent } from '../../shared/model/event.ts'
import type { SignalBus } from './signals.ts'
import { minIntervalMs, Wake } from './throttle.ts'

/** The most events that one message carries: more than a screen shows at once. */
const maxEventsInMessage = 200

/**
 * Events as they are stored, by this engine or another, those that match, at most 10 messages a second. What a message has no room for is
 * counted in `omitted`; a search finds it. Ends when the signal aborts.
 */
export async function* tailEvents(
  signals: SignalBus,
  matches: (event: AuditEvent) => boolean,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ events: AuditEvent[]; omitted: number }, void, void> {
  const wake = new Wake()
  let waiting: AuditEvent[] = []
  let omitted = 0
  const take = (stored: readonly AuditEvent[]): void => {
    for (const event of stored) {
      if (!matches(event)) continue
      if (waiting.length < maxEventsInMessage) waiting.push(event)
      else omitted++
    }
    if (waiting.length > 0) wake.now()
  }
  signals.on('stored', take).on('storedElsewhere', take)
  try {
    while (signal?.aborted !== true) {
      await wake.wait(60_000, signal)
      if (waiting.length === 0) continue
      const message = { events: waiting, omitted }
      waiting = []
      omitted = 0
      yield message
      await sleep(minIntervalMs)
    }
  } finally {
    signals.off('stored', take).off('storedElsewhere', take)
  }
}
