import type { Database } from '../../postgres/database.ts'

const settingKey = 'mirror.baseline'

/**
 * When the first reconcile on this store was complete: until then sessions were there before anybody watched, and their
 * logins are not invented. null: not yet.
 */
export async function readBaseline(database: Database): Promise<Date | null> {
  const [row] = await database.query<{ at: string }>(
    "SELECT value ->> 'completedAt' AS at FROM gatehouse_settings WHERE key = $1",
    [settingKey],
  )
  return row === undefined ? null : new Date(row.at)
}

export async function writeBaseline(database: Database, completedAt: Date): Promise<void> {
  await database.transaction((tx) =>
    tx.query('INSERT INTO gatehouse_settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING', [
      settingKey,
      JSON.stringify({ completedAt: completedAt.toISOString() }),
    ]),
  )
}
