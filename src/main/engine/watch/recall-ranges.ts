import { longestTimespanMs, type Rule, type UnseenInput } from './rule.ts'

/** What a rule reads again when an engine starts: events from `fromMs` on, of which those before `beforeMs` are final. */
export interface RecallRange {
  fromMs: number
  beforeMs: number
}

/** From `fromMs` to before `toMs` events of these types are read again; null: of all types. */
export interface RecallSegment {
  fromMs: number
  toMs: number
  types: ReadonlySet<string> | null
}

/** The values that were learned before `beforeMs`. */
export interface RecalledValues {
  input: UnseenInput
  beforeMs: number
}

export interface RecallPlan {
  /** By rule. */
  ranges: ReadonlyMap<string, RecallRange>
  /** One for each memory of values. */
  learned: readonly RecalledValues[]
  /** In the order of time; the last has no end. */
  segments: readonly RecallSegment[]
}

/** What must be read to go on where an engine stood to which the stream had come up to `markMs`, in event time. */
export function planRecall(rules: readonly Rule[], markMs: number, latenessMs: number): RecallPlan {
  const ranges = rangesOf(rules, markMs, latenessMs)
  const learned = learnedOf(rules, ranges, markMs - latenessMs)
  return { ranges, learned, segments: segmentsOf(rules, ranges, learned) }
}

/** The reach of a rule's own windows, and before that the reach of those it feeds. */
function rangesOf(rules: readonly Rule[], markMs: number, latenessMs: number): Map<string, RecallRange> {
  const ranges = new Map<string, RecallRange>()
  const rangeOf = (rule: Rule): RecallRange => {
    const known = ranges.get(rule.ruleId)
    if (known !== undefined) return known
    const above = rules
      .filter(({ inputs }) => inputs.some((input) => input.kind === 'rule' && input.ruleId === rule.ruleId))
      .map(rangeOf)
    const beforeMs = Math.min(markMs - rule.quietMs - latenessMs, ...above.map((range) => range.beforeMs))
    // A firing is known where the whole window that ends with it was read.
    const fromMs = Math.min(beforeMs, ...above.map((range) => range.fromMs)) - longestTimespanMs(rule)
    const range = { fromMs, beforeMs }
    ranges.set(rule.ruleId, range)
    return range
  }
  for (const rule of rules) rangeOf(rule)
  return ranges
}

/** Whatever could still fire in a window is learned anew; what was learned before that is summed up. */
function learnedOf(
  rules: readonly Rule[],
  ranges: ReadonlyMap<string, RecallRange>,
  finalMs: number,
): RecalledValues[] {
  const learned = new Map<string, RecalledValues>()
  for (const rule of rules) {
    for (const input of rule.inputs) {
      if (input.kind !== 'unseen') continue
      const beforeMs = Math.min(ranges.get(rule.ruleId)?.fromMs ?? finalMs, learned.get(input.key)?.beforeMs ?? finalMs)
      learned.set(input.key, { input, beforeMs })
    }
  }
  return [...learned.values()]
}

/** Time is cut where a rule begins to read: far back only the few types are read that rules with long windows take. */
function segmentsOf(
  rules: readonly Rule[],
  ranges: ReadonlyMap<string, RecallRange>,
  learned: readonly RecalledValues[],
): RecallSegment[] {
  const reads = [
    ...rules.flatMap(({ ruleId, inputs }) => {
      const fromMs = ranges.get(ruleId)?.fromMs ?? Number.POSITIVE_INFINITY
      return inputs.flatMap((input) => (input.kind === 'events' ? [{ fromMs, types: input.types }] : []))
    }),
    ...learned.map(({ input, beforeMs }) => ({ fromMs: beforeMs, types: input.types })),
  ]
  const times = [...new Set(reads.map(({ fromMs }) => fromMs))].toSorted((a, b) => a - b)
  return times.map((fromMs, index) => {
    const begun = reads.filter((read) => read.fromMs <= fromMs)
    const isAll = begun.some(({ types }) => types === null)
    const types = isAll ? null : new Set(begun.flatMap((read) => [...(read.types ?? [])]))
    return { fromMs, toMs: times[index + 1] ?? Number.POSITIVE_INFINITY, types }
  })
}
