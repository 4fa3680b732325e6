import type { Database } from '../../postgres/database.ts'

const settingKey = 'mirror.massEnd'

/** Takes note that sessions left at once, unless that is noted already. Returns for how long it has been, in ms. */
export async function noteMassEnd(database: Database): Promise<number> {
  const { rows } = await database.transaction((tx) =>
    tx.query<{ heldMs: number }>(
      `INSERT INTO gatehouse_settings (key, value) VALUES ($1, jsonb_build_object('since', now()))
       ON CONFLICT (key) DO UPDATE SET value = gatehouse_settings.value
       RETURNING (extract(epoch FROM now() - (value ->> 'since')::timestamptz) * 1000)::float8 AS "heldMs"`,
      [settingKey],
    ),
  )
  return rows[0]?.heldMs ?? 0
}

export async function isMassEndNoted(database: Database): Promise<boolean> {
  return (await database.query('SELECT FROM gatehouse_settings WHERE key = $1', [settingKey])).length > 0
}

export async function forgetMassEnd(database: Database): Promise<void> {
  await database.transaction((tx) => tx.query('DELETE FROM gatehouse_settings WHERE key = $1', [settingKey]))
}
