import type { Database as SqliteDatabase } from 'better-sqlite3'
import { GatehouseError } from '../../shared/errors.ts'
import type { Logger } from '../log.ts'
import { eventLines } from './backtest-lines.ts'
import type { Config } from './config-schema.ts'
import type { Database } from './postgres/database.ts'
import { openDatabase } from './postgres/open.ts'
import { loadSessionIdKey } from './postgres/settings.ts'
import { createSessionIds } from './session-ids.ts'
import { suppressionFromJson } from './sqlite/alert-json.ts'
import { cacheFileOf, openCacheReader } from './sqlite/open.ts'
import { cacheSource } from './watch/backtest/cache-source.ts'
import { fileSource } from './watch/backtest/file-source.ts'
import { postgresSource } from './watch/backtest/postgres-source.ts'
import type { EventSource } from './watch/backtest/source.ts'
import { allSuppressions } from './watch/suppress-store.ts'
import type { Suppressing } from './watch/suppress.ts'

/** Where the events of a back-test come from. */
export type EventsFrom = { kind: 'auto' | 'postgres' | 'cache' } | { kind: 'file'; path: string }

/** What a back-test reads, and nothing is written to. */
export interface BacktestStores {
  source: EventSource
  suppressions(): Promise<readonly Suppressing[]>
  close(): Promise<void>
}

const connectTimeoutMs = 10_000
/** Where there is no audit store, no key is its own: one that is always the same makes the same alerts of the same file. */
const keyWithoutStore = Buffer.alloc(32)

/** @throws GatehouseError POSTGRES_UNAVAILABLE, CACHE_UNAVAILABLE or NOT_FOUND where the events cannot be read */
export async function openBacktestStores(config: Config, from: EventsFrom, log: Logger): Promise<BacktestStores> {
  const database = openDatabase({ ...config.postgres, maxConnections: 2 }, log, 'gatehouse backtest')
  const cache = openCacheReader(cacheFileOf(config, database.state().target))
  const close = async () => {
    cache?.close()
    await database.close()
  }
  try {
    const isThere = from.kind !== 'cache' && (await isConnected(database))
    return { source: await sourceOf(), suppressions: () => suppressionsOf(isThere ? database : null, cache), close }

    async function sourceOf(): Promise<EventSource> {
      if (from.kind === 'file') {
        const key = config.postgres.url === null ? keyWithoutStore : isThere ? await loadSessionIdKey(database) : null
        return fileSource(from.path, eventLines(createSessionIds(config.privacy.sessionIds, () => key)))
      }
      if (isThere) return postgresSource(database)
      if (from.kind === 'postgres') {
        const { reason } = database.state()
        throw new GatehouseError('POSTGRES_UNAVAILABLE', reason ?? 'PostgreSQL does not answer.')
      }
      if (cache === null)
        throw new GatehouseError('CACHE_UNAVAILABLE', 'There is no cache of this audit store here yet.')
      return cacheSource(cache)
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function isConnected(database: Database): Promise<boolean> {
  if (database.state().status === 'off') return false
  try {
    await database.ready(AbortSignal.timeout(connectTimeoutMs))
    return true
  } catch {
    // What it is not connected for stands in its state.
    return false
  }
}

async function suppressionsOf(
  database: Database | null,
  cache: SqliteDatabase | null,
): Promise<readonly Suppressing[]> {
  if (database !== null) return allSuppressions(database)
  if (cache === null) return []
  const rows = cache.prepare<[], { suppression: string }>('SELECT suppression FROM suppressions').all()
  return rows.map(({ suppression }) => suppressionFromJson(suppression))
}
