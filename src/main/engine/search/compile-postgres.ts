import { sql } from 'kysely'
import type { SearchDialect } from './compile.ts'

/** What a timestamptz holds of which the text is the same here and there: the years 1 to 9999. */
const earliestMs = Date.parse('0001-01-01T00:00:00Z')
const latestMs = Date.parse('9999-12-31T23:59:59.999Z')
const bounded = (epochMs: number) => Math.min(latestMs, Math.max(earliestMs, epochMs))

/** COLLATE "C" makes ILIKE ignore the case of A to Z alone, as LIKE of SQLite does. */
export const postgresDialect: SearchDialect = {
  time: (epochMs) => sql`${new Date(bounded(epochMs)).toISOString()}::timestamptz`,
  number: (value) => sql`${value}::double precision`,
  like: (text, pattern) => sql`${text} COLLATE "C" ILIKE ${pattern} ESCAPE '!'`,
  within: ({ text }) => sql`ip_address <<= ${text}::inet`,
}
