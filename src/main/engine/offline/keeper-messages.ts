import type { AuditEvent } from '../../../shared/model/event.ts'
import type { EventId } from '../../../shared/model/ids.ts'
import type { Sample } from '../../../shared/model/system.ts'
import type { Config } from '../config-schema.ts'
import type { CacheStatus } from '../sqlite/cache-reader.ts'
import type { Filled } from './filler.ts'

/** What the thread that keeps the cache is started with. */
export interface KeeperTask {
  config: Pick<Config, 'postgres' | 'cache' | 'log'>
  /** The cache's file. */
  file: string
}

/** Engine to thread. */
export type KeeperOrder =
  /** This engine committed these: there is something to fetch, and it is not told as another engine's. */
  { kind: 'stored'; eventIds: EventId[] } | { kind: 'sample'; sample: Sample } | { kind: 'stop' }

/** Thread to engine. */
export type KeeperReport =
  | { kind: 'filled'; changes: Filled }
  | { kind: 'storedElsewhere'; events: readonly AuditEvent[] }
  | { kind: 'status'; status: CacheStatus }
  | { kind: 'problem'; reason: string; key: string }
