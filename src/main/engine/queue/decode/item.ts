import type { AuditEvent, Metadata } from '../../../../shared/model/event.ts'
import type { EventId } from '../../../../shared/model/ids.ts'
import { cleanText, maxIdentifierLength, parseTime, type Note } from '../../clean.ts'
import { parseObject, textOf, typeName } from '../../json-values.ts'
import type { SessionIds } from '../../session-ids.ts'
import type { ItemOrigin } from '../origin.ts'
import { recognise } from './dialects.ts'
import { Draft } from './draft.ts'
import { tooLong } from './fields.ts'

/** An item becomes an event, with notes on what had to be changed, or is refused with a reason. */
export type DecodedItem = { event: AuditEvent; notes: readonly Note[] } | { refusal: string }

/** Critical by what it means, where the application did not say so. */
const criticalTypes: ReadonlySet<string> = new Set(['permanent_ban_applied'])

/**
 * Reads one item of the queue.
 * @throws GatehouseError POSTGRES_UNAVAILABLE while session ids cannot be hashed
 */
export function decodeItem(bytes: Buffer, origin: ItemOrigin, sessionIds: SessionIds): DecodedItem {
  const parsed = parseObject(bytes)
  if ('refusal' in parsed) return parsed
  const item = parsed.object
  const form = recognise(item)
  if ('refusal' in form) return form
  const { dialect, type } = form
  if (type.length > maxIdentifierLength) return { refusal: tooLong(dialect.typeField ?? 'type', type.length) }

  const draft = new Draft(
    {
      eventId: origin.identity,
      createdAt: origin.at,
      kind: dialect.kind,
      type,
      source: origin.source,
    },
    sessionIds,
  )
  draft.event.type = cleanText(type, 'type', maxIdentifierLength, draft.notes)
  const timeField = readTime(draft, item)
  for (const name of Object.keys(item)) {
    if (name === dialect.typeField || name === timeField) continue
    const value = item[name]
    const read = name === 'event_id' ? readEventId : dialect.fields.get(name)
    if (read === undefined) draft.keep(name, value)
    else if (value !== null) read(draft, value, name)
  }
  if (draft.refusal !== null) return { refusal: draft.refusal }
  if (dialect.kind === 'log' && criticalTypes.has(type)) draft.event.category ??= 'critical'
  return { event: draft.finish(), notes: draft.notes }
}

/** Dates the event by the first of its time fields that was sent, and returns that field's name. */
function readTime(draft: Draft, item: Metadata): string | null {
  const name = ['created_at', 'timestamp'].find((field) => item[field] !== undefined && item[field] !== null)
  if (name === undefined) return null
  const time = parseTime(item[name])
  if (time === null) draft.keepWrong(name, item[name], 'not a time, dated by its claim')
  else draft.event.createdAt = time
  return name
}

function readEventId(draft: Draft, value: unknown): void {
  const id = textOf(value)
  if (id === null) draft.refuse(`event_id is ${typeName(value)}: expected a text`)
  else if (id.length > maxIdentifierLength) draft.refuse(tooLong('event_id', id.length))
  else if (id !== '') draft.event.eventId = cleanText(id, 'event_id', maxIdentifierLength, draft.notes) as EventId
}
