import { randomUUID } from 'node:crypto'
import { redact } from './redact.ts'

/** One event in any of the dialects that the audit queue takes: a plain object that JSON can hold. */
export type ProducedEvent = Readonly<Record<string, unknown>>

/** The audit store leaves out metadata beyond this; so large an event is a mistake. */
const maxEventLength = 65_536

/**
 * An event as it goes to the queue. It has its identity and its time from now on, and keeps them however often it is
 * delivered: the audit store knows an event by the two.
 * @throws whatever a getter or a toJSON of the event throws
 */
export function textOf(event: ProducedEvent, secretNames: ReadonlySet<string>): string {
  const whole = {
    event_id: randomUUID(),
    // A check event tells its time as `timestamp`: a `created_at` beside it would make it another dialect.
    ...('timestamp' in event ? {} : { created_at: new Date().toISOString() }),
    ...redact(event, secretNames),
  }
  const text = JSON.stringify(whole)
  if (text.length <= maxEventLength) return text
  const left = `[left out: the event has ${text.length} characters]`
  return JSON.stringify({ ...whole, metadata: { _left_out: left }, details: undefined })
}
