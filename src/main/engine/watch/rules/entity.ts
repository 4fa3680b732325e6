import type { EntityKind } from '../../../../shared/model/alert.ts'
import type { AuditEvent } from '../../../../shared/model/event.ts'
import type { ReadField } from './field.ts'

const kinds: Readonly<Record<string, EntityKind>> = { user_id: 'user', ip_address: 'ip', session_id: 'session' }

/** What a group is, by the first of its fields that says so. */
export const entityKindOf = (groupBy: readonly string[]): EntityKind =>
  groupBy.map((name) => kinds[name]).find((kind) => kind !== undefined) ?? 'system'

/** The group of an event, null where it lacks a value. Values are joined so that no two lists of values read the same. */
export function entityReader(readers: readonly ReadField[]): (event: AuditEvent) => string | null {
  const [only, ...others] = readers
  if (only === undefined) return () => 'all'
  if (others.length === 0) {
    return (event) => {
      const value = only(event)
      return typeof value === 'string' || value === null ? value : String(value)
    }
  }
  return (event) => {
    const values = readers.map((read) => read(event))
    if (values.includes(null)) return null
    return values.map((value) => String(value).replaceAll(/[\\|]/g, String.raw`\$&`)).join(' | ')
  }
}
