import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, renameSync } from 'node:fs'
import path from 'node:path'
import Database, { type Database as SqliteDatabase } from 'better-sqlite3'
import { migrateCache } from './migrations.ts'

/** Result codes (sqlite.org/rescode.html) that say the file itself is bad. */
const damaged: ReadonlySet<string> = new Set(['SQLITE_CORRUPT', 'SQLITE_NOTADB'])
const busyTimeoutMs = 5_000

export interface OpenedCache {
  database: SqliteDatabase
  /** Where a damaged file was put aside, or null. */
  setAside: string | null
}

/** The cache of one audit store: each has a file of its own, named by where it is (without credentials). */
export const cacheFile = (home: string, target: string): string =>
  path.join(home, 'cache', `${createHash('sha256').update(target).digest('hex').slice(0, 16)}.sqlite`)

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
    database.pragma('trusted_schema = OFF')
    database.pragma('foreign_keys = ON')
    migrateCache(database)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}
