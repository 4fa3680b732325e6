import type { Note } from '../../clean.ts'
import type { RevocationStep } from '../../revocation-step.ts'

export type HashFields = readonly (readonly [name: Buffer, value: Buffer])[]

/** A value as it lies in Redis. The application's users had a hand in it: nothing about it is certain. */
export type RawValue =
  | { readonly type: 'string'; readonly bytes: Buffer }
  | { readonly type: 'hash'; readonly fields: HashFields }

/** What is known about a value beside itself. */
export interface ReadFacts {
  /** Redis's clock when the value was read. */
  readonly nowMs: number
  /** When the session ends, by the key's PTTL; null where it has none. */
  readonly keyExpiresAtMs: number | null
  /** How long the key stays after that. */
  readonly keyOutlivesMs?: number
  /** The user, where the store keeps that in a key of its own; null where it does not or nobody is logged in. */
  readonly principal?: string | null
}

/** What a value says of its session. Texts are as long and as odd as they came; times are plausible. */
export interface SessionValue {
  /** The session id where the value names one; null: it is the rest of the key. */
  liveId: string | null
  userId: string | null
  isActive: boolean
  forceLogout: boolean
  ipAddress: string | null
  userAgent: string | null
  country: string | null
  lastActive: Date | null
  /** When the value says that it expires; the key's own expiry goes before. */
  expiresAt: Date | null
  apiCallCount: number
  /** Every field that has no column, or does not fit its column. */
  extra: [name: string, value: unknown][]
  /** What did not fit, as `<field>: <what>`. */
  notes: Note[]
}

/** Why a value is no session: what was expected, without anything from the value. */
export interface Refusal {
  readonly refusal: string
  /** Something else that has its place under this prefix, so nothing to worry about. */
  readonly isOther?: true
}

/** A session as it lies in Redis, as much of it as its end has to know. */
export interface StoredSession {
  readonly prefix: string
  readonly liveId: string
  /** Of the profile's type, but perhaps of no session: whatever lies under the key goes. */
  readonly value: RawValue
  /** As in ReadFacts. */
  readonly principal: string | null
}

/** How sessions of a store are revoked. */
export interface RevocationFacts {
  /** One sentence for the plan. */
  readonly how: string
  /** Whether the application is told on the force-logout channel, beside the deletion. */
  readonly publishesForceLogout: boolean
  /** One sentence for each thing that goes on afterwards. */
  readonly doesNotEnd: readonly string[]
  /** What goes, in this order, before the key itself. */
  steps?(session: StoredSession): readonly RevocationStep[]
}

interface ProfileFacts {
  /** As in the column `profile`: a public name. */
  readonly name: string
  /** It is in the settings, so it is shown even where nothing is found. */
  readonly isConfigured?: boolean
  readonly revocation: RevocationFacts
}

/** One way in which applications write sessions. Profiles of one keyspace are told apart by type and shape of the value. */
export type Profile =
  | (ProfileFacts & { readonly type: 'string'; decode(bytes: Buffer, facts: ReadFacts): SessionValue | Refusal })
  | (ProfileFacts & { readonly type: 'hash'; decode(fields: HashFields, facts: ReadFacts): SessionValue | Refusal })
