import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { backoffMs } from '../../../shared/backoff.ts'
import { GatehouseError } from '../../../shared/errors.ts'
import type { Config } from '../config-schema.ts'
import { ConnectionStatus } from '../connection-status.ts'
import { isLinkLocal, refusal } from '../link-local.ts'
import { RedisClient } from './client.ts'
import { ClusterConnection } from './cluster.ts'
import type { RedisConnection } from './connection.ts'
import { explainRedisFailure } from './failure.ts'
import { KeptConnection } from './kept-connection.ts'
import { addressOptions, redisOptions, sentinelOptions, sharedOptions } from './options.ts'
import { watchSwitches } from './sentinel-watch.ts'
import { parseInfo, serverName } from './server-info.ts'
import { redisTarget, type RedisTarget } from './target.ts'

const notConfigured = 'No Redis is configured: set REDIS_URL, or enter it under Settings.'
const inCluster = ({ at }: RedisTarget) =>
  `Redis at ${at} is a server of a Cluster: write redis+cluster:// instead of redis:// (rediss+cluster:// with TLS).`

/**
 * Connects in the background and keeps the connection: when Redis goes away the state says so and why, and it is tried
 * again without end. Without a URL it is `off`, and every command fails with REDIS_UNAVAILABLE.
 * @param allowLinkLocal connections may go to link-local and metadata addresses that a Cluster or Sentinels name
 * @throws GatehouseError CONFIG_INVALID when a file of the TLS settings cannot be read
 */
export function openRedis(config: Config['redis'], log: Logger, allowLinkLocal = false): RedisConnection {
  const target = redisTarget(config.url ?? 'redis://')
  const refuses = (host: string) => (!allowLinkLocal && isLinkLocal(host) ? refusal(host) : null)
  return target.kind === 'cluster'
    ? new ClusterConnection(config, target, refuses, log)
    : new SharedRedis(config, target, refuses, log)
}

/** One server, which is always the same, or which Sentinels name. */
class SharedRedis extends KeptConnection implements RedisConnection {
  readonly client: RedisClient
  readonly isCluster = false
  readonly #options
  /** What went wrong last: "closed" comes without an error, after the error that explains it. */
  #failure: unknown = null

  constructor(config: Config['redis'], target: RedisTarget, refuses: (host: string) => string | null, log: Logger) {
    const status =
      config.url === null
        ? new ConnectionStatus('', 'off', notConfigured)
        : new ConnectionStatus(target.label, 'connecting')
    super('Redis', target, status, log)
    const onAllAway = (attempt: number) => this.#retry(attempt)
    this.#options = { ...redisOptions(config, target), ...addressOptions(config, target, refuses, onAllAway) }
    this.client = new RedisClient(
      { ...this.#options, ...sharedOptions(config), retryStrategy: (attempt) => this.#retry(attempt) },
      () => this.reason(),
    )
    this.#follow(this.client)
    if (target.kind === 'sentinel') {
      const stopWatching = watchSwitches(target, sentinelOptions(config, target.tls), () => this.#switch(), log)
      this.closing.addEventListener('abort', stopWatching)
    }
    if (config.url === null) this.client.disconnect()
    else this.connect(this.client)
  }

  nodes(): readonly Redis[] {
    return [this.client]
  }

  /** There is one server, whichever machine it runs on. */
  onNodes(): () => void {
    return () => undefined
  }

  /** Commands given before it is connected wait: a subscription may be made at any time, and outlives reconnects. */
  dedicated(name: string): Redis {
    const client = new RedisClient(
      {
        ...this.#options,
        connectionName: `gatehouse-${name}`,
        maxRetriesPerRequest: null,
        sentinelRetryStrategy: (attempt) => backoffMs(attempt),
      },
      () => this.reason(),
    )
    this.keep(client, name)
    if (this.status.current().status === 'off') client.disconnect()
    else this.connect(client)
    return client
  }

  #switch(): void {
    this.#failure = new GatehouseError('REDIS_UNAVAILABLE', `${this.target.at}: another server becomes the master.`)
    for (const client of [this.client, ...this.besides]) {
      if (client.status === 'ready') client.disconnect(true)
      // Cut in the middle of connecting, the driver gives up for good; and it may have asked before the switch.
      else client.once('ready', () => client.disconnect(true))
    }
  }

  #follow(client: RedisClient): void {
    client.on('error', (error) => (this.#failure = error))
    client.on('sentinelError', (error) => (this.#failure = error))
    client.on('connecting', () => this.status.connecting(this.attempt + 1))
    client.on('connect', () => void this.#watchLoading())
    client.on('ready', () => void this.#becomeReady())
  }

  async #becomeReady(): Promise<void> {
    this.#failure = null
    this.attempt = 0
    const info = await this.askServer()
    if (parseInfo(info)['redis_mode'] === 'cluster') return this.status.waiting(inCluster(this.target))
    const server = serverName(info)
    if (this.client.status !== 'ready') return
    this.status.connected(server)
    this.log.info({ target: this.target.label, server }, 'Redis is connected')
  }

  /** Between the connection and its readiness there may be minutes in which Redis reads its files. */
  async #watchLoading(): Promise<void> {
    const info = await this.client.info('persistence').catch(() => '')
    const { loading, loading_loaded_perc: percent = '0' } = parseInfo(info)
    if (loading !== '1' || this.client.status !== 'connect') return
    this.status.waiting(`Redis at ${this.target.at} is loading its data: ${Math.floor(Number(percent))} % so far.`)
  }

  /** Called by the driver with each lost connection or failed attempt, for the time to wait. */
  #retry(attempt: number): number {
    const delayMs = this.#options.retryStrategy?.(attempt) ?? 0
    const reason =
      this.#failure === null
        ? `${this.subject} closed the connection.`
        : explainRedisFailure(this.#failure, this.target)
    this.#failure = null
    this.goDown(reason, attempt, delayMs)
    return delayMs
  }
}
