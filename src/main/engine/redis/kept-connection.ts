import type { Logger } from 'pino'
import { GatehouseError } from '../../../shared/errors.ts'
import type { ConnectionState } from '../../../shared/model/system.ts'
import type { ConnectionStatus } from '../connection-status.ts'
import type { RedisClient } from './client.ts'
import type { RedisClusterClient } from './cluster-client.ts'
import type { RedisTarget } from './target.ts'

/** What one server and a Cluster have in common: a state with its reason, clients beside the shared one, and an end. */
export abstract class KeptConnection {
  abstract readonly client: RedisClient | RedisClusterClient
  protected readonly target: RedisTarget
  protected readonly status: ConnectionStatus
  protected readonly log: Logger
  protected readonly besides = new Set<RedisClient>()
  /** How many attempts have failed since it was last connected. */
  protected attempt = 0
  readonly #name: string
  readonly #closing = new AbortController()

  /** @param name how messages call it */
  constructor(name: 'Redis' | 'the Cluster', target: RedisTarget, status: ConnectionStatus, log: Logger) {
    this.#name = name
    this.target = target
    this.status = status
    this.log = log
  }

  ready(signal?: AbortSignal): Promise<void> {
    return this.status.untilConnected(signal === undefined ? this.closing : AbortSignal.any([this.closing, signal]))
  }

  state(): ConnectionState {
    return this.status.current()
  }

  onState(listener: (state: ConnectionState) => void): () => void {
    return this.status.onChange(listener)
  }

  async close(): Promise<void> {
    if (this.closing.aborted) return
    const closed = `The connection to ${this.#name} was closed.`
    this.#closing.abort(new GatehouseError('REDIS_UNAVAILABLE', closed))
    for (const client of this.besides) client.disconnect()
    // QUIT lets the commands under way finish; one that fails is not there to be waited for.
    if (this.client.status === 'ready') await this.client.quit().catch(() => undefined)
    this.client.disconnect()
    this.status.off(closed)
  }

  /** Aborts when this is closed. */
  protected get closing(): AbortSignal {
    return this.#closing.signal
  }

  /** Its name as sentences begin with it, and where it is. */
  protected get subject(): string {
    return `${this.#name === 'Redis' ? 'Redis' : 'The Cluster'} at ${this.target.at}`
  }

  /** Why commands fail now. */
  protected reason(): string {
    return this.status.current().reason ?? `${this.subject} is not connected yet.`
  }

  /** A failed attempt is reported by the events, and tried again by the driver. */
  protected connect(client: RedisClient | RedisClusterClient): void {
    client.connect().catch(() => undefined)
  }

  /** Has a client end with this connection. */
  protected keep(client: RedisClient, name: string): void {
    client.on('error', (error) => this.log.debug({ err: error, name }, 'a Redis connection failed'))
    client.once('end', () => this.besides.delete(client))
    this.besides.add(client)
  }

  /** What INFO says of the server; empty where this user may not ask, and then nothing but the version is missing. */
  protected async askServer(): Promise<string> {
    try {
      return await this.client.info('server')
    } catch (error) {
      this.log.debug({ err: error }, 'Redis does not tell its version')
      return ''
    }
  }

  protected goDown(reason: string, attempt: number, delayMs: number): void {
    this.attempt = attempt
    this.log.warn({ reason, attempt }, `${this.#name} is not available`)
    this.status.down(reason, attempt, new Date(Date.now() + delayMs))
  }
}
