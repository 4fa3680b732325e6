import { sql } from 'kysely'
import { ipv4High, ipv4Low } from '../address-range.ts'
import type { SearchDialect } from './compile.ts'

/** SQLite's LIKE ignores the case of A to Z, and its texts sort by their bytes. */
export const sqliteDialect: SearchDialect = {
  time: (epochMs) => sql`${epochMs}`,
  number: (value) => sql`${value}`,
  like: (text, pattern) => sql`${text} LIKE ${pattern} ESCAPE '!'`,
  within: ({ low, high, spansIPv4 }) =>
    spansIPv4
      ? sql`(ip_key BETWEEN ${low} AND ${high} AND ip_key NOT BETWEEN ${ipv4Low} AND ${ipv4High})`
      : sql`ip_key BETWEEN ${low} AND ${high}`,
}
