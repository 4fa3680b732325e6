import { Client } from 'pg'

/** What a query finds, over a connection of its own: it does not wait for what the engines are at. */
export async function rowsOf<Row extends object>(postgresUrl: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: postgresUrl })
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}
