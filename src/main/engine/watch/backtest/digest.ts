import { createHash, hash } from 'node:crypto'
import type { Finding } from '../../../../shared/model/alert.ts'
import type { AuditEvent } from '../../../../shared/model/event.ts'
import type { Suppressing } from '../suppress.ts'
import { findingLine } from './finding-line.ts'

/** SHA-256 over what names the events: time, identity, kind and type of each, in the order in which they are read. */
export class EventDigest {
  readonly #hash = createHash('sha256')

  add(events: readonly AuditEvent[]): void {
    let text = ''
    for (const { createdAt, eventId, kind, type } of events) {
      // JSON, because a producer chooses what stands in an identity and in a type.
      text += `${createdAt.getTime()} ${kind} ${JSON.stringify(eventId)} ${JSON.stringify(type)}\n`
    }
    this.#hash.update(text)
  }

  hex(): string {
    return this.#hash.digest('hex')
  }
}

export const digestOfFindings = (findings: readonly Finding[]): string =>
  hash('sha256', findings.map((finding) => `${findingLine(finding)}\n`).join(''))

/** In whatever order they come. */
export const digestOfSuppressions = (suppressions: readonly Suppressing[]): string =>
  hash(
    'sha256',
    suppressions
      .map(({ kind, pattern, ruleId, createdAt, expiresAt, endedAt }) =>
        JSON.stringify([kind, pattern, ruleId, createdAt, expiresAt, endedAt]),
      )
      .toSorted()
      .join('\n'),
  )
