import type { QueryField } from '../../shared/model/query-fields.ts'
import { splitTerms } from './terms.ts'

/** What may stand at the caret: `insert` replaces the query from `from` to `to`. */
export interface Completion {
  readonly label: string
  readonly hint: string
  readonly insert: string
  readonly from: number
  readonly to: number
}

/** Completions for the word that the caret touches: field names first, then the values of a field that has few. */
export function completionsAt(query: string, caret: number, fields: readonly QueryField[]): Completion[] {
  const term = splitTerms(query).find(({ start, end }) => start <= caret && caret <= end)
  const from = term?.start ?? caret
  const to = term?.end ?? caret
  const typed = query.slice(from, caret).toLowerCase()
  const minus = typed.startsWith('-') ? '-' : ''
  const word = typed.slice(minus.length)
  const colon = word.indexOf(':')
  if (colon === -1) {
    return fields
      .filter(({ name }) => name.startsWith(word) || word === '')
      .map(({ name, hint }) => ({ label: `${minus}${name}:`, hint, insert: `${minus}${name}:`, from, to }))
  }
  const field = fields.find(({ name }) => name === word.slice(0, colon))
  const value = word.slice(colon + 1)
  return (field?.values ?? [])
    .filter((known) => known.startsWith(value) && known !== value)
    .map((known) => {
      const text = `${minus}${field?.name ?? ''}:${known}`
      return { label: text, hint: '', insert: `${text} `, from, to }
    })
}

/** The query and the caret after a completion was taken. */
export function applyCompletion(query: string, { insert, from, to }: Completion): { query: string; caret: number } {
  const tail = query.slice(to)
  const text = insert.endsWith(' ') && tail.startsWith(' ') ? insert.trimEnd() : insert
  return { query: query.slice(0, from) + text + tail, caret: from + insert.length }
}
