import type { QueryField } from '../../../shared/model/query-fields.ts'
import { anyOf, type Condition } from './condition.ts'
import { syntaxError } from './syntax-error.ts'
import type { Comparison, FieldNode, RangeNode, TypedValue } from './syntax-tree.ts'
import { parseInterval, parseSpan, type Interval } from './time.ts'

/** Clocks of application and engine differ: what is dated up to this far ahead still belongs to a span up to now. */
const clockSkewMs = 5 * 60_000

/** The stretch of time that a time field asks for. */
export function resolveTime(field: QueryField, node: FieldNode | RangeNode, nowMs: number): Condition {
  const interval = (value: TypedValue) => intervalOf(field, value, nowMs)
  if (field.type === 'time') {
    if (node.kind === 'range') return rangeOf(node, interval)
    return anyOf(node.values.map((value) => compared(node.comparison, interval(value))))
  }
  if (node.kind === 'range' || node.comparison !== '=') {
    throw syntaxError(node.at, `write ${examples[field.type]}; "at" takes comparisons and ranges.`)
  }
  return anyOf(
    node.values.map((value): Condition => {
      if (field.type === 'after') return { kind: 'time', fromMs: interval(value).fromMs, untilMs: null }
      if (field.type === 'before') return { kind: 'time', fromMs: null, untilMs: interval(value).fromMs }
      return upToNow(value, nowMs)
    }),
  )
}

function upToNow(value: TypedValue, nowMs: number): Condition {
  const spanMs = parseSpan(value.text)
  if (spanMs === null) throw syntaxError(value.at, `"last" takes a stretch of time: write ${examples.span}.`)
  return { kind: 'time', fromMs: nowMs - spanMs, untilMs: nowMs + clockSkewMs }
}

function compared(comparison: Comparison, { fromMs, untilMs }: Interval): Condition {
  switch (comparison) {
    case '=':
      return { kind: 'time', fromMs, untilMs }
    case '>=':
      return { kind: 'time', fromMs, untilMs: null }
    case '>':
      return { kind: 'time', fromMs: untilMs, untilMs: null }
    case '<':
      return { kind: 'time', fromMs: null, untilMs: fromMs }
    case '<=':
      return { kind: 'time', fromMs: null, untilMs }
  }
}

function rangeOf(node: RangeNode, interval: (value: TypedValue) => Interval): Condition {
  const [from, to] = [interval(node.from), interval(node.to)]
  return {
    kind: 'time',
    fromMs: node.fromIncluded ? from.fromMs : from.untilMs,
    untilMs: node.toIncluded ? to.untilMs : to.fromMs,
  }
}

const examples: Readonly<Record<string, string>> = {
  span: 'last:15m, last:24h or last:7d',
  after: 'after:2026-11-20, after:2026-11-20T14:00Z or after:2h',
  before: 'before:2026-11-20, before:2026-11-20T14:00Z or before:2h',
  time: 'at:2026-11-20, at:>=2026-11-20T14:00Z or at:[2026-11-01 TO 2026-11-20]',
}

function intervalOf(field: QueryField, value: TypedValue, nowMs: number): Interval {
  const interval = parseInterval(value.text, nowMs)
  if (interval !== null) return interval
  throw syntaxError(value.at, `"${value.text.slice(0, 40)}" is no time: write ${examples[field.type]}.`)
}
