import type { Database } from './database.ts'
import { holdEpoch } from './leader-session.ts'

/**
 * The database as the leader's duties have it: a transaction is stored only if the epoch in which it began is still the
 * present one when it commits. The row that says so is locked from that look to the COMMIT, and a take-over changes it:
 * so one comes before the other, whole. A leader that stood still, and does not know yet that it was succeeded, stores
 * nothing.
 * @param epoch the epoch in which this engine leads; throws NOT_LEADER while it does not
 */
export function fencedDatabase(database: Database, epoch: () => number): Database {
  return {
    query: (sql, params, options) => database.query(sql, params, options),
    async transaction(work, opening) {
      const begunIn = epoch()
      return database.transaction(async (tx, opened) => {
        const result = await work(tx, opened)
        await holdEpoch(tx, begunIn)
        return result
      }, opening)
    },
    ready: (signal) => database.ready(signal),
    state: () => database.state(),
    onState: (listener) => database.onState(listener),
    close: () => database.close(),
  }
}
