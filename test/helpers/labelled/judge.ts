import type { Finding } from '../../../src/main/engine/watch/alert-change.ts'
import { attackKinds } from './attacks/kinds.ts'
import type { Labelled } from './generate.ts'
import type { Label } from './label.ts'

/** How well one rule does, or all of them. */
export interface Score {
  alerts: number
  /** Alerts on a labelled attack. */
  right: number
  /** Alerts on what is labelled as notable and is no attack: they are neither right nor false. */
  notable: number
  /** Alerts on nothing that is labelled. */
  false: number
  /** Attacks that the rule is for, and those of them that it found. */
  attacks: number
  found: number
  /** right / (right + false); null where there is neither. */
  precision: number | null
  /** found / attacks; null where no labelled attack is for the rule. */
  recall: number | null
}

export interface Verdicts {
  all: Score
  byRule: Readonly<Record<string, Score>>
  /** Those below every threshold count for no recall: what is found of them is by luck. */
  byForm: Readonly<Record<'easy' | 'hard' | 'below', { attacks: number; found: number }>>
  /** Of 10,000 users, a day. */
  alertsADay: number
  falseAlertsADay: number
  notableADay: number
  /** Rules of which nothing is said: no labelled attack is for them. */
  untested: readonly string[]
  /** Kinds of attacks for which there is no rule. */
  unwatched: readonly string[]
  missed: readonly Label[]
  falseAlerts: readonly Finding[]
}

/**
 * Judges alerts by the labels. An alert is right if it overlaps in time a labelled attack that may raise its rule, and its
 * entity is one of the attack's users, addresses or sessions. An attack is found if one of the rules that are for it says so.
 */
export function judge(
  alerts: readonly Finding[],
  { labels, users, days }: Labelled,
  ruleIds: readonly string[],
): Verdicts {
  const ofEntity = new Map<string, Label[]>()
  for (const label of labels) {
    for (const entity of label.entities) ofEntity.set(entity, [...(ofEntity.get(entity) ?? []), label])
  }
  const scores = new Map<string, Score>(ruleIds.map((ruleId) => [ruleId, emptyScore()]))
  const scoreOf = (ruleId: string): Score => scores.get(ruleId) ?? emptyScore()
  const found = new Set<Label>()
  const falseAlerts: Finding[] = []
  for (const alert of alerts) {
    const score = scoreOf(alert.ruleId)
    score.alerts++
    const met = (ofEntity.get(alert.entity) ?? []).filter(
      (label) => overlaps(alert, label) && mayRaise(label, alert.ruleId),
    )
    const isRight = met.some(({ form }) => form !== 'notable')
    if (isRight) score.right++
    else if (met.length > 0) score.notable++
    else {
      score.false++
      falseAlerts.push(alert)
    }
    for (const label of met) if (attackKinds[label.kind]?.expected.includes(alert.ruleId)) found.add(label)
  }
  const attacks = labels.filter(({ form }) => form === 'easy' || form === 'hard')
  for (const label of labels) {
    if (label.form === 'below') continue
    for (const ruleId of attackKinds[label.kind]?.expected ?? []) {
      const score = scoreOf(ruleId)
      score.attacks++
      if (found.has(label)) score.found++
    }
  }
  const all = emptyScore()
  for (const score of scores.values()) {
    for (const key of ['alerts', 'right', 'notable', 'false'] as const) all[key] += score[key]
    rate(score)
  }
  all.attacks = attacks.length
  all.found = attacks.filter((label) => found.has(label)).length
  rate(all)
  const perDay = (count: number): number => Math.round((count * 100_000) / users / days) / 10
  const ofForm = (form: Label['form']) => {
    const own = labels.filter((label) => label.form === form)
    return { attacks: own.length, found: own.filter((label) => found.has(label)).length }
  }
  const known = new Set(ruleIds)
  return {
    all,
    byRule: Object.fromEntries([...scores].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    byForm: { easy: ofForm('easy'), hard: ofForm('hard'), below: ofForm('below') },
    alertsADay: perDay(alerts.length),
    falseAlertsADay: perDay(all.false),
    notableADay: perDay(all.notable),
    untested: [...scores].filter(([, { attacks: count }]) => count === 0).map(([ruleId]) => ruleId),
    unwatched: Object.entries(attackKinds).flatMap(([kind, { expected }]) =>
      expected.some((ruleId) => known.has(ruleId)) ? [] : [kind],
    ),
    missed: attacks.filter((label) => !found.has(label)),
    falseAlerts,
  }
}

const overlaps = ({ windowStart, windowEnd }: Finding, { fromMs, toMs }: Label): boolean =>
  windowStart.getTime() <= toMs && windowEnd.getTime() >= fromMs

function mayRaise({ kind }: Label, ruleId: string): boolean {
  const known = attackKinds[kind]
  return known !== undefined && (known.expected.includes(ruleId) || known.also.includes(ruleId))
}

const emptyScore = (): Score => ({
  alerts: 0,
  right: 0,
  notable: 0,
  false: 0,
  attacks: 0,
  found: 0,
  precision: null,
  recall: null,
})

function rate(score: Score): void {
  const judged = score.right + score.false
  score.precision = judged === 0 ? null : Math.round((1000 * score.right) / judged) / 1000
  score.recall = score.attacks === 0 ? null : Math.round((1000 * score.found) / score.attacks) / 1000
}
