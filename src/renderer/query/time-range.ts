import { joinTerm, namesTime } from './terms.ts'

/** Which stretch of time a page shows. `last` holds the words of the query language: 15m, 24h, 7d. */
export type TimeRange =
  | { readonly kind: 'any' }
  | { readonly kind: 'last'; readonly span: string }
  | { readonly kind: 'between'; readonly fromMs: number; readonly toMs: number }

export const anyTime: TimeRange = { kind: 'any' }

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const

const isUnit = (unit: string | undefined): unit is keyof typeof unitMs => unit !== undefined && unit in unitMs

/** Milliseconds of "15m"; null if it is none. */
export function spanMs(span: string): number | null {
  const [, count, unit] = /^(\d{1,6})([smhdw])$/.exec(span) ?? []
  return count !== undefined && isUnit(unit) ? Number(count) * unitMs[unit] : null
}

/** `15m`, `any`, or `1753700000000-1753703600000`: as it stands in a link. */
export function formatRange(range: TimeRange): string {
  if (range.kind === 'any') return 'any'
  return range.kind === 'last' ? range.span : `${range.fromMs}-${range.toMs}`
}

/** The range of a link; null where the text is none, so that the page takes its default. */
export function parseRange(text: string | null): TimeRange | null {
  if (text === null) return null
  if (text === 'any') return anyTime
  if (spanMs(text) !== null) return { kind: 'last', span: text }
  const [, from, to] = /^(\d{1,15})-(\d{1,15})$/.exec(text) ?? []
  if (from === undefined || to === undefined || Number(from) >= Number(to)) return null
  return { kind: 'between', fromMs: Number(from), toMs: Number(to) }
}

/** The two ends of a range at `nowMs`; null for all time. */
export function boundsOf(range: TimeRange, nowMs: number): { fromMs: number; toMs: number } | null {
  if (range.kind === 'any') return null
  if (range.kind === 'between') return { fromMs: range.fromMs, toMs: range.toMs }
  return { fromMs: nowMs - (spanMs(range.span) ?? 0), toMs: nowMs }
}

/** Adds the range to a query, unless the query names a time itself: what was typed wins over what was chosen. */
export function withRange(query: string, range: TimeRange): string {
  if (range.kind === 'any' || namesTime(query)) return query
  if (range.kind === 'last') return joinTerm(query, `last:${range.span}`)
  const from = joinTerm(query, `after:${timeValue(range.fromMs)}`)
  return joinTerm(from, `before:${timeValue(range.toMs)}`)
}

const timeValue = (ms: number) => `"${new Date(ms).toISOString()}"`
