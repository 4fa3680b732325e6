import type { AuditEvent } from '../../../shared/model/event.ts'
import type { Session } from '../../../shared/model/session.ts'
import type { Sample } from '../../../shared/model/system.ts'
import { addressKey } from '../addresses.ts'
import { eventColumns, sampleColumns, sessionColumns, type Columns } from './columns.ts'

/** A row as better-sqlite3 takes and gives it, by column name. */
export type StoredRow = Record<string, unknown>

function toRow<Model>(columns: Columns<Model>, model: Model): StoredRow {
  const row: StoredRow = {}
  for (const [column, [field, form]] of Object.entries(columns)) {
    const value: unknown = model[field]
    if (value === null || form === 'plain') row[column] = value
    else if (form === 'time') row[column] = (value as Date).getTime()
    else row[column] = form === 'bool' ? Number(value) : JSON.stringify(value)
  }
  return row
}

/** The opposite of toRow. Tables are STRICT and rows written by it alone: types need no second check. */
function fromRow<Model>(columns: Columns<Model>, row: StoredRow): Model {
  const model: Record<string, unknown> = {}
  for (const [column, [field, form]] of Object.entries(columns)) {
    const value = row[column]
    if (value === null || form === 'plain') model[field] = value
    else if (form === 'time') model[field] = new Date(value as number)
    else model[field] = form === 'bool' ? value === 1 : JSON.parse(value as string)
  }
  return model as Model
}

const withAddressKey = (row: StoredRow, address: string | null): StoredRow => {
  row['ip_key'] = address === null ? null : addressKey(address)
  return row
}

export const eventToRow = (event: AuditEvent): StoredRow => withAddressKey(toRow(eventColumns, event), event.ipAddress)
export const eventFromRow = (row: StoredRow): AuditEvent => fromRow(eventColumns, row)
export const sessionToRow = (session: Session): StoredRow =>
  withAddressKey(toRow(sessionColumns, session), session.ipAddress)
export const sessionFromRow = (row: StoredRow): Session => fromRow(sessionColumns, row)
export const sampleToRow = (sample: Sample): StoredRow => toRow(sampleColumns, sample)
export const sampleFromRow = (row: StoredRow): Sample => fromRow(sampleColumns, row)
