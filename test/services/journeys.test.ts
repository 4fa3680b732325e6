import { Pool, type PoolClient } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { runCopies } from '../../src/main/engine/postgres/copy-query.ts'
import { runTogether, textArray, type Statement } from '../../src/main/engine/postgres/run-together.ts'
import { sqlstateOf } from '../../src/main/engine/postgres/sqlstate.ts'
import { poolTransaction } from '../../src/main/engine/postgres/transaction.ts'
import { createTestDatabase } from '../helpers/postgres.ts'

let pool: Pool
beforeAll(async () => {
  pool = new Pool({ connectionString: (await createTestDatabase()).url, max: 1 })
  await pool.query('CREATE TABLE one (n int PRIMARY KEY); CREATE TABLE two (n int)')
})
beforeEach(() => pool.query('TRUNCATE one, two'))
afterAll(() => pool.end())

/** All tests have one client: what one leaves in disorder the next would meet. */
async function withClient<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  return work(client).finally(() => client.release())
}
const together = (...statements: Statement[]) => withClient((client) => runTogether(client, statements))
const numbers = async (table: 'one' | 'two') =>
  (await pool.query<{ n: number }>(`SELECT n FROM ${table} ORDER BY n`)).rows.map(({ n }) => n)

describe('statements in one journey', () => {
  test('are answered each by itself, with rows as pg reads them', async () => {
    const answers = await together(
      { text: 'INSERT INTO one VALUES ($1), ($2)', values: ['1', '2'] },
      { text: 'SELECT n, $1::text AS word, NULL::int AS none FROM one ORDER BY n', values: ['it’s'] },
      { text: 'INSERT INTO one VALUES (2) ON CONFLICT DO NOTHING' },
      { text: `SELECT timestamptz '2026-01-01T00:00:00.001Z' AS at` },
    )
    expect(answers).toEqual([
      { rowCount: 2, rows: [] },
      {
        rowCount: 2,
        rows: [
          { n: 1, word: 'it’s', none: null },
          { n: 2, word: 'it’s', none: null },
        ],
      },
      { rowCount: 0, rows: [] },
      { rowCount: 1, rows: [{ at: new Date('2026-01-01T00:00:00.001Z') }] },
    ])
  })

  test('end with the first that fails, and the client can be used again', async () => {
    const insert = (n: string): Statement => ({ text: 'INSERT INTO one VALUES ($1)', values: [n] })
    await expect(together(insert('1'), insert('x'), insert('3'))).rejects.toThrow('invalid input syntax')
    expect(await numbers('one')).toEqual([])
    await together(insert('4'))
    expect(await numbers('one')).toEqual([4])
  })

  test('take lists of any texts', async () => {
    const texts = ['', 'NULL', '{a,b}', 'a "word"', 'back\\slash', "it's", 'two\nlines', 'é 🎈']
    const [answer] = await together({ text: 'SELECT unnest($1::text[]) AS text', values: [textArray(texts)] })
    expect(answer?.rows.map(({ text }) => text)).toEqual(texts)
  })
})

describe('several COPYs in one journey', () => {
  const both = 'COPY one FROM STDIN; COPY two FROM STDIN'
  const copy = (...pieces: string[][]) => withClient((client) => runCopies(client, both, pieces))

  test('store the rows of each, also where one has none', async () => {
    await copy(['1\n', '2\n'], ['7\n'])
    await copy([], ['8\n'])
    expect(await numbers('one')).toEqual([1, 2])
    expect(await numbers('two')).toEqual([7, 8])
  })

  test('store nothing where PostgreSQL refuses a row of the first, however much is still to be sent', async () => {
    const large = Array.from({ length: 200 }, () => '7\n'.repeat(32 * 1024))
    await expect(copy(['1\n', '1\n'], large)).rejects.toSatisfy((error) => sqlstateOf(error) === '23505')
    expect([await numbers('one'), await numbers('two')]).toEqual([[], []])
  })

  test('store nothing where a row cannot be made, and say why', async () => {
    function* broken() {
      yield '7\n'
      throw new RangeError('no such time')
    }
    await expect(withClient((client) => runCopies(client, both, [['1\n'], broken()]))).rejects.toThrow('no such time')
    expect([await numbers('one'), await numbers('two')]).toEqual([[], []])
  })
})

describe('a transaction', () => {
  const opening: Statement[] = [{ text: 'INSERT INTO one VALUES (1) RETURNING n' }]

  test('gives its work the answers to what was sent along with BEGIN, and commits', async () => {
    const seen = await poolTransaction(pool, async (_tx, opened) => opened, opening)
    expect(seen).toEqual([{ rowCount: 1, rows: [{ n: 1 }] }])
    expect(await numbers('one')).toEqual([1])
  })

  test('is over when its work has sent COMMIT along', async () => {
    await poolTransaction(pool, (tx) => runCopies(tx, 'COPY two FROM STDIN; COMMIT', [['7\n']]), opening)
    expect([await numbers('one'), await numbers('two')]).toEqual([[1], [7]])
  })

  test('is rolled back with what was sent along, when its work or that fails', async () => {
    const failing = () => Promise.reject(new Error('no'))
    await expect(poolTransaction(pool, failing, opening)).rejects.toThrow('no')
    await expect(poolTransaction(pool, failing, [...opening, { text: 'SELECT 1/0' }])).rejects.toThrow('division')
    expect(await numbers('one')).toEqual([])
  })
})
