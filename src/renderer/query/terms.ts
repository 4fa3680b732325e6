import { eventQueryFields, findQueryField, sessionQueryFields } from '../../shared/model/query-fields.ts'

/** A piece of a query between blanks that no quotes hold together, and where it stands. */
export interface Term {
  readonly text: string
  readonly start: number
  readonly end: number
}

/** Splits a query at blanks outside quotes. A quote that is never closed reaches to the end. */
export function splitTerms(query: string): Term[] {
  const pattern = /(?:"(?:\\.|[^"\\])*(?:"|$)|[^\s"])+/gs
  return [...query.matchAll(pattern)].map(({ 0: text, index }) => ({ text, start: index, end: index + text.length }))
}

/** `-user:alice` in its parts; null for free text, brackets and operators. */
export function parseTerm(text: string): { excluded: boolean; field: string; value: string } | null {
  const [, minus, field, value] = /^(-?)([a-z_][\w.-]*):(.*)$/is.exec(text) ?? []
  if (field === undefined || value === undefined) return null
  return { excluded: minus === '-', field: field.toLowerCase(), value: unquote(value) }
}

/** A value as the query language takes it: bare where it is made of harmless characters, else in quotes. */
export function quoteValue(value: string): string {
  return /^\w[\w.@-]*$/.test(value) ? value : `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

function unquote(value: string): string {
  if (!value.startsWith('"')) return value
  const inner = value.endsWith('"') && value.length > 1 ? value.slice(1, -1) : value.slice(1)
  return inner.replaceAll(/\\(["\\])/gs, '$1')
}

/** What stands outside quotes. */
const bare = (query: string) => query.replaceAll(/"(?:\\.|[^"\\])*(?:"|$)/gs, '""')

const hasOr = (query: string) => /(?:^|[\s()])OR(?=[\s()]|$)/.test(bare(query))
const isPlain = (query: string) => !/[()]|(?:^|\s)(?:AND|OR|NOT)(?=\s|$)/.test(bare(query))

/** Demands a further term of a query, as a whole: `a OR b` is held together first. */
export function joinTerm(query: string, term: string): string {
  const text = query.trim()
  if (text === '') return term
  if (splitTerms(text).at(-1)?.text === term) return text
  return `${hasOr(text) ? `(${text})` : text} ${term}`
}

function withTerm(query: string, field: string, value: string, excluded: boolean): string {
  const term = `${excluded ? '-' : ''}${field}:${quoteValue(value)}`
  if (!isPlain(query)) return joinTerm(query, term)
  const isSame = ({ text }: Term) => {
    const parsed = parseTerm(text)
    return parsed !== null && parsed.field === field && parsed.value === value
  }
  const kept = splitTerms(query).filter((one) => !isSame(one))
  return [...kept.map(({ text }) => text), term].join(' ')
}

/** Narrows a query to a value; an exclusion of that very value goes. Doing it twice changes nothing more. */
export const addTerm = (query: string, field: string, value: string) => withTerm(query, field, value, false)

/** Excludes a value from a query; a demand for that very value goes. */
export const excludeTerm = (query: string, field: string, value: string) => withTerm(query, field, value, true)

const timeTypes: ReadonlySet<string> = new Set(['span', 'after', 'before', 'time'])
const allFields = [...sessionQueryFields, ...eventQueryFields]

/** True where a query says itself which time it is about. */
export const namesTime = (query: string): boolean =>
  splitTerms(query).some(({ text }) => {
    const field = parseTerm(text.replace(/^[-(]+/, ''))?.field
    return field !== undefined && timeTypes.has(findQueryField(allFields, field)?.type ?? '')
  })
