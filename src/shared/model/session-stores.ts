import { z } from 'zod'

/** A kind of session store whose sessions were found in Redis, or whose mapping is in the settings. */
export const SessionStore = z.object({
  /** Name of the profile that reads its values, as rows have it. */
  profile: z.string(),
  /** Live rows of it; null while the audit store cannot be asked. */
  sessions: z.number().nullable(),
  /** Where they lie; `<id>` stands for the live id. */
  patterns: z.array(z.string()),
  /** One of its values: the key with the length of its id, what Redis calls the type, its size. null: none was read. */
  example: z.object({ key: z.string(), type: z.string(), bytes: z.number() }).nullable(),
  /** How a session is revoked there, and what that does not end: sentences. */
  how: z.string(),
  doesNotEnd: z.array(z.string()),
})
export type SessionStore = z.infer<typeof SessionStore>

/** Keys of one prefix, as the last complete scan counted them: SCAN shows some keys twice. */
export const KeyPlace = z.object({
  prefix: z.string(),
  /** Keys that are named like a session. */
  sessionKeys: z.number(),
  /** What the store keeps beside its sessions. */
  others: z.array(z.object({ what: z.string(), keys: z.number() })),
})
export type KeyPlace = z.infer<typeof KeyPlace>

export const SessionStores = z.object({ countedAt: z.date(), stores: z.array(SessionStore), places: z.array(KeyPlace) })
export type SessionStores = z.infer<typeof SessionStores>
