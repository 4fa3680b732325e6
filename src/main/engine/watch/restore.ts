import type { AuditEvent } from '../../../shared/model/event.ts'
import type { AlertId, EventId } from '../../../shared/model/ids.ts'
import type { AlertChange, Finding } from './alert-change.ts'
import type { EngineOfRules } from './engine-of-rules.ts'
import type { ResumedEpisode } from './group.ts'
import type { RecalledValues, RecallSegment } from './recall-ranges.ts'
import type { OpenEpisodes } from './recall.ts'
import type { Rule } from './rule.ts'

/** An alert that began before a time and has events after it. */
export interface SpanningAlert extends Pick<
  Finding,
  'ruleId' | 'entity' | 'severity' | 'value' | 'summary' | 'suppressedCount' | 'lists'
> {
  first: { eventId: EventId; atMs: number }
  /** Events before that time, and when the last of them was. */
  earlierCount: number
  earlierLastMs: number
}

/** What an engine that starts reads of what another has stored, up to the place where that one stood in the feed. */
export interface StoredPast {
  /** Event time up to which the stream had come, or null where there is nothing. */
  markMs(): Promise<number | null>
  /** Events of a segment by event time, in pages. */
  events(segment: RecallSegment): AsyncIterable<readonly AuditEvent[]>
  /** Tells of the values that were learned the first and the last sight at least, by event time, in pages. */
  learned(values: RecalledValues, onSights: (sights: readonly AuditEvent[]) => void): Promise<void>
  /** Alerts that span the time that is named for their rule. */
  spanning(beforeMs: ReadonlyMap<string, number>): Promise<readonly SpanningAlert[]>
  /** Alerts with an event at `fromMs` or later. */
  alertsSince(fromMs: number): Promise<readonly Pick<Finding, 'alertId' | 'eventCount' | 'ruleVersion'>[]>
}

/**
 * Brings a new engine to where the last one stood: it reads again what windows and open episodes still reach, and takes
 * longer episodes from their alerts.
 * @param nowMs the store's time
 * @returns what the rules say and the alerts do not; nothing, unless a rule came in between or an event had come too late
 */
export async function restore(
  engine: EngineOfRules,
  rules: readonly Rule[],
  past: StoredPast,
  nowMs: number,
): Promise<AlertChange[]> {
  const markMs = await past.markMs()
  if (markMs === null || rules.length === 0) return []
  const recall = engine.recall(markMs, nowMs)
  const { ranges, learned, segments } = recall.plan
  const beforeMs = new Map([...ranges].map(([ruleId, range]) => [ruleId, range.beforeMs]))
  recall.open(episodesOf(rules, await past.spanning(beforeMs)))
  for (const values of learned) await past.learned(values, (sights) => recall.learn(values, sights))
  const told = new Map<AlertId, AlertChange>()
  for (const segment of segments) {
    for await (const events of past.events(segment)) {
      for (const change of recall.events(events)) merge(told, change)
    }
  }
  for (const change of recall.end()) merge(told, change)
  return unknownTo(await past.alertsSince(Math.min(...beforeMs.values())), told)
}

function episodesOf(rules: readonly Rule[], alerts: readonly SpanningAlert[]): OpenEpisodes {
  const open = new Map<string, Map<string, ResumedEpisode>>()
  for (const alert of alerts) {
    const levels = rules.find(({ ruleId }) => ruleId === alert.ruleId)?.levels ?? []
    const ofRule = open.get(alert.ruleId) ?? new Map<string, ResumedEpisode>()
    ofRule.set(alert.entity, {
      first: alert.first,
      alertId: null,
      lastMs: alert.earlierLastMs,
      earlierCount: alert.earlierCount,
      members: [],
      suppressedCount: alert.suppressedCount,
      // A file that was changed may not have the level any more.
      level: Math.max(
        0,
        levels.findIndex(({ severity }) => severity === alert.severity),
      ),
      peak: alert.value,
      summary: alert.summary,
      ended: false,
      lists: alert.lists,
    })
    open.set(alert.ruleId, ofRule)
  }
  return open
}

function merge(told: Map<AlertId, AlertChange>, change: AlertChange): void {
  if (change.kind === 'withdrawn') {
    told.delete(change.alertId)
    return
  }
  const before = told.get(change.alert.alertId)
  const joined = before?.kind === 'raised' ? before.newEvents : []
  told.set(change.alert.alertId, { ...change, newEvents: [...joined, ...change.newEvents] })
}

/** An alert of another version of its rule stays as it is until it grows. */
function unknownTo(
  stored: readonly Pick<Finding, 'alertId' | 'eventCount' | 'ruleVersion'>[],
  told: ReadonlyMap<AlertId, AlertChange>,
): AlertChange[] {
  const known = new Map(stored.map((alert) => [alert.alertId, alert]))
  return [...told.values()].filter((change) => {
    const there = change.kind === 'raised' ? known.get(change.alert.alertId) : undefined
    if (change.kind !== 'raised' || there === undefined) return true
    return there.ruleVersion === change.alert.ruleVersion && there.eventCount !== change.alert.eventCount
  })
}
