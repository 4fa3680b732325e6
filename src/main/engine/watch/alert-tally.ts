import type { RuleTally } from '../../../shared/contract/alerts.ts'
import type { Alert } from '../../../shared/model/alert.ts'
import type { Database } from '../postgres/database.ts'

export const tallyDays = 30
const dayMs = 86_400_000

const tallySql = `
  SELECT rule_id AS "ruleId", count(*) FILTER (WHERE window_end >= $1)::int AS "lastDay", count(*)::int AS "lastMonth",
         max(window_end) AS "lastAt"
  FROM alerts WHERE window_end >= $2 GROUP BY rule_id`

/** How many alerts each rule raised; rules that raised none are left out. */
export const tallyAlerts = (database: Database, nowMs: number): Promise<RuleTally[]> =>
  database.query<RuleTally>(tallySql, [
    new Date(nowMs - dayMs).toISOString(),
    new Date(nowMs - tallyDays * dayMs).toISOString(),
  ])

/** The same of alerts that are at hand, as those of the cache are. */
export function tallyOf(alerts: readonly Alert[], nowMs: number): RuleTally[] {
  const recent = alerts.filter(({ windowEnd }) => windowEnd.getTime() >= nowMs - tallyDays * dayMs)
  return [...Map.groupBy(recent, ({ ruleId }) => ruleId)].map(([ruleId, own]) => {
    const ends = own.map(({ windowEnd }) => windowEnd.getTime())
    return {
      ruleId,
      lastDay: ends.filter((end) => end >= nowMs - dayMs).length,
      lastMonth: own.length,
      lastAt: new Date(Math.max(...ends)),
    }
  })
}
