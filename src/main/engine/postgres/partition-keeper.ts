import type { Logger } from 'pino'
import type { Config } from '../config-schema.ts'
import type { Problems } from '../problems.ts'
import type { Database } from './database.ts'
import { ensurePartitions, partitionDays } from './partitions.ts'
import { pruneNotes } from './prune-notes.ts'

const everyMs = 3_600_000

export interface PartitionKeeper {
  /** Makes the partitions of the coming days that are missing now. */
  ensure(): Promise<void>
  /** Does it again every hour: midnight finds its partition there. */
  start(): void
  stop(): Promise<void>
}

/** A failure costs no event (the default partition takes it): it is shown, and tried again in an hour. */
export function createPartitionKeeper(deps: {
  database: Database
  config: Config['audit']
  problems: Problems
  log: Logger
}): PartitionKeeper {
  const { database, config, problems, log } = deps
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()

  async function ensure(): Promise<void> {
    try {
      const made = await ensurePartitions(database, partitionDays(new Date(), config.partitionsAheadDays))
      if (made.length > 0) log.info({ made }, 'partitions were made')
      await pruneNotes(database)
    } catch (error) {
      log.warn({ err: error }, 'partitions could not be made; events go to the default partition meanwhile')
      problems.report('postgres', 'a day partition could not be made', 'audit tables')
    }
  }

  return {
    ensure,
    start() {
      timer ??= setInterval(() => {
        running = ensure()
      }, everyMs)
    },
    async stop() {
      clearInterval(timer)
      timer = undefined
      await running
    },
  }
}
