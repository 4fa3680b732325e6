import { eventColumns } from '../../../../shared/model/columns.ts'
import { AuditEvent } from '../../../../shared/model/event.ts'
import { TimeInput } from '../../../../shared/model/page.ts'

/** An event as the search and the export print it. */
const ExportedEvent = AuditEvent.extend({
  createdAt: TimeInput,
  expiresAt: TimeInput.nullable(),
  lastActive: TimeInput.nullable(),
})

/** Whether an object is an event as it was stored, not an item of the queue: only those say in which table they lie. */
export const isExported = (object: Record<string, unknown>): boolean =>
  (object['kind'] === 'session' || object['kind'] === 'log') && typeof object['type'] === 'string' && 'source' in object

/** Reads an event that a search or an export has printed. */
export function readExported(object: Record<string, unknown>): { event: AuditEvent } | { refusal: string } {
  // An export has the names of the columns, a search those of the contract.
  const named = Object.fromEntries(
    Object.entries(object).map(([name, value]) => [
      Object.hasOwn(eventColumns, name) ? eventColumns[name] : name,
      value,
    ]),
  )
  const result = ExportedEvent.safeParse(named)
  if (result.success) return { event: result.data }
  const [issue] = result.error.issues
  return { refusal: `an exported event, but ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not understood'}` }
}
