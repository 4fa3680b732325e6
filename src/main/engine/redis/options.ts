import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import type { RedisOptions } from 'ioredis'
import { backoffMs } from '../../../shared/backoff.ts'
import { GatehouseError, messageOf } from '../../../shared/errors.ts'
import type { Config } from '../config-schema.ts'
import type { RedisTarget } from './target.ts'

const connectTimeoutMs = 10_000
const keepAliveDelayMs = 10_000
/** How often a Redis that is loading its data is asked whether it is done. */
const loadingPollMs = 500

/**
 * What all clients of the engine have in common. A command is sent once and never again by itself: whether it was
 * executed before the connection broke is not known.
 * @throws GatehouseError CONFIG_INVALID when a file of the TLS settings cannot be read
 */
export function redisOptions(config: Config['redis'], target: RedisTarget): RedisOptions {
  const { host, port, username, password, db } = target
  return {
    host,
    port,
    username,
    password,
    db,
    tls: target.tls ? tlsOptions(config.tls) : undefined,
    connectionName: 'gatehouse',
    connectTimeout: connectTimeoutMs,
    keepAlive: keepAliveDelayMs,
    maxLoadingRetryTime: loadingPollMs,
    retryStrategy: (attempt) => backoffMs(attempt),
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  }
}

function tlsOptions({ caFile, certFile, keyFile, serverName }: Config['redis']['tls']): ConnectionOptions {
  const read = (name: string, file: string | undefined): Buffer | undefined => {
    if (file === undefined) return undefined
    try {
      return readFileSync(file)
    } catch (cause) {
      throw new GatehouseError(
        'CONFIG_INVALID',
        `redis.tls.${name}: ${messageOf(cause)}`,
        { key: `redis.tls.${name}` },
        { cause },
      )
    }
  }
  return {
    ca: read('caFile', caFile),
    cert: read('certFile', certFile),
    key: read('keyFile', keyFile),
    servername: serverName,
  }
}
