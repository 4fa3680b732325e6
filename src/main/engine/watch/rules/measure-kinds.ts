import type { Bounds } from '../bounds.ts'
import { eventCount } from '../measures/event-count.ts'
import type { Measure } from '../measures/measure.ts'
import { medianGap } from '../measures/median-gap.ts'
import { openCount } from '../measures/open-count.ts'
import { perValue, valueMax } from '../measures/per-value.ts'
import { streak } from '../measures/streak.ts'
import { temporalOrdered } from '../measures/temporal-ordered.ts'
import { temporal } from '../measures/temporal.ts'
import { travel, travelKm, type PlacePositions } from '../measures/travel.ts'
import { unresolved } from '../measures/unresolved.ts'
import { valueCount } from '../measures/value-count.ts'
import { valuePercentile } from '../measures/value-percentile.ts'
import { valueAverage, valueSum } from '../measures/value-sum.ts'
import type { Condition } from '../rule.ts'
import type { ConditionDocument } from './documents.ts'
import type { FactTable } from './fact-table.ts'
import { RuleError, type FieldPath } from './rule-error.ts'

/** What a measure is made from. */
export interface MeasureInputs {
  /** Where entries keep the fields it reads: those its condition names, or its own. */
  positions: readonly number[]
  percentile: number
  /** How many inputs the rule has. */
  inputs: number
  /** Least time between first and last. */
  afterMs: number
}

interface MeasureKind {
  /** How many fields its condition names: none, one, several or any number, none as well; or which it reads of itself. */
  fields: 'none' | 'one' | 'several' | 'any' | readonly string[]
  /** Its values are whole numbers from 0 on. */
  whole: boolean
  make(from: MeasureInputs): Measure
}

/** The types of correlation that Sigma has. */
const sigmaKinds: ReadonlyMap<string, MeasureKind> = new Map<string, MeasureKind>([
  ['event_count', { fields: 'none', whole: true, make: () => eventCount }],
  [
    'value_count',
    { fields: 'several', whole: true, make: ({ positions: [first = 0, ...others] }) => valueCount([first, ...others]) },
  ],
  ['value_sum', { fields: 'one', whole: false, make: ({ positions: [at = 0] }) => valueSum(at) }],
  ['value_avg', { fields: 'one', whole: false, make: ({ positions: [at = 0] }) => valueAverage(at) }],
  [
    'value_percentile',
    { fields: 'one', whole: false, make: ({ positions: [at = 0], percentile }) => valuePercentile(at, percentile) },
  ],
  ['temporal', { fields: 'none', whole: true, make: () => temporal }],
  [
    'temporal_ordered',
    { fields: 'none', whole: true, make: ({ inputs, afterMs }) => temporalOrdered(inputs, afterMs) },
  ],
])

const placeFields = ['geo.latitude', 'geo.longitude', 'geo.radius_km']
const placeOf = ([latitude = 0, longitude = 0, radius = 0]: readonly number[]): PlacePositions => [
  latitude,
  longitude,
  radius,
]

/** What Sigma has no word for: `gatehouse.kind`, and `gatehouse.where` beside Sigma's own. */
const ownKinds: ReadonlyMap<string, MeasureKind> = new Map<string, MeasureKind>([
  ['median_gap', { fields: 'none', whole: false, make: () => medianGap }],
  [
    'per_value',
    { fields: 'several', whole: false, make: ({ positions: [first = 0, ...others] }) => perValue([first, ...others]) },
  ],
  [
    'value_max',
    { fields: 'several', whole: true, make: ({ positions: [first = 0, ...others] }) => valueMax([first, ...others]) },
  ],
  [
    'open_count',
    { fields: 'several', whole: true, make: ({ positions: [first = 0, ...others] }) => openCount([first, ...others]) },
  ],
  ['streak', { fields: 'any', whole: true, make: ({ positions, inputs }) => streak(positions, inputs) }],
  ['travel', { fields: placeFields, whole: false, make: ({ positions }) => travel(placeOf(positions)) }],
  ['travel_km', { fields: placeFields, whole: false, make: ({ positions }) => travelKm(placeOf(positions)) }],
])

/** Measures of what other rules of the same correlation end. */
const sequels: ReadonlySet<string> = new Set(['open_count', 'streak'])

/** Types that may stand without a condition: all of their rules must be there. */
export const isTemporal = (name: string): boolean => name === 'temporal' || name === 'temporal_ordered'

/** The name of a rule's first measure. */
export function mainMeasure(type: string | undefined, kind: string | undefined): string {
  if (kind !== undefined) {
    const path = ['gatehouse', 'kind']
    if (type !== undefined) throw new RuleError(path, 'kind takes the place of correlation.type: write one of them')
    if (!ownKinds.has(kind)) throw unknownKind(kind, [ownKinds], path)
    return kind
  }
  const path = ['correlation', 'type']
  if (type === undefined) throw new RuleError(path, `a correlation needs a type: ${[...sigmaKinds.keys()].join(', ')}`)
  if (!sigmaKinds.has(type)) throw unknownKind(type, [sigmaKinds], path)
  return type
}

/** The rule that a measure is made for. */
export interface MeasuredRule {
  facts: FactTable
  /** How many inputs it has. */
  inputs: number
  /** Least time between first and last. */
  afterMs: number
  /** Which input resolves entries of the others, and where they keep what they have in common; null: none does. */
  resolved: { input: number; positions: readonly [number, ...number[]] } | null
}

/** A condition on a measure, which must be one that there is. */
export function measured(
  name: string,
  { field, percentile, bounds }: ConditionDocument,
  rule: MeasuredRule,
  path: FieldPath,
): Condition {
  const kind = sigmaKinds.get(name) ?? ownKinds.get(name)
  if (kind === undefined) throw unknownKind(name, [sigmaKinds, ownKinds], path)
  const names = fieldsOf(name, kind, field, path)
  if ((percentile !== undefined) !== (name === 'value_percentile')) {
    const reason = percentile === undefined ? 'needs a percentile, for example 95' : 'takes no percentile'
    throw new RuleError([...path, 'percentile'], `${name} ${reason}`)
  }
  checkBounds(bounds, kind.whole, path)
  const positions = names.map((one) => rule.facts.position(one, [...path, 'field']))
  const { inputs, afterMs, resolved } = rule
  if (inputs < 2 && sequels.has(name)) {
    throw new RuleError(path, `${name} needs two rules: what begins, and what ends it`)
  }
  const measure = kind.make({ positions, percentile: percentile ?? 0, inputs, afterMs })
  return { measure: resolved === null ? measure : unresolved(measure, resolved.positions, resolved.input), bounds }
}

function fieldsOf(name: string, { fields }: MeasureKind, given: readonly string[] | undefined, path: FieldPath) {
  const at = [...path, 'field']
  if (fields === 'one' || fields === 'several') {
    if (given === undefined || given.length === 0) throw new RuleError(at, `${name} needs a field: what it looks at`)
    if (fields === 'one' && given.length > 1) throw new RuleError(at, `${name} looks at one field`)
    return given
  }
  if (fields === 'any') return given ?? []
  if (given !== undefined) throw new RuleError(at, `${name} takes no field`)
  return fields === 'none' ? [] : fields
}

/** Refuses bounds that nothing can meet. */
function checkBounds({ gt, gte, lt, lte, eq, neq }: Bounds, whole: boolean, path: FieldPath): void {
  for (const [name, bound] of Object.entries({ gt, gte, lt, lte, eq, neq })) {
    if (whole && bound !== undefined && !(Number.isInteger(bound) && bound >= 0)) {
      throw new RuleError([...path, name], 'this counts: write a whole number from 0 on')
    }
  }
  const least = whole ? 0 : -Infinity
  // Between two whole numbers there is none.
  const step = whole ? 1 : 0
  const low = Math.max(gte ?? least, gt === undefined ? least : gt + step, eq ?? least)
  const high = Math.min(lte ?? Infinity, lt === undefined ? Infinity : lt - step, eq ?? Infinity)
  const open = !whole && (gt === low || lt === high)
  if (low > high || (low === high && (low === neq || open)))
    throw new RuleError(path, 'no number can meet this condition')
}

function unknownKind(name: string, known: readonly ReadonlyMap<string, MeasureKind>[], path: FieldPath): RuleError {
  const names = known.flatMap((kinds) => [...kinds.keys()])
  return new RuleError(path, `"${name}" is not supported: use ${names.join(', ')}`)
}
