import type { AuditEvent } from '../../../../shared/model/event.ts'
import type { FieldValue } from './fields.ts'

/** What an enriched field says of an event: one value, or several, of which any may be the one a rule looks for. */
export type EnrichedValue = FieldValue | readonly string[]

/** A field that no event carries itself: it is looked up by what the event does carry. */
export interface EnrichedField {
  /** Cheap to ask again for the same event: what lies behind it is looked up once. */
  read: (event: AuditEvent) => EnrichedValue
  /** Names of the lists and databases it looks into, for which `version` has a word. */
  uses: readonly string[]
}

/** What rules can ask beside the event: where its address is, on which lists, what its agent is. */
export interface RuleEnvironment {
  /** The enriched field of that name (`geo.country`, `ip.list`, `device`), or null where there is none. */
  field(name: string): EnrichedField | null
  /** All of them, for messages. */
  readonly fieldNames: readonly string[]
  /** The version of a list or database that is in use now: 12 hex digits, or `absent` where it was never read. */
  version(name: string): string
}

/** Knows nothing but the event. */
export const bareEnvironment: RuleEnvironment = { field: () => null, fieldNames: [], version: () => 'absent' }
