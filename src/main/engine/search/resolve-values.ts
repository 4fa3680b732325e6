import type { SessionId } from '../../../shared/model/ids.ts'
import type { QueryField, SessionState } from '../../../shared/model/query-fields.ts'
import { activeWithinMs, recentWithinMs } from '../../../shared/model/session.ts'
import { parseAddressRange } from '../address-range.ts'
import { nearest } from '../nearest.ts'
import { allOf, anyOf, type Condition } from './condition.ts'
import { containing, hasWildcards, isAnything, patternOf, type Pattern } from './pattern.ts'
import { syntaxError } from './syntax-error.ts'
import type { Comparison, FieldNode, RangeNode, TypedValue } from './syntax-tree.ts'

interface ValueContext {
  readonly nowMs: number
  readonly soughtSession: (typed: string) => SessionId
}

/** Any of the values of a field that has no order. */
export function resolveValues(field: QueryField, node: FieldNode | RangeNode, context: ValueContext): Condition {
  const { name } = field
  if (node.kind === 'range' || node.comparison !== '=') {
    const advice = `write ${name}:value or ${name}:one,two, and a value that begins with < > = [ or { in quotes.`
    throw syntaxError(node.at, `"${name}" has no order to compare by: ${advice}`)
  }
  return anyOf(node.values.map((value) => resolveValue(field, value, context)))
}

function resolveValue(field: QueryField, value: TypedValue, context: ValueContext): Condition {
  const { name, type } = field
  // A state is not stored: it has no column that could be empty.
  if (isAnything(value) && name !== 'state') return { kind: 'present', field: name }
  if (type === 'choice') return resolveChoice(field, value, context.nowMs)
  if (type === 'text') return { kind: 'like', field: name, pattern: containing(textOf(value)) }
  if (type === 'word' || hasWildcards(value)) return { kind: 'like', field: name, pattern: patternOf(value) }
  if (type === 'address') return resolveAddress(name, value)
  return { kind: 'equals', field: name, value: type === 'session' ? context.soughtSession(value.text) : value.text }
}

/** The pattern of a text to be found in others. */
export function textOf(value: TypedValue): Pattern {
  if (value.text === '') throw syntaxError(value.at, 'there is nothing between these quotes to look for.')
  return patternOf(value)
}

function resolveAddress(field: string, value: TypedValue): Condition {
  const range = parseAddressRange(value.text)
  if (range !== null) return { kind: 'within', field, range }
  throw syntaxError(
    value.at,
    `"${value.text.slice(0, 60)}" is no address: write 10.1.2.3, 10.0.0.0/8, 2001:db8::/32 or 10.1.*.`,
  )
}

function resolveChoice(field: QueryField, value: TypedValue, nowMs: number): Condition {
  const values = field.values ?? []
  const choice = value.text.toLowerCase()
  if (!values.includes(choice)) {
    const meant = nearest(choice, values)
    const question = meant === null ? '' : ` Did you mean "${meant}"?`
    throw syntaxError(value.at, `"${field.name}" is one of ${values.join(', ')}.${question}`)
  }
  if (field.name === 'state') return sessionState(choice as SessionState, nowMs)
  return { kind: 'equals', field: field.name, value: choice }
}

/** As sessionStatus() calls it, in terms of the last activity. */
function sessionState(state: SessionState, nowMs: number): Condition {
  const live: Condition = { kind: 'ended', ended: false }
  const activeFromMs = nowMs - activeWithinMs + 1
  const recentFromMs = nowMs - recentWithinMs + 1
  switch (state) {
    case 'live':
      return live
    case 'ended':
      return { kind: 'ended', ended: true }
    case 'active':
      return allOf([live, { kind: 'time', fromMs: activeFromMs, untilMs: null }])
    case 'recent':
      return allOf([live, { kind: 'time', fromMs: recentFromMs, untilMs: activeFromMs }])
    case 'idle':
      return allOf([live, { kind: 'time', fromMs: null, untilMs: recentFromMs }])
  }
}

/** Any of the numbers, or all of a comparison's or a range's. */
export function resolveNumber(field: QueryField, node: FieldNode | RangeNode): Condition {
  const compare = (comparison: Comparison, value: TypedValue): Condition => ({
    kind: 'compare',
    field: field.name,
    comparison,
    value: numberOf(field, value),
  })
  if (node.kind === 'range') {
    return allOf([compare(node.fromIncluded ? '>=' : '>', node.from), compare(node.toIncluded ? '<=' : '<', node.to)])
  }
  return anyOf(
    node.values.map((value) =>
      isAnything(value) ? { kind: 'present', field: field.name } : compare(node.comparison, value),
    ),
  )
}

function numberOf({ name }: QueryField, value: TypedValue): number {
  if (/^-?\d{1,15}(\.\d{1,15})?$/.test(value.text)) return Number(value.text)
  throw syntaxError(value.at, `"${name}" is a number: write ${name}:100, ${name}:>100 or ${name}:[10 TO 100].`)
}
