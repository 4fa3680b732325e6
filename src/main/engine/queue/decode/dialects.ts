import { isLifecycleType, type AuditEvent } from '../../../../shared/model/event.ts'
import { typeName } from '../../json-values.ts'
import { logFields, sessionFields } from './fields.ts'

/** How one dialect of DATA.md is read. */
interface Dialect {
  kind: AuditEvent['kind']
  /** The field that names the type; null where the dialect has one type only. */
  typeField: 'event_type' | 'action' | null
  fields: typeof sessionFields
}

const lifecycle: Dialect = { kind: 'session', typeField: 'event_type', fields: sessionFields }
const resource: Dialect = { kind: 'log', typeField: 'event_type', fields: logFields }
/** Its fields are the columns of audit_logs one by one, so it is stored there even when it speaks of a login. */
const action: Dialect = { kind: 'log', typeField: 'action', fields: logFields }
const check: Dialect = { kind: 'session', typeField: null, fields: sessionFields }

const sent = (value: unknown): boolean => value !== undefined && value !== null

/**
 * Tells the dialects apart by their fields. Lifecycle and resource events share `event_type`: the type decides which
 * table has the columns.
 * @returns the dialect and the type of the event, or why there is none
 */
export function recognise(item: Record<string, unknown>): { dialect: Dialect; type: string } | { refusal: string } {
  if (sent(item['event_type'])) {
    const dialect = isLifecycleType(String(item['event_type'])) ? lifecycle : resource
    return withType(dialect, 'event_type', item['event_type'])
  }
  if (sent(item['action'])) return withType(action, 'action', item['action'])
  if (sent(item['timestamp']) && sent(item['user_id'])) return { dialect: check, type: 'session_check' }
  return { refusal: 'no known dialect: expected event_type, or action, or timestamp and user_id' }
}

function withType(dialect: Dialect, field: string, type: unknown): ReturnType<typeof recognise> {
  if (typeof type === 'string' && type !== '') return { dialect, type }
  return { refusal: `${field} is ${type === '' ? 'empty' : typeName(type)}: expected a text that names the event` }
}
