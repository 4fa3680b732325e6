import type { AuditEvent } from '../../../../shared/model/event.ts'

export type FieldValue = string | number | boolean | null
export type ReadField = (event: AuditEvent) => FieldValue
/** Whether an event is one that a rule looks for. */
export type EventTest = (event: AuditEvent) => boolean

/** How rules read one field of an event. */
export interface Field {
  /** As rules write it, for example `user_id` or `geo.country`. */
  name: string
  /** Its value, or null where the event has none. Of several values, one text that stands for all. */
  read: ReadField
  /** Where it may hold several values: all of them. A test fits when one of them fits. */
  readAll?: (event: AuditEvent) => FieldValue | readonly FieldValue[]
  /** Whether it is there, whatever it holds. Without it, a field is there when its value is not null. */
  exists?: EventTest
  /** The columns of the event tables that it comes from; null where it lies in metadata. */
  columns: readonly string[] | null
  /** Lists and databases that it is looked up in: alerts carry their versions. */
  uses: readonly string[]
  /** How long reading takes, beside 1 for a column: what is cheap is tested first. */
  cost: number
}

export const isList = <Value>(value: FieldValue | readonly Value[]): value is readonly Value[] => Array.isArray(value)
