import type { PoolClient } from 'pg'
import type { ConnectionState } from '../../../shared/model/system.ts'
import type { Answer, Statement } from './run-together.ts'

/** The engine's PostgreSQL: a pool that says how it is, migrated before the first use. */
export interface Database {
  /**
   * Rows of one bound statement. Fails with POSTGRES_UNAVAILABLE while it is away.
   * @param options `prepareAs`: each connection keeps the statement, parsed and planned, under this name of its own
   */
  query<Row extends object = Record<string, unknown>>(
    sql: string,
    params?: readonly unknown[],
    options?: { prepareAs?: string },
  ): Promise<Row[]>
  /**
   * BEGIN, work, COMMIT; ROLLBACK on a throw. The client is destroyed when its connection broke.
   * @param opening statements that go in one journey with BEGIN; `work` is given their answers
   */
  transaction<T>(
    work: (tx: PoolClient, opened: readonly Answer[]) => Promise<T>,
    opening?: readonly Statement[],
  ): Promise<T>
  /** Resolves once connected and migrated; rejects if the signal aborts first. */
  ready(signal?: AbortSignal): Promise<void>
  state(): ConnectionState
  onState(listener: (state: ConnectionState) => void): () => void
  close(): Promise<void>
}
