import { createEngineOfRules } from '../../../src/main/engine/watch/engine-of-rules.ts'
import { readRules } from '../../../src/main/engine/watch/rules/rule-set.ts'
import { blankEvent, type AuditEvent } from '../../../src/shared/model/event.ts'
import type { EventId } from '../../../src/shared/model/ids.ts'
import { cpuSeconds } from '../cpu-seconds.ts'
import { median } from '../median.ts'

/** Counts users by address over a window that holds 20,000 events. */
const ruleText = `title: Failed login
name: failed
logsource: {product: gatehouse}
detection:
  selection: {event_type: failed_login}
  condition: selection
---
title: Many users
name: many_users
level: low
correlation:
  type: value_count
  rules: [failed]
  group-by: [ip_address]
  timespan: 2000s
  condition: {field: user_id, gte: 1000000}
`
const count = 200_000

/** value_count over windows with 10,000 different values, and over windows with 10, in turns. */
export function benchDistinct(rounds: number) {
  const [few, many] = [failures(10), failures(10_000)]
  const [ofFew, ofMany]: [number[], number[]] = [[], []]
  for (let round = 0; round <= rounds; round++) {
    const [fewSeconds, manySeconds] = [secondsFor(few), secondsFor(many)]
    if (round === 0) continue
    ofFew.push(fewSeconds)
    ofMany.push(manySeconds)
  }
  return {
    events: count,
    rounds,
    eventsPerSecond: { '10 values': rate(ofFew), '10,000 values': rate(ofMany) },
    ratio: Math.round((100 * median(ofFew)) / median(ofMany)) / 100,
  }
}

const rate = (seconds: readonly number[]): number => Math.round(count / median(seconds))

function secondsFor(events: readonly AuditEvent[]): number {
  const engine = createEngineOfRules(readRules('bench.yml', ruleText), { latenessMs: 60_000 })
  return cpuSeconds(() => {
    for (let from = 0; from < events.length; from += 2_000) engine.push(events.slice(from, from + 2_000))
  })
}

const failures = (values: number): AuditEvent[] =>
  Array.from({ length: count }, (_, index) => ({
    ...blankEvent({
      eventId: `e${String(index).padStart(8, '0')}` as EventId,
      createdAt: new Date(Date.UTC(2026, 2, 2) + index * 100),
      kind: 'session',
      type: 'failed_login',
      source: 'queue',
    }),
    userId: `u${index % values}`,
    ipAddress: '203.0.113.7',
  }))
