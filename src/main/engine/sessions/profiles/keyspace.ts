import type { HashFields, Profile } from './types.ts'

/** Where sessions lie in Redis: keys of one prefix, and who reads them. */
export interface Keyspace {
  readonly prefix: string
  /** How its session keys look, for people: `<id>` stands for the live id. */
  readonly pattern: string
  /** The first that does not refuse a value reads it; the refusal of the last one counts. */
  readonly profiles: readonly Profile[]
  /** The live id that the rest of a key holds; null where the key holds no session. */
  liveIdIn(rest: string): string | null
  /** The rest of the key of a session. */
  restOf(liveId: string): string
  /** What a key without a live id is: one of few names, in the plural. */
  sideKindOf(rest: string): string
  /** How long the key of a session stays after the session ends. */
  outlivesMs?(fields: HashFields, keyExpiresAtMs: number): number
  /** Not each of its keys shows that it is one of this keyspace: once it is found, its keys are asked for. */
  readonly isFoundByOthers?: boolean
  /** Keys whose rest begins so are sets of live ids, one a user; what follows is the user's name. */
  readonly principalsUnder?: string
}

/** A keyspace whose keys are the prefix and the live id, but for what `more` says. */
export const keyspace = (
  prefix: string,
  profiles: readonly Profile[],
  more: Partial<Omit<Keyspace, 'prefix' | 'profiles'>> = {},
): Keyspace => ({
  prefix,
  profiles,
  pattern: `${prefix}<id>`,
  liveIdIn: (rest) => rest,
  restOf: (liveId) => liveId,
  sideKindOf: () => 'other keys',
  ...more,
})

/** A kind of session store that is found by how its keys look, wherever its application put them. */
export interface StoreKind {
  readonly profiles: readonly Profile[]
  /** The prefix of the keyspace that the key belongs to; null for another store's key. Keys are as long as 1,024 here. */
  prefixIn(key: string): string | null
  at(prefix: string): Keyspace
}

/** The start of a key whose end, from the last `mark` on, is `mark` and something of the form of a live id. */
export function headOf(key: string, mark: string, liveId: RegExp): string | null {
  const at = key.lastIndexOf(mark)
  if (at === -1) return null
  const head = key.slice(0, at + mark.length)
  return liveId.test(key.slice(head.length)) ? head : null
}
