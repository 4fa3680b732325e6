import { GatehouseError } from '../../../shared/errors.ts'
import { sqlstateOf } from '../postgres/sqlstate.ts'

/** query_canceled: the statement took longer than the engine's clients allow. */
const queryCanceled = '57014'

/** Whether a search may be answered from the cache instead. */
export const isAway = (error: unknown) => error instanceof GatehouseError && error.code === 'POSTGRES_UNAVAILABLE'

/** What a person who searches can do about a failure of PostgreSQL. */
export function worded(error: unknown): unknown {
  if (sqlstateOf(error) !== queryCanceled) return error
  return new GatehouseError(
    'TOO_LARGE',
    'PostgreSQL stopped the search because it took too long: add last:24h, user: or another field that narrows it.',
    {},
    { cause: error },
  )
}
