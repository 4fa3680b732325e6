import { stringify } from 'csv-stringify/sync'
import type { ColumnNames } from '../../../shared/model/columns.ts'
import { neutraliseFormula } from './csv-formula.ts'

/** Turns rows into text of a file, page after page. */
export interface RowFormat<Row> {
  /** What stands before the first row. */
  head(): string
  page(rows: readonly Row[]): string
}

/** Excel takes a CSV file for UTF-8 only where it begins with this. Scripts read JSON Lines, which has none. */
const byteOrderMark = '\uFEFF'

/**
 * RFC 4180: a header with the names of the columns, CRLF, quotes where a cell needs them; times in ISO 8601 and UTC,
 * metadata as JSON, nothing for null. No text begins a formula.
 */
export function csvFormat<Row>(columns: ColumnNames<Row>): RowFormat<Row> {
  const fields = Object.values(columns)
  // Told a delimiter, csv-stringify would quote that one alone, and a lone line feed in a cell would end its row.
  const options = { record_delimiter: '\r\n', quote_record_delimiter: true }
  return {
    head: () => byteOrderMark + stringify([Object.keys(columns)], options),
    page: (rows) =>
      stringify(
        rows.map((row) => fields.map((field) => csvCell(row[field]))),
        options,
      ),
  }
}

function csvCell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return neutraliseFormula(typeof value === 'string' ? value : JSON.stringify(value))
}

/** A JSON object a line, with the names of the columns; times in ISO 8601 and UTC. */
export function jsonLinesFormat<Row>(columns: ColumnNames<Row>): RowFormat<Row> {
  const record = (row: Row) => Object.fromEntries(Object.entries(columns).map(([name, field]) => [name, row[field]]))
  return { head: () => '', page: (rows) => rows.map((row) => `${JSON.stringify(record(row))}\n`).join('') }
}
