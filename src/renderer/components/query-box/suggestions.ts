import type { QueryField } from '../../../shared/model/query-fields.ts'
import { applyCompletion, completionsAt } from '../../query/completion.ts'

/** A line under the query box. Taking it leaves `query` in the box, with the caret at `caret`. */
export interface Suggestion {
  readonly kind: 'completion' | 'saved' | 'history'
  readonly label: string
  readonly hint: string
  readonly query: string
  readonly caret: number
  /** A whole query is searched at once; a field name waits for its value. */
  readonly isWhole: boolean
}

const maxShown = 12

/** Saved and earlier queries while the box is empty, completions of the word at the caret else. */
export function suggestionsFor(
  query: string,
  caret: number,
  { fields, saved, history }: { fields: readonly QueryField[]; saved: readonly string[]; history: readonly string[] },
): Suggestion[] {
  const completions = completionsAt(query, caret, fields).map((completion): Suggestion => ({
    kind: 'completion',
    label: completion.label,
    hint: completion.hint,
    ...applyCompletion(query, completion),
    isWhole: false,
  }))
  if (query.trim() !== '') return completions.slice(0, maxShown)
  const whole =
    (kind: 'saved' | 'history', hint: string) =>
    (text: string): Suggestion => ({ kind, label: text, hint, query: text, caret: text.length, isWhole: true })
  const earlier = [
    ...saved.map(whole('saved', 'saved')),
    ...history.filter((text) => !saved.includes(text)).map(whole('history', 'searched before')),
  ]
  return [...earlier.slice(0, maxShown - 4), ...completions].slice(0, maxShown)
}

const maxHistory = 30

/** The newest first, each once, blank ones never. */
export function remembered(history: readonly string[], query: string): readonly string[] {
  const text = query.trim()
  return text === '' ? history : [text, ...history.filter((earlier) => earlier !== text)].slice(0, maxHistory)
}
