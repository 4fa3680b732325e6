import type { Logger } from 'pino'
import { messageOf } from '../../shared/errors.ts'
import { ConfigSchema, type Config } from './config-schema.ts'
import { refuseLinkLocal } from './link-local.ts'
import { openDatabase } from './postgres/open.ts'
import { openRedis } from './redis/open.ts'

const deadlineMs = 8_000

export interface ConnectionTest {
  ok: boolean
  /** In words: what the server is, or what is wrong and what to do. */
  message: string
  server: string | null
  tookMs: number
}

/**
 * Tries a connection beside the one in use. A PostgreSQL is also migrated, as it would be on use: an account without the
 * right to create tables is found out here.
 */
export async function testConnection(
  config: Config,
  store: 'redis' | 'postgres',
  url: string,
  log: Logger,
): Promise<ConnectionTest> {
  const startedMs = performance.now()
  const answer = (ok: boolean, message: string, server: string | null = null): ConnectionTest => ({
    ok,
    message,
    server,
    tookMs: Math.round(performance.now() - startedMs),
  })
  const parsed = ConfigSchema.safeParse({ ...config, [store]: { ...config[store], url } })
  if (!parsed.success) return answer(false, `Expected ${parsed.error.issues[0]?.message ?? 'another URL'}.`)
  try {
    refuseLinkLocal(parsed.data)
  } catch (error) {
    return answer(false, messageOf(error))
  }
  const connection =
    store === 'redis'
      ? openRedis(parsed.data.redis, log, config.allowLinkLocal)
      : openDatabase(parsed.data.postgres, log)
  const late = AbortSignal.timeout(deadlineMs)
  const failed = new AbortController()
  const stopListening = connection.onState((state) => {
    if (state.status === 'down') failed.abort()
  })
  try {
    await connection.ready(AbortSignal.any([late, failed.signal]))
    const { server } = connection.state()
    return answer(true, `Connected to ${server ?? store}.`, server)
  } catch (error) {
    const { reason } = connection.state()
    return answer(false, reason ?? (late.aborted ? `No answer within ${deadlineMs / 1_000} s.` : messageOf(error)))
  } finally {
    stopListening()
    await connection.close()
  }
}
