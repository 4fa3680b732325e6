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
 * What all clients of the engine have in common, but where they connect to. A command is sent once and never again by
 * itself: whether it was executed before the connection broke is not known.
 * @throws GatehouseError CONFIG_INVALID when a file of the TLS settings cannot be read
 */
export function redisOptions(config: Config['redis'], target: RedisTarget): RedisOptions {
  const { username, password, db } = target
  return {
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

/** Of the client that all share: what has not answered for so long does not. */
export const sharedOptions = ({ commandTimeoutMs }: Config['redis']): RedisOptions => ({
  commandTimeout: commandTimeoutMs,
  // Nothing at all came back for so long while commands wait: the network, not one slow command.
  socketTimeout: 2 * commandTimeoutMs,
  enableOfflineQueue: false,
})

/**
 * Where a client of one server connects to: the server itself, or the master that the Sentinels name.
 * @param refuses why no connection may go to a host, or null; asked for what the Sentinels name
 * @param onAllAway called when no Sentinel has answered, for the time to wait
 */
export function addressOptions(
  config: Config['redis'],
  { kind, hosts, masterName, tls }: RedisTarget,
  refuses: (host: string) => string | null,
  onAllAway: (attempt: number) => number,
): RedisOptions {
  if (kind !== 'sentinel') return { ...hosts[0] }
  const sentinel = sentinelOptions(config, tls)
  return {
    sentinels: [...hosts],
    name: masterName,
    sentinelUsername: sentinel.username,
    sentinelPassword: sentinel.password,
    sentinelTLS: sentinel.tls,
    enableTLSForSentinelMode: tls,
    sentinelCommandTimeout: connectTimeoutMs,
    sentinelRetryStrategy: onAllAway,
    natMap: (address) => {
      const reason = refuses(address.slice(0, address.lastIndexOf(':')))
      if (reason !== null) throw new GatehouseError('CONFIG_INVALID', reason, { key: 'redis.url' })
      return null
    },
  }
}

/** Of a connection to a Sentinel itself. */
export const sentinelOptions = (config: Config['redis'], tls: boolean): RedisOptions => ({
  ...config.sentinel,
  tls: tls ? tlsOptions(config.tls) : undefined,
  connectTimeout: connectTimeoutMs,
})

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
