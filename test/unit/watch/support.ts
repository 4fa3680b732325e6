import { readFileSync } from 'node:fs'
import type { AlertChange, Finding } from '../../../src/main/engine/watch/alert-change.ts'
import type { Rule } from '../../../src/main/engine/watch/rule.ts'
import { readRules } from '../../../src/main/engine/watch/rules/rule-set.ts'
import { resourcePath } from '../../../src/main/resources.ts'
import { blankEvent, type AuditEvent } from '../../../src/shared/model/event.ts'
import type { EventId } from '../../../src/shared/model/ids.ts'

/** Seconds and milliseconds of the tests' day, as event times. */
export const day = Date.parse('2026-03-02T00:00:00Z')
export const at = (seconds: number): number => day + seconds * 1000

let serial = 0

/** A failed login; numbered so that events of one test sort as they are made. */
export function failure(seconds: number, facts: Partial<AuditEvent> = {}): AuditEvent {
  const eventId = `e${String(++serial).padStart(6, '0')}` as EventId
  const createdAt = new Date(at(seconds))
  return {
    ...blankEvent({ eventId, createdAt, kind: 'session', type: 'failed_login', source: 'queue' }),
    userId: 'alice',
    ipAddress: '203.0.113.7',
    ...facts,
  }
}

export const shippedRule = (name: string): Rule => {
  const file = `${name}.yml`
  const [rule] = readRules(file, readFileSync(resourcePath('rules', file), 'utf8'))
  if (rule === undefined) throw new Error(`${file} has no rule`)
  return rule
}

/** A rule over failed logins by user, as text of a file; `correlation` and `rest` are lines of YAML. */
export const ruleText = (correlation: string, rest = ''): string => `title: Failed login
name: failed
logsource: {product: gatehouse}
detection:
  selection:
    event_type: failed_login
  condition: selection
---
title: Test
name: test
level: medium
correlation:
  type: event_count
  rules: [failed]
${correlation
  .split('\n')
  .map((line) => `  ${line}`)
  .join('\n')}
${rest}
`

export function testRule(correlation: string, rest = ''): Rule {
  const [rule] = readRules('test.yml', ruleText(correlation, rest))
  if (rule === undefined) throw new Error('no rule')
  return rule
}

/** What a store holds after changes: alerts, each with the ids of its events. */
export class Ledger {
  readonly alerts = new Map<string, { alert: Finding; events: Set<string> }>()

  apply(changes: readonly AlertChange[]): void {
    for (const change of changes) {
      if (change.kind === 'withdrawn') {
        if (!this.alerts.delete(change.alertId)) throw new Error('withdrew an alert that was never raised')
        continue
      }
      const events = this.alerts.get(change.alert.alertId)?.events ?? new Set()
      for (const { eventId } of change.lostEvents) {
        if (!events.delete(eventId)) throw new Error(`event ${eventId} left an alert that it was not in`)
      }
      for (const { eventId } of change.newEvents) {
        if (events.has(eventId)) throw new Error(`event ${eventId} joined its alert twice`)
        events.add(eventId)
      }
      this.alerts.set(change.alert.alertId, { alert: change.alert, events })
    }
  }

  /** The same text for the same content. */
  text(): string {
    const rows = [...this.alerts.values()].map(({ alert, events }) => ({ ...alert, events: [...events].toSorted() }))
    return JSON.stringify(
      rows.toSorted((a, b) => (a.alertId < b.alertId ? -1 : 1)),
      null,
      1,
    )
  }
}

/** A generator of numbers that are the same in every run: mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
