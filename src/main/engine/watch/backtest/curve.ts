import type { Finding } from '../../../../shared/model/alert.ts'
import { maxCurvePoints, type Curve, type CurvePoint } from '../../../../shared/model/backtest.ts'
import { thresholdOf } from '../bounds.ts'
import type { Rule } from '../rule.ts'
import { peakRule } from './peaks.ts'
import { firstCondition, variedBound, withThreshold, type BoundName } from './threshold.ts'
import { withFeeding, type Trial } from './trial.ts'

/** How a curve is found in one pass over the events. */
export interface CurvePlan {
  /** Runs beside the back-test itself. */
  trial: Trial
  /** @param findings what the trial said */
  curve(findings: readonly Finding[]): Curve
}

/** Thresholds that are tried one by one, where peaks do not tell. */
const fewThresholds = 21

/**
 * A bound from below is met by an episode whose highest value meets it: one run at the lowest threshold of the curve, which
 * notes the highest values, says of every other how many alerts there would be. Any other condition is run at each
 * threshold, side by side.
 * @param asked a threshold that the curve must have beside the rule's own
 * @throws GatehouseError INVALID_INPUT for a rule without a threshold
 */
export function curvePlanOf(rule: Rule, asked: number | null, all: readonly Rule[]): CurvePlan {
  const { measure, bounds } = firstCondition(rule)
  const varied = variedBound(bounds) ?? 'gte'
  const own = thresholdOf(bounds)
  const about = { ruleId: rule.ruleId, measure: measure.name, bounds, varied, threshold: asked ?? own }
  const wanted = asked === null ? [own] : [own, asked]
  const isBoundFromBelow = varied === 'gt' || varied === 'gte'
  const bounded = Object.values(bounds).filter((one) => one !== undefined).length
  // Where a measure lingers, an episode is made of the events at which the threshold is met: another one has other gaps.
  if (isBoundFromBelow && bounded === 1 && measure.lingers !== true) {
    const floor = Math.min(floorOf(own, varied), ...wanted)
    return {
      trial: withFeeding([peakRule(rule, { [varied]: floor })], all),
      curve: (findings) => ({ ...about, ...curveOfPeaks(findings, varied, floor, wanted) }),
    }
  }
  // A rule without a threshold is refused here.
  const variants = aroundOf(own, wanted).map((threshold) => ({
    threshold,
    rule: { ...withThreshold(rule, threshold), ruleId: `${rule.ruleId}@${threshold}` },
  }))
  return {
    trial: withFeeding(
      variants.map((variant) => variant.rule),
      all,
    ),
    curve: (findings) => {
      const byRule = Map.groupBy(findings, ({ ruleId }) => ruleId)
      const points = variants.map((variant) => pointOf(variant.threshold, byRule.get(variant.rule.ruleId) ?? []))
      return { ...about, highest: null, points }
    },
  }
}

/** A fifth of the threshold. Below the lowest that needs two events, each entity would be an alert. */
function floorOf(own: number, varied: 'gt' | 'gte'): number {
  if (own <= 1) return own
  return Math.max(Math.floor(own / 5), varied === 'gt' ? 1 : Math.min(2, own))
}

/** Every whole number from half to twice the threshold, or some of them. */
function aroundOf(own: number, wanted: readonly number[]): number[] {
  const [low, high] = [Math.floor(own / 2), Math.max(Math.ceil(own * 2), 1)]
  return ascending([...wanted, ...spread(Math.min(low, high), Math.max(low, high), fewThresholds - wanted.length)])
}

function curveOfPeaks(
  findings: readonly Finding[],
  varied: 'gt' | 'gte',
  floor: number,
  wanted: readonly number[],
): Pick<Curve, 'highest' | 'points'> {
  const byPeak = findings.toSorted((a, b) => b.value - a.value)
  const highest = byPeak[0]?.value ?? null
  const beyond = highest === null ? floor : varied === 'gt' ? highest : Math.floor(highest) + 1
  const own = Math.max(...wanted)
  const thresholds = ascending([
    ...wanted,
    beyond,
    ...spread(floor, Math.max(own * 2, Math.min(beyond, own * 20)), maxCurvePoints - wanted.length - 1),
  ])
  let index = 0
  const entities = new Set<string>()
  const points = thresholds.toReversed().map((threshold): CurvePoint => {
    for (let peak = byPeak[index]; peak !== undefined && meets(peak.value, varied, threshold); peak = byPeak[index]) {
      entities.add(peak.entity)
      index++
    }
    return { threshold, alerts: index, entities: entities.size }
  })
  return { highest, points: points.toReversed() }
}

const meets = (value: number, varied: BoundName, threshold: number): boolean =>
  varied === 'gt' ? value > threshold : value >= threshold

const pointOf = (threshold: number, findings: readonly Finding[]): CurvePoint => ({
  threshold,
  alerts: findings.length,
  entities: new Set(findings.map(({ entity }) => entity)).size,
})

/** At most `count` whole numbers from `low` to `high`: all, or some that grow evenly in proportion. */
function spread(low: number, high: number, count: number): number[] {
  const [first, last] = [Math.ceil(low), Math.floor(high)]
  if (last - first < count) return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  const start = Math.max(first, 1)
  const factor = (last / start) ** (1 / (count - 1))
  return Array.from({ length: count }, (_, index) => Math.round(start * factor ** index))
}

const ascending = (numbers: readonly number[]): number[] => [...new Set(numbers)].toSorted((a, b) => a - b)
