import type { ClientBase, Pool, PoolClient } from 'pg'
import { GatehouseError } from '../../../shared/errors.ts'
import { runTogether, type Answer, type Statement } from './run-together.ts'

/** A drained batch or a moved partition takes as long as it takes: only statements outside are held to a time. */
const begin: readonly Statement[] = [{ text: 'BEGIN' }, { text: 'SET LOCAL statement_timeout = 0' }]

/**
 * BEGIN, work, COMMIT; ROLLBACK on a throw. Work that has sent COMMIT along with its last statement is done.
 * @param opening sent along with BEGIN; `work` is given the answers
 */
export async function inTransaction<Client extends ClientBase, T>(
  client: Client,
  work: (tx: Client, opened: readonly Answer[]) => Promise<T>,
  opening: readonly Statement[] = [],
): Promise<T> {
  try {
    const opened = await runTogether(client, [...begin, ...opening])
    const result = await work(client, opened.slice(begin.length))
    if (client.getTransactionStatus() === 'I') return result
    const { command } = await client.query('COMMIT')
    // PostgreSQL answers the COMMIT of a failed transaction with ROLLBACK, as if all were well.
    if (command !== 'COMMIT') throw new GatehouseError('INTERNAL', 'A statement failed unnoticed: nothing was stored.')
    return result
  } catch (error) {
    // Fails only with the connection, and then the server rolls back by itself: the first error is the one to report.
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

/** inTransaction on a client of the pool; the client is destroyed when it comes out of it unusable. */
export async function poolTransaction<T>(
  pool: Pool,
  work: (tx: PoolClient, opened: readonly Answer[]) => Promise<T>,
  opening: readonly Statement[],
): Promise<T> {
  const client = await pool.connect()
  let broken = false
  // Between two statements nothing else listens, and an error event without a listener ends the process.
  const onError = () => (broken = true)
  client.on('error', onError)
  try {
    return await inTransaction(client, work, opening)
  } finally {
    client.off('error', onError)
    client.release(broken || client.getTransactionStatus() !== 'I')
  }
}
