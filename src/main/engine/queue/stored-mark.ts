import { z } from 'zod'
import type { Database } from '../postgres/database.ts'
import { readSetting } from '../postgres/settings.ts'

/** All times are Redis's, in ms since 1970. */
const Rollback = z.object({
  /** How far the mark had come. */
  seen: z.number(),
  /** Where it stood then; null: nowhere. */
  found: z.number().nullable(),
  /** When that was found. */
  at: z.number(),
})
export type Rollback = z.infer<typeof Rollback>

const StoredMark = z.object({ mark: z.number(), rollback: Rollback.nullable().default(null) })
export type StoredMark = z.infer<typeof StoredMark>

const settingOf = (name: string): string => `redis-mark:${name}`

/** null: no engine on this store has ever marked that Redis. */
export async function readMark(database: Database, name: string): Promise<StoredMark | null> {
  return StoredMark.nullable().parse(await readSetting(database, settingOf(name)))
}

/**
 * Stores how far a mark has come, unless another engine has stored more; or, with `rollback`, where it begins anew.
 * @returns what all engines know now
 */
export async function storeMark(
  database: Database,
  name: string,
  mark: number,
  rollback: Rollback | null,
): Promise<StoredMark> {
  const value = rollback === null ? { mark } : { mark, rollback }
  const [row] = await database.query<{ value: unknown }>(
    `INSERT INTO gatehouse_settings AS s (key, value) VALUES ($1, $2::jsonb)
     ON CONFLICT (key) DO UPDATE SET value = CASE
       WHEN excluded.value ? 'rollback' OR (excluded.value ->> 'mark')::bigint > (s.value ->> 'mark')::bigint
       THEN s.value || excluded.value ELSE s.value END
     RETURNING value`,
    [settingOf(name), JSON.stringify(value)],
  )
  return StoredMark.parse(row?.value)
}
