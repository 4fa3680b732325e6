import type { AuditEvent } from '../../../src/shared/model/event.ts'
import { asProduced } from '../../helpers/labelled/as-produced.ts'
import { alertsOf, type Catalogue } from '../../helpers/labelled/catalogue.ts'
import { cpuSeconds } from '../cpu-seconds.ts'
import { median } from '../median.ts'

/** Made anew in the order of time: what the feed gives lies in memory as it comes, and so do the lines. */
const asFed = (event: AuditEvent): AuditEvent => ({
  ...event,
  createdAt: new Date(event.createdAt),
  metadata: { ...event.metadata },
})

/**
 * The whole catalogue over events as the feed gives them, and JSON.parse of the lines that an application would have
 * pushed for them, in turns: medians of both, by the processor's time.
 */
export function benchThroughput(catalogue: Catalogue, events: readonly AuditEvent[], rounds: number) {
  // More would fill the memory with the lines rather than say more.
  const chosen = events.slice(0, 300_000).map(asFed)
  const lines = chosen.map(asProduced)
  const parsing: number[] = []
  const watching: number[] = []
  // One round that counts for nothing: the compiler has its work behind it.
  for (let round = 0; round <= rounds; round++) {
    const parse = cpuSeconds(() => {
      let fields = 0
      for (const line of lines) fields += (JSON.parse(line) as { event_type: string }).event_type.length
      return fields
    })
    const engine = catalogue.newEngine()
    const watch = cpuSeconds(() => alertsOf(engine, chosen))
    if (round === 0) continue
    parsing.push(parse)
    watching.push(watch)
  }
  const eventsPerSecond = (seconds: readonly number[]) => Math.round(chosen.length / median(seconds))
  return {
    events: chosen.length,
    rules: catalogue.rules.length,
    rounds,
    jsonParseEventsPerSecond: eventsPerSecond(parsing),
    catalogueEventsPerSecond: eventsPerSecond(watching),
    ratio: Math.round((100 * median(parsing)) / median(watching)) / 100,
  }
}
