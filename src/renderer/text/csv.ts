/** Spaces and control characters first, then what a spreadsheet takes for a formula, full-width forms included. */
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const formula = /^[\s\u0000-\u001F\u007F]*[=+\-@\t\r＝＋－＠]/u

/** One cell: a text that a spreadsheet would run gets an apostrophe before it; numbers stay numbers. */
export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'number') return String(value)
  const text = cellText(value)
  const safe = formula.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

function cellText(value: unknown): string {
  if (typeof value === 'string') return value
  if (value instanceof Date) return value.toISOString()
  return JSON.stringify(value) ?? ''
}

/** Rows as CSV (RFC 4180) with a header of field names: what "copy as CSV" puts on the clipboard. */
export function toCsv(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const lines = [fields.map(csvCell), ...rows.map((row) => fields.map((field) => csvCell(row[field])))]
  return lines.map((cells) => cells.join(',')).join('\r\n')
}
