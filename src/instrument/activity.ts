import { ActivityWriter, type ActivityCounters } from './activity-writer.ts'
import { readNumbers } from './options.ts'
import { Problems, type OnProblem } from './problems.ts'
import { runnerOf, type RedisClient } from './redis-client.ts'

export interface ActivityOptions {
  /** The application's own client. It must stay open until close() has ended. */
  redis: RedisClient
  /** What the keys of sessions begin with (`session:`); connect-redis uses `sess:`. */
  prefix?: string
  /** How often a session is written at most (1,000). */
  intervalMs?: number
  /** Most sessions whose calls wait in memory (10,000); calls of others are dropped then, and counted. */
  maxSessions?: number
  /** How long Redis may take to answer before a write is repeated (5,000). */
  timeoutMs?: number
  onProblem?: OnProblem
}

/** Writes `last_active` and `api_call_count` into sessions. Nothing here ever throws or rejects. */
export interface Activity {
  /**
   * Counts one call of a session; the id is what follows the prefix in its key. What a function throws instead of
   * returning one is told as a problem, and reaches nobody else.
   */
  record(sessionId: string | (() => string | null | undefined)): void
  /** Writes what waits. One flush at a time: a call during one waits for that one. */
  flush(): Promise<void>
  counters(): ActivityCounters
  /** A last flush, for up to `deadlineMs` (5,000); what is left then is dropped and counted. */
  close(deadlineMs?: number): Promise<ActivityCounters>
}

const owner = 'createActivity'
const defaults = { intervalMs: 1_000, maxSessions: 10_000, timeoutMs: 5_000 }

/**
 * Records who uses the application, beside its requests: a request costs a look-up in memory.
 * @throws GatehouseError CONFIG_INVALID that names the option
 */
export function createActivity(given: ActivityOptions): Activity {
  const numbers = readNumbers(owner, given, defaults, ['redis', 'prefix', 'onProblem'])
  return new ActivityWriter({
    runner: runnerOf(owner, given.redis),
    problems: new Problems('activity', given.onProblem),
    prefix: given.prefix ?? 'session:',
    ...numbers,
  })
}
