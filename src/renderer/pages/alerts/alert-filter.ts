import type { AlertFilter } from '../../../shared/contract/alerts.ts'
import { AlertState, Severity, Verdict } from '../../../shared/model/alert.ts'
import { parseTerm, quoteValue, splitTerms } from '../../query/terms.ts'
import { boundsOf, type TimeRange } from '../../query/time-range.ts'

/** What the reader chose, as it stands in the link: `state:new severity:high entity:alice owner:me`. */
export interface AlertTerms {
  /** None: those that are open. */
  readonly states: readonly AlertState[]
  readonly severities: readonly Severity[]
  readonly verdicts: readonly Verdict[]
  readonly rules: readonly string[]
  readonly entity: string
  /** `me`, `none`, a name, or null for whoever has it. */
  readonly owner: string | null
}

export const noTerms: AlertTerms = { states: [], severities: [], verdicts: [], rules: [], entity: '', owner: null }

/** What waits for somebody: shown where no state was chosen. */
const openStates: readonly AlertState[] = ['new', 'acknowledged']

/** Reads the terms of a link. What is not understood is left out. */
export function parseAlertTerms(query: string): AlertTerms {
  const values = (field: string) =>
    splitTerms(query).flatMap(({ text }) => {
      const term = parseTerm(text)
      return term?.field === field ? [term.value] : []
    })
  return {
    states: known(AlertState.options, values('state')),
    severities: known(Severity.options, values('severity')),
    verdicts: known(Verdict.options, values('verdict')),
    rules: values('rule'),
    entity: values('entity').at(-1) ?? '',
    owner: values('owner').at(-1) ?? null,
  }
}

export function formatAlertTerms({ states, severities, verdicts, rules, entity, owner }: AlertTerms): string {
  const terms = (field: string, values: readonly string[]) => values.map((value) => `${field}:${quoteValue(value)}`)
  return [
    ...terms('state', states),
    ...terms('severity', severities),
    ...terms('verdict', verdicts),
    ...terms('rule', rules),
    ...terms('entity', entity === '' ? [] : [entity]),
    ...terms('owner', owner === null ? [] : [owner]),
  ].join(' ')
}

/** Which states are shown: a verdict is one of closed alerts alone. */
export const shownStates = ({ states, verdicts }: AlertTerms): readonly AlertState[] =>
  states.length > 0 ? states : verdicts.length > 0 ? ['closed'] : openStates

/** What the engine is asked: `me` and "the last day" are those of this moment. */
export function filterOf(terms: AlertTerms, range: TimeRange, actor: string, nowMs: number): AlertFilter {
  const bounds = boundsOf(range, nowMs)
  return {
    states: [...shownStates(terms)],
    severities: [...terms.severities],
    verdicts: [...terms.verdicts],
    rules: [...terms.rules],
    entity: terms.entity,
    owner: terms.owner === 'me' ? actor : terms.owner === 'none' ? '' : terms.owner,
    from: bounds === null ? null : new Date(bounds.fromMs),
    // What is still growing has its end in this very moment.
    to: bounds === null || range.kind === 'last' ? null : new Date(bounds.toMs),
  }
}

const known = <Name extends string>(options: readonly Name[], values: readonly string[]): Name[] =>
  options.filter((option) => values.includes(option))

/** The list with one more, or without it; in the order of all. */
export const toggledIn = <Name extends string>(options: readonly Name[], list: readonly Name[], one: Name): Name[] =>
  options.filter((option) => list.includes(option) !== (option === one))
