import type { Database } from 'better-sqlite3'
import type { AuditEvent } from '../../../../shared/model/event.ts'
import { eventReader } from '../../sqlite/event-reader.ts'
import { inOrder } from './in-order.ts'
import { noFaults, TimeProgress, type EventSource, type TimeSpan } from './source.ts'

const pageSize = 5_000

/** The events that the cache on this machine has. */
export function cacheSource(database: Database): EventSource {
  const reader = eventReader(database)
  let progress = new TimeProgress({ fromMs: 0, toMs: Number.POSITIVE_INFINITY })

  async function* read({ fromMs, toMs }: TimeSpan, signal: AbortSignal): AsyncGenerator<AuditEvent[]> {
    const extent = reader.extent(fromMs, toMs)
    if (extent === null) return
    progress = new TimeProgress(extent)
    let page: AuditEvent[] = []
    for (const event of reader.events(fromMs, toMs)) {
      if (page.push(event) < pageSize) continue
      if (signal.aborted) return
      progress.reach(event)
      yield page
      page = []
    }
    progress.reach(page.at(-1))
    yield page
  }

  return {
    kind: 'cache',
    name: null,
    pages: (span, signal) => inOrder(read(span, signal)),
    fraction: () => progress.fraction,
    faults: () => noFaults,
  }
}
