import { eventColumns } from '../../../../../shared/model/columns.ts'
import { blankEvent, isLifecycleType, type AuditEvent } from '../../../../../shared/model/event.ts'
import type { EventId } from '../../../../../shared/model/ids.ts'
import type { EnrichedValue, RuleEnvironment } from '../environment.ts'
import { columnNames } from '../fields.ts'
import type { TestEvent } from './test-document.ts'

/** A Monday: tests say when things happen since its first moment. */
export const testStartMs = Date.parse('2026-03-02T00:00:00Z')

/** What every event has by itself, or the test says in another way (`at`, `event_type`). */
const ownWay: ReadonlySet<string> = new Set(['event_id', 'created_at', 'kind', 'type', 'metadata'])
const times: ReadonlySet<string> = new Set(['expires_at', 'last_active'])

/**
 * Events as tests write them. What is looked up for an event elsewhere (`geo.country`, `ip.list`) may be given with it:
 * so tests need no database, and say the same whichever is installed.
 */
export class TestEvents {
  readonly #given = new WeakMap<AuditEvent, ReadonlyMap<string, EnrichedValue>>()
  /** Enriched fields as given with an event, and else as `environment` has them. */
  readonly environment: RuleEnvironment

  constructor(environment: RuleEnvironment) {
    this.environment = {
      fieldNames: environment.fieldNames,
      version: (name) => environment.version(name),
      field: (name) => {
        const field = environment.field(name)
        if (field === null) return null
        return {
          uses: field.uses,
          read: (event) => {
            const given = this.#given.get(event)
            return given?.has(name) ? (given.get(name) ?? null) : field.read(event)
          },
        }
      },
    }
  }

  /** @throws Error naming a field that there is not */
  make(described: readonly TestEvent[]): AuditEvent[] {
    const events: AuditEvent[] = []
    for (const { at, repeat, every, ...fields } of described) {
      for (let round = 0; round < repeat; round++) {
        const eventId = `t${String(events.length + 1).padStart(6, '0')}` as EventId
        events.push(this.#one(eventId, testStartMs + at + round * every, fields, round + 1))
      }
    }
    return events
  }

  #one(eventId: EventId, atMs: number, fields: Omit<TestEvent, 'at' | 'repeat' | 'every'>, number: number): AuditEvent {
    const { event_type: type, metadata, ...others } = numbered(fields, number) as Record<string, unknown>
    const kind = isLifecycleType(String(type)) ? 'session' : 'log'
    const event = blankEvent({ eventId, createdAt: new Date(atMs), kind, type: String(type), source: 'queue' })
    const given = new Map<string, EnrichedValue>()
    const nested: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(others)) {
      if (name.startsWith('metadata.')) putAt(nested, name.split('.').slice(1), value)
      else if (this.environment.field(name) !== null) given.set(name, value as EnrichedValue)
      else Object.assign(event, columnOf(name, value))
    }
    event.metadata = { ...(metadata as object | undefined), ...nested }
    this.#given.set(event, given)
    return event
  }
}

function columnOf(name: string, value: unknown): Partial<AuditEvent> {
  const property = ownWay.has(name) || !Object.hasOwn(eventColumns, name) ? undefined : eventColumns[name]
  if (property === undefined) {
    throw new Error(`there is no field "${name}" in events: use ${columnNames.join(', ')} or metadata.<name>`)
  }
  if (!times.has(name)) return { [property]: value }
  return { [property]: typeof value === 'string' ? new Date(value) : null }
}

function putAt(holder: Record<string, unknown>, [name = '', ...names]: readonly string[], value: unknown): void {
  if (names.length === 0) {
    holder[name] = value
    return
  }
  const inner = Object.hasOwn(holder, name) ? holder[name] : null
  const next = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {}
  holder[name] = next
  putAt(next, names, value)
}

/** `{n}` in any text becomes the number. */
function numbered(value: unknown, number: number): unknown {
  if (typeof value === 'string') return value.replaceAll('{n}', String(number))
  if (Array.isArray(value)) return value.map((one) => numbered(one, number))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, numbered(one, number)]))
}
