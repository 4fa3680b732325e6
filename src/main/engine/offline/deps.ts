import type { Logger } from 'pino'
import type { Config } from '../config-schema.ts'
import type { Database } from '../postgres/database.ts'
import type { Problems } from '../problems.ts'
import type { Cache } from '../sqlite/cache.ts'

export interface OfflineDeps {
  readonly database: Database
  readonly cache: Cache
  readonly config: Pick<Config, 'cache'>
  readonly problems: Pick<Problems, 'report'>
  readonly log: Logger
  readonly now?: () => number
}

/** What fills one part of the cache. */
export interface FillContext extends Pick<OfflineDeps, 'database' | 'cache' | 'problems'> {
  /** What is older has no place in the cache. */
  readonly oldest: () => Date
}
