import type { BacktestInput, EventSourceInput } from '../../../../../shared/model/backtest.ts'
import type { RuleInfo } from '../../../../../shared/model/rule.ts'
import { spanMs } from '../../../../query/time-range.ts'
import type { TimeZone } from '../../../../text/format.ts'
import { parseDateTime } from '../../../../text/parse-time.ts'
import type { Question } from './backtest-store.ts'

export interface FormValues {
  /** Empty: all that can be asked about together. */
  readonly ruleId: string
  /** Empty: the rule's own. */
  readonly threshold: string
  readonly span: string
  /** Of the span `between`, as they were typed; empty: no bound. */
  readonly from: string
  readonly to: string
  /** `auto`, `postgres`, `cache`, or `file:` and its name. */
  readonly source: string
  readonly suppressions: boolean
}

export const between = 'between'

export const spans: readonly (readonly [span: string, words: string])[] = [
  ['1h', 'the last hour'],
  ['24h', 'the last 24 hours'],
  ['7d', 'the last 7 days'],
  ['30d', 'the last 30 days'],
  ['90d', 'the last 90 days'],
  [between, 'between two times'],
  ['any', 'all that there is'],
]

/** One rule is looked at by itself, with its curve; what has several begins with all of them. */
export const initialValues = ({ rules, all }: Question): FormValues => ({
  ruleId: all === null || rules.length === 1 ? (rules[0]?.ruleId ?? '') : '',
  threshold: '',
  span: '7d',
  from: '',
  to: '',
  source: 'auto',
  suppressions: true,
})

export const fileSource = (name: string) => `file:${name}`

export const sourceOf = (source: string): EventSourceInput =>
  source.startsWith('file:')
    ? { kind: 'file', name: source.slice('file:'.length) }
    : { kind: 'stored', store: source === 'postgres' || source === 'cache' ? source : 'auto' }

interface Clock {
  readonly nowMs: number
  readonly zone: TimeZone
}

/** What the engine is asked, or what is wrong with the form. */
export function inputOf(question: Question, values: FormValues, clock: Clock): BacktestInput | string {
  const rule = question.rules.find(({ ruleId }) => ruleId === values.ruleId)
  const threshold = values.threshold.trim() === '' ? null : Number(values.threshold)
  if (rule !== undefined && threshold !== null && !Number.isFinite(threshold)) return 'The threshold is no number.'
  const time = timeOf(values, clock)
  if (typeof time === 'string') return time
  return {
    source: sourceOf(values.source),
    ...time,
    ruleId: rule?.ruleId ?? null,
    draft: question.draft,
    threshold: rule === undefined ? null : threshold,
    curve: rule !== undefined,
    suppressions: values.suppressions,
  }
}

function timeOf({ span, from, to }: FormValues, { nowMs, zone }: Clock): Pick<BacktestInput, 'from' | 'to'> | string {
  if (span !== between) {
    const backMs = spanMs(span)
    return { from: backMs === null ? null : new Date(nowMs - backMs), to: null }
  }
  const [fromMs, toMs] = [from, to].map((text) => (text.trim() === '' ? null : (parseDateTime(text, zone) ?? NaN)))
  if (Number.isNaN(fromMs) || Number.isNaN(toMs)) return 'Write times as 2026-07-28 14:00.'
  if (fromMs == null && toMs == null) return 'Say from when, up to when, or both.'
  if (fromMs != null && toMs != null && fromMs >= toMs) return 'The end must be later than the beginning.'
  return { from: fromMs == null ? null : new Date(fromMs), to: toMs == null ? null : new Date(toMs) }
}

/** The number that a threshold would take the place of: the first bound of the first condition. */
export function ownThreshold(rule: RuleInfo): number | null {
  const bounds = rule.levels[0]?.conditions[0]?.bounds
  return bounds === undefined
    ? null
    : (bounds.gt ?? bounds.gte ?? bounds.eq ?? bounds.lt ?? bounds.lte ?? bounds.neq ?? null)
}
