import type { AlertEventRef } from '../../../shared/model/alert.ts'
import type { AuditEvent } from '../../../shared/model/event.ts'
import { allOf, anyOf, type Condition } from './condition.ts'
import { readFromEither, type Stores } from './either-store.ts'
import type { FoundEvents } from './found.ts'
import { readPage } from './read-rows.ts'
import type { SearchStore } from './search-store.ts'

/** Events that one statement looks up. */
const refsAtOnce = 100

/** The events that references name, as far as the store still has them. */
export async function findEvents(stores: Stores, refs: readonly AlertEventRef[]): Promise<FoundEvents> {
  const { value, store } = await readFromEither(stores, (from) => readRefs(from, refs))
  const events = value.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
  const found = new Set(events.map(identityOf))
  return { events, missingEvents: refs.filter((ref) => !found.has(identityOf(ref))).length, origin: store.origin() }
}

const identityOf = ({ createdAt, eventId }: AlertEventRef) => `${createdAt.getTime()} ${eventId}`

async function readRefs(store: SearchStore, refs: readonly AlertEventRef[]): Promise<AuditEvent[]> {
  const found: AuditEvent[] = []
  for (let start = 0; start < refs.length; start += refsAtOnce) {
    const chunk = refs.slice(start, start + refsAtOnce)
    const times = chunk.map(({ createdAt }) => createdAt.getTime())
    // The span of all is said too, so that PostgreSQL leaves out the partitions of other days at once.
    const span: Condition = { kind: 'time', fromMs: Math.min(...times), untilMs: Math.max(...times) + 1 }
    const condition = allOf([span, anyOf(chunk.map(isEvent))])
    found.push(...(await readPage(store, store.events, condition, { limit: 2 * refsAtOnce, after: null })))
  }
  return found
}

function isEvent({ eventId, createdAt }: AlertEventRef): Condition {
  const atMs = createdAt.getTime()
  return allOf([
    { kind: 'time', fromMs: atMs, untilMs: atMs + 1 },
    { kind: 'equals', field: 'id', value: eventId },
  ])
}
