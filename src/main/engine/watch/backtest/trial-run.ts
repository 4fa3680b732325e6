import type { AlertEventRef, Finding } from '../../../../shared/model/alert.ts'
import type { AuditEvent } from '../../../../shared/model/event.ts'
import type { AlertId } from '../../../../shared/model/ids.ts'
import type { AlertChange } from '../alert-change.ts'
import { createEngineOfRules, type EngineOfRules, type EngineOptions } from '../engine-of-rules.ts'
import { byBeginning } from './finding-line.ts'
import type { Trial } from './trial.ts'

export type TrialOptions = Pick<EngineOptions, 'report' | 'suppressed' | 'versions'> & {
  /** Alerts that were over before are left out. */
  fromMs: number
  /** Whether the events of alerts are kept, too. */
  evidence?: boolean
}

/** A trial over events that come in the order of event time, and the alerts it has raised so far. */
export class TrialRun {
  readonly #engine: EngineOfRules
  readonly #judged: ReadonlySet<string>
  readonly #fromMs: number
  readonly #findings = new Map<AlertId, Finding>()
  readonly #evidence: Map<AlertId, AlertEventRef[]> | null

  constructor({ rules, judged }: Trial, { fromMs, evidence = false, ...options }: TrialOptions) {
    // In order nothing is late, so that nothing needs to wait for what might be.
    this.#engine = createEngineOfRules(rules, { ...options, latenessMs: 0 })
    this.#judged = new Set(judged.map(({ ruleId }) => ruleId))
    this.#fromMs = fromMs
    this.#evidence = evidence ? new Map() : null
  }

  push(events: readonly AuditEvent[]): void {
    for (const change of this.#engine.push(events)) this.#note(change)
  }

  /** There are no more events before `untilMs`. */
  end(untilMs: number): void {
    for (const change of this.#engine.advance(untilMs)) this.#note(change)
  }

  get count(): number {
    return this.#findings.size
  }

  /** Entries that suppressions have hidden, each once a rule. */
  get suppressed(): number {
    return this.#engine.suppressed
  }

  /** In the order in which their episodes began. */
  findings(): Finding[] {
    return [...this.#findings.values()]
      .filter(({ windowEnd }) => windowEnd.getTime() >= this.#fromMs)
      .toSorted(byBeginning)
  }

  /** The events of an alert, oldest first. */
  evidenceOf(alertId: AlertId): readonly AlertEventRef[] {
    return (this.#evidence?.get(alertId) ?? []).toSorted(
      (a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.eventId < b.eventId ? -1 : 1),
    )
  }

  #note(change: AlertChange): void {
    if (change.kind === 'withdrawn') {
      this.#findings.delete(change.alertId)
      this.#evidence?.delete(change.alertId)
      return
    }
    const { alert, newEvents, lostEvents } = change
    if (!this.#judged.has(alert.ruleId)) return
    this.#findings.set(alert.alertId, alert)
    if (this.#evidence === null) return
    const lost = new Set(lostEvents.map(({ eventId }) => eventId))
    const before = this.#evidence.get(alert.alertId) ?? []
    this.#evidence.set(alert.alertId, [...before.filter(({ eventId }) => !lost.has(eventId)), ...newEvents])
  }
}
