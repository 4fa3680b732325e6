import type { BacktestInput } from '../../../../../shared/model/backtest.ts'
import type { RuleInfo } from '../../../../../shared/model/rule.ts'
import { spanMs } from '../../../../query/time-range.ts'

export interface FormValues {
  /** Empty: the rule's own. */
  readonly threshold: string
  readonly span: string
  /** `auto`, `postgres`, `cache`, or `file:` and its name. */
  readonly source: string
  readonly suppressions: boolean
}

export const spans: readonly (readonly [span: string, words: string])[] = [
  ['1h', 'the last hour'],
  ['24h', 'the last 24 hours'],
  ['7d', 'the last 7 days'],
  ['30d', 'the last 30 days'],
  ['90d', 'the last 90 days'],
  ['any', 'all that there is'],
]

export const fileSource = (name: string) => `file:${name}`

/** What the engine is asked, or what is wrong with the form. */
export function inputOf(rule: RuleInfo | null, values: FormValues, nowMs: number): BacktestInput | string {
  const { threshold: typed, span, source, suppressions } = values
  const threshold = typed.trim() === '' ? null : Number(typed)
  if (threshold !== null && !Number.isFinite(threshold)) return 'The threshold is no number.'
  const backMs = spanMs(span)
  return {
    source: source.startsWith('file:')
      ? { kind: 'file', name: source.slice('file:'.length) }
      : { kind: 'stored', store: source === 'postgres' || source === 'cache' ? source : 'auto' },
    from: backMs === null ? null : new Date(nowMs - backMs),
    to: null,
    ruleId: rule?.ruleId ?? null,
    draft: null,
    threshold: rule === null ? null : threshold,
    curve: rule !== null,
    suppressions,
  }
}

/** The number that a threshold would take the place of: the first bound of the first condition. */
export function ownThreshold(rule: RuleInfo): number | null {
  const bounds = rule.levels[0]?.conditions[0]?.bounds
  return bounds === undefined
    ? null
    : (bounds.gt ?? bounds.gte ?? bounds.eq ?? bounds.lt ?? bounds.lte ?? bounds.neq ?? null)
}
