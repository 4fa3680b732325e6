/** Characters that end a field or a row in COPY's text format, or begin an escape. */
const special = /[\\\t\n\r]/
const everySpecial = /[\\\t\n\r]/g
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

export const copyNull = '\\N'

/** One field in the text format of COPY: PostgreSQL documentation, COPY, "Text Format". */
export function copyField(value: string | null): string {
  if (value === null) return copyNull
  return special.test(value) ? value.replace(everySpecial, (character) => escapes[character] ?? character) : value
}
