import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, renameSync } from 'node:fs'
import path from 'node:path'
import Database, { type Database as SqliteDatabase } from 'better-sqlite3'
import type { Config } from '../config-schema.ts'
import { migrateCache } from './migrations.ts'

/** Result codes (sqlite.org/rescode.html) that say the file itself is bad. */
const damaged: ReadonlySet<string> = new Set(['SQLITE_CORRUPT', 'SQLITE_NOTADB'])
const busyTimeoutMs = 5_000
/**
 * Where in the indexes a user, a session or an address stands is anybody's guess: with room for what is written often, and
 * with a log (4 KiB a page) that takes in many changes of a page before it goes into the file, events take half of the time.
 */
const pageCacheKib = 32 * 1_024
const checkpointPages = 8_000

export interface OpenedCache {
  database: SqliteDatabase
  /** Where a damaged file was put aside, or null. */
  setAside: string | null
}

/** The cache of one audit store: each has a file of its own, named by where it is (without credentials). */
export const cacheFile = (home: string, target: string): string =>
  path.join(home, 'cache', `${createHash('sha256').update(target).digest('hex').slice(0, 16)}.sqlite`)

/** The cache of a workspace. The sample's servers listen elsewhere at each start: its cache goes by its name. */
export const cacheFileOf = ({ home, workspace }: Pick<Config, 'home' | 'workspace'>, target: string): string =>
  cacheFile(home, workspace.kind === 'sample' ? 'sample' : target)

/** Opens a cache that is there for reading alone, beside whoever writes to it; null where there is none. */
export function openCacheReader(file: string): SqliteDatabase | null {
  if (!existsSync(file)) return null
  const database = new Database(file, { readonly: true, timeout: busyTimeoutMs })
  database.pragma('trusted_schema = OFF')
  return database
}

/** Opens the cache for its owner alone; a damaged file is put aside, and a new one is begun. */
export function openCacheFile(file: string): OpenedCache {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  try {
    return { database: open(file), setAside: null }
  } catch (error) {
    if (!(error instanceof Database.SqliteError) || !damaged.has(error.code)) throw error
    const setAside = `${file}.damaged-${Date.now()}`
    renameSync(file, setAside)
    return { database: open(file), setAside }
  }
}

function open(file: string): SqliteDatabase {
  const database = new Database(file, { timeout: busyTimeoutMs })
  try {
    chmodSync(file, 0o600)
    // Before the first table: freed pages are given back in steps (prune), not by rewriting the file.
    database.pragma('auto_vacuum = INCREMENTAL')
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = NORMAL')
    database.pragma(`cache_size = -${pageCacheKib}`)
    database.pragma(`wal_autocheckpoint = ${checkpointPages}`)
    database.pragma('trusted_schema = OFF')
    database.pragma('foreign_keys = ON')
    migrateCache(database)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}
