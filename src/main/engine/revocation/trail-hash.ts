import { createHash } from 'node:crypto'

/** A row of admin_session_actions as its hash covers it: every column but `hash`, under the columns' own names. */
export interface TrailRow {
  id: number
  admin_id: string
  action: string
  target_user: string | null
  session_id: string | null
  /** ISO 8601 in UTC with milliseconds: 2026-03-02T09:15:00.000Z */
  created_at: string
  reason: string
  outcome: string
  details: Record<string, unknown>
  /** `hash` of the row before, or genesisHash for the first. */
  prev_hash: string
}

export const genesisHash = '0'.repeat(64)

/**
 * SHA-256, in 64 hex digits, of the UTF-8 bytes of the row as canonical JSON (RFC 8785): one object, no white space,
 * keys sorted by UTF-16 code units at every depth, texts and numbers as ECMAScript's JSON.stringify writes them. Anybody
 * can recompute it: `jq -cSj` over such a row gives the same bytes where all keys are ASCII.
 */
export const hashOf = (row: TrailRow): string => createHash('sha256').update(canonicalJson({ ...row }), 'utf8').digest('hex')

/** `value` as RFC 8785 writes it. It must come from JSON: no dates, no undefined. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`).join(',')}}`
}
