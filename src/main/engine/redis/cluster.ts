import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import { backoffMs } from '../../../shared/backoff.ts'
import type { Config } from '../config-schema.ts'
import { ConnectionStatus } from '../connection-status.ts'
import { RedisClient } from './client.ts'
import { RedisClusterClient } from './cluster-client.ts'
import type { RedisConnection } from './connection.ts'
import { explainRedisFailure } from './failure.ts'
import { KeptConnection } from './kept-connection.ts'
import { redisOptions, sharedOptions } from './options.ts'
import { parseInfo, serverName } from './server-info.ts'
import type { RedisTarget } from './target.ts'

/** How often the Cluster is asked who serves what: a failover is noticed within it. */
const lookEveryMs = 500
/** Redis Cluster specification, "Key distribution model". */
const slotCount = 16_384

/** How the driver words every end of a connection. */
const vague = 'Connection is closed.'
const stillConnecting = ''

const addressOf = ({ options: { host, port } }: Redis): string => `${host}:${port}`

/**
 * A Cluster counts as connected while every slot is served by a master that answers: what is spread over all of them is
 * done for all or not at all. Redirections are followed; they mean that nothing was done yet.
 */
export class ClusterConnection extends KeptConnection implements RedisConnection {
  readonly client: RedisClusterClient
  readonly isCluster = true
  readonly #options
  readonly #refuses: (host: string) => string | null
  readonly #listeners = new Set<() => void>()
  /** What went wrong last, in words, by the server that it was with. */
  readonly #failures = new Map<string, string>()
  #masters = ''
  /** As the masters have it: grows with each change of who serves a slot. */
  #epoch = ''
  #looking = false
  readonly #timer: NodeJS.Timeout

  constructor(config: Config['redis'], target: RedisTarget, refuses: (host: string) => string | null, log: Logger) {
    super('the Cluster', target, new ConnectionStatus(target.label, 'connecting'), log)
    this.#refuses = refuses
    this.#options = redisOptions(config, target)
    // The Cluster opens the connections to its servers itself, and decides for itself when to try one again.
    const { db: _db, retryStrategy: _retry, ...nodeOptions } = { ...this.#options, ...sharedOptions(config) }
    this.client = new RedisClusterClient(
      [...target.hosts],
      {
        redisOptions: nodeOptions,
        // How the Cluster stands is looked at here, with a reason.
        enableReadyCheck: false,
        enableOfflineQueue: false,
        clusterRetryStrategy: (attempt) => this.#retry(attempt),
        // A command is sent once: whether a server that went away has executed it is not known.
        retryDelayOnFailover: 0,
        retryDelayOnClusterDown: 0,
        slotsRefreshTimeout: config.commandTimeoutMs,
        slotsRefreshInterval: 0,
        // Names stay names: certificates are made out to them.
        dnsLookup: (hostname, callback) => callback(null, hostname),
      },
      () => this.reason(),
    )
    this.#follow()
    this.connect(this.client)
    this.#timer = setInterval(() => void this.#look(), lookEveryMs)
  }

  nodes(): readonly Redis[] {
    return this.client.nodes('master').toSorted((a, b) => addressOf(a).localeCompare(addressOf(b)))
  }

  onNodes(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  dedicated(name: string, node?: Redis): Redis {
    const { host, port } = (node ?? this.nodes()[0])?.options ?? this.target.hosts[0] ?? {}
    const client = new RedisClient(
      { ...this.#options, host, port, connectionName: `gatehouse-${name}`, maxRetriesPerRequest: null },
      () => this.reason(),
    )
    this.keep(client, name)
    this.connect(client)
    return client
  }

  override close(): Promise<void> {
    clearInterval(this.#timer)
    return super.close()
  }

  #follow(): void {
    const { client } = this
    client.on('error', (error) => this.log.debug({ err: error }, 'the Cluster failed'))
    client.on('node error', (error, address) => this.#fail(address, error))
    client.on('+node', (node: Redis) => this.#welcome(node))
    client.on('-node', (node: Redis) => {
      this.#fail(addressOf(node), new Error(vague))
      void this.#look()
    })
    client.on('ready', () => void this.#look())
  }

  /** The driver connects with the first command, and refuses those that come until it is done; so it is done before. */
  #welcome(node: Redis): void {
    const reason = this.#refuses(node.options.host ?? '')
    if (reason !== null) {
      const address = addressOf(node)
      this.#failures.set(address, `The Cluster names ${address} as one of its servers, but ${reason}`)
      node.disconnect()
    } else if (!node.options.readOnly) {
      node.once('ready', () => void this.#look())
      node.connect().catch(() => undefined) // Its error event has told why.
    }
  }

  /** That a connection was closed is said only where nothing is known of why. */
  #fail(address: string, error: Error): void {
    if (error.message !== vague) {
      this.#failures.set(address, explainRedisFailure(error, { ...this.target, at: address }))
    } else if (!this.#failures.has(address)) {
      this.#failures.set(address, `Redis at ${address} closed the connection.`)
    }
  }

  /** Asks who serves what, opens the connections that are missing, and says how it stands. */
  async #look(): Promise<void> {
    if (this.#looking || this.closing.aborted || this.client.status !== 'ready') return
    this.#looking = true
    try {
      const { epoch, unwell } = await this.#ask()
      if (unwell !== null || epoch !== this.#epoch || this.#missing() !== null) await this.#refresh()
      this.#epoch = epoch
      const reason = this.#missing() ?? unwell
      if (reason === null) await this.#becomeConnected()
      else if (reason !== stillConnecting) this.#down(reason)
    } catch (error) {
      this.#down(explainRedisFailure(error, this.target))
    } finally {
      this.#looking = false
    }
  }

  /** Each master has its own view: after a failover they recover one after the other. */
  async #ask(): Promise<{ epoch: string; unwell: string | null }> {
    const nodes = this.nodes().filter(({ status }) => status === 'ready')
    const views = await Promise.all(
      nodes.map(async (node) => ({ address: addressOf(node), info: parseInfo(await node.cluster('INFO')) })),
    )
    const unwell = views.find(({ info }) => info['cluster_state'] !== 'ok')
    return {
      epoch: views.map(({ info }) => info['cluster_current_epoch']).join(),
      unwell:
        unwell === undefined
          ? null
          : `Redis at ${unwell.address} says that the Cluster's state is "${unwell.info['cluster_state']}": look at its servers.`,
    }
  }

  async #refresh(): Promise<void> {
    await new Promise<void>((resolve) => this.client.refreshSlotsCache(() => resolve()))
    // A replica that became a master was not connected yet.
    for (const node of this.nodes()) if (node.status === 'wait') this.#welcome(node)
    const masters = this.nodes().map(addressOf).join()
    if (masters === this.#masters) return
    this.log.info({ masters }, 'the masters of the Cluster changed')
    this.#masters = masters
    for (const listener of this.#listeners) listener()
  }

  /** Why not every slot has a master that answers, `stillConnecting` where nothing went wrong yet; null when all have. */
  #missing(): string | null {
    const ready = new Set(
      this.nodes()
        .filter(({ status }) => status === 'ready')
        .map(addressOf),
    )
    const { slots } = this.client
    for (let slot = 0; slot < slotCount; slot++) {
      const master = slots[slot]?.[0]
      if (master === undefined) {
        return `No server of the Cluster at ${this.target.at} serves slot ${slot}: look at its servers.`
      }
      if (!ready.has(master)) return this.#failures.get(master) ?? stillConnecting
    }
    return null
  }

  async #becomeConnected(): Promise<void> {
    if (this.status.current().status === 'connected') return
    this.attempt = 0
    const server = serverName(await this.askServer())
    if (this.closing.aborted || this.#missing() !== null) return
    this.#failures.clear()
    this.status.connected(`${server} Cluster, ${this.nodes().length} masters`)
    this.log.info({ target: this.target.label, server }, 'the Cluster is connected')
  }

  #down(reason: string): void {
    const { status, reason: before } = this.status.current()
    if (this.closing.aborted || (status === 'down' && before === reason)) return
    this.goDown(reason, this.attempt + 1, lookEveryMs)
  }

  /** Called by the driver when no server is left, for the time to wait. */
  #retry(attempt: number): number {
    const delayMs = backoffMs(attempt)
    const reason = [...this.#failures.values()].at(-1) ?? `${this.subject} closed the connection.`
    this.goDown(reason, attempt, delayMs)
    return delayMs
  }
}
