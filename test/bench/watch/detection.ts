import { alertsOf, type Catalogue } from '../../helpers/labelled/catalogue.ts'
import { generateLabelled, type Labelled, type LabelledOptions } from '../../helpers/labelled/generate.ts'
import { judge } from '../../helpers/labelled/judge.ts'

/** So many examples of what went wrong are shown of each rule or kind. */
const examplesEach = 3

/**
 * What the catalogue finds in labelled events of each seed, the worst of them first of all: the numbers of the rules were
 * found on one seed, the others are held out.
 */
export function benchDetection(
  catalogue: Catalogue,
  size: LabelledOptions,
  seeds: readonly number[],
  say: (text: string) => void,
) {
  const bySeed = seeds.map((seed) => {
    say(`labelled events of seed ${seed}: what the catalogue finds`)
    return { seed, ...detect(catalogue, generateLabelled({ ...size, seed })) }
  })
  const worst = {
    recall: Math.min(...bySeed.map(({ recall }) => recall ?? 0)),
    precision: Math.min(...bySeed.map(({ precision }) => precision ?? 0)),
    falseAlertsADay: Math.max(...bySeed.map(({ falseAlertsADay }) => falseAlertsADay)),
  }
  return { worst, bySeed }
}

/** Precision and recall, of each rule and in all. docs/detection-quality.md says how they are counted. */
function detect(catalogue: Catalogue, labelled: Labelled) {
  const ruleIds = catalogue.rules.filter(({ alerts }) => alerts).map(({ ruleId }) => ruleId)
  const alerts = alertsOf(catalogue.newEngine(), labelled.events)
  const { missed, falseAlerts, byRule, all, ...rest } = judge(alerts, labelled, ruleIds)
  return {
    events: labelled.events.length,
    users: labelled.users,
    days: labelled.days,
    attacks: all.attacks,
    recall: all.recall,
    precision: all.precision,
    ...rest,
    all,
    byRule,
    missed: some(
      missed,
      ({ kind }) => kind,
      ({ form, fromMs, entities }) => {
        const who = [...entities].slice(0, 3).join(' ')
        return `${form} ${new Date(fromMs).toISOString()} ${who}`
      },
    ),
    falseAlerts: some(
      falseAlerts,
      ({ ruleId }) => ruleId,
      ({ entity, windowStart, summary }) => {
        return `${entity} ${windowStart.toISOString()} ${summary}`
      },
    ),
  }
}

/** Some of each kind, and how many there are. */
function some<T>(items: readonly T[], kindOf: (item: T) => string, textOf: (item: T) => string) {
  const kinds = Map.groupBy(items, kindOf)
  return Object.fromEntries(
    Array.from(kinds, ([kind, own]) => [kind, { count: own.length, examples: own.slice(0, examplesEach).map(textOf) }]),
  )
}
