import type { RuleInfo } from '../../../../shared/model/rule.ts'
import { formatDuration, formatNumber } from '../../../text/format.ts'

const measureWords: Readonly<Record<string, string>> = {
  event_count: 'events',
  value_count: 'distinct values',
  value_sum: 'in sum',
  value_avg: 'on average',
  value_percentile: 'at the percentile',
  temporal: 'different rules',
  temporal_ordered: 'rules in their order',
  per_value: 'events a value',
  value_max: 'events of one value',
  median_gap: 's between events, the median',
  open_count: 'open sessions',
  travel: 'km/h',
  travel_km: 'km',
}

type Bounds = RuleInfo['levels'][number]['conditions'][number]['bounds']

const boundWords: readonly (readonly [name: keyof Bounds, words: string])[] = [
  ['gt', 'more than'],
  ['gte', 'at least'],
  ['eq', 'exactly'],
  ['lt', 'less than'],
  ['lte', 'at most'],
  ['neq', 'other than'],
]

/** "more than 5", "at least 2 and at most 8". */
export const boundsWords = (bounds: Bounds): string =>
  boundWords
    .flatMap(([name, words]) => (bounds[name] === undefined ? [] : [`${words} ${formatNumber(bounds[name])}`]))
    .join(' and ')

/** "more than 5 events within 1 min". */
export const levelWords = ({ timespanMs, conditions }: RuleInfo['levels'][number]): string =>
  `${conditions.map(({ measure, bounds }) => `${boundsWords(bounds)} ${measureWords[measure] ?? measure}`).join(', ')} within ${formatDuration(timespanMs)}`

export const entityWords = { user: 'a user', ip: 'an address', session: 'a session', system: 'all of it' } as const
