import type { AuditEvent } from '../../../../shared/model/event.ts'

export type FieldValue = string | number | boolean | null
export type ReadField = (event: AuditEvent) => FieldValue
/** Whether an event is one that a rule looks for. */
export type EventTest = (event: AuditEvent) => boolean

/** Names that rules use: those of the contract's event, written as the columns of the audit tables are. */
const readers: Readonly<Record<string, ReadField>> = {
  event_id: (event) => event.eventId,
  event_type: (event) => event.type,
  category: (event) => event.category,
  user_id: (event) => event.userId,
  user_email: (event) => event.userEmail,
  session_id: (event) => event.sessionId,
  ip_address: (event) => event.ipAddress,
  user_agent: (event) => event.userAgent,
  country: (event) => event.country,
  auth_method: (event) => event.authMethod,
  resource_type: (event) => event.resourceType,
  resource_id: (event) => event.resourceId,
  description: (event) => event.description,
  status: (event) => event.status,
  error_message: (event) => event.errorMessage,
  duration_ms: (event) => event.durationMs,
  is_active: (event) => event.isActive,
  force_logout: (event) => event.forceLogout,
  source: (event) => event.source,
}

export const fieldNames: readonly string[] = [...Object.keys(readers), 'metadata.<name>']

/** How to read a field, or null where there is none of that name. `metadata.a.b` reads a nested value. */
export function readerOf(name: string): ReadField | null {
  if (Object.hasOwn(readers, name)) return readers[name] ?? null
  const [root, ...names] = name.split('.')
  if (root !== 'metadata' || names.length === 0 || names.includes('')) return null
  return (event) => scalarAt(event.metadata, names)
}

/** What lies at a path of own properties; lists and objects are no value. */
function scalarAt(value: unknown, names: readonly string[]): FieldValue {
  let at = value
  for (const name of names) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return null
    at = (at as Record<string, unknown>)[name]
  }
  return typeof at === 'string' || typeof at === 'number' || typeof at === 'boolean' ? at : null
}
